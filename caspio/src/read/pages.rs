//! Reading page by page.

use super::cursor::Cursor;
use super::page_content::{PageContent, disorder};
use super::pager::Pager;
use super::plan::Plan;
use super::position::Position;
use super::row_cursor::cursor_at;
use super::seen::Shown;
use crate::client::Client;
use crate::decode::{KeyRun, RawRow, decode_page_without, split_rows};
use crate::dialect::Dialect;
use crate::record::{Decode, DecodeOwned, Record};
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::Stream;
use futures::stream::FusedStream;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The response of one call: at most 1,000 records, which are not decoded yet.
///
/// Records can borrow from it: `struct Row<'a> { name: &'a str }`. Cloning is cheap.
///
/// See [`Query::pages`](super::Query::pages) for an example.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::read::Page;
///
/// fn sum(page: &Page<Order>) -> caspio::Result<Decimal> {
///     Ok(page.records()?.iter().map(|order| order.total).sum())
/// }
/// ```
pub struct Page<R> {
    body: Bytes,
    count: usize,
    client: Client,
    plan: Arc<Plan>,
    /// The cursor before the page.
    before: Option<Cursor>,
    /// How the service was seen to show values.
    shown: Shown,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Page<R> {
    /// Decodes the records, in the order of the read; they can borrow from the page.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # use caspio::read::Page;
    /// # fn example(page: Page<Order>) -> caspio::Result<()> {
    /// for order in page.records()? {
    ///     println!("{} {}", order.pk_id, order.total);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Decode`: a record does not fit `R`.
    pub fn records(&self) -> Result<Vec<R::At<'_>>> {
        self.decode()
    }

    /// Decodes the records, in the order of the read.
    ///
    /// # Errors
    ///
    /// `Decode`: a record does not fit `R`.
    pub fn into_records(self) -> Result<Vec<R>>
    where
        R: DecodeOwned,
    {
        self.decode()
    }

    fn decode<'p, T: Decode<'p>>(&'p self) -> Result<Vec<T>> {
        let page = decode_page_without(
            &self.body,
            self.client.dialect(),
            &self.plan.target,
            self.count,
            self.plan.hidden_columns(),
        )?;
        if let Some(disorder) = disorder(&page.keys, &self.plan) {
            let error = Error::new(ErrorKind::Protocol, disorder);
            return Err(error
                .with_operation("records.list")
                .with_resource(self.plan.target.to_string()));
        }
        let mut records = page.records;
        records.truncate(self.count);
        Ok(records)
    }
}

impl<R> Page<R> {
    /// Returns the number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether the page has no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the position after the first `records` of this page, or after all of them if it has fewer,
    /// for [`Query::resume_from`](super::Query::resume_from). Makes no call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// if let Some(page) = orders.pages().try_next().await? {
    ///     let position = page.position_after(10);
    ///     let rest = orders.query().resume_from(&position).collect().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn position_after(&self, records: usize) -> Position {
        let last = records.min(self.count).checked_sub(1);
        let dialect = self.client.dialect();
        let cursor = match last {
            Some(last) => {
                let cursor = cursor_at(&self.body, dialect, &self.plan, last, self.before.as_ref());
                cursor.or(Some(Cursor::UNKNOWN))
            }
            None => self.before.clone(),
        };
        Position::seal(&self.client, &self.plan, cursor, self.shown)
    }
}

impl<R> Page<R> {
    /// Returns the response.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }
}

impl<R> Clone for Page<R> {
    fn clone(&self) -> Self {
        Self {
            body: self.body.clone(),
            client: self.client.clone(),
            plan: Arc::clone(&self.plan),
            before: self.before.clone(),
            ..*self
        }
    }
}

impl<R> fmt::Debug for Page<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("target", &self.plan.target)
            .field("records", &self.count)
            .finish_non_exhaustive()
    }
}

/// A stream of the pages of a query; one call a page, none before it is polled.
///
/// It ends after the last page or after an error; an early end is always an error. No page is empty: a
/// query without records has no page.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let mut pages = caspio.table::<Order>().query().page_size(500).pages();
/// while let Some(page) = pages.try_next().await? {
///     println!("{} orders", page.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// The call in progress belongs to the stream: dropping the future of `next()` loses nothing, dropping the
/// stream cancels the call.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<R> {
    pager: Pager,
    /// The cursor after the last page.
    reached: Option<Cursor>,
    record: PhantomData<fn() -> R>,
}

impl<R> Pages<R> {
    pub(super) fn new(pager: Pager) -> Self {
        Self {
            reached: pager.plan().start.clone(),
            pager,
            record: PhantomData,
        }
    }

    /// Counts the rows and reads the cursors of the first and the last one, or of all rows for an order by
    /// columns. Whether all keys are in order is checked when the records are decoded. If neither the first nor
    /// the last row has a key, none is expected to.
    fn content(
        &self,
        body: &[u8],
        dialect: &'static dyn Dialect,
        plan: &Plan,
    ) -> Result<PageContent> {
        let (rows, total) = split_rows(body, dialect, &plan.target)?;
        let mut keys = KeyRun::default();
        let ends = rows.first().into_iter().chain(rows.last());
        for row in ends.take(rows.len()) {
            keys.push(
                RawRow::read(row).and_then(|row| row.key()),
                plan.target.kind,
            );
        }
        if keys.missing > 1 {
            keys.missing = rows.len();
        }
        PageContent::new(body, dialect, plan, (rows.len(), keys, total))
    }

    fn page(&mut self, body: Bytes) -> Result<Page<R>> {
        let dialect = self.pager.client().dialect();
        let plan = self.pager.shared_plan();
        let content = self.content(&body, dialect, &plan);
        let content = content.inspect_err(|_| self.pager.stop())?;
        let count = self.pager.advance(&content)?;
        let before = self.reached.take();
        let last = if count < content.count {
            let index = count.saturating_sub(1);
            cursor_at(&body, dialect, &plan, index, before.as_ref())
        } else {
            content.last(&plan, before.as_ref())
        };
        self.reached = match count {
            0 => before.clone(),
            _ => last.or(Some(Cursor::UNKNOWN)),
        };
        Ok(Page {
            body,
            count,
            client: self.pager.client().clone(),
            plan,
            before,
            shown: self.pager.shown(),
            record: PhantomData,
        })
    }
}

impl<R> Stream for Pages<R> {
    type Item = Result<Page<R>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while let Some(body) = ready!(this.pager.poll_page(cx)) {
            let page = body.and_then(|body| this.page(body));
            this.pager.read_ahead(cx);
            if !page.as_ref().is_ok_and(Page::is_empty) {
                return Poll::Ready(Some(page));
            }
        }
        Poll::Ready(None)
    }
}

impl<R> FusedStream for Pages<R> {
    fn is_terminated(&self) -> bool {
        self.pager.is_done()
    }
}

impl<R> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("pager", &self.pager).finish()
    }
}
