//! What is in a table, read without faults.

use super::case::Row;
use super::files::stored_files;
use super::values::{COLUMNS, FILE, PASSWORDS, Type, compared, identity, stored};
use caspio::prelude::*;
use caspio_emulator::Emulator;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A record: its columns as they are stored, and its key value as Caspio compares it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) identity: String,
    columns: BTreeMap<String, String>,
}

/// The records of a table by their keys.
pub(super) type Snapshot = BTreeMap<i64, Stored>;

pub(super) fn type_of(key: Type, column: &str) -> Type {
    let column = COLUMNS.iter().find(|(name, _)| *name == column);
    column.map_or(key, |(_, ty)| *ty)
}

/// What is read besides the records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable {
    pub(super) passwords: bool,
    pub(super) files: bool,
}

/// Reads a table; its passwords are asked of the emulator, if at all.
pub(super) async fn snapshot(
    caspio: &Client,
    emulator: &Emulator,
    table: &str,
    key: Type,
    unreadable: Unreadable,
) -> Snapshot {
    let records = caspio.table_named(table).collect().await;
    let records = records.expect("the records");
    let null = Value::Null;
    let mut files = BTreeMap::new();
    if unreadable.files {
        files = stored_files(caspio, table).await;
    }
    let records = records.iter().map(|record| {
        let value = |name: &str| record.get(name).unwrap_or(&null);
        let id = value("PK_ID").as_i64().expect("a key");
        let names = COLUMNS.iter().map(|(name, _)| *name).chain(["K"]);
        let columns = names.map(|name| {
            let stored = match type_of(key, name) {
                Type::Password if unreadable.passwords => password(emulator, table, id),
                ty => stored(ty, value(name)),
            };
            (name.to_owned(), stored)
        });
        let file = files.remove(&id).unwrap_or_default();
        let columns = columns.chain([(FILE.to_owned(), file)]);
        let stored = Stored {
            identity: identity(key, value("K")),
            columns: columns.collect(),
        };
        (id, stored)
    });
    records.collect()
}

/// The password of a record.
fn password(emulator: &Emulator, table: &str, id: i64) -> String {
    let holds = |password: &&&str| {
        let held = emulator.holds_password(table, id, "P", password);
        held.unwrap_or_default()
    };
    let known = PASSWORDS.iter().find(holds);
    known.map_or_else(String::new, |password| (*password).to_owned())
}

impl Stored {
    /// Whether the record has the values of a row.
    pub(super) fn holds(&self, row: &Row, key: Type) -> bool {
        row.iter()
            .all(|(name, value)| self.columns[name] == stored(type_of(key, name), value))
    }

    /// Whether the records have the same value in a column, as Caspio compares it.
    pub(super) fn is_same(&self, other: &Self, column: &str, key: Type) -> bool {
        let value = |of: &Self| compared(type_of(key, column), &of.columns[column]);
        value(self) == value(other)
    }

    pub(super) fn column(&self, name: &str) -> &str {
        &self.columns[name]
    }

    /// The number in `N`.
    pub(super) fn number(&self) -> Option<f64> {
        self.columns["N"].parse().ok()
    }

    /// Whether the view of the table shows the record.
    pub(super) fn is_shown(&self) -> bool {
        self.columns["Y"] == "true"
    }

    /// The record after an update.
    pub(super) fn updated(&self, row: &Row, key: Type) -> Self {
        let mut updated = self.clone();
        for (name, value) in row {
            let ty = type_of(key, name);
            updated.columns.insert(name.clone(), stored(ty, value));
            if name == "K" {
                updated.identity = identity(ty, value);
            }
        }
        updated
    }
}

/// A row for the emulator, which takes the values of lists by their keys.
pub(super) fn for_emulator(row: &Row) -> Value {
    let columns = row.iter().map(|(name, value)| {
        let keys = |value: &Value| {
            let values = ["red", "blue", "Grün"];
            values
                .iter()
                .position(|known| value == known)
                .map(|at| at + 1)
        };
        let value = match value {
            Value::Array(values) => json!(values.iter().filter_map(keys).collect::<Vec<_>>()),
            other => other.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(columns.collect())
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
