//! Reports of writes of many records.

use crate::record::Key;
use crate::write::errors::with_more_hint;
use caspio_core::{Error, Result};

/// What became of one row of an insert: its key, or why it has none.
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

/// What a write of many records did: counts, the keys of the records that were written, and every failure.
///
/// Inserts, updates, deletes and synchronization return it. Rows are independent: one that fails keeps no other
/// from being written.
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
    pub not_there: u64,
    /// Records that a sync did not delete, because an earlier write of it had failed.
    pub held_back: u64,
    /// Whether nothing was written, so that the counts are those of a sync to come.
    pub dry_run: bool,
    pub(super) len: usize,
    pub(super) keys: Vec<K>,
    pub(super) missing: Vec<K>,
    pub(super) failed: Vec<BulkFailure<K>>,
}

/// A row that was not written, or a record that was not updated or deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkFailure<K> {
    /// The index of the row in the input, from 0; `None` for a record that was to be deleted.
    ///
    /// For an update by keys it is the index of the key, each key counted once.
    pub index: Option<usize>,
    /// The record's key; `None` for a row that was to be inserted.
    pub key: Option<K>,
    /// Why. An error that [may have been applied](Error::maybe_applied) is one whose response was lost.
    pub error: Error,
}

impl<K> BulkReport<K> {
    pub(super) fn new(len: usize) -> Self {
        Self {
            inserted: 0,
            updated: 0,
            unchanged: 0,
            deleted: 0,
            not_there: 0,
            held_back: 0,
            dry_run: false,
            len,
            keys: Vec::new(),
            missing: Vec::new(),
            failed: Vec::new(),
        }
    }

    pub(super) fn add_inserted(&mut self, index: usize, result: Result<K>) {
        match result {
            Ok(key) => {
                self.inserted += 1;
                self.keys.push(key);
            }
            Err(error) => self.fail(Some(index), None, error),
        }
    }

    pub(super) fn add_updated(&mut self, index: usize, key: K, result: Result<()>) {
        match result {
            Ok(()) => {
                self.updated += 1;
                self.keys.push(key);
            }
            Err(error) => self.fail(Some(index), Some(key), error),
        }
    }

    pub(super) fn fail(&mut self, index: Option<usize>, key: Option<K>, error: Error) {
        self.failed.push(BulkFailure { index, key, error });
    }

    /// Returns the keys of the records that were inserted or updated, in the order of the rows; of a sync, the
    /// updated ones first.
    pub fn keys(&self) -> std::slice::Iter<'_, K> {
        self.keys.iter()
    }

    /// Returns the keys of a delete that are known to have no record: all of them after
    /// [`find_missing`](super::DeleteMany::find_missing), else those of calls that deleted nothing.
    #[must_use]
    pub fn missing(&self) -> &[K] {
        &self.missing
    }

    /// Returns the rows or keys that failed, with their errors.
    #[must_use]
    pub fn failed(&self) -> &[BulkFailure<K>] {
        &self.failed
    }

    /// Returns the key or the error of each row of an insert or update, in the order of the rows.
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
        let mut keys = self.keys.iter();
        let mut failed = self.failed.iter().peekable();
        (0..self.len).map_while(move |index| {
            match failed.next_if(|failure| failure.index == Some(index)) {
                Some(failure) => Some(Err(&failure.error)),
                None => keys.next().map(Ok),
            }
        })
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
        self.failed.is_empty() && self.not_there == 0
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
            return Ok(self.keys);
        }
        let BulkFailure { index, error, .. } = self.failed.swap_remove(0);
        let hint = match index {
            Some(index) => format!("{failures} of {} rows failed, row {index} first", self.len),
            None => format!("{failures} of {} records failed, this one first", self.len),
        };
        Err(with_more_hint(error, &hint))
    }
}

impl BulkReport<Key> {
    /// The report with keys of the handle's type.
    pub(super) fn typed<K: TryFrom<Key>>(self) -> BulkReport<K> {
        let typed = |keys: Vec<Key>| {
            let keys = keys.into_iter();
            keys.filter_map(|key| K::try_from(key).ok()).collect()
        };
        let failed = self.failed.into_iter().map(|failure| BulkFailure {
            index: failure.index,
            key: failure.key.and_then(|key| K::try_from(key).ok()),
            error: failure.error,
        });
        BulkReport {
            inserted: self.inserted,
            updated: self.updated,
            unchanged: self.unchanged,
            deleted: self.deleted,
            not_there: self.not_there,
            held_back: self.held_back,
            dry_run: self.dry_run,
            len: self.len,
            keys: typed(self.keys),
            missing: typed(self.missing),
            failed: failed.collect(),
        }
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
