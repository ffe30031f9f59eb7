//! What the calls of one insert know about each other, so that one record is not taken for the record of two rows.

use super::encoded_row::EncodedRow;
use crate::record::Key;
use crate::value::CanonicalKey;
use caspio_core::{Error, Result};
use std::collections::{BTreeMap, HashMap, HashSet};
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
                Ok(key) => inner.keys.insert(key),
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

/// Keys, of which most are consecutive.
#[derive(Debug, Default)]
struct KeySet {
    /// The first and the last number of each range.
    ranges: BTreeMap<i64, i64>,
    texts: HashSet<String>,
}

impl KeySet {
    fn insert(&mut self, key: &Key) {
        let id = match key {
            Key::Id(id) => *id,
            Key::Text(text) => {
                self.texts.insert(text.clone());
                return;
            }
        };
        let (mut first, mut last) = (id, id);
        if let Some((start, end)) = self.range_before(id) {
            if end >= id {
                return;
            }
            if end == id.saturating_sub(1) {
                first = start;
            }
        }
        if let Some(end) = self.ranges.remove(&id.saturating_add(1)) {
            last = end;
        }
        self.ranges.insert(first, last);
    }

    fn contains(&self, key: &Key) -> bool {
        match key {
            Key::Id(id) => self.range_before(*id).is_some_and(|(_, end)| end >= *id),
            Key::Text(text) => self.texts.contains(text),
        }
    }

    fn range_before(&self, id: i64) -> Option<(i64, i64)> {
        let range = self.ranges.range(..=id).next_back()?;
        Some((*range.0, *range.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_keys_are_one_range() {
        let mut keys = KeySet::default();
        for id in [5, 3, 4, 9, 4, 10, 1] {
            keys.insert(&Key::Id(id));
        }

        assert_eq!(keys.ranges, BTreeMap::from([(1, 1), (3, 5), (9, 10)]));
        for id in 0..12 {
            let expected = [1, 3, 4, 5, 9, 10].contains(&id);
            assert_eq!(keys.contains(&Key::Id(id)), expected, "{id}");
        }
    }
}
