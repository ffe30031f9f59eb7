//! Executing a query: pages, a stream, records in memory.

use super::pager::Pager;
use super::pages::Pages;
use super::partial::Collected;
use super::plan::Plan;
use super::query::{Query, before_read};
use super::records::RecordStream;
use super::url_budget::{Split, split};
use crate::client::{Client, Kept};
use crate::record::{DecodeOwned, Key, Record};
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{FutureExt, TryStreamExt};
use std::pin::Pin;
use std::task::{Context, Poll};

impl<R: Record> Query<R> {
    /// Returns the client, the plan that begins at the position, and the error if the read is refused.
    pub(super) fn into_resumed(mut self) -> (Client, Plan, Option<Error>) {
        let refused = self.refused.take();
        let refused = refused.or_else(|| self.resume().err());
        let refused = refused.or_else(|| self.having_error());
        let refused = refused.map(before_read);
        (self.client, self.plan, refused)
    }

    /// Returns the client, the plan, and the reads that the plan takes.
    pub(super) fn into_pagers(self) -> (Client, Plan, Result<Split>) {
        let (client, plan, refused) = self.into_resumed();
        let split = match refused {
            Some(error) => Err(error),
            None => split(&client, plan.clone()),
        };
        let split = split.map(|split| split.identified_as(plan.fingerprint()));
        (client, plan, split)
    }

    /// Reads the records page by page, for records that borrow from their page. One call a page.
    ///
    /// A list of values too long for one URL can only be read by [`stream`](Self::stream), unless the
    /// values are keys.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Name<'a> { first_name: std::borrow::Cow<'a, str> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut pages = caspio.table::<Name>().pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     for name in page.records()? {
    ///         println!("{}", name.first_name);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<R> {
        let (client, plan, split) = self.into_pagers();
        Pages::new(match split {
            Ok(Split::InTurn(first, rest)) => Pager::new(client, *first, None).followed_by(rest),
            Ok(Split::Merged(_)) => {
                let error = Error::new(
                    ErrorKind::Refused,
                    "a list too long for one URL cannot be read page by page",
                )
                .with_operation("records.list")
                .with_resource(plan.target.to_string())
                .with_hint("use `stream`, which merges the parts");
                Pager::new(client, plan, Some(error))
            }
            Err(error) => Pager::new(client, plan, Some(error)),
        })
    }

    fn having_error(&self) -> Option<Error> {
        if !self.plan.has_having() {
            return None;
        }
        let dialect = self.client.dialect();
        let (message, hint) = if !dialect.capabilities().supports_having {
            let version = dialect.version();
            (
                format!("{version} of the API does not support HAVING"),
                "use v4 with `ClientBuilder::api_version`, or filter the groups after reading them",
            )
        } else if !self.plan.is_grouped() {
            (
                "a query has `having` and no groups".to_owned(),
                "add `group_by`, or use `filter` for a condition on records",
            )
        } else {
            return None;
        };
        Some(
            Error::new(ErrorKind::Refused, message)
                .with_resource(self.plan.target.to_string())
                .with_hint(hint),
        )
    }

    /// Starts at the position to resume from.
    fn resume(&mut self) -> Result<()> {
        if let Some(position) = self.resume.take() {
            self.plan.start = position.open(&self.client, &self.plan)?;
            if self.plan.start.is_some() && self.plan.is_one_row() {
                self.plan.limit = Some(0);
            }
        }
        Ok(())
    }
}

impl<R: DecodeOwned> Query<R> {
    /// Reads the records as a stream. One call for every 1,000 records, plus at most one.
    ///
    /// In a view, or an order by other columns than the key, it is one call for every 999 records, plus at most one: a
    /// page begins with the last record of the page before, which proves that no record is between them. If that
    /// record was deleted or changed, finding the place again takes one call more, or up to eleven in an order by
    /// floats or `Decimal`s, which the service may show in another way than it compares them. An order by nulls or
    /// empty texts takes as many if the read does not select which they are; see [`order_by`](Self::order_by).
    ///
    /// Where the service shows floats with fewer digits than it compares, the first page for which that matters takes
    /// two calls more. The read and its positions remember it, so each later page is one call again: the service looks
    /// up the last record's floats. A change of such a float that its shown digits do not show cannot be noticed: if
    /// another program makes it in the last record of a page, records that are shown with the same float can be lost or
    /// delivered twice. Where programs change floats by less than the fifteenth digit, sort by other columns.
    ///
    /// A view may repeat a `PK_ID`, so its pages are continued by the last record's values in all columns of the read.
    /// If a record with its key and its place in the order has other values in other columns, the read ends with an
    /// error of kind `Incomplete`, and cannot be resumed: the record was changed, or it was deleted and this is another
    /// one. A page that ends between two records of one key that are equal in the order, such as texts that differ in
    /// case, is an error of kind `Incomplete` or `Protocol` although nothing was changed, if it is not known which of
    /// them were delivered: the service returns them in any order. Do not read columns of a view that change during the
    /// read, such as the time now. Records that are equal in all columns of the read, or have null where the other has
    /// an empty text, are taken for each other.
    ///
    /// An [`in_`](crate::Column::in_) list too long for one URL is read in parts. Those of a list of keys are read one
    /// after the other. Those of other lists are merged in the order of the keys, with a page of each in memory; eight
    /// of them are read at once, or as many as [`concurrency`](Self::concurrency) permits if that is more. A list that
    /// takes more than 10,000 parts is refused. If a view repeats a `PK_ID`, two different records of one key in two
    /// parts are an error of kind `Protocol`: they may be one record that was changed between the calls, which must
    /// not be delivered twice. In an order of [`order_by`](Self::order_by), parts cannot be merged, so such a list is
    /// refused.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut orders = caspio.table::<Order>().filter(|o| o.status.eq("Open")).stream();
    /// while let Some(order) = orders.try_next().await? {
    ///     println!("{} {}", order.pk_id, order.total);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> RecordStream<R> {
        let (client, plan, split) = self.into_pagers();
        match split {
            Ok(Split::InTurn(first, rest)) => {
                RecordStream::new(Pager::new(client, *first, None).followed_by(rest))
            }
            Ok(Split::Merged(plans)) => {
                let pagers = Pager::together(&client, plans);
                RecordStream::new(Pager::new(client.clone(), plan, None)).merging(pagers)
            }
            Err(error) => RecordStream::new(Pager::new(client, plan, Some(error))),
        }
    }

    /// Reads all records into memory, with the calls of [`stream`](Self::stream).
    ///
    /// # Errors
    ///
    /// Any error that stops the read before its last record. A result is always complete.
    pub async fn collect(self) -> Result<Vec<R>> {
        self.stream().try_collect().await
    }

    /// Reads as [`collect`](Self::collect) does, but keeps the records of a read that was stopped, and the
    /// position to resume it from.
    ///
    /// # Errors
    ///
    /// Any error that stops the read before its first record.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use caspio::read::Collected;
    ///
    /// let orders = caspio.table::<Order>();
    /// match orders.query().max_calls(50).collect_partial().await? {
    ///     Collected::Complete(orders) => println!("all {}", orders.len()),
    ///     Collected::Partial(part) => println!("{}; resume from {}", part.reason, part.resume),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect_partial(self) -> Result<Collected<R>> {
        Collected::read(self.stream()).await
    }

    /// Reads the first record in the query's order, if there is one. One call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// if let Some(largest) = orders.order_by(|o| o.total.desc()).first().await? {
    ///     println!("{}", largest.total);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`collect`](Self::collect).
    #[doc(alias("find", "find_one"))]
    pub async fn first(self) -> Result<Option<R>> {
        let limit = self.plan.limit.map_or(1, |limit| limit.min(1));
        self.limit(limit).stream().try_next().await
    }

    pub(super) async fn by_key(self, key: Key) -> Result<Option<R>> {
        let client = self.client.clone();
        let read = |client| Self { client, ..self }.by_keys(vec![key]);
        let found = client.with_cache(Kept::Record, read).await?;
        Ok(found.into_values().next())
    }
}

/// Awaiting a query collects it; see [`Query::collect`].
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let open: Vec<Order> = caspio.table::<Order>().filter(|o| o.status.eq("Open")).await?;
/// # Ok(())
/// # }
/// ```
impl<R: DecodeOwned> Future for Query<R> {
    type Output = Result<Vec<R>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let query = Self {
                client: this.client.clone(),
                plan: this.plan.clone(),
                refused: this.refused.clone(),
                resume: this.resume.clone(),
                work: Work::default(),
            };
            query.collect().boxed()
        })
    }
}
