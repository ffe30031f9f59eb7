//! What the calls of one insert know about each other, so that one record is not taken for the record of two rows.

use super::encoded_row::EncodedRow;
use super::key_set::KeySet;
use crate::record::Key;
use crate::value::CanonicalKey;
use caspio_core::{Error, Result};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The records that are those of rows, and the values of rows whose records are not known.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    keys: KeySet,
    /// How many rows that are in progress or unresolved have a value in the column that identifies rows.
    open: HashMap<CanonicalKey, usize>,
}

impl Claims {
    /// Registers rows before they are sent.
    pub(crate) fn open(&self, rows: &[EncodedRow]) {
        let mut inner = self.lock();
        for value in rows.iter().filter_map(value) {
            *inner.open.entry(value).or_default() += 1;
        }
    }

    /// Takes the results of rows that were registered. Rows that stay unresolved stay registered.
    pub(crate) fn close(&self, rows: &[EncodedRow], results: &[Result<Key>]) {
        let mut inner = self.lock();
        for (row, result) in rows.iter().zip(results) {
            match result {
                Ok(key) => drop(inner.keys.insert(key)),
                Err(error) if Error::maybe_applied(error) => continue,
                Err(_) => {}
            }
            inner.release(row);
        }
    }

    /// Whether another row, which is in progress or unresolved, has this row's value.
    pub(super) fn is_shared(&self, row: &EncodedRow) -> bool {
        let inner = self.lock();
        value(row).is_some_and(|value| inner.open.get(&value).is_some_and(|rows| *rows > 1))
    }

    /// Whether a record belongs to a row.
    pub(super) fn is_taken(&self, key: &Key) -> bool {
        self.lock().keys.contains(key)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn release(&mut self, row: &EncodedRow) {
        let Some(value) = value(row) else { return };
        if let Some(rows) = self.open.get_mut(&value) {
            *rows -= 1;
            if *rows == 0 {
                self.open.remove(&value);
            }
        }
    }
}

/// The type of the column may not be known yet; it matters only for a value in two notations.
fn value(row: &EncodedRow) -> Option<CanonicalKey> {
    CanonicalKey::of(row.dedup_key.as_ref()?, None)
}
