//! The query builder.

use super::plan::Plan;
use super::position::Position;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::filter::{BindValues, Expr, FilterFn, IntoFilter, IntoOrder, OrderFn};
use crate::record::{FieldInfo, Record, Source, SourceOfMaps};
use crate::target::Target;
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use pin_project_lite::pin_project;
use std::fmt;
use std::time::Duration;
use tokio::time::Instant;

pin_project! {
    /// A query for records `R`. It makes no call until it is awaited or one of its reading methods is called.
    ///
    /// Every [`filter`](Self::filter) restricts the query further and keeps its type, so conditions can be added
    /// in an `if`. Awaiting a query [collects](Self::collect) it. A query is a future, so `futures::try_join!` and
    /// other functions of futures take it as it is.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// fn orders(caspio: &Client, status: Option<&str>, min_total: Option<Decimal>) -> Query<Order> {
    ///     let mut orders = caspio.table::<Order>().query();
    ///     if let Some(status) = status {
    ///         orders = orders.filter(|o| o.status.eq(status));
    ///     }
    ///     orders.filter(|o| min_total.map(|total| o.total.ge(total)))
    /// }
    /// ```
    #[must_use = "a query does nothing until it is awaited or read"]
    pub struct Query<R> {
        pub(super) client: Client,
        pub(super) plan: Plan,
        // The error of a builder method; returned when the query is read.
        pub(super) refused: Option<Error>,
        pub(super) resume: Option<Position>,
        #[pin]
        pub(super) work: Work<'static, Result<Vec<R>>>,
    }
}

impl<R: Record> Query<R> {
    pub(crate) fn new(client: Client, target: Target) -> Self {
        Self {
            client,
            plan: Plan::new(target, R::FIELDS),
            refused: None,
            resume: None,
            work: Work::default(),
        }
    }

    /// Reads only the records that meet a condition.
    ///
    /// The closure returns a [`Filter`](crate::Filter), or an `Option` of one whose `None` restricts nothing.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # fn example(caspio: caspio::Client) {
    /// let rich = caspio
    ///     .table::<Contact>()
    ///     .filter(|c| c.balance.gt(dec!(1000)) & c.email.is_not_null());
    /// # }
    /// ```
    #[doc(alias = "where")]
    pub fn filter<F>(self, condition: F) -> Self
    where
        F: FilterFn<R::Source>,
    {
        self.filter_by(condition(<R::Source as Source>::COLUMNS))
    }

    /// Reads only the records that meet a finished condition, which may be an `Option`.
    ///
    /// [`Filter::all`](crate::Filter::all) combines several optional conditions.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
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
        self.refuse(filter.unsendable());
        self.plan.and_filter(filter);
        self
    }

    /// Keeps an error to return when the query is read; the first one is kept.
    pub(super) fn refuse(&mut self, error: Option<Error>) {
        let resource = self.plan.target.to_string();
        let error = error.map(|error| error.with_resource(resource));
        self.refused = self.refused.take().or(error);
    }

    /// Reads only the records that meet a condition in T-SQL. **Its text is trusted.**
    ///
    /// Use it for conditions that columns do not offer. Each `?` outside of quotes and brackets is
    /// replaced by one of the values, quoted and escaped; never put a value into the text yourself. Comments
    /// are not sent; a `?` in one is refused.
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
            Err(error) => self.refuse(Some(error)),
        }
        self
    }

    /// Sorts the records. A second call sorts records that are equal in the first order.
    ///
    /// In an order by floats or `Decimal`s, or by texts that are too long for a URL, a read ends with an error of kind
    /// `Incomplete`, and cannot be resumed, if the last nine records that it read are all deleted or changed before the
    /// next page is read, and the place of none of them is certain. If it read fewer than nine, those count. A position
    /// keeps only the last record, and the one before it if both have the same values in the order: a read that
    /// resumes, as [`page`](Self::page) does, ends like this if these are deleted or changed before its first page. In
    /// a view, which may repeat a key, it also ends like this if the last of them is deleted or changed and one of them
    /// has other values in any column of the read, because it may be another record; see [`stream`](Self::stream).
    ///
    /// The key is always added as the last column. So the order is total, and no page loses or repeats
    /// a record, even if others are inserted or deleted in the meantime. A record whose value in the order is changed
    /// during the read has another place: it may come again, or be missed. A program that changes these values as it
    /// reads, for example a status, may read without end: read in the order of the keys instead.
    ///
    /// In an order of other columns than the key, and in the descending order of the key, a list of
    /// [`in_`](crate::Column::in_) must fit into one URL, as some hundred short values do; a longer one is refused.
    /// Without an order it is read in parts, see [`stream`](Self::stream).
    ///
    /// A Yes/No column is sorted as a number: `c.active.desc()` reads the records for which it is true first.
    ///
    /// A service may show a float with fewer digits than it has. There, a read cannot notice that the last record of a
    /// page was changed from one float to another that is shown as the same, and may then miss or repeat the records
    /// between both places.
    ///
    /// A service may show null as an empty text or the reverse, so a read also selects which texts of its order are
    /// null. It cannot if it reads all columns, as maps do without [`columns`](Self::columns) and structs whose columns
    /// do not fit into a URL, or if its condition leaves no room in the URL. In these reads, what is said above of
    /// floats also holds for nulls and empty texts.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # fn example(caspio: Client) {
    /// let latest = caspio
    ///     .table::<Order>()
    ///     .order_by(|o| (o.placed.desc(), o.status.asc()));
    /// # }
    /// ```
    #[doc(alias = "sort_by")]
    pub fn order_by<F>(mut self, order: F) -> Self
    where
        F: OrderFn<R::Source>,
    {
        let order = order(<R::Source as Source>::COLUMNS);
        self.plan.then_by(order.into_order());
        self
    }

    /// Reads at most `count` records, the first in the query's order.
    ///
    /// The records of this read count, not those before the position that it [resumes](Self::resume_from)
    /// from. So `limit(20)` reads the next twenty; to continue a stopped read up to its limit, subtract the
    /// records that it returned. [`page`](Self::page) also returns whether more records follow.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let largest = orders.order_by(|o| o.total.desc()).limit(10).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("take", "top"))]
    pub fn limit(mut self, count: u64) -> Self {
        self.plan.limit = Some(count);
        self
    }

    /// Sets how many records one call requests; the default is 1,000. Other numbers than 1 to 1,000 are
    /// taken as the nearest of these.
    ///
    /// Smaller pages take more calls and less memory, and return the first records sooner.
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

    /// Returns the same query for the columns of another record.
    pub(super) fn reading<P>(mut self, fields: &'static [FieldInfo]) -> Query<P> {
        self.plan.select_fields(fields);
        Query {
            client: self.client,
            plan: self.plan,
            refused: self.refused,
            resume: self.resume,
            work: Work::default(),
        }
    }

    pub(super) fn is_resumed(&self) -> bool {
        self.resume.is_some()
    }

    /// Returns the query's condition; `None` for all records.
    pub(crate) fn into_condition(self) -> Result<(Client, Target, Option<Expr>)> {
        let (client, plan) = self.into_parts()?;
        Ok((client, plan.target, plan.filter))
    }

    pub(crate) fn into_parts(self) -> Result<(Client, Plan)> {
        match self.refused {
            Some(error) => Err(error),
            None => Ok((self.client, self.plan)),
        }
    }

    /// Reads with up to `calls` calls in progress at once, or with as many as use the rate limit,
    /// [`Concurrency::Auto`]; the default is one.
    ///
    /// A table in the order of its keys is cut into segments of keys, which are read at once and delivered
    /// in order. After a full first page, that takes one call for the range of keys, which long reads of v3 and
    /// v4 save, and at most 15 % more calls for the pages: where keys have gaps, a segment can have fewer records
    /// than a page, or take a second call. Where gaps are too uneven for that, fewer segments are read at once.
    /// Records that are inserted behind the last key during the read may not be read.
    ///
    /// A view, or an order of your own, is read one page after the other: where a page begins is known only
    /// from the page before it. Numbered pages could be read at once, but lose records when others are inserted
    /// or deleted. With two calls or more, the next page is requested before the records of a page are
    /// delivered, so a stream that is dropped early may have read one page more.
    ///
    /// Up to three times as many pages as calls at once are in memory in addition to the one that is delivered;
    /// dropping the stream cancels the calls in progress.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let all = orders.query().concurrency(8).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: impl Into<Concurrency>) -> Self {
        self.plan.concurrency = calls.into();
        self
    }

    /// Resumes where an earlier read of the same query stopped: no record is missed or repeated.
    ///
    /// The [`limit`](Self::limit) counts from here. A position that was altered, or that belongs to a
    /// different query, is refused when the query is read, before any call. Of a view, the columns that are read
    /// are a part of the query.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>();
    /// let mut stream = orders.stream();
    /// let first = stream.try_next().await?;
    /// let text = stream.position().to_string();
    ///
    /// // Later, in another process.
    /// let position: caspio::read::Position = text.parse()?;
    /// let rest = orders.query().resume_from(&position).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("offset", "skip"))]
    pub fn resume_from(mut self, position: &Position) -> Self {
        self.resume = Some(position.clone());
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it would make more calls than this.
    ///
    /// With a single call, a read in an order by floats that resumes from a position has the service look up the floats
    /// of the last record, because they may be shown with fewer digits than they have. A read of maps that resumes in
    /// an order by texts needs two calls, or three for several texts, if the service shows null as an empty text or
    /// the reverse: with fewer it ends before its first record.
    ///
    /// Every call counts: also the one of a count or a sum, the one for the range of keys of a
    /// [concurrent](Self::concurrency) read, and the calls of a list that is too long for one URL. Retries
    /// do not count.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let read = caspio.table::<Order>().query().max_calls(50).collect().await;
    /// if read.is_err_and(|error| error.kind() == caspio::ErrorKind::Incomplete) {
    ///     println!("there are more orders than 50 calls return");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_calls(mut self, calls: u64) -> Self {
        self.plan.max_calls = Some(calls);
        self
    }

    /// Ends the read with an error of kind `Incomplete` when it takes longer than this, counted from this
    /// call of `deadline`. A call in progress is dropped then, and none is started afterwards.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use std::time::Duration;
    ///
    /// let orders = caspio.table::<Order>().query();
    /// let read = orders.deadline(Duration::from_secs(20)).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn deadline(mut self, within: Duration) -> Self {
        // A time beyond the clock's range never comes.
        self.plan.deadline = Instant::now().checked_add(within);
        self
    }
}

impl<R: Record> Query<R> {
    /// Reads only these columns, by names known at run time; the default is all columns.
    ///
    /// The record's `PK_ID` and the columns of the order and of long lists may be returned in addition, because a read
    /// needs them for its next page, and the columns that the record itself declares.
    ///
    /// ```
    /// # fn example(caspio: caspio::Client) {
    /// let names = caspio
    ///     .table_named("Contacts")
    ///     .query()
    ///     .columns(["First_Name", "Last_Name"]);
    /// # }
    /// ```
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self
    where
        R::Source: SourceOfMaps,
    {
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
            work: Work::default(),
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

/// Returns the error of a read that was refused before its call, with the operation.
pub(super) fn before_read(error: Error) -> Error {
    match error.operation() {
        Some(_) => error,
        None => error.with_operation("records.list"),
    }
}
