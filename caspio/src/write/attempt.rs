//! The rows of one insert while some of their results are unknown.

use super::claims::Claims;
use super::encoded_row::EncodedRow;
use super::errors::with_more_hint;
use super::found_record::FoundRecord;
use super::key_column::KeyColumn;
use super::key_lookup::literal;
use super::send_rows::SendRows;
use crate::dialect::is_confirmed;
use crate::filter::literal::Literal;
use crate::record::Key;
use crate::schema::DataType;
use crate::value::{CanonicalKey, as_stored};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::{folded_name, is_same_name};
use std::collections::{BTreeMap, HashMap};

/// The rows of one call, while some of their results are unknown.
pub(super) struct Attempt<'r> {
    rows: &'r [EncodedRow],
    column: &'r KeyColumn,
    claims: &'r Claims,
    /// The values that identify the rows, as Caspio compares them.
    keys: Vec<Option<CanonicalKey>>,
    pub(super) results: Vec<Result<Key>>,
    /// The rows whose result is unknown, by their indexes.
    pub(super) unresolved: Vec<usize>,
    /// Why a record with a row's value is not known to be the row's.
    reasons: HashMap<usize, String>,
}

impl<'r> Attempt<'r> {
    pub(super) fn new(
        rows: &'r [EncodedRow],
        results: Vec<Result<Key>>,
        column: &'r KeyColumn,
        claims: &'r Claims,
    ) -> Self {
        let keys = rows.iter().map(|row| {
            let value = row.dedup_key.as_ref()?;
            literal(value)?;
            CanonicalKey::of(value, column.data_type())
        });
        let keys: Vec<Option<CanonicalKey>> = keys.collect();
        let unresolved = unresolved(&results, &keys);
        Self {
            rows,
            column,
            claims,
            keys,
            results,
            unresolved,
            reasons: HashMap::new(),
        }
    }

    /// The value that identifies a row.
    pub(super) fn literal(&self, at: usize) -> Option<Literal> {
        let value = self.rows[at].dedup_key.as_ref()?;
        literal(&as_stored(value, self.column.data_type()))
    }

    pub(super) fn data_type(&self) -> Option<&DataType> {
        self.column.data_type()
    }

    /// The columns of the unresolved rows that can be read, and those that are empty in the record of a row without
    /// them.
    pub(super) fn columns(&self) -> Vec<String> {
        let rows = self.unresolved.iter().map(|at| &self.rows[*at]);
        let names = rows.flat_map(EncodedRow::readable_columns);
        let names = names.map(|(name, _)| name);
        let names = names.chain(self.column.left_empty().map(str::to_owned));
        let names = names.map(|name| (folded_name(&name), name));
        names.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The records of each unresolved row by its value, and the rows whose value no record has. A single row has all
    /// records that the lookup found.
    pub(super) fn candidates<'f>(
        &self,
        found: &'f [FoundRecord],
    ) -> (Vec<(usize, Vec<&'f FoundRecord>)>, Vec<usize>) {
        if let [at] = self.unresolved[..] {
            return (vec![(at, found.iter().collect())], Vec::new());
        }
        let mut records: HashMap<&CanonicalKey, Vec<&FoundRecord>> = HashMap::new();
        for record in found {
            if let Some(value) = &record.value {
                records.entry(value).or_default().push(record);
            }
        }
        let (mut matched, mut rest) = (Vec::new(), Vec::new());
        for at in &self.unresolved {
            let key = self.keys[*at].as_ref();
            match key.and_then(|key| records.get(key)) {
                Some(records) => matched.push((*at, records.clone())),
                None => rest.push(*at),
            }
        }
        (matched, rest)
    }

    /// Takes a record for a row's where it is the only one with the row's value, holds the row's other values too, and
    /// cannot be that of another row.
    pub(super) fn take(&mut self, candidates: Vec<(usize, Vec<&FoundRecord>)>) {
        let mut owners: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, records) in candidates {
            match self.record_of(at, records) {
                Ok(Some(key)) => owners.entry(key).or_default().push(at),
                Ok(None) => {}
                Err(reason) => {
                    self.reasons.insert(at, reason);
                }
            }
        }
        for (key, rows) in owners {
            if let [at] = rows[..] {
                self.results[at] = Ok(key);
            }
        }
        let results = &self.results;
        self.unresolved.retain(|at| results[*at].is_err());
    }

    fn record_of(
        &self,
        at: usize,
        records: Vec<&FoundRecord>,
    ) -> std::result::Result<Option<Key>, String> {
        let is_of_other = |key: &Key| {
            let mut keys = self.results.iter().flatten();
            self.claims.is_taken(key) || keys.any(|taken| taken == key)
        };
        let mut records: Vec<&FoundRecord> = records;
        records.retain(|record| !is_of_other(&record.key));
        let column = &self.column.name;
        match records[..] {
            [] => Ok(None),
            _ if self.claims.is_shared(&self.rows[at]) => Err(format!(
                "another row of this insert has the same {column}, so the record may be that row's"
            )),
            [record] => {
                let row = &self.rows[at];
                match record.difference(row, &self.column.definitions) {
                    None if self.column.may_be_hidden => Err(format!(
                        "record {} has these values, but it may be an older one: the view may hide the new record",
                        record.key
                    )),
                    None => Ok(Some(record.key.clone())),
                    Some(name) if is_same_name(&name, column) => Err(format!(
                        "record {} has this {column} in another spelling, so it may be another program's",
                        record.key
                    )),
                    Some(name) => Err(format!(
                        "record {} has this {column} but another {name}, so it may be another program's",
                        record.key
                    )),
                }
            }
            [one, other, ..] => Err(format!(
                "records {} and {} both have this {column}",
                one.key, other.key
            )),
        }
    }

    /// Sends the rows again whose first attempt may not have arrived.
    pub(super) async fn send_again(&mut self, sender: &impl SendRows) {
        let (sent, stays): (Vec<usize>, Vec<usize>) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|at| !self.has_record(*at));
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

    /// Whether a record with the row's value is there: the service confirmed the insert, refuses a duplicate after a
    /// lost response, or has a record that may be the row's. Only a lookup can find out more.
    fn has_record(&self, at: usize) -> bool {
        let result = self.results[at].as_ref();
        let is_there = |error: &Error| is_confirmed(error) || error.kind() == ErrorKind::Conflict;
        self.reasons.contains_key(&at) || result.is_err_and(is_there)
    }

    /// Whether sending rows again can find out anything.
    pub(super) fn can_send_again(&self) -> bool {
        self.unresolved.iter().any(|at| !self.has_record(*at))
    }

    /// Marks the rows that are still unresolved as perhaps written: the error of the last attempt does not show the
    /// effect of the first one.
    pub(super) fn mark_unresolved(&mut self, hint: &str) {
        for at in &self.unresolved {
            if let Err(error) = &self.results[*at] {
                let error = error.clone().with_maybe_applied(true);
                let error = self.rows[*at].attach_sent(error);
                let hint = self.reasons.get(at).map_or(hint, String::as_str);
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
