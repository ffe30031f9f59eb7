//! The writes of many records of a table, and of a view that allows them.

use super::delete::DeleteMany;
use super::insert::InsertMany;
use super::rows::{IntoRow, rows as of};
use super::sync::SyncMany;
use super::update::UpdateMany;
use crate::column::Column;
use crate::handle::{Handle, WriteAccess};
use crate::record::{Record, Source, ToRow};
use futures::stream::{self, Stream};
use std::borrow::Cow;

impl<R: Record, A: WriteAccess> Handle<R, A> {
    /// Inserts many records, 1,000 a call. Awaiting it gives a report with each row's key or error,
    /// in order; see [`InsertMany`].
    ///
    /// Rows are the records themselves, or structs with `#[derive(CaspioInsert)]`, owned or by
    /// reference.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.insert_many(&rows).await?;
    /// println!("{} of {} rows inserted", report.keys().count(), report.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_many<'a, I>(&self, rows: I) -> InsertMany<'a, R, A::Key>
    where
        I: IntoIterator<IntoIter: Send + 'a>,
        I::Item: IntoRow<Row: ToRow<Source = R::Source> + Send + 'a>,
    {
        self.insert_stream(stream::iter(rows))
    }

    /// As [`insert_many`](Self::insert_many), from a stream of rows or of results of rows, which is
    /// read no faster than its rows are inserted.
    ///
    /// An item that is an error is in the report in its place, and the stream is read on.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # use futures::Stream;
    /// # async fn example<S>(caspio: Client, rows: S) -> caspio::Result<()>
    /// # where
    /// #     S: Stream<Item = std::io::Result<RecordMap>> + Send,
    /// # {
    /// let report = caspio.table_named("Contacts").insert_stream(rows).await?;
    /// for (index, error) in report.failed() {
    ///     println!("row {index}: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_stream<'a, S>(&self, rows: S) -> InsertMany<'a, R, A::Key>
    where
        S: Stream + Send + 'a,
        S::Item: IntoRow<Row: ToRow<Source = R::Source> + Send + 'a>,
    {
        InsertMany::new(self.client().clone(), self.target().clone(), of(rows))
    }

    /// Updates many records, each by its key, in as many calls as there are different changes.
    /// Awaiting it gives a report; see [`UpdateMany`].
    ///
    /// A change is a row whose columns are set, or columns with values:
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, active: bool }
    /// # async fn example(caspio: Client, gone: Vec<i64>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let changes = gone.iter().map(|id| (*id, Contact::COLUMNS.active.to(false)));
    /// contacts.update_many(changes).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_many<K, T>(&self, changes: impl IntoIterator<Item = (K, T)>) -> UpdateMany<A::Key>
    where
        K: Into<A::Key>,
        T: ToRow<Source = R::Source>,
    {
        let changes = changes.into_iter().map(|(key, row)| {
            let key: A::Key = key.into();
            (key.into(), row.to_row().into_owned())
        });
        UpdateMany::new(self.client(), self.target(), changes.collect())
    }

    /// Deletes the records with these keys, 1,000 a call. Awaiting it gives a report; see
    /// [`DeleteMany`].
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.delete_many([7, 8, 9]).await?;
    /// println!("{} deleted, {} were not there", report.deleted, report.not_there);
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_many<K: Into<A::Key>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> DeleteMany<A::Key> {
        let keys = keys.into_iter().map(|key| {
            let key: A::Key = key.into();
            key.into()
        });
        DeleteMany::new(self.client(), self.target(), keys.collect())
    }

    /// Brings the records into line with rows that are told apart by a key column: what is not there
    /// is inserted, what differs is updated, what is equal takes no write. Awaiting it gives a report;
    /// see [`SyncMany`].
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.sync_many(|c| c.email, &rows).await?.into_result()?;
    /// println!("{} new, {} changed", report.inserted, report.updated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync_many<F, U, C, T>(&self, key: F, rows: impl IntoIterator<Item = T>) -> SyncMany
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, C>,
        T: ToRow<Source = R::Source>,
    {
        let column = key(<R::Source as Source>::COLUMNS).name();
        self.sync(Cow::Borrowed(column), rows)
    }

    /// As [`sync_many`](Self::sync_many), by the key column's name.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let rows = [RecordMap::from([("Email", "a@b.c"), ("City", "Oslo")])];
    /// let report = caspio.table_named("Contacts").sync_many_by_name("Email", rows).await?;
    /// println!("{} new, {} changed", report.inserted, report.updated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync_many_by_name<T: ToRow<Source = R::Source>>(
        &self,
        key: &str,
        rows: impl IntoIterator<Item = T>,
    ) -> SyncMany {
        self.sync(Cow::Owned(key.to_owned()), rows)
    }

    /// Makes the rows the only records: [`sync_many`](Self::sync_many) with
    /// [`delete_missing`](SyncMany::delete_missing).
    ///
    /// There is no moment at which a record that is to stay is missing: what is new and what differs is
    /// written first, and the rest is deleted last. With [`staging`](SyncMany::staging) the rows are
    /// loaded into another table before, so that a fault in them is found while this one is untouched.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.replace_all(|c| c.email, &rows).await?.into_result()?;
    /// println!("{} changed, {} as they were", report.changed(), report.unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace_all<F, U, C, T>(&self, key: F, rows: impl IntoIterator<Item = T>) -> SyncMany
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, C>,
        T: ToRow<Source = R::Source>,
    {
        self.sync_many(key, rows).delete_missing()
    }

    /// As [`replace_all`](Self::replace_all), by the key column's name.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let report = contacts.replace_all_by_name("Email", &rows).await?.into_result()?;
    /// println!("{} deleted", report.deleted);
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace_all_by_name<T: ToRow<Source = R::Source>>(
        &self,
        key: &str,
        rows: impl IntoIterator<Item = T>,
    ) -> SyncMany {
        self.sync_many_by_name(key, rows).delete_missing()
    }

    fn sync<T: ToRow<Source = R::Source>>(
        &self,
        key: Cow<'static, str>,
        rows: impl IntoIterator<Item = T>,
    ) -> SyncMany {
        let rows = rows.into_iter().map(|row| row.to_row().into_owned());
        let typed = !T::WRITES.is_empty();
        SyncMany::new(self.client(), self.target(), key, rows.collect(), typed)
    }
}
