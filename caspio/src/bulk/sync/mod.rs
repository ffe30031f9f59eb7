//! Synchronizes a table with rows.

mod columns;
mod counts;
mod diff;
mod dry_run;
mod hidden;
mod row_at;
mod run;
mod snapshot;
mod unclaimed;

pub use counts::SyncCounts;
pub use row_at::RowAt;

use self::counts::Check;
use super::report::BulkReport;
use super::stop::StopSignal;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::record::{FieldInfo, Key, ObjectKind, Row};
use crate::target::Target;
use crate::work::Work;
use crate::write::errors::with_more_hint;
use crate::write::key_lookup::KeyLookup;
use crate::write::reconcile::LOOKUP_DELAYS;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::is_same_name;
use futures::FutureExt;
use pin_project_lite::pin_project;
use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// Synchronizes a table with rows, which a key column identifies. Awaiting it returns a [`BulkReport`].
    ///
    /// It reads the key column and the columns of the rows, and writes the differences: rows without a record are
    /// inserted, columns that differ are updated, equal ones are left alone. So a second run writes nothing. Values are
    /// compared by the column's type, as Caspio stores them: dates in steps of 1/300 s, lists as sets, text letter by
    /// letter, null as `""` in text and as no in Yes/No. A row with a number that its column would change fails, also
    /// if its record has the changed number. The values of the key column are compared without case and without blanks
    /// at the end. If two values are equal for the service only, such as `Straße` and `strasse`, nothing is written. A
    /// password cannot be read, so only inserts send it.
    ///
    /// ```no_run
    /// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.sync_many(|c| c.email, &rows).await?;
    /// println!("{} changed, {} were equal", report.changed(), report.unchanged);
    /// report.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Calls
    ///
    /// - Reading: a few rows are looked up by their keys, as many as fit a URL in a call, for example 80 e-mail
    ///   addresses. If that takes more calls than reading the table at 1,000 records a call, the table is read until
    ///   every row was found. If a few calls do not show which is fewer, one more counts the records. If a row's value
    ///   in the key column is too long for a URL, the table is read, too.
    /// - Writing: inserts take one call for every 1,000, as [`InsertMany`](super::InsertMany) does it. Updates take one
    ///   call for all records that differ in the same way, as [`UpdateMany`](super::UpdateMany) does it: Caspio has no
    ///   call that sets different values in different records.
    /// - The fields are read once per client if the rows' types leave a column's type open: of untyped rows, lists,
    ///   columns that functions convert, floats with more than four places, and amounts with more than that or fifteen
    ///   digits.
    ///
    /// - Through a view: rows to be inserted are first looked up in the view's table, which takes one call to learn and
    ///   one for as many rows as fit a URL, and the new records in the view. A row whose record the view does not show
    ///   fails, and is not inserted again. Only v3 reports the view's table; without v3 such a row is found after it
    ///   was inserted.
    /// - Through a view on v2, which does not report the types of a view's fields, a date that an untyped row spells
    ///   otherwise than Caspio is written by every run.
    ///
    /// The rows are held in memory, the table is not. Writes of other programs during the sync may be overlooked, and
    /// so may writes of the seconds before it, because a read may not see a recent write: a row that was just inserted
    /// is inserted again, unless the column is unique. Where the table is read only until every row was found, a second
    /// record with the value of a row may be left unread: the first one, by its `PK_ID`, is the row's, and the second
    /// one stays as it is. [`delete_missing`](Self::delete_missing) reads all records.
    ///
    /// # Errors
    ///
    /// Awaiting it fails before anything is written: with `Refused` if a row has no value in the key column, if two
    /// rows, or two of the records that it reads, have the same one, or if such a record equals a row for the service
    /// only, also the record of another row; the error names both; and with the error of a read. What fails later is in
    /// the report.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the calls in progress, which may still be executed. Wait until the service has ended
    /// them before you run the sync again: an update or delete that is executed later undoes what the second run found
    /// or wrote, and if the column is not unique, a row whose insert is executed later is inserted twice.
    /// [`stop_by`](Self::stop_by) stops a sync without this risk.
    #[must_use = "a sync does nothing until it is awaited"]
    pub struct SyncMany<K> {
        pub(crate) client: Client,
        pub(crate) target: Target,
        pub(crate) column: Cow<'static, str>,
        pub(crate) rows: Vec<Row<'static>>,
        // The columns of rows that are structs, with their types; none of rows without types.
        fields: &'static [FieldInfo],
        delete_missing: bool,
        check: Option<Check>,
        pub(crate) dry_run: bool,
        staging: Option<Target>,
        pub(crate) concurrency: Concurrency,
        pub(crate) stop: StopSignal,
        #[pin]
        work: Work<'static, Result<BulkReport<K>>>,
    }
}

impl<K> SyncMany<K> {
    pub(crate) fn new(
        client: &Client,
        target: &Target,
        column: Cow<'static, str>,
        rows: Vec<Row<'static>>,
        fields: &'static [FieldInfo],
    ) -> Self {
        Self {
            client: client.for_bulk_writes(),
            target: target.clone(),
            column,
            rows,
            fields,
            delete_missing: false,
            check: None,
            dry_run: false,
            staging: None,
            concurrency: crate::bulk::insert::CONCURRENCY,
            stop: StopSignal::new(),
            work: Work::default(),
        }
    }

    /// Deletes the records without a row, including those with null in the key column. This reads the whole table.
    ///
    /// They are deleted last, and only if no earlier write failed; the report has the number of those
    /// [held back](BulkReport::held_back). Without any row it is refused, because it would delete every record.
    pub fn delete_missing(mut self) -> Self {
        self.delete_missing = true;
        self
    }

    /// Writes nothing; the report counts the changes that a sync would make, and has the rows that it would refuse
    /// before sending them. What only Caspio refuses, such as a value that a unique column has already, is not found.
    /// It takes the calls of reading, through a view also those that look up the rows to be inserted.
    ///
    /// ```no_run
    /// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let plan = caspio.table::<Contact>().sync_many(|c| c.email, &rows).dry_run().await?;
    /// println!("{} to insert, {} to update", plan.inserted, plan.updated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Sets how many calls are in progress at once, from 1 to 1,000, or [`Auto`](Concurrency::Auto); default: 4. A
    /// whole table is read one call at a time.
    pub fn concurrency(mut self, calls: impl Into<Concurrency>) -> Self {
        self.concurrency = calls.into().of_write();
        self
    }

    /// Sends no further call after this signal was stopped, and finishes those in progress.
    ///
    /// Rows that were not sent then are failures of the kind [`Cancelled`](ErrorKind::Cancelled), and no record is
    /// deleted. A sync that is stopped before it wrote fails with `Cancelled`. Run again, it resumes.
    pub fn stop_by(mut self, signal: &StopSignal) -> Self {
        self.stop = signal.clone();
        self
    }

    /// Loads the rows into another table with the same fields first, so that a row that Caspio refuses is found before
    /// this table is touched.
    ///
    /// The other table is synchronized with the rows, its other records are deleted, and its records are counted. Only
    /// if all rows are there is this table synchronized. Caspio can neither rename tables nor write several records in
    /// a transaction, so the tables cannot be swapped. What is left if the program stops:
    ///
    /// | while | the other table | this table |
    /// |---|---|---|
    /// | the other table is loaded | has a part of the rows | is untouched |
    /// | this table is written | has all rows | has old and new records, and none is missing |
    /// | records are deleted | has all rows | has all rows, and some old records |
    ///
    /// Run again with the same rows, it resumes, because rows that were written are found equal. It takes the calls of
    /// a second sync, and one to three for the count, within 2.5 seconds. A dry run leaves the other table out.
    ///
    /// ```no_run
    /// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
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

    async fn run(self) -> Result<BulkReport<Key>> {
        if self.delete_missing && self.rows.is_empty() {
            return Err(self
                .refused("there are no rows, so every record would be deleted")
                .with_hint("to delete all records, use `delete_all()`"));
        }
        if let Some(staging) = &self.staging
            && is_same_name(&staging.name, &self.target.name)
        {
            return Err(self
                .refused("the table is its own staging table")
                .with_hint("load the rows into another table with the same fields"));
        }
        if let Some(staging) = self.staging.clone().filter(|_| !self.dry_run) {
            self.stage(staging).await?;
        }
        self.reconcile(&self.target, self.delete_missing).await
    }

    /// Loads the other table, and checks that all rows are in it.
    async fn stage(&self, staging: Target) -> Result<()> {
        let rows = self.rows.len() as u64;
        let untouched = format!("{} was not touched", self.target);
        let of_staging = |error: Error| {
            let error = error.with_resource(staging.to_string());
            with_more_hint(error, &untouched)
        };
        let report = self.reconcile(&staging, true).await.map_err(of_staging)?;
        if let Some(failure) = report.failed.into_iter().next() {
            return Err(of_staging(failure.error));
        }
        let lookup = KeyLookup::new(&self.client, &staging, []);
        let mut count = 0;
        for delay in LOOKUP_DELAYS {
            // A count right after a write may not see it yet.
            tokio::time::sleep(delay).await;
            count = lookup.count().await?;
            if count == rows {
                break;
            }
        }
        if count != rows {
            let message = format!("it has {count} records after {rows} rows were loaded");
            return Err(Error::new(ErrorKind::Incomplete, message)
                .with_resource(staging.to_string())
                .with_hint(format!(
                    "{untouched}; another program may write to the same table"
                )));
        }
        Ok(())
    }

    fn refused(&self, message: &str) -> Error {
        self.with_context(Error::new(ErrorKind::Refused, message))
    }

    pub(crate) fn with_context(&self, error: Error) -> Error {
        error
            .with_operation("records.sync")
            .with_resource(self.target.to_string())
    }
}

impl<K: TryFrom<Key> + Send + 'static> Future for SyncMany<K> {
    type Output = Result<BulkReport<K>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let target = this.target.clone();
            let sync = Self {
                client: this.client.clone(),
                target: target.clone(),
                column: this.column.clone(),
                rows: mem::take(this.rows),
                fields: this.fields,
                delete_missing: *this.delete_missing,
                check: this.check.take(),
                dry_run: *this.dry_run,
                staging: this.staging.take(),
                concurrency: *this.concurrency,
                stop: this.stop.clone(),
                work: Work::default(),
            };
            async move { Ok(sync.run().await?.typed(&target)) }.boxed()
        })
    }
}

impl<K> fmt::Debug for SyncMany<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncMany")
            .field("target", &self.target)
            .field("column", &self.column)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
