//! Rows gathered for one call.

use super::rows::{AnyRow, Rows};
use super::sender::{Sender, Sending};
use crate::client::Client;
use crate::record::{Key, Row};
use crate::target::Target;
use crate::write::Purpose;
use crate::write::canonical::{Identity, literal};
use crate::write::encode::Rules;
use crate::write::reconcile::Resolve;
use crate::write::send::Body;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::stream::{Peekable, StreamExt};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// The most rows of one call.
pub(crate) const MAX_ROWS: usize = 1000;
/// The most JSON of one call, in bytes. Caspio documents no limit; a row that is longer goes alone.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Some rows in a row.
pub(crate) struct Chunk {
    /// The first one's place among all.
    pub(crate) first: usize,
    /// Each row, or why it is not sent.
    rows: Vec<Result<Sending>>,
    sender: Option<Arc<Sender>>,
}

impl Chunk {
    /// Sends the rows that can be. Each row has its result, in their order.
    pub(crate) async fn insert(self) -> (usize, Vec<Result<Key>>) {
        let mut sent = Vec::with_capacity(self.rows.len());
        let mut results: Vec<Result<()>> = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            results.push(row.map(|row| sent.push(row)));
        }
        let answers = match &self.sender {
            Some(sender) if !sent.is_empty() => sender.insert(&sent).await,
            _ => Vec::new(),
        };
        let mut answers = answers.into_iter();
        let results = results.into_iter().map(|result| {
            result.and_then(|()| answers.next().unwrap_or_else(|| Err(unanswered())))
        });
        (self.first, results.collect())
    }
}

fn unanswered() -> Error {
    Error::new(ErrorKind::Protocol, "the answer leaves this row out").with_maybe_applied(true)
}

/// Gathers rows into chunks.
pub(crate) struct Gather<'a> {
    rows: Peekable<Rows<'a>>,
    client: Client,
    target: Target,
    concurrency: usize,
    resolve: Option<Resolve>,
    next: usize,
    /// What sends, and what rows are prepared by, once the first row came.
    way: Option<(Arc<Sender>, Rules)>,
    /// A row that did not fit into the last chunk any more.
    held: Option<Result<Sending>>,
}

impl<'a> Gather<'a> {
    pub(crate) fn new(
        rows: Rows<'a>,
        client: Client,
        target: Target,
        concurrency: usize,
        resolve: Option<Resolve>,
    ) -> Self {
        Self {
            rows: rows.peekable(),
            client,
            target,
            concurrency,
            resolve,
            next: 0,
            way: None,
            held: None,
        }
    }

    /// Whether there is no row at all.
    pub(crate) async fn is_empty(&mut self) -> bool {
        Pin::new(&mut self.rows).peek().await.is_none()
    }

    /// Finds what the rows are sent by. A call, and the first time a client does so one more.
    ///
    /// # Errors
    ///
    /// What keeps every row from being sent.
    pub(crate) async fn find_way(&mut self) -> Result<()> {
        if self.way.is_none() {
            let bulk = self.client.bulk(&self.target).await?;
            let many = bulk.is_some();
            let client = bulk.unwrap_or_else(|| self.client.clone());
            let dialect = client.dialect();
            let rules = Rules::new(&self.client, &self.target, dialect, Purpose::Insert);
            let target = self.target.clone();
            let resolve = self.resolve.clone();
            let sender = Sender::new(client, target, many, self.concurrency, resolve);
            self.way = Some((Arc::new(sender), rules));
        }
        Ok(())
    }

    /// The next rows, up to 1,000 and 4 MB; `None` after the last.
    pub(crate) async fn chunk(mut self) -> Option<(Chunk, Self)> {
        // First the calls that can be sent are sent, and then this is made ready while they are under way.
        give_way().await;
        give_way().await;
        let mut chunk = Chunk {
            first: self.next,
            rows: Vec::new(),
            sender: None,
        };
        let mut bytes = 0;
        let mut lost = None;
        if let Some((_, rules)) = &mut self.way {
            rules.forget_failure();
        }
        while chunk.rows.len() < MAX_ROWS {
            let row = match self.held.take() {
                Some(row) => row,
                None => match self.rows.next().await {
                    Some(row) => self.prepared(row, &mut lost).await,
                    None => break,
                },
            };
            let length = row.as_ref().map_or(0, |row| row.body.json.len() + 1);
            if bytes > 0 && bytes + length > MAX_BYTES {
                self.held = Some(row);
                break;
            }
            bytes += length;
            chunk.rows.push(row);
        }
        if chunk.rows.is_empty() {
            return None;
        }
        self.next += chunk.rows.len();
        chunk.sender = self.way.as_ref().map(|(sender, _)| Arc::clone(sender));
        Some((chunk, self))
    }

    /// A row as it is sent. `lost` keeps why no way was found, so that the rows of a chunk share it.
    async fn prepared(
        &mut self,
        row: Result<Box<dyn AnyRow + Send + 'a>>,
        lost: &mut Option<Error>,
    ) -> Result<Sending> {
        let row = row?;
        if let Some(error) = lost {
            return Err(error.clone());
        }
        if let Err(error) = self.find_way().await {
            *lost = Some(error.clone());
            return Err(error);
        }
        let column = self.resolve.as_ref().map(|resolve| &*resolve.column);
        let row = row.any_row();
        let mark = column.and_then(|column| mark(&row, column));
        let prepared = match &mut self.way {
            Some((_, rules)) => rules.prepare(row).await?,
            None => row,
        };
        let body =
            Body::of(&prepared).map_err(|error| error.with_resource(self.target.to_string()))?;
        Ok(Sending { body, mark })
    }
}

/// Lets everything else that is ready go first.
async fn give_way() {
    let mut given = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The value of the column that tells rows apart, and the same as T-SQL.
fn mark(row: &Row<'_>, column: &str) -> Option<(Identity, String)> {
    let value = row.get(column)?;
    Some((Identity::of(value)?, literal(value)?.to_string()))
}
