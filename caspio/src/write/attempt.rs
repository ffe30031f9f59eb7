//! The rows of one insert while some of their results are unknown.

use super::encoded_row::EncodedRow;
use super::errors::with_more_hint;
use super::key_lookup::literal;
use super::reconcile::SendRows;
use crate::dialect::is_confirmed;
use crate::record::Key;
use crate::schema::DataType;
use crate::value::{CanonicalKey, as_stored};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::{HashMap, HashSet};

/// A record that a lookup found.
pub(super) struct FoundRecord {
    pub(super) key: Key,
    /// Its value in the column, as Caspio compares it.
    pub(super) value: Option<CanonicalKey>,
}

/// The rows of one call, while some of their results are unknown.
pub(super) struct Attempt<'r> {
    rows: &'r [EncodedRow],
    /// The values that identify the rows, as Caspio compares them.
    keys: Vec<Option<CanonicalKey>>,
    pub(super) results: Vec<Result<Key>>,
    /// The rows whose result is unknown, by their indexes.
    pub(super) unresolved: Vec<usize>,
}

impl<'r> Attempt<'r> {
    pub(super) fn new(
        rows: &'r [EncodedRow],
        results: Vec<Result<Key>>,
        data_type: Option<&DataType>,
    ) -> Self {
        let keys = rows.iter().map(|row| {
            let value = row.dedup_key.as_ref()?;
            literal(value)?;
            CanonicalKey::of(value, data_type)
        });
        let keys: Vec<Option<CanonicalKey>> = keys.collect();
        let unresolved = unresolved(&results, &keys);
        Self {
            rows,
            keys,
            results,
            unresolved,
        }
    }

    /// The value that identifies a row, as T-SQL.
    pub(super) fn literal(&self, at: usize, data_type: Option<&DataType>) -> Option<String> {
        let value = self.rows[at].dedup_key.as_ref()?;
        Some(literal(&as_stored(value, data_type))?.to_string())
    }

    /// The unresolved rows whose values the records hold, with the first record of each.
    pub(super) fn matches(&self, found: &[FoundRecord]) -> Vec<(usize, Key)> {
        let mut records = HashMap::new();
        for record in found {
            if let Some(value) = &record.value {
                records.entry(value).or_insert(&record.key);
            }
        }
        let rows = self.unresolved.iter();
        let matches = rows.filter_map(|at| {
            let key = *records.get(self.keys[*at].as_ref()?)?;
            Some((*at, key.clone()))
        });
        matches.collect()
    }

    /// The records that are not yet the records of rows.
    pub(super) fn others(&self, found: Vec<FoundRecord>) -> Vec<FoundRecord> {
        let taken: HashSet<&Key> = self.results.iter().flatten().collect();
        let others = found.into_iter();
        others
            .filter(|record| !taken.contains(&record.key))
            .collect()
    }

    /// Takes the keys of records as the results of rows, except for a record that several rows would share.
    pub(super) fn take(&mut self, records: Vec<(usize, Key)>) {
        let mut rows: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, key) in records {
            rows.entry(key).or_default().push(at);
        }
        for (key, rows) in rows {
            if let [at] = rows[..] {
                self.results[at] = Ok(key);
            }
        }
        let results = &self.results;
        self.unresolved.retain(|at| results[*at].is_err());
    }

    /// Sends the rows again whose first attempt may not have arrived. A success that cannot be read, and a refused
    /// duplicate after a lost response, show that the record is there: only a lookup can find out more.
    pub(super) async fn send_again(&mut self, sender: &impl SendRows) {
        let (sent, stays): (Vec<usize>, Vec<usize>) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|at| !self.is_there(*at));
        self.unresolved = stays;
        if sent.is_empty() {
            return;
        }
        let again: Vec<&EncodedRow> = sent.iter().map(|at| &self.rows[*at]).collect();
        let results = sender.send_rows(&again).await;
        for (at, result) in sent.into_iter().zip(results) {
            let refused = sender.has_error_codes() && result.as_ref().is_err_and(is_invalid);
            // Any other refusal may mean that the first attempt wrote the row, which the next lookup finds out.
            if result.is_err() && !refused {
                self.unresolved.push(at);
            }
            self.results[at] = result;
        }
        self.unresolved.sort_unstable();
    }

    /// Whether a row is in the table as far as the service's responses show.
    fn is_there(&self, at: usize) -> bool {
        let result = self.results[at].as_ref();
        result.is_err_and(|error| is_confirmed(error) || error.kind() == ErrorKind::Conflict)
    }

    /// Whether sending rows again can find out anything.
    pub(super) fn can_send_again(&self) -> bool {
        self.unresolved.iter().any(|at| !self.is_there(*at))
    }

    /// Marks the rows that are still unresolved as perhaps written: the error of the last attempt does not show the
    /// effect of the first one.
    pub(super) fn mark_unresolved(&mut self, hint: &str) {
        for at in &self.unresolved {
            if let Err(error) = &self.results[*at] {
                let error = error.clone().with_maybe_applied(true);
                let error = self.rows[*at].attach_sent(error);
                self.results[*at] = Err(with_more_hint(error, hint));
            }
        }
    }
}

pub(super) fn is_unknown(result: &Result<Key>) -> bool {
    result.as_ref().is_err_and(Error::maybe_applied)
}

/// Whether the service refused the row itself, so that no earlier attempt can have written it. Caspio may report a
/// duplicate as `SqlServerError`.
fn is_invalid(error: &Error) -> bool {
    error.kind() == ErrorKind::Invalid
        && !error.maybe_applied()
        && error.code().is_some_and(|code| code != "SqlServerError")
}

/// The rows whose result is unknown and that a lookup can identify: not those that share their value with
/// another row of the call.
fn unresolved(results: &[Result<Key>], keys: &[Option<CanonicalKey>]) -> Vec<usize> {
    let mut counts: HashMap<&CanonicalKey, usize> = HashMap::new();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let is_identified = |at: &usize| {
        let key = keys[*at].as_ref();
        key.is_some_and(|key| counts.get(key) == Some(&1))
    };
    let results = results.iter().enumerate();
    results
        .filter(|(_, result)| is_unknown(result))
        .map(|(at, _)| at)
        .filter(is_identified)
        .collect()
}
