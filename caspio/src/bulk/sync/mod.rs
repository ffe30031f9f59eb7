//! Bringing a table into line with rows.

mod diff;
mod report;
mod run;
mod snapshot;

pub use report::{SyncFailure, SyncReport};

use crate::client::Client;
use crate::record::{ObjectKind, Row};
use crate::target::Target;
use crate::write::errors::with_more_hint;
use crate::write::key_lookup::KeyLookup;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;

/// Brings a table into line with rows, told apart by the values of a key column. Awaiting it gives a report.
///
/// It reads the key column and the columns that the rows have, and writes what differs: rows that are not
/// there are inserted, columns that differ are updated, what is equal is left alone. So a second run writes
/// nothing. Values are compared as Caspio keeps them: money to four places, dates to the millisecond, lists
/// as sets, null as null, text letter by letter; the values of the key column without case, as Caspio
/// compares them. A password cannot be read, so it is sent with inserts only.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
/// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let report = contacts.sync_many(|c| c.email, &rows).await?.into_result()?;
/// println!("{} changed, {} as they were", report.changed(), report.unchanged);
/// # Ok(())
/// # }
/// ```
///
/// # Calls
///
/// - Reading: few rows are looked for by their keys, as many as an address takes a call, 80 e-mail addresses
///   say. When that would be more calls than reading the table, a thousand records a call, the table is
///   read, until every row was found. Where that is not plain after a few calls, one more counts its records.
/// - Writing: inserts take one call for every 1,000, as [`InsertMany`](crate::bulk::InsertMany) does it. Updates
///   take one call for all records that differ in the same way, as [`UpdateMany`](crate::bulk::UpdateMany) does it:
///   Caspio has no call that sets different values in different records.
/// - The fields are asked for once a client where a row has a list, or is untyped.
///
/// The rows are held in memory, the table is not. What other programs write meanwhile may be overlooked.
///
/// # Errors
///
/// Awaiting it fails before anything is written: `Refused` where a row has no value in the key column, or
/// where two rows, or two of the records read, have the same one, which the error names; and with what kept
/// the table from being read. What fails later is in the report.
#[must_use = "a sync does nothing until it is awaited"]
pub struct SyncMany {
    pub(crate) client: Client,
    pub(crate) target: Target,
    pub(crate) column: Cow<'static, str>,
    pub(crate) rows: Vec<Row<'static>>,
    /// Whether the rows say their columns' types.
    pub(crate) typed: bool,
    delete_missing: bool,
    pub(crate) dry_run: bool,
    staging: Option<Target>,
    pub(crate) concurrency: usize,
}

impl SyncMany {
    pub(crate) fn new(
        client: &Client,
        target: &Target,
        column: Cow<'static, str>,
        rows: Vec<Row<'static>>,
        typed: bool,
    ) -> Self {
        Self {
            client: client.clone(),
            target: target.clone(),
            column,
            rows,
            typed,
            delete_missing: false,
            dry_run: false,
            staging: None,
            concurrency: crate::bulk::insert::CONCURRENCY,
        }
    }

    /// Deletes the records that no row is there for, those with null in the key column among them. The whole
    /// table is read then.
    ///
    /// They are deleted last, and none is where anything before has failed; the report says how many were
    /// held back. Without a single row it is refused, since that would delete all records.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.sync_many(|c| c.email, &rows).delete_missing().await?;
    /// println!("{} deleted, {} held back", report.deleted, report.held_back);
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_missing(mut self) -> Self {
        self.delete_missing = true;
        self
    }

    /// Writes nothing; the report says what would be done.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let plan = contacts.sync_many(|c| c.email, &rows).dry_run().await?;
    /// println!("{} to insert, {} to update", plan.inserted, plan.updated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// How many calls are under way at once; 4 unless said. A table that is read whole is read one call at
    /// a time.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.sync_many(|c| c.email, &rows).concurrency(2).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// Loads the rows into another table first, one of the same fields, so that a row that Caspio refuses is
    /// found before this table is touched.
    ///
    /// The other table is brought into line with the rows, its other records deleted, and its records are
    /// counted; only when all are there does this table follow. Caspio can neither rename tables nor write
    /// several records at once or not at all, so there is no swap. What is left when the program stops:
    ///
    /// | while | the other table | this table |
    /// |---|---|---|
    /// | the other table is loaded | has a part of the rows | is untouched |
    /// | this table is written | has all rows | has old and new records, and none is missing |
    /// | records are deleted | has all rows | has all rows, and some old records |
    ///
    /// Run again with the same rows, it goes on: what was written is found equal. It costs the calls of a
    /// second sync and one for the count. A dry run leaves it out.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let load = contacts.replace_all(|c| c.email, &rows).staging("Contacts_Staging");
    /// load.await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn staging(mut self, table: &str) -> Self {
        self.staging = Some(Target::new(ObjectKind::Table, table));
        self
    }

    async fn run(self) -> Result<SyncReport> {
        if self.delete_missing && self.rows.is_empty() {
            return Err(self
                .refused("there are no rows, so every record would be deleted")
                .with_hint("to delete all records, use `delete_all()`"));
        }
        if let Some(staging) = self.staging.clone().filter(|_| !self.dry_run) {
            self.stage(staging).await?;
        }
        self.reconcile(&self.target, self.delete_missing).await
    }

    /// Loads the other table, and makes sure that all is there.
    async fn stage(&self, staging: Target) -> Result<()> {
        let rows = self.rows.len() as u64;
        let report = self.reconcile(&staging, true).await?;
        let untouched = format!("{} was not touched", self.target);
        if let Some(failure) = report.failed.into_iter().next() {
            return Err(with_more_hint(failure.error, &untouched));
        }
        let count = KeyLookup::new(&self.client, &staging, []).count().await?;
        if count != rows {
            let what = format!("it has {count} records after {rows} rows were loaded");
            return Err(Error::new(ErrorKind::Incomplete, what)
                .with_resource(staging.to_string())
                .with_hint(format!(
                    "{untouched}; another program may write to the same table"
                )));
        }
        Ok(())
    }

    fn refused(&self, what: &str) -> Error {
        self.with_context(Error::new(ErrorKind::Refused, what))
    }

    pub(crate) fn with_context(&self, error: Error) -> Error {
        error
            .with_operation("records.sync")
            .with_resource(self.target.to_string())
    }
}

impl IntoFuture for SyncMany {
    type Output = Result<SyncReport>;
    type IntoFuture = BoxFuture<'static, Result<SyncReport>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl fmt::Debug for SyncMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncMany")
            .field("target", &self.target)
            .field("column", &self.column)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
