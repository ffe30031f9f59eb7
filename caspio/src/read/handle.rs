//! The reads of a table or view.

use super::pages::Pages;
use super::position::Position;
use super::query::Query;
use super::records::RecordStream;
use crate::concurrency::Concurrency;
use crate::filter::{BindValues, FilterFn, IntoFilter, OrderFn};
use crate::handle::{Access, Handle};
use crate::record::{DecodeOwned, IntoKey, Record};
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::time::Duration;

/// Reading. No future of these methods borrows the handle.
impl<R: Record, A: Access> Handle<R, A> {
    /// Returns a query for all records, to be restricted, sorted and read.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # fn example(caspio: Client, city: Option<String>) {
    /// let mut contacts = caspio.table::<Contact>().query();
    /// if let Some(city) = city {
    ///     contacts = contacts.filter(|c| c.city.eq(city));
    /// }
    /// # }
    /// ```
    pub fn query(&self) -> Query<R> {
        Query::new(self.client().clone(), self.target().clone())
    }

    /// Returns a query for the records that meet a condition; see [`Query::filter`].
    #[doc(alias = "where")]
    pub fn filter<F>(&self, condition: F) -> Query<R>
    where
        F: FilterFn<R::Source>,
    {
        self.query().filter(condition)
    }

    /// Returns a query for the records that meet a finished condition; see [`Query::filter_by`].
    pub fn filter_by(&self, filter: impl IntoFilter<R::Source>) -> Query<R> {
        self.query().filter_by(filter)
    }

    /// Returns a query with a condition in T-SQL, whose text is trusted; see [`Query::filter_raw`].
    pub fn filter_raw(&self, text: &str, values: impl BindValues) -> Query<R> {
        self.query().filter_raw(text, values)
    }

    /// Returns a query for all records in an order; see [`Query::order_by`].
    #[doc(alias = "sort_by")]
    pub fn order_by<F>(&self, order: F) -> Query<R>
    where
        F: OrderFn<R::Source>,
    {
        self.query().order_by(order)
    }

    /// Returns a query for no more than this many records; see [`Query::limit`].
    #[doc(alias("take", "top"))]
    pub fn limit(&self, count: u64) -> Query<R> {
        self.query().limit(count)
    }

    /// Returns a query for all records with this many calls in progress at once; see [`Query::concurrency`].
    pub fn concurrency(&self, calls: impl Into<Concurrency>) -> Query<R> {
        self.query().concurrency(calls)
    }

    /// Returns a query for all records that makes no more than this many calls; see [`Query::max_calls`].
    pub fn max_calls(&self, calls: u64) -> Query<R> {
        self.query().max_calls(calls)
    }

    /// Returns a query for all records that ends within this time; see [`Query::deadline`].
    pub fn deadline(&self, within: Duration) -> Query<R> {
        self.query().deadline(within)
    }

    /// Returns a query for the records after a position; see [`Query::resume_from`].
    #[doc(alias("offset", "skip"))]
    pub fn resume_from(&self, position: &Position) -> Query<R> {
        self.query().resume_from(position)
    }

    /// Reads all records page by page. One call a page; see [`Query::pages`].
    pub fn pages(&self) -> Pages<R> {
        self.query().pages()
    }

    /// Counts the records. One call.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    pub fn count(&self) -> impl Future<Output = Result<u64>> + use<R, A> {
        self.query().count()
    }
}

impl<R: DecodeOwned, A: Access> Handle<R, A> {
    /// Reads all records as a stream. One call for every 1,000 records, or 999 of a view, plus at most one.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut orders = caspio.table::<Order>().stream();
    /// while let Some(order) = orders.try_next().await? {
    ///     println!("{} {}", order.pk_id, order.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self) -> RecordStream<R> {
        self.query().stream()
    }

    /// Reads all records into memory. One call for every 1,000 records, or 999 of a view, plus at most one.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let (contacts, orders) = futures::try_join!(
    ///     caspio.table::<Contact>().collect(),
    ///     caspio.table::<Order>().collect(),
    /// )?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any error that stops the read before its last record; the records read until then are dropped.
    #[doc(alias("all", "find_all"))]
    pub fn collect(&self) -> impl Future<Output = Result<Vec<R>>> + use<R, A> {
        self.query().collect()
    }

    /// Reads the record with the lowest key, if there is any record. One call.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    pub fn first(&self) -> impl Future<Output = Result<Option<R>>> + use<R, A> {
        self.query().first()
    }

    /// Reads the record with this key, if there is one. One call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// if let Some(order) = caspio.table::<Order>().get(17).await? {
    ///     println!("{}", order.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    #[doc(alias("find", "find_by_id", "by_key"))]
    pub fn get<F>(&self, key: impl IntoKey<A::Key, F>) -> BoxFuture<'static, Result<Option<R>>> {
        let key: A::Key = key.into_key();
        self.query().by_key(key.into()).boxed()
    }

    /// Reads the records with these keys, as many in a call as fit; a key without a record is missing
    /// from the result.
    ///
    /// About 200 keys fit one call, or 1,000 that follow each other; up to four calls are in progress at once.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>().get_many([17, 18, 99]).await?;
    /// println!("{} of 3 orders exist", orders.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any error that stops one of the calls.
    #[doc(alias = "find_many")]
    pub fn get_many<K: IntoKey<A::Key, F>, F>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> BoxFuture<'static, Result<BTreeMap<A::Key, R>>> {
        let query = self.query();
        let keys = keys.into_iter().map(|key| {
            let key: A::Key = key.into_key();
            key.into()
        });
        let keys = keys.collect();
        async move {
            let records = query.by_keys(keys).await?.into_iter();
            Ok(records
                .filter_map(|(key, record)| Some((key.try_into().ok()?, record)))
                .collect())
        }
        .boxed()
    }
}
