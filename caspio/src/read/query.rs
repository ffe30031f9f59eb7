//! The query builder.

use super::plan::Plan;
use super::position::Position;
use crate::client::Client;
use crate::filter::{BindValues, Expr, IntoFilter, IntoOrder};
use crate::record::{FieldInfo, Record, RecordMap, Source};
use crate::target::Target;
use caspio_core::{Error, Result};
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::time::Instant;

/// The typed columns of a record's table or view.
pub(super) type Columns<R> = <<R as Record>::Source as Source>::Columns;

/// A query for records `R`: plain data until one of its last methods reads.
///
/// Conditions add up: every `filter` narrows the query further. `S` says how far that has gone, for only
/// a query with a condition can update or delete.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Narrowed;
///
/// fn open(caspio: &Client) -> Query<Order> {
///     caspio.table::<Order>().filter(|o| o.status.eq("Open"))
/// }
/// ```
#[must_use = "a query does nothing until it is read"]
pub struct Query<R> {
    pub(super) client: Client,
    pub(super) plan: Plan,
    /// What a builder method had to refuse; reported when the query is read.
    pub(super) refused: Option<Error>,
    pub(super) resume: Option<Position>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Query<R> {
    pub(crate) fn new(client: Client, target: Target) -> Self {
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
    pub fn filter<F, C>(self, condition: F) -> Self
    where
        F: FnOnce(Columns<R>) -> C,
        C: IntoFilter<R::Source>,
    {
        self.filter_by(condition(<R::Source as Source>::COLUMNS))
    }

    /// Keeps the records for which a finished condition holds.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # use caspio::record::Source;
    /// fn open() -> Filter<Order> {
    ///     Order::COLUMNS.status.ne("Shipped")
    /// }
    /// # fn example(caspio: Client) {
    /// let orders = caspio.table::<Order>().query().filter_by(open());
    /// # }
    /// ```
    pub fn filter_by(self, filter: impl IntoFilter<R::Source>) -> Self {
        self.filter_expr(filter.into_filter().into_expr())
    }

    pub(crate) fn filter_expr(mut self, filter: Expr) -> Self {
        self.plan.and_filter(filter);
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
    pub fn filter_raw(mut self, text: &str, values: impl BindValues) -> Self {
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
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # fn example(caspio: Client) {
    /// let latest = caspio
    ///     .table::<Order>()
    ///     .order_by(|o| (o.placed.desc(), o.status.asc()));
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let largest = orders.order_by(|o| o.total.desc()).limit(10).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn limit(mut self, count: u64) -> Self {
        self.plan.limit = Some(count);
        self
    }

    /// How many records one call asks for, 1 to 1,000; 1,000 unless said.
    ///
    /// Smaller pages cost more calls; they use less memory and bring the first records sooner.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut orders = caspio.table::<Order>().query().page_size(100).stream();
    /// let first = orders.try_next().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn page_size(mut self, records: u16) -> Self {
        self.plan.set_page_size(records);
        self
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn plan_mut(&mut self) -> &mut Plan {
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

    pub(super) fn is_resumed(&self) -> bool {
        self.resume.is_some()
    }

    pub(crate) fn into_parts(self) -> Result<(Client, Plan)> {
        match self.refused {
            Some(error) => Err(error),
            None => Ok((self.client, self.plan)),
        }
    }

    /// Reads ahead: up to `calls` calls at once; one unless said.
    ///
    /// A table in the order of its keys is cut into stretches that are read at once and delivered in
    /// order, a resumed read as well. That costs one call to learn the range of keys; where keys have
    /// gaps, some stretches take a second call. Up to `calls` pages are held in memory beside the one
    /// being delivered; dropping the stream cancels the calls under way. A view, or an order of your own,
    /// is read one call at a time all the same.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let all = orders.query().concurrency(8).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.plan.concurrency = calls.max(1);
        self
    }

    /// Goes on where an earlier read of the same query stopped: nothing is missed, nothing comes twice.
    ///
    /// What the earlier read delivered counts towards this one's [`limit`](Self::limit). A position
    /// in another query is refused when the query is read.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let mut stream = orders.stream();
    /// let first = stream.try_next().await?;
    /// let place = stream.position().to_string();
    ///
    /// // Later, in another process.
    /// let position: caspio::read::Position = place.parse()?;
    /// let rest = orders.query().resume_from(&position).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_from(mut self, position: &Position) -> Self {
        self.resume = Some(position.clone());
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it would make more calls than this.
    ///
    /// The parts of a list too long for one address count together. Retries do not count.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let read = caspio.table::<Order>().query().max_calls(50).collect().await;
    /// if read.is_err_and(|error| error.kind() == caspio::ErrorKind::Incomplete) {
    ///     println!("there are more orders than 50 calls bring");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_calls(mut self, calls: u64) -> Self {
        self.plan.max_calls = Some(calls);
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it takes longer than this, counted from
    /// now.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use std::time::Duration;
    ///
    /// let orders = caspio.table::<Order>().query();
    /// let read = orders.deadline(Duration::from_secs(20)).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn deadline(mut self, within: Duration) -> Self {
        self.plan.deadline = Some(Instant::now() + within);
        self
    }
}

impl<R: Record<Source = RecordMap>> Query<R> {
    /// Asks for these columns only, by names known at run time; for all unless called.
    ///
    /// The record's `PK_ID` and the columns of the order may come besides: a read needs them to go
    /// on. Where a record declares columns of its own, these come in addition.
    ///
    /// ```
    /// # fn example(caspio: caspio::Client) {
    /// let names = caspio
    ///     .table_named("Contacts")
    ///     .query()
    ///     .columns(["First_Name", "Last_Name"]);
    /// # }
    /// ```
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.plan.select_columns(names);
        self
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
