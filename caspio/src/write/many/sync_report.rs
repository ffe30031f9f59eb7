//! What a sync did.

use super::report::hinting;
use crate::record::Key;
use caspio_core::{Error, Result};

/// What a sync did, or what a dry run would have done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
#[must_use = "some rows may have failed"]
pub struct SyncReport {
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that differed from their records.
    pub updated: u64,
    /// Rows that were there as they are.
    pub unchanged: u64,
    /// Records that no row was there for, where they were to be deleted.
    pub deleted: u64,
    /// Records that were not deleted, because something before had failed.
    pub held_back: u64,
    /// What failed, and why.
    pub failed: Vec<SyncFailure>,
    /// Whether nothing was written, so that the counts are what would be done.
    pub dry_run: bool,
}

/// A row that could not be written, or a record that could not be deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyncFailure {
    /// The row's place in what was handed over, from 0; `None` for a record that was to be deleted.
    pub index: Option<usize>,
    /// The record's key; `None` for a row that was to be inserted.
    pub record: Option<Key>,
    /// Why. Where it [may have been applied](Error::maybe_applied), the next run finds out.
    pub error: Error,
}

impl SyncReport {
    pub(super) fn fail(&mut self, index: Option<usize>, record: Option<Key>, error: Error) {
        self.failed.push(SyncFailure {
            index,
            record,
            error,
        });
    }

    /// Whether the table is as the rows are.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// How many records were inserted, updated or deleted.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.inserted + self.updated + self.deleted
    }

    /// The report, when nothing failed.
    ///
    /// # Errors
    ///
    /// The first failure, saying how many there are.
    pub fn into_result(mut self) -> Result<Self> {
        let failures = self.failed.len();
        match self.failed.is_empty() {
            true => Ok(self),
            false => {
                let error = self.failed.swap_remove(0).error;
                Err(hinting(
                    error,
                    &format!("{failures} failed, this one first"),
                ))
            }
        }
    }
}
