//! The query builder.

use super::page::Pages;
use super::pager::Pager;
use super::partial::Collected;
use super::plan::{Plan, key_is};
use super::position::Position;
use super::records::Records;
use super::split::{Split, split};
use crate::client::Client;
use crate::filter::{Expr, Filter, IntoOrder, RawValues};
use crate::record::{DecodeOwned, FieldInfo, Key, Record, Source};
use crate::target::Target;
use crate::wire;
use caspio_core::{Error, ErrorKind, Result};
use futures::TryStreamExt;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::time::Instant;

/// The typed columns of a record's table or view.
pub(super) type Columns<R> = <<R as Record>::Source as Source>::Columns;

/// A query for records `R`: plain data until one of its last methods reads.
///
/// Conditions add up: every `filter` narrows the query further.
#[must_use = "a query does nothing until it is read"]
pub struct Query<R> {
    client: Client,
    plan: Plan,
    /// What a builder method had to refuse; reported when the query is read.
    refused: Option<Error>,
    resume: Option<Position>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Query<R> {
    pub(super) fn new(client: Client, target: Target) -> Self {
        Self {
            client,
            plan: Plan::new(target, R::FIELDS),
            refused: None,
            resume: None,
            record: PhantomData,
        }
    }

    /// Keeps the records for which the condition holds.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { balance: Option<Decimal>, email: Option<String> }
    /// # fn example(caspio: caspio::Client) {
    /// let rich = caspio
    ///     .table::<Contact>()
    ///     .filter(|c| c.balance.gt(dec!(1000)) & c.email.is_not_null());
    /// # }
    /// ```
    pub fn filter<F>(self, condition: F) -> Self
    where
        F: FnOnce(Columns<R>) -> Filter<R::Source>,
    {
        self.filter_by(condition(<R::Source as Source>::COLUMNS))
    }

    /// Keeps the records for which a finished condition holds.
    pub fn filter_by(mut self, filter: Filter<R::Source>) -> Self {
        self.plan.and_filter(filter.into_expr());
        self
    }

    /// Keeps the records for which a T-SQL condition of your own holds. **Its text is trusted.**
    ///
    /// For what the typed conditions lack. Each `?` outside of quotes and brackets takes one of the
    /// values, as a literal that cannot end early; never put a value into the text yourself.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # fn example(caspio: caspio::Client, city: &str) {
    /// let orders = caspio
    ///     .table_named("Orders")
    ///     .filter_raw("Total > ? AND City = ?", (100, city));
    /// # }
    /// ```
    pub fn filter_raw(mut self, text: &str, values: impl RawValues) -> Self {
        match crate::filter::bind(text, &values.literals()) {
            Ok(sql) => self.plan.and_filter(Expr::Raw(sql)),
            Err(error) => self.refused = self.refused.or(Some(error)),
        }
        self
    }

    /// Sorts the records; called again, it sorts further within equals.
    ///
    /// The key is always added as the last term, so that the order is total and pages neither lose
    /// nor double records, also while others are inserted or deleted.
    pub fn order_by<F, O>(mut self, order: F) -> Self
    where
        F: FnOnce(Columns<R>) -> O,
        O: IntoOrder<R::Source>,
    {
        let order = order(<R::Source as Source>::COLUMNS);
        self.plan.then_by(order.into_order());
        self
    }

    /// Reads no more than `count` records, the first in the query's order.
    pub fn limit(mut self, count: u64) -> Self {
        self.plan.limit = Some(count);
        self
    }

    /// How many records one call asks for, 1 to 1,000; 1,000 unless said.
    ///
    /// Smaller pages cost more calls; they use less memory and bring the first records sooner.
    pub fn page_size(mut self, records: u16) -> Self {
        self.plan.set_page_size(records);
        self
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn plan_mut(&mut self) -> &mut Plan {
        &mut self.plan
    }

    /// The same query for the columns of another record.
    pub(super) fn reading<P>(mut self, fields: &'static [FieldInfo]) -> Query<P> {
        self.plan.select_fields(fields);
        Query {
            client: self.client,
            plan: self.plan,
            refused: self.refused,
            resume: self.resume,
            record: PhantomData,
        }
    }

    pub(super) fn into_parts(self) -> Result<(Client, Plan)> {
        match self.refused {
            Some(error) => Err(error),
            None => Ok((self.client, self.plan)),
        }
    }

    /// Reads ahead: up to `calls` calls at once; one unless said.
    ///
    /// A table in the order of its keys is cut into stretches that are read at once and delivered in
    /// order. That costs one call to learn the range of keys; where keys have gaps, some stretches
    /// take a second call. Up to `calls` pages are held in memory; dropping the stream cancels the
    /// calls under way. A view, or an order of your own, is read one call at a time all the same.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.plan.concurrency = calls.max(1);
        self
    }

    /// Goes on where an earlier read of the same query stopped: nothing is missed, nothing comes twice.
    ///
    /// What the earlier read delivered counts towards this one's [`limit`](Self::limit). A position
    /// in another query is refused when the query is read.
    pub fn resume_from(mut self, position: &Position) -> Self {
        self.resume = Some(position.clone());
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it would make more calls than this.
    pub fn max_calls(mut self, calls: u64) -> Self {
        self.plan.max_calls = Some(calls);
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it takes longer than this, counted from
    /// now.
    pub fn deadline(mut self, within: Duration) -> Self {
        self.plan.deadline = Some(Instant::now() + within);
        self
    }

    /// What the read is refused for before any call, if anything.
    fn refusal(&mut self) -> Option<Error> {
        let refused = self.refused.take();
        let refused = refused.or_else(|| self.resume_error());
        refused.or_else(|| self.having_error())
    }

    /// The client and the reads that the query takes.
    fn reads(mut self) -> (Client, Plan, Result<Split>) {
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
    pub fn pages(self) -> Pages<R> {
        let (client, plan, split) = self.reads();
        Pages::new(match split {
            Ok(Split::InTurn(first, rest)) => Pager::new(client, *first, None).followed_by(rest),
            Ok(Split::Merged(_)) => {
                let error = Error::new(
                    ErrorKind::Refused,
                    "a list this long cannot be read in pages",
                )
                .with_object(plan.target.to_string())
                .with_hint("use `stream`, which merges the parts");
                Pager::new(client, plan, Some(error))
            }
            Err(error) => Pager::new(client, plan, Some(error)),
        })
    }

    fn having_error(&self) -> Option<Error> {
        let version = self.client.api_version();
        if !self.plan.has_having() || wire::takes_having(version) {
            return None;
        }
        Some(
            Error::new(
                ErrorKind::Refused,
                format!("{version} of the API has no HAVING"),
            )
            .with_object(self.plan.target.to_string())
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
                .with_object(self.plan.target.to_string())
                .with_hint("resume with the same table, filter and order as the read that stopped"),
        )
    }
}

impl<R: DecodeOwned> Query<R> {
    /// The records as a stream. One call for every 1,000 records, plus at most one.
    ///
    /// An [`in_`](crate::Column::in_) list too long for one address is read in parts and merged.
    pub fn stream(self) -> Records<R> {
        let (client, plan, split) = self.reads();
        match split {
            Ok(Split::InTurn(first, rest)) => {
                Records::new(Pager::new(client, *first, None).followed_by(rest))
            }
            Ok(Split::Merged(plans)) => {
                let pager = |plan| Pager::new(client.clone(), plan, None);
                let pagers = plans.into_iter().map(pager).collect();
                Records::new(Pager::new(client.clone(), plan, None)).merging(pagers)
            }
            Err(error) => Records::new(Pager::new(client, plan, Some(error))),
        }
    }

    /// All records in memory. One call for every 1,000 records, plus at most one.
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
    pub async fn collect_partial(self) -> Result<Collected<R>> {
        Collected::read(self.stream()).await
    }

    /// The first record in the query's order, if there is one. One call.
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

impl<R> Clone for Query<R> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            plan: self.plan.clone(),
            refused: self.refused.clone(),
            resume: self.resume.clone(),
            record: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Query<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}
