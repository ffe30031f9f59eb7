//! Inserting many records.

use super::batcher::{Batch, Batcher};
use super::report::{BulkReport, Outcome};
use super::rows::Rows;
use crate::client::Client;
use crate::column::IntoColumn;
use crate::concurrency::Concurrency;
use crate::filter::ColumnFn;
use crate::record::{Key, Record, Source};
use crate::target::Target;
use crate::work::Work;
use crate::write::insert::typed;
use crate::write::reconcile::Reconciler;
use caspio_core::Result;
use futures::FutureExt;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use pin_project_lite::pin_project;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use sync_wrapper::SyncWrapper;

/// How many calls are in progress at once by default.
pub(crate) const CONCURRENCY: Concurrency = Concurrency::Calls(4);

pin_project! {
    /// An insert of many records. Awaiting it returns a [`BulkReport`] with the key or the error of each row, in order.
    ///
    /// It takes one call for every 1,000 rows, or every 4 MB of them, through Caspio's v4, with any version of the
    /// client. The first time, one more call reads v4's ids of the tables. If the account has no v4, which a client
    /// finds out once, every row takes a call of the client's own version.
    ///
    /// - Rows are independent: a row that Caspio refuses is in the report with its error. So is a row that is found
    ///   invalid before it is sent; the others are sent without it.
    /// - No row is sent twice: if a call's response is lost, each of its rows has an error that
    ///   [may have been applied](crate::Error::maybe_applied). [`unique_by`](Self::unique_by) finds out.
    /// - After a rate limit a call is retried for 300 seconds
    ///   ([`RetryPolicy::bulk_rate_limit_wait`](crate::RetryPolicy::bulk_rate_limit_wait)).
    /// - A call that the service refuses as a whole because of fields is sent again without the rows that have these
    ///   fields.
    /// - Rows of a stream are read when they can be sent: at most 1,000 for each call in progress, and 1,000 more. A
    ///   call is sent once it is full or the stream ends, so rows of a slow stream wait for the others of their call.
    /// - If a row has a number with a fraction, one call reads the table's fields the first time: an Integer field
    ///   would store the whole part, so such a row is refused. This is not known through a view on v2, and for a
    ///   profile that may not read the fields.
    /// - After an error that every other call would get as well, such as a missing permission, the remaining rows are
    ///   not sent.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let keys: Vec<i64> = contacts.insert_many(&rows).await?.into_result()?;
    /// println!("{} inserted", keys.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails as a whole, with no row sent, if it cannot find out how to write to the table: `NotFound` for
    /// a table that does not exist, `Auth` for wrong credentials.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the calls in progress, whose rows may have been inserted.
    #[must_use = "an insert does nothing until it is awaited"]
    pub struct InsertMany<'a, R, K> {
        client: Client,
        target: Target,
        rows: SyncWrapper<Rows<'a>>,
        concurrency: Concurrency,
        unique: Option<Cow<'static, str>>,
        #[pin]
        work: Work<'a, Result<BulkReport<K>>>,
        types: PhantomData<fn() -> (R, K)>,
    }
}

/// The results of the rows, in order, as soon as they are known. Made by [`InsertMany::outcomes`].
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
/// Poll it in one runtime: the calls in progress are tasks of the runtime in which they were started, and never end
/// while nothing drives that.
///
/// # Cancel safety
///
/// Dropping it cancels the calls in progress, whose rows may have been inserted.
#[must_use = "streams do nothing unless polled"]
pub struct Outcomes<'a, K>(SyncWrapper<BoxStream<'a, Outcome<K>>>);

impl<'a, R: Record, K> InsertMany<'a, R, K> {
    pub(crate) fn new(client: &Client, target: Target, rows: Rows<'a>) -> Self {
        Self {
            client: client.for_bulk_writes(),
            target,
            rows: SyncWrapper::new(rows),
            concurrency: CONCURRENCY,
            unique: None,
            work: Work::default(),
            types: PhantomData,
        }
    }

    /// Sets how many calls are in progress at once, from 1 to 1,000, or [`Auto`](Concurrency::Auto); default: 4. With
    /// one, rows are inserted in their order.
    pub fn concurrency(mut self, calls: impl Into<Concurrency>) -> Self {
        self.concurrency = calls.into().of_write();
        self
    }

    /// After a lost response, looks the rows up by this column, to find out which of them were inserted.
    ///
    /// The column is given as `|c| c.email`, or by its name as `|_| "Email"`.
    ///
    /// - A column that is unique by its definition: each row is inserted exactly once. Rows are looked up at most three
    ///   times within 2.5 seconds, because Caspio may still be working on the insert, and a read right after a write
    ///   may not see them yet. Rows that are not found are sent again, at most twice, and Caspio refuses the attempt
    ///   that comes second, however late. If the fields were known before, one more call first reads whether the column
    ///   is still unique.
    /// - Any other column: no row is ever sent twice, because an attempt that arrives after the last lookup would be a
    ///   second record. Rows are looked up once, after 2.5 seconds, because older records may have the values. The
    ///   error of a row that is not found [may have been applied](crate::Error::maybe_applied): its record may still
    ///   appear.
    ///
    /// If exactly one record has a row's values, the row counts as inserted, even if the record existed before; two
    /// records, or one with other values, leave the row unresolved. If a read does not show the new record after 2.5
    /// seconds, an older one with the same values is taken for it. In a view, a column that is not unique resolves
    /// nothing: a record that is found may be an older one, while the view's condition hides the new one. What stays
    /// unknown is in the report as an error, and so is a lost row without a value in the column, or with a value that
    /// another row of its call has. Rows are not sent if neither they nor the rows before them have the column, because
    /// its name may be misspelt.
    ///
    /// A lookup takes one call for as many values as fit a URL, for example 80 e-mail addresses, and one more reads the
    /// fields if the client does not know them. If the column is unique by its definition and this is more than two
    /// calls, a sample of the values is looked up first: if none of them is there, the rows are sent again, and if one
    /// is, the records of the call are read by their keys, with one call for every 1,000, before what is left is looked
    /// up by its values.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let report = contacts.insert_many(&rows).unique_by(|c| c.email).await?;
    /// println!("{} inserted", report.inserted);
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by<F>(mut self, column: F) -> Self
    where
        F: ColumnFn<R::Source>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.unique = Some(column.into_name());
        self
    }
}

impl<'a, R, K> InsertMany<'a, R, K> {
    async fn run(self) -> Result<BulkReport<K>>
    where
        K: TryFrom<Key> + Send + 'static,
    {
        let target = self.target.clone();
        let concurrency = self.concurrency;
        let mut batcher = self.batcher();
        let mut report = BulkReport::new(0);
        if !batcher.begin().await? {
            return Ok(report);
        }
        let mut outcomes = outcomes(batcher, target, concurrency);
        while let Some(Outcome { index, result }) = outcomes.next().await {
            report.len += 1;
            report.add_inserted(index, result);
        }
        Ok(report)
    }

    fn batcher(self) -> Batcher<'a> {
        let reconciler = self
            .unique
            .map(|column| Reconciler::new(column, &self.client, &self.target));
        Batcher::new(
            self.rows.into_inner(),
            self.client,
            self.target,
            self.concurrency,
            reconciler,
        )
    }

    /// Returns the result of each row, in order, as soon as it is known: for more rows than a report should hold.
    ///
    /// Only the rows of calls in progress are held in memory.
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
    concurrency: Concurrency,
) -> Outcomes<'a, K> {
    let client = batcher.client.clone();
    let batches = stream::unfold(batcher, Batcher::batch).map(Batch::insert_in_task);
    // One batch is encoded while the others are in progress.
    let results = concurrency.and_one_ahead().in_order(&client, batches);
    let each = results.flat_map(move |(first, results)| {
        let target = target.clone();
        let results = results.into_iter().enumerate();
        stream::iter(results.map(move |(at, result)| Outcome {
            index: first + at,
            result: result.and_then(|key| typed(key, &target)),
        }))
    });
    Outcomes(SyncWrapper::new(each.boxed()))
}

impl<R: 'static, K: TryFrom<Key> + Send + 'static> Future for InsertMany<'_, R, K> {
    type Output = Result<BulkReport<K>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let none = SyncWrapper::new(stream::empty().boxed());
            let insert = Self {
                client: this.client.clone(),
                target: this.target.clone(),
                rows: mem::replace(this.rows, none),
                concurrency: *this.concurrency,
                unique: this.unique.take(),
                work: Work::default(),
                types: PhantomData,
            };
            insert.run().boxed()
        })
    }
}

impl<K> Stream for Outcomes<'_, K> {
    type Item = Outcome<K>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Outcome<K>>> {
        self.0.get_mut().poll_next_unpin(cx)
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
