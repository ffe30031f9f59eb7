//! Reading record by record.

use super::cursor::Cursor;
use super::merge::Merge;
use super::page_content::PageContent;
use super::pager::Pager;
use super::position::Position;
use super::row_cursor::cursor_at;
use crate::decode::decode_page_without;
use crate::record::DecodeOwned;
use bytes::Bytes;
use caspio_core::Result;
use futures::stream::FusedStream;
use futures::{Stream, TryStreamExt};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A stream of the records of a query.
///
/// It ends after the last record or after an error; an early end is always an error. It makes one call
/// for every 1,000 records, plus at most one, and none before it is polled. In a view, or an order by other columns
/// than the key, it is one for every 999 records. One page is in memory.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::RecordStream;
///
/// let mut orders: RecordStream<Order> = caspio.table::<Order>().stream();
/// while let Some(order) = orders.try_next().await? {
///     println!("{} {}", order.pk_id, order.total);
/// }
/// # Ok(())
/// # }
/// ```
///
/// Poll it in one runtime: calls ahead are tasks of the runtime in which they were started, and never end while
/// nothing drives that.
///
/// # Cancel safety
///
/// The call in progress belongs to the stream: dropping the future of `next()` loses nothing, dropping the
/// stream cancels the call.
#[must_use = "streams do nothing unless polled"]
pub struct RecordStream<R> {
    pager: Pager,
    page: std::vec::IntoIter<R>,
    /// The response of the page, and how many records it has.
    response: (Bytes, usize),
    /// The cursors before and after that page.
    before: Option<Cursor>,
    after: Option<Cursor>,
    /// The reads that are merged instead of the pager's own.
    merge: Option<Merge<R>>,
    /// How many records of the merged reads were delivered.
    merged: u64,
}

impl<R> RecordStream<R> {
    /// Merges several reads instead of using the pager.
    pub(super) fn merging(self, pagers: Vec<Pager>) -> Self {
        Self {
            merge: Some(Merge::new(pagers, self.pager.plan().concurrency.most())),
            ..self
        }
    }

    pub(super) fn new(pager: Pager) -> Self {
        let start = pager.plan().start.clone();
        Self {
            pager,
            page: Vec::new().into_iter(),
            response: (Bytes::new(), 0),
            before: start.clone(),
            after: start,
            merge: None,
            merged: 0,
        }
    }

    /// Returns the position after the last record that this stream delivered, also after an error. Makes
    /// no call.
    ///
    /// A position after a record that came without its `PK_ID`, which a read of all columns accepts on its only
    /// page, is refused when it is resumed from.
    ///
    /// See [`Query::resume_from`](super::Query::resume_from) for an example.
    #[must_use]
    pub fn position(&self) -> Position {
        let (client, plan) = (self.pager.client(), self.pager.plan());
        Position::seal(client, plan, self.cursor(), self.pager.shown())
    }

    fn cursor(&self) -> Option<Cursor> {
        let plan = self.pager.plan();
        if let Some(last) = self.merge.as_ref().and_then(|merge| merge.last(plan)) {
            return Some(last);
        }
        let (body, count) = &self.response;
        let dialect = self.pager.client().dialect();
        match (count - self.page.len(), self.page.len()) {
            (_, 0) => self.after.clone(),
            (0, _) => self.before.clone(),
            (taken, _) => {
                let before = self.before.as_ref();
                let cursor = cursor_at(body, dialect, plan, taken - 1, before);
                cursor.or(Some(Cursor::UNKNOWN))
            }
        }
    }
}

impl<R: DecodeOwned> RecordStream<R> {
    /// Reads the records that are left, and returns their number; an error ends the read.
    ///
    /// `StreamExt::count` would count an error as a record. [`Query::count`](super::Query::count) takes one call.
    pub async fn count(mut self) -> Result<u64> {
        let mut count = 0;
        while self.try_next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn poll_merged(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let Some(merge) = &mut self.merge else {
            return Poll::Ready(None);
        };
        let plan = self.pager.plan();
        if plan.limit.is_some_and(|most| self.merged >= most) {
            merge.stop();
        }
        let record = ready!(merge.poll_record(cx));
        self.merged += u64::from(matches!(record, Some(Ok(_))));
        Poll::Ready(record)
    }

    /// Polls the first record of the next page.
    fn poll_next_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        if self.merge.is_some() {
            return self.poll_merged(cx);
        }
        loop {
            match ready!(self.pager.poll_page(cx)) {
                Some(body) => body.and_then(|body| self.take(body))?,
                None => return Poll::Ready(None),
            }
            self.pager.read_ahead(cx);
            if let Some(record) = self.page.next() {
                return Poll::Ready(Some(Ok(record)));
            }
        }
    }

    fn take(&mut self, body: Bytes) -> Result<()> {
        let taken = self.decode(body);
        taken.inspect_err(|_| self.pager.stop())
    }

    fn decode(&mut self, body: Bytes) -> Result<()> {
        let dialect = self.pager.client().dialect();
        let plan = self.pager.shared_plan();
        let (expected, hidden) = (self.response.1, plan.hidden_columns());
        let mut page = decode_page_without::<R>(&body, dialect, &plan.target, expected, hidden)?;
        let rows = (page.records.len(), page.keys, page.total);
        let content = PageContent::new(&body, dialect, &plan, rows)?;
        let mut last = content.last(&plan, self.after.as_ref());
        let wanted = self.pager.advance(&content)?;
        if wanted < page.records.len() {
            page.records.truncate(wanted);
            let index = wanted.saturating_sub(1);
            last = cursor_at(&body, dialect, &plan, index, self.after.as_ref());
        }
        self.before = self.after.take();
        self.after = match wanted {
            0 => self.before.clone(),
            _ => last.or(Some(Cursor::UNKNOWN)),
        };
        self.response = (body, wanted);
        self.page = page.records.into_iter();
        Ok(())
    }
}

impl<R: DecodeOwned> Stream for RecordStream<R> {
    type Item = Result<R>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match this.page.next() {
            Some(record) => Poll::Ready(Some(Ok(record))),
            None => this.poll_next_page(cx),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let held = self.page.len();
        let all = self.is_terminated().then_some(held);
        (held, all)
    }
}

impl<R: DecodeOwned> FusedStream for RecordStream<R> {
    fn is_terminated(&self) -> bool {
        match &self.merge {
            Some(merge) => merge.is_done(),
            None => self.page.len() == 0 && self.pager.is_done(),
        }
    }
}

impl<R> Unpin for RecordStream<R> {}

impl<R> fmt::Debug for RecordStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStream")
            .field("held", &self.page.len())
            .field("pager", &self.pager)
            .finish()
    }
}
