//! How far a query has been narrowed, for the compiler.

/// A query without a condition yet: it can be read, and neither updated nor deleted.
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Everything;
///
/// fn orders(caspio: &Client) -> Query<Order, Everything> {
///     caspio.table::<Order>().query()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Everything {}

/// A query with a condition, or one that was said to be for `all()` records: it can be read, updated and
/// deleted.
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Narrowed;
///
/// fn open(caspio: &Client) -> Query<Order, Narrowed> {
///     caspio.table::<Order>().filter(|o| o.status.eq("Open"))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Narrowed {}

/// A query for reading only, of a view, of a part of a table, or by
/// [`for_reading`](super::Query::for_reading).
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Reading;
///
/// fn orders(caspio: &Client, open: bool) -> Query<Order, Reading> {
///     let orders = caspio.table::<Order>().query().for_reading();
///     if open { orders.filter(|o| o.status.eq("Open")) } else { orders }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Reading {}

/// How far a query has been narrowed: [`Everything`], [`Narrowed`] or [`Reading`].
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Scope;
///
/// async fn report<S: Scope>(orders: Query<Order, S>) -> caspio::Result<()> {
///     println!("{} orders", orders.count().await?);
///     Ok(())
/// }
/// ```
pub trait Scope: sealed::Sealed {
    /// What a further condition makes of it.
    type Narrowed: Scope;
}

impl Scope for Everything {
    type Narrowed = Narrowed;
}

impl Scope for Narrowed {
    type Narrowed = Self;
}

impl Scope for Reading {
    type Narrowed = Self;
}

/// Queries that can update and delete: those that are [`Narrowed`].
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::read::Writes;
///
/// async fn discard<S: Writes>(orders: Query<Order, S>) -> caspio::Result<()> {
///     println!("{} deleted", orders.delete().await?.records);
///     Ok(())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a query for `{Self}` neither updates nor deletes",
    label = "no records were chosen to be written",
    note = "say which records, `contacts.filter(|c| c.email.is_null())`; for every record, say so: `contacts.all()`",
    note = "a view is written by `view.writable().filter(..)`; a query `for_reading()` only reads"
)]
pub trait Writes: Scope {}

impl Writes for Narrowed {}

mod sealed {
    /// Keeps `Scope` to its three types.
    pub trait Sealed {}

    impl Sealed for super::Everything {}
    impl Sealed for super::Narrowed {}
    impl Sealed for super::Reading {}
}
