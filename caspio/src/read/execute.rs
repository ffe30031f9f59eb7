//! From a query to what reads it: pages, a stream, records in memory.

use super::pager::Pager;
use super::pages::Pages;
use super::partial::Collected;
use super::plan::{Plan, key_is};
use super::query::Query;
use super::records::RecordStream;
use super::url_budget::{Split, split};
use crate::client::Client;
use crate::record::{DecodeOwned, Key, Record};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};

impl<R: Record> Query<R> {
    /// What the read is refused for before any call, if anything.
    fn refusal(&mut self) -> Option<Error> {
        let refused = self.refused.take();
        let refused = refused.or_else(|| self.resume_error());
        refused.or_else(|| self.having_error())
    }

    /// The client and the reads that the query takes.
    fn into_pagers(mut self) -> (Client, Plan, Result<Split>) {
        let refused = self.refusal();
        if let Some(position) = self.resume.take() {
            self.plan.limit = self
                .plan
                .limit
                .map(|most| most.saturating_sub(position.read));
            self.plan.delivered = position.read;
            self.plan.start = position.after;
        }
        let split = match refused {
            Some(error) => Err(error),
            None => split(&self.client, self.plan.clone()),
        };
        (self.client, self.plan, split)
    }

    /// The records page by page, for records that borrow from their page. One call a page.
    ///
    /// A list of values too long for one address can be read by [`stream`](Self::stream) only, unless
    /// they are keys.
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
                    "a list this long cannot be read in pages",
                )
                .with_resource(plan.target.to_string())
                .with_hint("use `stream`, which merges the parts");
                Pager::new(client, plan, Some(error))
            }
            Err(error) => Pager::new(client, plan, Some(error)),
        })
    }

    fn having_error(&self) -> Option<Error> {
        let dialect = self.client.dialect();
        if !self.plan.has_having() || dialect.capabilities().supports_having {
            return None;
        }
        let version = dialect.version();
        Some(
            Error::new(
                ErrorKind::Refused,
                format!("{version} of the API has no HAVING"),
            )
            .with_resource(self.plan.target.to_string())
            .with_hint("use v4, by `ClientBuilder::api_version`, or leave groups out yourself"),
        )
    }

    fn resume_error(&self) -> Option<Error> {
        let position = self.resume.as_ref()?;
        if position.query == self.plan.fingerprint() {
            return None;
        }
        let what = format!("the position is one in another query, of {}", position.of);
        Some(
            Error::new(ErrorKind::Refused, what)
                .with_resource(self.plan.target.to_string())
                .with_hint("resume with the same table, filter and order as the read that stopped"),
        )
    }
}

impl<R: DecodeOwned> Query<R> {
    /// The records as a stream. One call for every 1,000 records, plus at most one.
    ///
    /// An [`in_`](crate::Column::in_) list too long for one address is read in parts and merged.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
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

    /// All records in memory. One call for every 1,000 records, plus at most one.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open")).collect().await?;
    /// println!("{} open orders", open.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Whatever stopped the read: a result that comes is complete.
    pub async fn collect(self) -> Result<Vec<R>> {
        self.stream().try_collect().await
    }

    /// As [`collect`](Self::collect), but a read that is stopped keeps what it has, and where to go on.
    ///
    /// # Errors
    ///
    /// What stopped the read before its first record.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use caspio::read::Collected;
    ///
    /// let orders = caspio.table::<Order>();
    /// match orders.query().max_calls(50).collect_partial().await? {
    ///     Collected::Complete(orders) => println!("all {}", orders.len()),
    ///     Collected::Partial(part) => println!("{}; go on from {}", part.reason, part.resume),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect_partial(self) -> Result<Collected<R>> {
        Collected::read(self.stream()).await
    }

    /// The first record in the query's order, if there is one. One call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
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
    pub async fn first(self) -> Result<Option<R>> {
        self.limit(1).stream().try_next().await
    }

    pub(super) async fn by_key(mut self, key: Key) -> Result<Option<R>> {
        self.plan.and_filter(key_is(&key));
        self.first().await
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
impl<R: DecodeOwned> IntoFuture for Query<R> {
    type Output = Result<Vec<R>>;
    type IntoFuture = BoxFuture<'static, Result<Vec<R>>>;

    fn into_future(self) -> Self::IntoFuture {
        self.collect().boxed()
    }
}
