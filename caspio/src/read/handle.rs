//! One table or view of the account, bound to a struct.

use super::page::Pages;
use super::query::Query;
use super::records::Records;
use super::scope::{Everything, Reading, Scope};
use crate::client::Client;
use crate::filter::{Filter, IntoOrder, RawValues};
use crate::record::{DecodeOwned, Key, Record, Source, SourceKind};
use crate::target::Target;
use caspio_core::Result;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// A table of the account as records `R`: everything called on it is bound to that table.
///
/// Made by [`Client::table`], or [`Client::table_named`] for a name known at run time. It is a
/// handle: making and cloning one makes no call.
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let orders = caspio.table::<Order>();
/// let one = orders.get(17).await?;
/// let many = orders.get_many([17, 18, 99]).await?;
/// let open = orders.filter(|o| o.status.eq("Open")).collect().await?;
/// # Ok(())
/// # }
/// ```
pub struct Table<R> {
    client: Client,
    target: Target,
    record: PhantomData<fn() -> R>,
}

/// A view of the account as records `R`: everything called on it is bound to that view.
///
/// Made by [`Client::view`], or [`Client::view_named`] for a name known at run time. It is a
/// handle: making and cloning one makes no call. A view's key is text, the ids of its tables'
/// records joined by commas.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioView)] #[caspio(view = "Active")]
/// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let active = caspio.view::<Active>();
/// let one = active.get("17,3").await?;
/// let reachable = active.filter(|a| a.email.is_not_null()).collect().await?;
/// # Ok(())
/// # }
/// ```
pub struct View<R> {
    client: Client,
    target: Target,
    record: PhantomData<fn() -> R>,
}

macro_rules! read_handle {
    ($handle:ident, $kind:ident, $key:ty, $scope:ty) => {
        impl<R: Record> $handle<R> {
            pub(crate) fn new(client: Client, name: &str) -> Self {
                Self {
                    client,
                    target: Target::new(SourceKind::$kind, name),
                    record: PhantomData,
                }
            }

            pub(crate) fn client(&self) -> &Client {
                &self.client
            }

            pub(crate) fn target(&self) -> &Target {
                &self.target
            }

            /// The name in Caspio.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// assert_eq!(caspio.table::<Order>().name(), "Orders");
            /// assert_eq!(caspio.view::<Active>().name(), "Active");
            /// # }
            /// ```
            #[must_use]
            pub fn name(&self) -> &str {
                &self.target.name
            }

            /// Binds the same struct to another name of the same shape.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let archived = caspio.table::<Order>().named("Orders_2024");
            /// let former = caspio.view::<Active>().named("Former");
            /// # }
            /// ```
            #[must_use]
            pub fn named(self, name: &str) -> Self {
                Self::new(self.client, name)
            }

            /// A query for all its records, to be narrowed.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let orders = caspio.table::<Order>().query().page_size(200);
            /// let active = caspio.view::<Active>().query().page_size(200);
            /// # }
            /// ```
            pub fn query(&self) -> Query<R, $scope> {
                Query::new(self.client.clone(), self.target.clone())
            }

            /// A query for the records for which the condition holds; see [`Query::filter`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
            /// let reachable = caspio.view::<Active>().filter(|a| a.email.is_not_null());
            /// # }
            /// ```
            pub fn filter<F>(&self, condition: F) -> Query<R, <$scope as Scope>::Narrowed>
            where
                F: FnOnce(<R::Source as Source>::Columns) -> Filter<R::Source>,
            {
                self.query().filter(condition)
            }

            /// A query for the records for which a finished condition holds.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let open = Order::COLUMNS.status.eq("Open");
            /// let orders = caspio.table::<Order>().filter_by(open);
            ///
            /// let reachable = Active::COLUMNS.email.is_not_null();
            /// let active = caspio.view::<Active>().filter_by(reachable);
            /// # }
            /// ```
            pub fn filter_by(
                &self,
                filter: Filter<R::Source>,
            ) -> Query<R, <$scope as Scope>::Narrowed> {
                self.query().filter_by(filter)
            }

            /// A query with a T-SQL condition of your own, whose text is trusted; see
            /// [`Query::filter_raw`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let values = ("Open", 8);
            /// let orders = caspio.table::<Order>().filter_raw("Status = ? OR LEN(Status) > ?", values);
            ///
            /// let values = ("a@b.c", 8);
            /// let active = caspio.view::<Active>().filter_raw("Email = ? OR LEN(Email) > ?", values);
            /// # }
            /// ```
            pub fn filter_raw(
                &self,
                text: &str,
                values: impl RawValues,
            ) -> Query<R, <$scope as Scope>::Narrowed> {
                self.query().filter_raw(text, values)
            }

            /// A query for all its records in an order; see [`Query::order_by`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # fn example(caspio: Client) {
            /// let newest = caspio.table::<Order>().order_by(|o| o.placed.desc());
            /// let by_email = caspio.view::<Active>().order_by(|a| a.email.asc());
            /// # }
            /// ```
            pub fn order_by<F, O>(&self, order: F) -> Query<R, $scope>
            where
                F: FnOnce(<R::Source as Source>::Columns) -> O,
                O: IntoOrder<R::Source>,
            {
                self.query().order_by(order)
            }

            /// All its records page by page. One call a page.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let mut orders = caspio.table::<Order>().pages();
            /// while let Some(page) = orders.try_next().await? {
            ///     println!("{} orders", page.len());
            /// }
            ///
            /// let first = caspio.view::<Active>().pages().try_next().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn pages(&self) -> Pages<R> {
                self.query().pages()
            }

            /// How many records it has. One call.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let orders = caspio.table::<Order>().count().await?;
            /// let active = caspio.view::<Active>().count().await?;
            /// println!("{orders} orders, {active} active");
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// What the service or the way to it reports.
            pub async fn count(&self) -> Result<u64> {
                self.query().count().await
            }

            /// A query for its first records by key; see [`Query::limit`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let orders = caspio.table::<Order>().limit(10).collect().await?;
            /// let active = caspio.view::<Active>().limit(10).collect().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn limit(&self, count: u64) -> Query<R, $scope> {
                self.query().limit(count)
            }
        }

        impl<R: DecodeOwned> $handle<R> {
            /// All its records as a stream. One call for every 1,000, plus at most one.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let mut orders = caspio.table::<Order>().stream();
            /// while let Some(order) = orders.try_next().await? {
            ///     println!("{}", order.status);
            /// }
            ///
            /// let first = caspio.view::<Active>().stream().try_next().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn stream(&self) -> Records<R> {
                self.query().stream()
            }

            /// All its records in memory. One call for every 1,000, plus at most one.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let orders = caspio.table::<Order>().collect().await?;
            /// let active = caspio.view::<Active>().collect().await?;
            /// println!("{} orders, {} active", orders.len(), active.len());
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// Whatever stopped the read: a result that comes is complete.
            pub async fn collect(&self) -> Result<Vec<R>> {
                self.query().collect().await
            }

            /// Its first record by key, if it has any. One call.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// if let Some(order) = caspio.table::<Order>().first().await? {
            ///     println!("{}", order.status);
            /// }
            /// let active = caspio.view::<Active>().first().await?;
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// As for [`collect`](Self::collect).
            pub async fn first(&self) -> Result<Option<R>> {
                self.query().first().await
            }

            /// The record with this key, if there is one. One call.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// if let Some(order) = caspio.table::<Order>().get(17).await? {
            ///     println!("{}", order.status);
            /// }
            /// let active = caspio.view::<Active>().get("17,3").await?;
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// As for [`collect`](Self::collect).
            pub async fn get(&self, key: impl Into<$key>) -> Result<Option<R>> {
                let key: $key = key.into();
                self.query().by_key(Key::from(key)).await
            }

            /// The records with these keys, by their keys. One call for every 200 keys or so, as many
            /// as an address takes; of keys that follow each other, one for every 1,000.
            ///
            /// Keys without a record are left out.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
            /// # struct Order { #[caspio(pk)] pk_id: i64, status: String, placed: DateTime }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let orders = caspio.table::<Order>().get_many([17, 18, 99]).await?;
            /// if let Some(order) = orders.get(&17) {
            ///     println!("{}", order.status);
            /// }
            /// let active = caspio.view::<Active>().get_many(["17,3", "18,3"]).await?;
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// As for [`collect`](Self::collect).
            pub async fn get_many<K: Into<$key>>(
                &self,
                keys: impl IntoIterator<Item = K>,
            ) -> Result<BTreeMap<$key, R>> {
                let keys = keys.into_iter().map(|key| Key::from(key.into()));
                let records = self.query().by_keys(keys.collect()).await?;
                let records = records.into_iter();
                Ok(records
                    .filter_map(|(key, record)| Some((<$key>::try_from(key).ok()?, record)))
                    .collect())
            }
        }

        impl<R> Clone for $handle<R> {
            fn clone(&self) -> Self {
                Self {
                    client: self.client.clone(),
                    target: self.target.clone(),
                    record: PhantomData,
                }
            }
        }

        impl<R> fmt::Debug for $handle<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($handle))
                    .field(&self.target.name)
                    .finish()
            }
        }
    };
}

read_handle!(Table, Table, i64, Everything);
read_handle!(View, View, String, Reading);
