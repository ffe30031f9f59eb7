//! What a sync did.

use crate::record::Key;
use crate::write::errors::with_more_hint;
use caspio_core::{Error, Result};

/// What a sync did, or what a dry run would have done.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
/// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
/// let report = caspio.table::<Contact>().sync_many(|c| c.email, &rows).await?;
/// println!("{} new, {} changed", report.inserted, report.updated);
/// for failure in &report.failed {
///     println!("row {:?}: {}", failure.index, failure.error);
/// }
/// # Ok(())
/// # }
/// ```
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
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
/// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
/// let report = caspio.table::<Contact>().sync_many(|c| c.email, &rows).await?;
/// for failure in &report.failed {
///     match failure.index {
///         Some(index) => println!("row {index}: {}", failure.error),
///         None => println!("record {:?}: {}", failure.record, failure.error),
///     }
/// }
/// # Ok(())
/// # }
/// ```
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
    pub(crate) fn fail(&mut self, index: Option<usize>, record: Option<Key>, error: Error) {
        self.failed.push(SyncFailure {
            index,
            record,
            error,
        });
    }

    /// Whether the table is as the rows are.
    ///
    /// ```
    /// use caspio::bulk::SyncReport;
    ///
    /// let report = SyncReport::default();
    /// assert!(report.is_complete());
    /// ```
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// How many records were inserted, updated or deleted.
    ///
    /// ```
    /// use caspio::bulk::SyncReport;
    ///
    /// let mut report = SyncReport::default();
    /// report.inserted = 2;
    /// report.updated = 1;
    /// report.unchanged = 40;
    /// assert_eq!(report.changed(), 3);
    /// ```
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.inserted + self.updated + self.deleted
    }

    /// The report, when nothing failed.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.sync_many(|c| c.email, &rows).await?.into_result()?;
    /// println!("{} changed", report.changed());
    /// # Ok(())
    /// # }
    /// ```
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
                Err(with_more_hint(
                    error,
                    &format!("{failures} failed, this one first"),
                ))
            }
        }
    }
}
