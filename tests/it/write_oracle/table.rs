//! What is in a table, read without faults.

use super::case::Row;
use super::values::{COLUMNS, Type, identity, stored};
use caspio::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// A record: its columns as they are stored, and its key value as Caspio compares it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) identity: String,
    columns: BTreeMap<&'static str, String>,
}

/// The records of a table by their keys.
pub(super) type Snapshot = BTreeMap<i64, Stored>;

pub(super) fn type_of(key: Type, column: &str) -> Type {
    let column = COLUMNS.iter().find(|(name, _)| *name == column);
    column.map_or(key, |(_, ty)| *ty)
}

pub(super) async fn snapshot(caspio: &Client, table: &str, key: Type) -> Snapshot {
    let records = caspio.table_named(table).collect().await;
    let records = records.expect("the records");
    let null = Value::Null;
    let records = records.iter().map(|record| {
        let value = |name: &str| record.get(name).unwrap_or(&null);
        let names = COLUMNS.iter().map(|(name, _)| *name).chain(["K"]);
        let columns = names.map(|name| (name, stored(type_of(key, name), value(name))));
        let stored = Stored {
            identity: identity(key, value("K")),
            columns: columns.collect(),
        };
        (value("PK_ID").as_i64().expect("a key"), stored)
    });
    records.collect()
}

impl Stored {
    /// Whether the record has the values of a row.
    pub(super) fn holds(&self, row: &Row, key: Type) -> bool {
        row.iter()
            .all(|(name, value)| self.columns[name] == stored(type_of(key, name), value))
    }

    /// The record after an update.
    pub(super) fn updated(&self, row: &Row, key: Type) -> Self {
        let mut updated = self.clone();
        for (name, value) in row {
            let ty = type_of(key, name);
            updated.columns.insert(name, stored(ty, value));
            if *name == "K" {
                updated.identity = identity(ty, value);
            }
        }
        updated
    }
}

/// How a table changed, without what another program did.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) inserted: Vec<i64>,
    pub(super) deleted: Vec<i64>,
    pub(super) changed: Vec<i64>,
}

impl Change {
    pub(super) fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let keys = |from: &Snapshot, to: &Snapshot| -> Vec<i64> {
            from.keys()
                .filter(|key| !to.contains_key(key))
                .copied()
                .collect()
        };
        let changed = before
            .iter()
            .filter(|(key, record)| after.get(key).is_some_and(|now| now != *record));
        Self {
            inserted: keys(after, before),
            deleted: keys(before, after),
            changed: changed.map(|(key, _)| *key).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.deleted.is_empty() && self.changed.is_empty()
    }
}
