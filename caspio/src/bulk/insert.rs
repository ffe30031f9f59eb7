//! Inserting many records.

use super::batcher::{Batch, Batcher};
use super::report::{InsertReport, Outcome};
use super::rows::Rows;
use crate::client::Client;
use crate::column::Column;
use crate::record::{Key, Record, Source};
use crate::target::Target;
use crate::write::insert::typed;
use crate::write::reconcile::Reconciler;
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How many calls are under way at once.
pub(crate) const CONCURRENCY: usize = 4;

/// An insert of many records. Awaiting it gives a report with each row's key or error, in order.
///
/// It takes one call for every 1,000 rows, or every 4 MB of them: Caspio's v4 takes so many, so it is used
/// whatever version the client speaks. The first time a client does so, one call learns v4's ids of the
/// tables. Where the account has no v4, which is found out once a client, every row takes a call of the
/// client's own version.
///
/// - A row never hides another: one that Caspio refuses is in the report with its error. So is one that is
///   seen to be refused before it is sent, and the others are sent without it.
/// - No row is sent twice: where a call's answer is lost, each of its rows has an error that
///   [may have been applied](crate::Error::maybe_applied). [`unique_by`](Self::unique_by) resolves that.
/// - Rows that come from a stream are taken as they can be sent: no more than 1,000 for each call at once,
///   and as many more.
/// - After an answer by which no other call can succeed, a missing right say, the rest is not sent.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
/// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let keys: Vec<i64> = contacts.insert_many(&rows).await?.into_result()?;
/// println!("{} inserted", keys.len());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails as a whole, with no row sent, where it cannot be found out how to write to the table:
/// `NotFound` for a table that is not there, `Auth` for credentials that are wrong.
///
/// # Cancel safety
///
/// Dropping the future cancels the calls under way, whose rows may have been inserted.
#[must_use = "an insert does nothing until it is awaited"]
pub struct InsertMany<'a, R, K> {
    client: Client,
    target: Target,
    rows: Rows<'a>,
    concurrency: usize,
    unique: Option<String>,
    types: PhantomData<fn() -> (R, K)>,
}

/// What becomes of each row, in order, as soon as it is known. Made by [`InsertMany::outcomes`].
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, rows: Vec<RecordMap>) {
/// let outcomes = caspio.table_named("Contacts").insert_many(&rows).outcomes();
/// let failed = outcomes.filter(|outcome| std::future::ready(outcome.result.is_err()));
/// println!("{} rows failed", failed.count().await);
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping it cancels the calls under way, whose rows may have been inserted.
#[must_use = "streams do nothing unless polled"]
pub struct Outcomes<'a, K>(BoxStream<'a, Outcome<K>>);

impl<'a, R: Record, K> InsertMany<'a, R, K> {
    pub(crate) fn new(client: Client, target: Target, rows: Rows<'a>) -> Self {
        Self {
            client,
            target,
            rows,
            concurrency: CONCURRENCY,
            unique: None,
            types: PhantomData,
        }
    }

    /// How many calls are under way at once; 4 unless said. With one, rows are inserted in their order.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let report = contacts.insert_many(&rows).concurrency(1).await?;
    /// println!("{} inserted in their order", report.keys().count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// Resolves the doubt after a lost answer by looking for the rows by this column's values, which tell
    /// them apart.
    ///
    /// A record that holds a row's value is taken for that row. Looking takes a call for every 1,000 rows,
    /// or as many values as an address takes, 80 e-mail addresses say. Rows that are not found are sent again
    /// if the column is unique by its definition, so that Caspio would refuse a double; else they are looked
    /// for twice more, with pauses, since a read right after a write may still see the old records. What
    /// stays open is in the report as an error, as are lost rows without a value in the column, or with one
    /// that another row of their call has.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
    /// # async fn example(caspio: Client, rows: Vec<Contact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.insert_many(&rows).unique_by(|c| c.email).await?;
    /// println!("{} inserted", report.keys().count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by<U, A>(
        mut self,
        column: impl FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, A>,
    ) -> Self {
        let name = column(<R::Source as Source>::COLUMNS).name();
        self.unique = Some(name.to_owned());
        self
    }

    /// As [`unique_by`](Self::unique_by), by the column's name.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let report = contacts.insert_many(&rows).unique_by_name("Email").await?;
    /// println!("{} inserted", report.keys().count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by_name(mut self, column: &str) -> Self {
        self.unique = Some(column.to_owned());
        self
    }
}

impl<'a, R, K> InsertMany<'a, R, K> {
    fn batcher(self) -> Batcher<'a> {
        let reconciler = self.unique.map(|column| Reconciler {
            column: column.into(),
            client: self.client.clone(),
            target: self.target.clone(),
        });
        Batcher::new(
            self.rows,
            self.client,
            self.target,
            self.concurrency,
            reconciler,
        )
    }

    /// What becomes of each row, in order, as soon as it is known: for more rows than a report should hold.
    ///
    /// No more is held in memory than the rows under way.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: impl Stream<Item = RecordMap> + Send) {
    /// let mut outcomes = caspio.table_named("Contacts").insert_stream(rows).outcomes();
    /// while let Some(outcome) = outcomes.next().await {
    ///     if let Err(error) = outcome.result {
    ///         println!("row {}: {error}", outcome.index);
    ///     }
    /// }
    /// # }
    /// # use futures::Stream;
    /// ```
    pub fn outcomes(self) -> Outcomes<'a, K>
    where
        K: TryFrom<Key> + Send + 'a,
    {
        let target = self.target.clone();
        let concurrency = self.concurrency;
        outcomes(self.batcher(), target, concurrency)
    }
}

pub(super) fn outcomes<'a, K: TryFrom<Key> + Send + 'a>(
    batcher: Batcher<'a>,
    target: Target,
    concurrency: usize,
) -> Outcomes<'a, K> {
    let batches = stream::unfold(batcher, Batcher::batch);
    // One batch is encoded while the others are under way.
    let results = batches.map(Batch::insert).buffered(concurrency + 1);
    let each = results.flat_map(move |(first, results)| {
        let target = target.clone();
        let results = results.into_iter().enumerate();
        stream::iter(results.map(move |(at, result)| Outcome {
            index: first + at,
            result: result.and_then(|key| typed(key, &target)),
        }))
    });
    Outcomes(each.boxed())
}

impl<'a, R: 'static, K: TryFrom<Key> + Send + 'static> IntoFuture for InsertMany<'a, R, K> {
    type Output = Result<InsertReport<K>>;
    type IntoFuture = BoxFuture<'a, Result<InsertReport<K>>>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let target = self.target.clone();
            let concurrency = self.concurrency;
            let mut batcher = self.batcher();
            let mut report = InsertReport::new();
            if batcher.is_empty().await {
                return Ok(report);
            }
            batcher.connect().await?;
            let mut outcomes = outcomes(batcher, target, concurrency);
            while let Some(outcome) = outcomes.next().await {
                report.push(outcome);
            }
            Ok(report)
        }
        .boxed()
    }
}

impl<K> Stream for Outcomes<'_, K> {
    type Item = Outcome<K>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Outcome<K>>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<K> fmt::Debug for Outcomes<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outcomes")
    }
}

impl<R, K> fmt::Debug for InsertMany<'_, R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertMany")
            .field("target", &self.target)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
