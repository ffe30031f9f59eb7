//! A record that a lookup found, compared with the row that it may be.

use super::encoded_row::EncodedRow;
use crate::decode::RawRow;
use crate::record::Key;
use crate::schema::{DataType, FieldDefinition};
use crate::value::{CanonicalKey, FieldValue, is_stored_as};
use caspio_schema::{folded_name, is_same_name};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// A record that a lookup found.
pub(super) struct FoundRecord {
    pub(super) key: Key,
    /// Its value in the column that identifies rows, as Caspio compares it.
    pub(super) value: Option<CanonicalKey>,
    /// The columns that rows have.
    columns: BTreeMap<String, Box<RawValue>>,
}

impl FoundRecord {
    pub(super) fn read(
        key: Key,
        record: &RawRow<'_>,
        value: Option<CanonicalKey>,
        names: &[String],
    ) -> Self {
        let columns = names.iter().filter_map(|name| {
            let raw = record.get(name)?;
            Some((folded_name(name), raw.to_owned()))
        });
        Self {
            key,
            value,
            columns: columns.collect(),
        }
    }

    /// A column in which the record differs from the row that was sent. Columns that were not read are left out.
    pub(super) fn difference(
        &self,
        row: &EncodedRow,
        definitions: &[FieldDefinition],
    ) -> Option<String> {
        let mut sent = row.readable_columns().into_iter();
        let difference = sent.find(|(name, value)| {
            let raw = self.columns.get(&folded_name(name));
            raw.is_some_and(|raw| !is_stored(name, value, raw, definitions))
        });
        difference.map(|(name, _)| name)
    }
}

fn is_stored(name: &str, value: &Value, raw: &RawValue, definitions: &[FieldDefinition]) -> bool {
    let mut fields = definitions.iter();
    let field = fields.find(|field| is_same_name(&field.name, name));
    match value {
        Value::Array(keys) => {
            list_keys(raw) == Some(keys.iter().filter_map(Value::as_i64).collect())
        }
        value => is_stored_as(
            &FieldValue::from(value),
            raw,
            Some(field.map_or_else(|| assumed_type(raw), |field| &field.data_type)),
        ),
    }
}

/// The type by which the most values are equal: a difference that Caspio does not see would leave a row unresolved.
fn assumed_type(raw: &RawValue) -> &'static DataType {
    match raw.get().as_bytes().first() {
        Some(b'"') => &DataType::DateTime,
        _ => &DataType::Currency,
    }
}

/// The keys of a list as it is read.
fn list_keys(raw: &RawValue) -> Option<BTreeSet<i64>> {
    match serde_json::from_str(raw.get()).ok()? {
        Value::Null => Some(BTreeSet::new()),
        Value::Object(values) => values.keys().map(|key| key.parse().ok()).collect(),
        _ => None,
    }
}
