//! Which rows of a file have the same key and values, so that one record is not counted for two rows.

use super::prepared::Prepared;
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::{DataType, FieldDefinition};
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many rows of the file have each key, and how many of them the same values, among those that an earlier run
/// answered, that are sent, and whose record was found. So one record is not counted for two rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    hasher: RandomState,
    /// By the hash of the key, and by that of the key and the values: a file may have millions of rows. Equal hashes of
    /// different keys leave a row unresolved.
    rows: HashMap<u64, u64>,
}

impl Claims {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, identity: &Identity) {
        let mut counts = self.lock();
        for hash in counts.hashes(identity) {
            *counts.rows.entry(hash).or_default() += 1;
        }
    }

    pub(super) fn remove(&self, identity: &Identity) {
        let mut counts = self.lock();
        for hash in counts.hashes(identity) {
            if let Some(rows) = counts.rows.get_mut(&hash) {
                *rows = rows.saturating_sub(1);
            }
        }
    }

    /// Returns how many rows have the key, and how many of them the same values.
    pub(super) fn count(&self, identity: &Identity) -> [u64; 2] {
        let counts = self.lock();
        let rows = |hash| counts.rows.get(&hash).copied().unwrap_or_default();
        counts.hashes(identity).map(rows)
    }
}

impl Counts {
    fn hashes(&self, identity: &Identity) -> [u64; 2] {
        let key = self.hasher.hash_one(&identity.key);
        [key, self.hasher.hash_one(identity)]
    }
}

/// The key of a row, and its values.
#[derive(Hash)]
pub(super) struct Identity {
    pub(super) key: CanonicalKey,
    pub(super) values: String,
}

/// The columns in which a record and a row are compared: those of the table, or none for a row that updates its record.
#[derive(Clone, Debug, Default)]
pub(super) struct ComparedColumns(Arc<[(String, DataType)]>);

impl ComparedColumns {
    /// Returns all columns.
    pub(super) fn of(fields: &[FieldDefinition]) -> Self {
        let fields = fields.iter();
        let columns = fields.map(|field| (field.name.clone(), field.data_type.clone()));
        Self(columns.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a text that is the same for rows whose records are equal.
    pub(super) fn values_of(&self, row: &Prepared) -> String {
        let columns = self.0.iter();
        let values = columns.map(|(name, data_type)| {
            let value = stored(row.get(name), data_type);
            format!("{name:?}={value};")
        });
        values.collect()
    }
}

/// Returns a text that is the same for values of a column that the service stores as one.
fn stored(value: Option<&FieldValue<'_>>, data_type: &DataType) -> String {
    let empty = match data_type {
        DataType::YesNo => "false",
        _ => "",
    };
    match value {
        // An insert without a value stores the same as one of null. A password is not compared.
        None | Some(FieldValue::Absent | FieldValue::Null | FieldValue::Secret(_)) => {
            empty.to_owned()
        }
        Some(FieldValue::Bool(yes)) => yes.to_string(),
        Some(FieldValue::Text(text)) if data_type.is_text() => match text.is_empty() {
            true => String::new(),
            false => format!("{text:?}"),
        },
        Some(FieldValue::List(values)) => {
            let values = values.iter().map(|value| format!("{value:?}"));
            let values: BTreeSet<String> = values.collect();
            values.into_iter().collect::<Vec<_>>().join(",")
        }
        Some(value) => match CanonicalKey::of(value, Some(data_type)) {
            Some(key) if !data_type.is_text() => format!("{key:?}"),
            _ => format!("{value:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_equal_whose_values_are_stored_alike() {
        let list = |keys: &[i64]| {
            FieldValue::List(keys.iter().map(|key| FieldValue::Integer(*key)).collect())
        };
        for (data_type, one, other, are_equal) in [
            (
                DataType::Text255,
                Some(FieldValue::Text("".into())),
                Some(FieldValue::Null),
                true,
            ),
            (
                DataType::Text255,
                Some(FieldValue::Text("".into())),
                None,
                true,
            ),
            (
                DataType::Text255,
                Some(FieldValue::Text("a".into())),
                None,
                false,
            ),
            (
                DataType::Text255,
                Some(FieldValue::Text("a".into())),
                Some(FieldValue::Text("A".into())),
                false,
            ),
            (
                DataType::YesNo,
                Some(FieldValue::Bool(false)),
                Some(FieldValue::Null),
                true,
            ),
            (DataType::YesNo, Some(FieldValue::Bool(true)), None, false),
            (DataType::Integer, Some(FieldValue::Integer(0)), None, false),
            (
                DataType::Number,
                Some(FieldValue::Integer(7)),
                Some(FieldValue::Number(7.0)),
                true,
            ),
            (
                DataType::ListNumber,
                Some(list(&[3, 1])),
                Some(list(&[1, 3, 1])),
                true,
            ),
            (
                DataType::ListNumber,
                Some(list(&[])),
                Some(FieldValue::Null),
                true,
            ),
            (
                DataType::ListNumber,
                Some(list(&[3])),
                Some(list(&[1])),
                false,
            ),
        ] {
            let is_same = stored(one.as_ref(), &data_type) == stored(other.as_ref(), &data_type);
            assert_eq!(is_same, are_equal, "{data_type:?} {one:?} {other:?}");
        }
    }
}
