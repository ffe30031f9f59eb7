//! Groups rows into batches, one for each call.

use super::rows::{ErasedRow, Rows};
use super::sender::{INSERT_MANY, Sender};
use super::stop::StopSignal;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::dialect;
use crate::record::{Key, Row};
use crate::target::Target;
use crate::task::{in_task, shut_down};
use crate::value::FieldValue;
use crate::write::Purpose;
use crate::write::encode::RowEncoder;
use crate::write::encoded_row::EncodedRow;
use crate::write::errors::{no_result, with_near_column};
use crate::write::reconcile::Reconciler;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{Peekable, StreamExt};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// The most rows of one call.
pub(super) const MAX_ROWS: usize = 1000;
/// The most JSON of one call, in bytes. Caspio documents no limit. A longer row is sent on its own.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// One batch of rows.
pub(super) struct Batch {
    /// The index of the first row among all rows.
    pub(super) first: usize,
    /// Each row, or why it is not sent.
    rows: Vec<Result<EncodedRow>>,
    sender: Option<Arc<Sender>>,
}

impl Batch {
    /// Sends the rows while the program works with the results of those before them.
    pub(super) fn insert_in_task(self) -> BoxFuture<'static, (usize, Vec<Result<Key>>)> {
        let first = self.first;
        let rows = self.rows.iter();
        // Rows that are not sent keep their own errors.
        let unsent: Vec<Option<Error>> = rows.map(|row| row.as_ref().err().cloned()).collect();
        let lost = move || {
            let sent = shut_down().with_operation(INSERT_MANY);
            let sent = sent.with_maybe_applied(true);
            let error = |unsent: Option<Error>| Err(unsent.unwrap_or_else(|| sent.clone()));
            (first, unsent.into_iter().map(error).collect())
        };
        in_task(self.insert().boxed(), lost)
    }

    /// Sends the rows that can be sent. Returns the result of each row, in their order.
    pub(super) async fn insert(self) -> (usize, Vec<Result<Key>>) {
        let mut rows = Vec::with_capacity(self.rows.len());
        let mut results: Vec<Result<()>> = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            results.push(row.map(|row| rows.push(row)));
        }
        let sent = match &self.sender {
            Some(sender) if !rows.is_empty() => sender.insert(&rows).await,
            _ => Vec::new(),
        };
        let mut sent = sent.into_iter();
        let results = results
            .into_iter()
            .map(|result| result.and_then(|()| sent.next().unwrap_or_else(|| Err(no_result()))));
        (self.first, results.collect())
    }
}

/// Groups rows into batches.
pub(super) struct Batcher<'a> {
    rows: Peekable<Rows<'a>>,
    pub(super) client: Client,
    target: Target,
    concurrency: Concurrency,
    reconciler: Option<Reconciler>,
    stop: StopSignal,
    next: usize,
    /// What encodes and sends the rows, from the first row on.
    connection: Option<(Arc<Sender>, RowEncoder)>,
    /// Whether a row had the column that identifies rows.
    has_identified: bool,
    /// A row that did not fit into the last batch.
    held: Option<Result<EncodedRow>>,
}

impl<'a> Batcher<'a> {
    pub(super) fn new(
        rows: Rows<'a>,
        client: Client,
        target: Target,
        concurrency: Concurrency,
        reconciler: Option<Reconciler>,
    ) -> Self {
        Self {
            rows: rows.peekable(),
            client,
            target,
            concurrency,
            reconciler,
            stop: StopSignal::new(),
            next: 0,
            connection: None,
            has_identified: false,
            held: None,
        }
    }

    /// Encodes and sends no more rows after this signal was stopped.
    pub(super) fn stop_by(mut self, signal: &StopSignal) -> Self {
        self.stop = signal.clone();
        self
    }

    /// Connects for the first row; returns whether there is one.
    ///
    /// # Errors
    ///
    /// The error that keeps every row from being sent.
    pub(super) async fn begin(&mut self) -> Result<bool> {
        let first = match Pin::new(&mut self.rows).peek().await {
            None => return Ok(false),
            Some(Ok(row)) => row.row().into_owned(),
            // Such a row is not sent.
            Some(Err(_)) => Row::default(),
        };
        self.connect(&first).await?;
        Ok(true)
    }

    /// Finds out which version of the API the rows are sent by. One call the first time that a client inserts many
    /// records. If the first row needs the table's fields, they are read at the same time.
    ///
    /// # Errors
    ///
    /// The error that keeps every row from being sent.
    async fn connect(&mut self, first: &Row<'_>) -> Result<()> {
        if self.connection.is_none() {
            let bulk = self.client.bulk(&self.target, INSERT_MANY);
            let dialect = dialect::with_bulk_writes();
            let encoder = RowEncoder::new(&self.client, &self.target, dialect, Purpose::Insert);
            let mut encoder = encoder.of_many();
            let early = async {
                encoder.look_up_early(first).await;
                Ok(())
            };
            let (bulk, ()) = futures::try_join!(bulk, early)?;
            let many = bulk.is_some();
            let client = bulk.unwrap_or_else(|| self.client.clone());
            let encoder = encoder.sent_by(client.dialect());
            let target = self.target.clone();
            let reconciler = self.reconciler.clone();
            let sender =
                Sender::new(client, target, many, self.concurrency, reconciler).stop_by(&self.stop);
            self.connection = Some((Arc::new(sender), encoder));
        }
        Ok(())
    }

    /// Returns the next rows, up to 1,000 and 4 MB; `None` after the last.
    pub(super) async fn batch(mut self) -> Option<(Batch, Self)> {
        // Encoding a batch keeps the thread busy, so pending calls go out first: one turn for the task that
        // sends a batch, one for its connection.
        yield_now().await;
        yield_now().await;
        let mut batch = Batch {
            first: self.next,
            rows: Vec::new(),
            sender: None,
        };
        let mut bytes = 0;
        let mut failure = None;
        if let Some((_, encoder)) = self.connection.as_mut().filter(|_| self.next > 0) {
            encoder.forget_failure();
        }
        while batch.rows.len() < MAX_ROWS {
            let row = match self.held.take() {
                Some(row) => row,
                None => match self.rows.next().await {
                    Some(row) => self.encode(row, &mut failure).await,
                    None => break,
                },
            };
            let length = row.as_ref().map_or(0, |row| row.json.len() + 1);
            if bytes > 0 && bytes + length > MAX_BYTES {
                self.held = Some(row);
                break;
            }
            bytes += length;
            batch.rows.push(row);
        }
        if batch.rows.is_empty() {
            return None;
        }
        self.refuse_rows_without_key(&mut batch.rows);
        self.next += batch.rows.len();
        let sender = self
            .connection
            .as_ref()
            .map(|(sender, _)| Arc::clone(sender));
        batch.sender = sender;
        Some((batch, self))
    }

    /// Refuses rows if neither they nor the rows before them have the column that identifies them: its name is
    /// misspelt, or the struct lacks it.
    fn refuse_rows_without_key(&mut self, rows: &mut [Result<EncodedRow>]) {
        let Some(reconciler) = &self.reconciler else {
            return;
        };
        let mut encoded = rows.iter().flatten();
        self.has_identified |= encoded.any(|row| row.dedup_key.is_some());
        if self.has_identified {
            return;
        }
        let columns = rows.iter().flatten().next().map(EncodedRow::columns);
        let columns = columns.unwrap_or_default();
        for row in rows.iter_mut().filter(|row| row.is_ok()) {
            let message = "no row has the column of `unique_by`, by which rows are found after a lost response";
            let error = Error::new(ErrorKind::Refused, message)
                .with_resource(self.target.to_string())
                .with_field(reconciler.column.as_ref());
            let columns = columns.iter().map(String::as_str);
            *row = Err(with_near_column(error, columns, &reconciler.column));
        }
    }

    /// Encodes a row. `failure` keeps why [`connect`](Self::connect) failed, so that the rows of a batch share
    /// one attempt.
    async fn encode(
        &mut self,
        row: Result<Box<dyn ErasedRow + Send + 'a>>,
        failure: &mut Option<Error>,
    ) -> Result<EncodedRow> {
        let row = row?;
        self.stop.check()?;
        if let Some(error) = failure {
            return Err(error.clone());
        }
        let row = row.row();
        if let Err(error) = self.connect(&row).await {
            *failure = Some(error.clone());
            return Err(error);
        }
        let column = self
            .reconciler
            .as_ref()
            .map(|reconciler| &*reconciler.column);
        let dedup_key = column.and_then(|column| dedup_key(&row, column));
        let mut encoded = match &mut self.connection {
            Some((_, encoder)) => encoder.encode(row).await?,
            None => EncodedRow::of(&row)?,
        };
        encoded.dedup_key = dedup_key;
        Ok(encoded)
    }
}

fn dedup_key(row: &Row<'_>, column: &str) -> Option<FieldValue<'static>> {
    row.get(column).cloned().map(FieldValue::into_owned)
}

/// Lets every other task that is ready run first.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
