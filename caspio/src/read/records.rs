//! A read record by record.

use super::cursor::Cursor;
use super::merge::Merge;
use super::pager::Pager;
use super::position::Position;
use super::row_cursor::{cursor_at, last_cursor};
use crate::decode::decode_page;
use crate::record::DecodeOwned;
use bytes::Bytes;
use caspio_core::Result;
use futures::Stream;
use futures::stream::FusedStream;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A stream of the records of a query.
///
/// It ends only when the last record was delivered; whatever stops it before is an error, and ends
/// it. It makes one call for every 1,000 records, plus at most one, and none before it is polled.
/// One page is held in memory.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
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
/// # Cancel safety
///
/// The call under way lives in the stream: dropping the future of `next()` loses nothing, dropping
/// the stream cancels the call.
#[must_use = "streams do nothing unless polled"]
pub struct RecordStream<R> {
    pager: Pager,
    page: std::vec::IntoIter<R>,
    /// The answer the page came in, and how many records it brought.
    answer: (Bytes, usize),
    /// Where the read stood before that page, and where it stands after it.
    before: Option<Cursor>,
    after: Option<Cursor>,
    delivered: u64,
    /// Reads to be merged, in place of the pager's own.
    merge: Option<Merge<R>>,
}

impl<R> RecordStream<R> {
    /// Merges several reads in place of the one.
    pub(super) fn merging(self, pagers: Vec<Pager>) -> Self {
        Self {
            merge: Some(Merge::new(pagers)),
            ..self
        }
    }

    pub(super) fn new(pager: Pager) -> Self {
        let start = pager.plan().start.clone();
        Self {
            delivered: pager.plan().delivered,
            pager,
            page: Vec::new().into_iter(),
            answer: (Bytes::new(), 0),
            before: start.clone(),
            after: start,
            merge: None,
        }
    }

    /// How far the read got: after the last record that this stream delivered.
    ///
    /// It holds after an error as well, and makes no call.
    ///
    /// See [`Query::resume_from`](super::Query::resume_from) for an example.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut orders = caspio.table::<Order>().stream();
    /// let first = orders.try_next().await?;
    /// let position = orders.position();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn position(&self) -> Position {
        let plan = self.pager.plan();
        Position {
            of: plan.target.to_string(),
            query: plan.fingerprint(),
            after: self.cursor(),
            read: self.delivered,
        }
    }

    fn cursor(&self) -> Option<Cursor> {
        let (body, count) = &self.answer;
        let dialect = self.pager.client().dialect();
        match (count - self.page.len(), self.page.len()) {
            (_, 0) => self.after.clone(),
            (0, _) => self.before.clone(),
            (taken, _) => cursor_at(body, dialect, self.pager.plan(), taken - 1),
        }
    }
}

impl<R: DecodeOwned> RecordStream<R> {
    fn poll_merged(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let Some(merge) = &mut self.merge else {
            return Poll::Ready(None);
        };
        let plan = self.pager.plan();
        // The limit is what an earlier read left of it.
        let here = self.delivered - plan.delivered;
        if plan.limit.is_some_and(|most| here >= most) {
            merge.stop();
        }
        let record = ready!(merge.poll_record(cx));
        self.delivered += u64::from(matches!(record, Some(Ok(_))));
        self.after = merge.last().map(Cursor::at_key).or(self.after.take());
        Poll::Ready(record)
    }

    /// The first record of the next page.
    fn poll_next_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        if self.merge.is_some() {
            return self.poll_merged(cx);
        }
        loop {
            match ready!(self.pager.poll_page(cx)) {
                Some(body) => body.and_then(|body| self.take(body))?,
                None => return Poll::Ready(None),
            }
            if let Some(record) = self.page.next() {
                self.delivered += 1;
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
        let plan = self.pager.plan();
        let mut answer = decode_page::<R>(&body, dialect, &plan.target, self.answer.1)?;
        let count = answer.records.len();
        let last = match count {
            0 => None,
            _ => last_cursor(&body, dialect, plan, answer.last_key)?,
        };
        let wanted = self.pager.advance(count, last.clone())?;
        answer.records.truncate(wanted);
        self.before = self.after.take();
        self.after = last.or_else(|| self.before.clone());
        self.answer = (body, wanted);
        self.page = answer.records.into_iter();
        Ok(())
    }
}

impl<R: DecodeOwned> Stream for RecordStream<R> {
    type Item = Result<R>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match this.page.next() {
            Some(record) => {
                this.delivered += 1;
                Poll::Ready(Some(Ok(record)))
            }
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
