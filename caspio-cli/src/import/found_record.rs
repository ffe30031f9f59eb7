//! A record that a lookup found, compared with the row that it may be.

use super::column_mapping::Prepared;
use super::convert;
use crate::column::PK_ID;
use crate::row::{Cell, Row};
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::{DataType, FieldDefinition};
use caspio_schema::is_same_name;
use std::sync::Arc;

/// The columns in which a record and a row are compared: those of the table, or none for a row that updates its record.
#[derive(Clone, Debug, Default)]
pub(super) struct ComparedColumns(Arc<[(String, DataType)]>);

impl ComparedColumns {
    /// Returns all columns but that of the key, which the lookup compares as the service does.
    pub(super) fn of(fields: &[FieldDefinition], key: &str) -> Self {
        let fields = fields
            .iter()
            .filter(|field| !is_same_name(&field.name, key));
        let columns = fields.map(|field| (field.name.clone(), field.data_type.clone()));
        Self(columns.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a text that is the same for rows whose records are equal.
    pub(super) fn values_of(&self, row: &Prepared) -> String {
        let mut values = String::new();
        for (name, data_type) in &*self.0 {
            let value = row.get(name);
            let key = value.filter(|_| !data_type.is_text());
            match key.and_then(|value| CanonicalKey::of(value, Some(data_type))) {
                Some(key) => values += &format!("{name:?}={key:?};"),
                None => values += &format!("{name:?}={value:?};"),
            }
        }
        values
    }
}

/// A record that a lookup found.
#[derive(Debug)]
pub(super) struct FoundRecord {
    key: Option<String>,
    /// Its values as JSON, in the order of the compared columns; `None` for one that was not read.
    values: Vec<Option<String>>,
}

impl FoundRecord {
    pub(super) fn read(record: &Row<'_>, columns: &ComparedColumns) -> Self {
        let value = |name: &str| record.get(name).map(|cell| cell.json().to_owned());
        Self {
            key: value(PK_ID),
            values: columns.0.iter().map(|(name, _)| value(name)).collect(),
        }
    }

    /// Returns how the record differs from a row; `None` if it has the row's values.
    pub(super) fn difference(
        &self,
        row: &Prepared,
        key: &str,
        columns: &ComparedColumns,
    ) -> Option<String> {
        let mut compared = columns.0.iter().zip(&self.values);
        let ((name, _), _) = compared.find(|((name, data_type), stored)| {
            let (Some(value), Some(stored)) = (row.get(name), stored) else {
                return false;
            };
            !is_stored(value, Cell::of(stored), data_type)
        })?;
        let record = self
            .key
            .as_ref()
            .map_or("a record".to_owned(), |key| format!("record {key}"));
        Some(format!("{record} has the same {key} but another {name}"))
    }
}

/// Returns whether a record holds a value: blank text may be read as null, Yes/No is never null.
fn is_stored(value: &FieldValue<'_>, stored: Cell<'_>, data_type: &DataType) -> bool {
    let is_blank = stored.is_null() || stored.json() == "\"\"";
    match value {
        // They are not sent, or cannot be read.
        FieldValue::Absent | FieldValue::Secret(_) => return true,
        FieldValue::Null => return is_blank || stored.json() == "false",
        FieldValue::Text(text) if text.is_empty() => return is_blank,
        FieldValue::List(items) if items.is_empty() && is_blank => return true,
        _ => {}
    }
    let stored = match (convert::json(data_type, stored), stored.json().parse()) {
        (Ok(stored), _) => stored,
        // A float may be read with more digits than are accepted from a file.
        (Err(_), Ok(float)) if *data_type == DataType::Number => FieldValue::Number(float),
        (Err(_), _) => return false,
    };
    match (value, &stored) {
        // A list holds a value once.
        (FieldValue::List(sent), FieldValue::List(stored)) => {
            sent.iter().all(|item| stored.contains(item))
                && stored.iter().all(|item| sent.contains(item))
        }
        (FieldValue::Text(_) | FieldValue::Bool(_), stored) => value == stored,
        // Amounts have four places, and dates steps of 1/300 s.
        (value, stored) => {
            let key = |value| CanonicalKey::of(value, Some(data_type));
            value == stored || key(value).is_some_and(|value| Some(value) == key(stored))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (DataType::Text255, "a", "\"A\"", false),
            (DataType::Text255, "", "null", true),
            (DataType::Text255, "", "\" \"", false),
            (DataType::YesNo, "", "false", true),
            (DataType::YesNo, "", "true", false),
            (DataType::YesNo, "1", "true", true),
            (
                DataType::DateTime,
                "2022-01-24 20:30:51.002",
                "\"2022-01-24T20:30:51.003\"",
                true,
            ),
            (
                DataType::DateTime,
                "2022-01-24",
                "\"2022-01-25T00:00:00\"",
                false,
            ),
            (DataType::ListNumber, "1, 2, 1", r#"{"4":2,"5":1}"#, true),
            (DataType::ListText, "a", r#"{"4":"a","5":"b"}"#, false),
            (DataType::ListText, "", "null", true),
        ] {
            let value = convert::cell(&data_type, Some(sent), false).expect(sent);
            let found = is_stored(&value, Cell::of(stored), &data_type);
            assert_eq!(found, is_equal, "{data_type:?} {sent} {stored}");
        }
    }
}
