//! Which rows of a file have the same key and values, so that one record is not counted for two rows.

use super::prepared::Prepared;
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::{DataType, FieldDefinition};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many rows of the file have each key, and how many of them the same values, among those that an earlier run answered,
/// that are sent, and whose record was found. So one record is not counted for two rows.
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
        let mut values = String::new();
        for (name, data_type) in &*self.0 {
            let value = row.get(name).filter(|value| !is_unsent(value));
            let key = value.filter(|_| !data_type.is_text());
            match key.and_then(|value| CanonicalKey::of(value, Some(data_type))) {
                Some(key) => values += &format!("{name:?}={key:?};"),
                None => values += &format!("{name:?}={value:?};"),
            }
        }
        values
    }
}

/// Returns whether a value is not compared.
fn is_unsent(value: &FieldValue<'_>) -> bool {
    matches!(value, FieldValue::Absent | FieldValue::Secret(_))
}
