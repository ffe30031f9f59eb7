//! The writes of many records of a table, and of a view that allows them.

use super::delete::DeleteMany;
use super::insert::InsertMany;
use super::rows::{IntoRow, rows as boxed};
use super::sync::SyncMany;
use super::update::UpdateMany;
use crate::column::IntoColumn;
use crate::filter::ColumnFn;
use crate::handle::{Access, Handle, WriteAccess};
use crate::record::{IntoKey, Record, Source, ToRow};
use futures::stream::{self, Stream};

impl<R: Record, A: Access> Handle<R, A> {
    /// Inserts many records, 1,000 a call, and returns each row's key or error in a report; see [`InsertMany`].
    ///
    /// Rows are the records themselves, or structs with `#[derive(CaspioInsert)]`, owned or by reference.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let report = caspio.table::<Contact>().insert_many(&rows).await?;
    /// println!("{} of {} rows inserted", report.inserted, report.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_many<'a, I>(&self, rows: I) -> InsertMany<'a, R, A::Key>
    where
        I: IntoIterator<IntoIter: Send + 'a>,
        I::Item: IntoRow<Row: ToRow<Source = R::Source> + Send + 'a>,
        A: WriteAccess,
    {
        self.insert_stream(stream::iter(rows))
    }

    /// Inserts the rows of a stream of rows or of results of rows, as [`insert_many`](Self::insert_many) does. The
    /// stream is read no faster than its rows are inserted.
    ///
    /// An item that is an error is in the report under its index, and the rest of the stream is inserted.
    ///
    /// A stream that makes calls itself, such as that of another table, is polled only together with the insert: with
    /// [`outcomes`](super::InsertMany::outcomes), a limiter of few calls at once should have a place for its call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # use futures::Stream;
    /// # async fn example<S>(caspio: Client, rows: S) -> caspio::Result<()>
    /// # where
    /// #     S: Stream<Item = std::io::Result<RecordMap>> + Send,
    /// # {
    /// let report = caspio.table_named("Contacts").insert_stream(rows).await?;
    /// for failure in report.failed() {
    ///     println!("row {:?}: {}", failure.index, failure.error);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_stream<'a, S>(&self, rows: S) -> InsertMany<'a, R, A::Key>
    where
        S: Stream + Send + 'a,
        S::Item: IntoRow<Row: ToRow<Source = R::Source> + Send + 'a>,
        A: WriteAccess,
    {
        InsertMany::new(self.client(), self.target().clone(), boxed(rows))
    }

    /// Updates many records, each by its key, in as many calls as there are different changes; see [`UpdateMany`].
    ///
    /// A change is a row whose columns are set, or columns with values:
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, left: Vec<i64>) -> caspio::Result<()> {
    /// let changes = left.iter().map(|id| (*id, Contact::COLUMNS.active.to(false)));
    /// caspio.table::<Contact>().update_many(changes).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_many<K, T, F>(
        &self,
        changes: impl IntoIterator<Item = (K, T)>,
    ) -> UpdateMany<A::Key>
    where
        K: IntoKey<A::Key, F>,
        T: ToRow<Source = R::Source>,
        A: WriteAccess,
    {
        let changes = changes.into_iter().map(|(key, row)| {
            let key: A::Key = key.into_key();
            (key.into(), row.to_row().into_owned())
        });
        UpdateMany::new(self.client(), self.target(), changes.collect())
    }

    /// Deletes the records with these keys, 1,000 a call; see [`DeleteMany`].
    pub fn delete_many<K: IntoKey<A::Key, F>, F>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> DeleteMany<A::Key>
    where
        A: WriteAccess,
    {
        let keys = keys.into_iter().map(|key| {
            let key: A::Key = key.into_key();
            key.into()
        });
        DeleteMany::new(self.client(), self.target(), keys.collect())
    }

    /// Synchronizes the table with rows, which a key column identifies: rows without a record are inserted, columns
    /// that differ are updated, equal records take no write; see [`SyncMany`].
    ///
    /// The key column is given as `|c| c.email`, or by its name as `|_| "Email"`.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.sync_many(|c| c.email, &rows).await?;
    /// println!("{} new, {} changed", report.inserted, report.updated);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("upsert", "merge"))]
    pub fn sync_many<F, T>(&self, key: F, rows: impl IntoIterator<Item = T>) -> SyncMany<A::Key>
    where
        F: ColumnFn<R::Source>,
        T: ToRow<Source = R::Source>,
        A: WriteAccess,
    {
        let column = key(<R::Source as Source>::COLUMNS).into_name();
        let rows = rows.into_iter().map(|row| row.to_row().into_owned());
        SyncMany::new(
            self.client(),
            self.target(),
            column,
            rows.collect(),
            T::WRITES,
        )
    }

    /// Makes the rows the only records: [`sync_many`](Self::sync_many) with
    /// [`delete_missing`](SyncMany::delete_missing).
    ///
    /// At no moment is a record missing that is to stay: new and changed records are written first, and the rest is
    /// deleted last. With [`staging`](SyncMany::staging) the rows are loaded into another table first, so that an
    /// invalid row is found while this table is untouched.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.replace_all(|c| c.email, &rows).await?;
    /// println!("{} changed, {} deleted", report.changed(), report.deleted);
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace_all<F, T>(&self, key: F, rows: impl IntoIterator<Item = T>) -> SyncMany<A::Key>
    where
        F: ColumnFn<R::Source>,
        T: ToRow<Source = R::Source>,
        A: WriteAccess,
    {
        self.sync_many(key, rows).delete_missing()
    }
}
