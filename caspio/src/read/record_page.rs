//! One page of records, for an endpoint that returns pages.

use super::plan::MAX_PAGE;
use super::position::Position;
use super::query::Query;
use crate::record::DecodeOwned;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::TryStreamExt;

/// Some records of a query, and where the next ones begin.
///
/// See [`Query::page`] for an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordPage<R> {
    /// The records, in the query's order.
    pub records: Vec<R>,
    /// The position to pass for the next page; `None` if no record follows.
    pub next: Option<Position>,
}

impl<R: DecodeOwned> Query<R> {
    /// Reads the next `records` records, 1 to 1,000, and the position of the page after them. One call; two if
    /// the page has 999 or 1,000 records. Finding a place again whose record was deleted, or in an order by floats that
    /// are shown with too few digits, takes more; see [`stream`](Self::stream).
    ///
    /// Pass `None` for the first page and [`RecordPage::next`] for every later one. No record is missed or
    /// repeated, even if others are inserted or deleted in the meantime. The call asks for one record more,
    /// so that `next` is `None` exactly when no record follows. A list that is too long for one URL takes a
    /// call for each of its parts.
    ///
    /// The position is text for a client: it needs no escaping and reveals nothing about the records.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::read::Position;
    ///
    /// // GET /orders?after=...
    /// async fn orders(caspio: &Client, after: Option<&str>) -> caspio::Result<(Vec<Order>, Option<String>)> {
    ///     // Both this and a position that was altered are errors of kind `Refused`: respond with 400.
    ///     let after = after.map(str::parse::<Position>).transpose()?;
    ///     let latest = caspio.table::<Order>().order_by(|o| o.placed.desc());
    ///     let page = latest.page(20, after.as_ref()).await?;
    ///     Ok((page.records, page.next.map(|next| next.to_string())))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`: the position was altered or belongs to a different query, the number of records is not 1 to
    /// 1,000, the query has a [`limit`](Self::limit) or another position, it sorts groups by an aggregate, or its later
    /// pages would not fit into a URL. Otherwise as for [`collect`](Self::collect).
    pub async fn page(mut self, records: u16, after: Option<&Position>) -> Result<RecordPage<R>> {
        self.check_page(records)?;
        if let Some(position) = after {
            self = self.resume_from(position);
        }
        self.plan_mut().continues = true;
        // The record after the page shows that there is one.
        let query = self.limit(u64::from(records) + 1).page_size(records + 1);
        let mut stream = query.concurrency(1).stream();
        let mut page = Vec::with_capacity(records.into());
        while page.len() < records.into() {
            match stream.try_next().await? {
                Some(record) => page.push(record),
                None => {
                    return Ok(RecordPage {
                        records: page,
                        next: None,
                    });
                }
            }
        }
        let position = stream.position();
        let next = stream.try_next().await?.map(|_| position);
        Ok(RecordPage {
            records: page,
            next,
        })
    }

    fn check_page(&self, records: u16) -> Result<()> {
        let message = if !(1..=MAX_PAGE).contains(&records) {
            format!("a page has 1 to {MAX_PAGE} records, not {records}")
        } else if self.plan().limit.is_some() {
            "`page` sets the number of records; remove `limit`".to_owned()
        } else if self.is_resumed() {
            "`page` takes the position; remove `resume_from`".to_owned()
        } else {
            return Ok(());
        };
        let resource = self.plan().target.to_string();
        Err(Error::new(ErrorKind::Refused, message)
            .with_operation("records.list")
            .with_resource(resource))
    }
}
