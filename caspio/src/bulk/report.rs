//! Reports of writes of many records.

use crate::write::errors::with_more_hint;
use caspio_core::{Error, Result};
use std::collections::BTreeMap;

/// The result of one row of an insert: its key, or its error.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, rows: Vec<RecordMap>) {
/// let mut outcomes = caspio.table_named("Contacts").insert_many(&rows).outcomes();
/// while let Some(outcome) = outcomes.next().await {
///     match outcome.result {
///         Ok(key) => println!("row {}: record {key}", outcome.index),
///         Err(error) => println!("row {}: {error}", outcome.index),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome<K> {
    /// The index of the row in the input, from 0.
    pub index: usize,
    /// The new record's key.
    ///
    /// An error that [may have been applied](Error::maybe_applied) is one whose response was lost;
    /// [`sent`](Error::sent) has the row.
    pub result: Result<K>,
}

/// The result of a write of many records: counts, the keys of the records that were written, and every failure.
///
/// Inserts, updates, deletes and synchronization return it. Rows are independent: one that fails does not keep the
/// others from being written.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
/// let report = caspio.table::<Contact>().insert_many(&rows).await?;
/// println!("{} of {} rows inserted", report.inserted, report.len());
/// for failure in report.failed() {
///     println!("row {:?}: {}", failure.index, failure.error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "some records may not have been written"]
pub struct BulkReport<K> {
    /// Records that were inserted.
    pub inserted: u64,
    /// Records that were updated.
    pub updated: u64,
    /// Rows of a sync whose records needed no change.
    pub unchanged: u64,
    /// Records that were deleted, as Caspio counted them.
    pub deleted: u64,
    /// Keys of a delete that had no record. If a call had to be repeated, this includes records that its first
    /// attempt deleted.
    pub missing: u64,
    /// Records that a sync did not delete, because an earlier write of it had failed; in a dry run, those that it would
    /// not delete.
    pub held_back: u64,
    /// Whether it was a dry run: nothing was written, and the counts and failures are those that the sync would have.
    pub dry_run: bool,
    pub(super) len: usize,
    /// The positions of keys that came before, with the index of the first one.
    pub(super) repeated: BTreeMap<usize, usize>,
    pub(super) done: Vec<Done<K>>,
    pub(super) missing_keys: Vec<K>,
    pub(super) failed: Vec<BulkFailure<K>>,
}

/// A row or key that did not fail.
#[derive(Clone, Debug)]
pub(super) struct Done<K> {
    pub(super) index: usize,
    pub(super) key: K,
    /// Whether its record was inserted or updated.
    pub(super) written: bool,
}

/// A row that was not written, or a record that was not updated or deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkFailure<K> {
    /// The index of the row or key in the input, from 0; for a key that comes twice, the first index. `None` for a
    /// record that a sync should have deleted.
    pub index: Option<usize>,
    /// The record's key; `None` for a row that should have been inserted.
    pub key: Option<K>,
    /// The error. One that [may have been applied](Error::maybe_applied) means that the response was lost.
    pub error: Error,
}

impl<K> BulkReport<K> {
    pub(super) fn new(len: usize) -> Self {
        Self {
            inserted: 0,
            updated: 0,
            unchanged: 0,
            deleted: 0,
            missing: 0,
            held_back: 0,
            dry_run: false,
            len,
            repeated: BTreeMap::new(),
            done: Vec::new(),
            missing_keys: Vec::new(),
            failed: Vec::new(),
        }
    }

    pub(super) fn add_inserted(&mut self, index: usize, result: Result<K>) {
        match result {
            Ok(key) => {
                self.inserted += 1;
                self.add_done(index, key, true);
            }
            Err(error) => self.fail(Some(index), None, error),
        }
    }

    pub(super) fn add_updated(&mut self, index: usize, key: K, result: Result<()>) {
        match result {
            Ok(()) => {
                self.updated += 1;
                self.add_done(index, key, true);
            }
            Err(error) => self.fail(Some(index), Some(key), error),
        }
    }

    pub(super) fn add_done(&mut self, index: usize, key: K, written: bool) {
        self.done.push(Done {
            index,
            key,
            written,
        });
    }

    pub(super) fn fail(&mut self, index: Option<usize>, key: Option<K>, error: Error) {
        self.failed.push(BulkFailure { index, key, error });
    }

    /// Turns an insert that was counted into a failure: its record is there, but differs from the row.
    pub(super) fn hide(&mut self, index: usize, error: Error) {
        self.done.retain(|done| done.index != index);
        self.fail(Some(index), None, error);
    }

    /// Puts the results in the order of the rows.
    pub(super) fn sort(&mut self) {
        self.done.sort_by_key(|done| done.index);
        self.failed
            .sort_by_key(|failure| failure.index.unwrap_or(usize::MAX));
    }

    /// Returns the keys of the records that were inserted or updated, in the order of the rows.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        let written = self.done.iter().filter(|done| done.written);
        written.map(|done| &done.key)
    }

    /// Returns the keys of a delete that are known to have had no record: after
    /// [`find_missing`](super::DeleteMany::find_missing) those that were not found, if the service deleted the others,
    /// and always those of calls that deleted nothing.
    #[must_use]
    pub fn missing_keys(&self) -> &[K] {
        &self.missing_keys
    }

    /// Returns the rows or keys that failed, with their errors, in the order of the rows; last the records that a
    /// sync should have deleted.
    #[must_use]
    pub fn failed(&self) -> &[BulkFailure<K>] {
        &self.failed
    }

    /// Returns the key or the error of each row or key of the input, in its order.
    ///
    /// A key that comes twice has the same result twice. A row of a sync that needed no change has its record's key. A
    /// key of a delete has no record any more, unless it failed. A dry run has no results.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let report = caspio.table::<Contact>().insert_many(&rows).await?;
    /// for (row, result) in rows.iter().zip(report.results()) {
    ///     println!("{}: {result:?}", row.first_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn results(&self) -> impl Iterator<Item = Result<&K, &Error>> {
        let positions = 0..self.len + self.repeated.len();
        positions.map_while(|position| {
            let first = self.repeated.get(&position).copied();
            self.result(first.unwrap_or(position))
        })
    }

    fn result(&self, index: usize) -> Option<Result<&K, &Error>> {
        if let Ok(at) = self.done.binary_search_by_key(&index, |done| done.index) {
            return Some(Ok(&self.done[at].key));
        }
        let index_of = |failure: &BulkFailure<K>| failure.index.unwrap_or(usize::MAX);
        let at = self.failed.binary_search_by_key(&index, index_of).ok()?;
        Some(Err(&self.failed[at].error))
    }

    /// Returns how many rows or keys there were; a key that comes twice counts once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there were no rows or keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns whether everything was done: nothing failed, and every key of a delete had a record.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.missing == 0
    }

    /// Returns how many records were inserted, updated or deleted.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.inserted + self.updated + self.deleted
    }

    /// Returns the keys of the records that were inserted or updated, if nothing failed.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let keys: Vec<i64> = contacts.insert_many(&rows).await?.into_result()?;
    /// contacts.delete_many(keys).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first failure, with the number of failures.
    pub fn into_result(mut self) -> Result<Vec<K>> {
        let failures = self.failed.len();
        if failures == 0 {
            let written = self.done.into_iter().filter(|done| done.written);
            return Ok(written.map(|done| done.key).collect());
        }
        let BulkFailure { index, error, .. } = self.failed.swap_remove(0);
        let hint = match index {
            Some(index) => format!("{failures} of {} rows failed, row {index} first", self.len),
            None => format!("{failures} of {} records failed, this one first", self.len),
        };
        Err(with_more_hint(error, &hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::ErrorKind;

    #[test]
    fn results_are_in_the_order_of_the_rows() {
        let mut report = BulkReport::new(4);
        report.add_inserted(0, Ok(10));
        report.add_inserted(1, Err(Error::new(ErrorKind::Invalid, "too long")));
        report.add_inserted(2, Ok(12));
        report.add_inserted(3, Err(Error::new(ErrorKind::Invalid, "too long")));

        let results: Vec<Option<i64>> = report
            .results()
            .map(|result| result.ok().copied())
            .collect();

        assert_eq!(results, [Some(10), None, Some(12), None]);
        let error = report.into_result().expect_err("two rows failed");
        assert!(
            error
                .to_string()
                .contains("2 of 4 rows failed, row 1 first")
        );
    }
}
