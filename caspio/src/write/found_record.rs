//! A record that a lookup found, compared with the row that it may be.

use super::encoded_row::EncodedRow;
use crate::decode::RawRow;
use crate::record::Key;
use crate::schema::{DataType, FieldDefinition};
use crate::value::{CanonicalKey, FieldValue, is_stored_as};
use caspio_core::Result;
use caspio_schema::{folded_name, is_same_name};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A record that a lookup found.
pub(super) struct FoundRecord {
    pub(super) key: Key,
    /// Its value in the column that identifies rows, as Caspio compares it.
    pub(super) value: Option<CanonicalKey>,
    /// The columns that rows have.
    columns: BTreeMap<String, Box<RawValue>>,
}

/// The records that a lookup found, each once.
pub(super) struct FoundRecords<'c> {
    /// The column that identifies rows, and its type if it is known.
    column: &'c str,
    data_type: Option<&'c DataType>,
    /// The columns that are kept.
    columns: &'c [String],
    pub(super) records: Vec<FoundRecord>,
    keys: HashSet<Key>,
}

impl<'c> FoundRecords<'c> {
    pub(super) fn new(
        column: &'c str,
        data_type: Option<&'c DataType>,
        columns: &'c [String],
    ) -> Self {
        Self {
            column,
            data_type,
            columns,
            records: Vec::new(),
            keys: HashSet::new(),
        }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, key: Key, row: &RawRow<'_>) -> Result<()> {
        self.add_if(key, row, |_| true)
    }

    /// Adds a record if its value is one that is sought. Two calls return the same one where its value is sought in two
    /// spellings.
    pub(super) fn add_if(
        &mut self,
        key: Key,
        row: &RawRow<'_>,
        is_sought: impl FnOnce(Option<&CanonicalKey>) -> bool,
    ) -> Result<()> {
        let raw = row.get(self.column);
        let value = raw.and_then(|raw| CanonicalKey::read(raw, self.data_type));
        if is_sought(value.as_ref()) && self.keys.insert(key.clone()) {
            let record = FoundRecord::read(key, row, value, self.columns);
            self.records.push(record);
        }
        Ok(())
    }
}

impl FoundRecord {
    fn read(key: Key, record: &RawRow<'_>, value: Option<CanonicalKey>, names: &[String]) -> Self {
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

    /// A column in which the record differs from the row that was sent. Columns that were not read are left out. A
    /// column that the row does not have is compared with what a record that is inserted without it holds.
    pub(super) fn difference(
        &self,
        row: &EncodedRow,
        definitions: &[FieldDefinition],
    ) -> Option<String> {
        let sent = row.readable_columns().into_iter();
        let sent: BTreeMap<String, (String, Value)> = sent
            .map(|(name, value)| (folded_name(&name), (name, value)))
            .collect();
        let mut differing = sent.iter().filter(|(folded, (name, value))| {
            let raw = self.columns.get(*folded);
            raw.is_some_and(|raw| !is_stored(name, value, raw, definitions))
        });
        if let Some((_, (name, _))) = differing.next() {
            return Some(name.clone());
        }
        let mut left_out = self.columns.iter().filter(|(folded, raw)| {
            !sent.contains_key(*folded)
                && !row.has_password(folded)
                && !is_stored(folded, &Value::Null, raw, definitions)
        });
        let (folded, _) = left_out.next()?;
        let mut fields = definitions.iter();
        let field = fields.find(|field| is_same_name(&field.name, folded));
        Some(field.map_or_else(|| folded.clone(), |field| field.name.clone()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Row;

    #[test]
    fn a_column_that_a_row_does_not_have_is_compared_with_an_empty_value() {
        let mut row = Row::with_capacity(1);
        row.push("K", FieldValue::Text("k".into()));
        let row = EncodedRow::of(&row).expect("a row");
        for (data_type, stored, is_equal) in [
            (DataType::Text255, "\"foo\"", false),
            (DataType::Text255, "\"\"", true),
            (DataType::Integer, "5", false),
            (DataType::Integer, "null", true),
            (DataType::YesNo, "false", true),
            (DataType::YesNo, "true", false),
            (DataType::ListText, r#"{"4":"a"}"#, false),
            (DataType::ListText, "null", true),
        ] {
            let raw = |json: &str| serde_json::from_str::<Box<RawValue>>(json).expect("JSON");
            let record = FoundRecord {
                key: Key::Id(1),
                value: None,
                columns: BTreeMap::from([
                    ("k".to_owned(), raw("\"k\"")),
                    ("other".to_owned(), raw(stored)),
                ]),
            };
            let fields = [
                FieldDefinition::new("K", DataType::Text255),
                FieldDefinition::new("Other", data_type.clone()),
            ];
            let expected = (!is_equal).then(|| "Other".to_owned());
            assert_eq!(
                record.difference(&row, &fields),
                expected,
                "{data_type:?} {stored}"
            );
        }
    }

    #[test]
    fn a_record_holds_a_value_as_the_service_stores_it() {
        for (data_type, sent, stored, is_equal) in [
            (
                DataType::Number,
                "0.1",
                "0.1000000000000000055511151231257827",
                true,
            ),
            (DataType::Number, "0.1", "0.2", false),
            (DataType::Integer, "7.0", "7", true),
            (DataType::Currency, "19.9", "19.9000", true),
            (DataType::Currency, "19.9", "19.9001", false),
            (DataType::Text255, "\"a\"", "\"A\"", false),
            (DataType::Text255, "\"\"", "null", true),
            (DataType::Text255, "\"\"", "\" \"", false),
            (DataType::YesNo, "null", "false", true),
            (DataType::YesNo, "null", "true", false),
            (DataType::YesNo, "true", "true", true),
            (
                DataType::DateTime,
                "\"2022-01-24T20:30:51.002\"",
                "\"2022-01-24T20:30:51.003\"",
                true,
            ),
            (
                DataType::DateTime,
                "\"2022-01-24\"",
                "\"2022-01-25T00:00:00\"",
                false,
            ),
            (DataType::ListNumber, "[5,4,5]", r#"{"4":2,"5":1}"#, true),
            (DataType::ListText, "[4]", r#"{"4":"a","5":"b"}"#, false),
            (DataType::ListText, "[]", "null", true),
        ] {
            let value: Value = serde_json::from_str(sent).expect("JSON");
            let raw: Box<RawValue> = serde_json::from_str(stored).expect("JSON");
            let fields = [FieldDefinition::new("F", data_type.clone())];
            let found = is_stored("F", &value, &raw, &fields);
            assert_eq!(found, is_equal, "{data_type:?} {sent} {stored}");
        }
    }
}
