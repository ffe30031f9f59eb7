//! Closures that receive the columns of a table or view.
//!
//! A bound on what a closure returns is reported at the method that takes the closure. A bound of these traits' impls
//! is reported at the closure, and [`Returns`] at the expression that the closure returns.

use super::{
    Filter, GroupColumns, Grouped, IntoCondition, IntoFilter, IntoGroupCondition, IntoOrder,
};
use crate::column::{Column, IntoColumn};
use crate::expected::{Expected, Returns};
use crate::record::Source;

/// A closure that returns a condition: `|c| c.city.eq("Rome")`.
///
/// Implemented for all closures and functions that return a [`Filter`](crate::Filter), or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns a condition on the records of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "a condition is returned by a closure, `|c| c.city.eq(\"Rome\")`; pass a `Filter` to `filter_by`"
)]
pub trait FilterFn<S: Source>: FnOnce(S::Columns) -> Self::Condition {
    /// What it returns.
    type Condition: IntoFilter<S>;
}

impl<S: Source, F, C> FilterFn<S> for F
where
    F: FnOnce(S::Columns) -> C + Returns<S::Columns, <C as Expected<Filter<S>>>::Type>,
    C: IntoFilter<S>,
{
    type Condition = C;
}

/// A closure that returns the condition of a write: `|c| c.city.eq("Rome")`.
///
/// Implemented for all closures and functions that return a [`Filter`](crate::Filter).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns a condition on the records of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "a condition is returned by a closure, `|c| c.city.eq(\"Rome\")`; pass a `Filter` to `update_where_by` or `delete_where_by`"
)]
pub trait ConditionFn<S: Source>: FnOnce(S::Columns) -> Self::Condition {
    /// What it returns.
    type Condition: IntoCondition<S>;
}

impl<S: Source, F, C> ConditionFn<S> for F
where
    F: FnOnce(S::Columns) -> C + Returns<S::Columns, <C as Expected<Filter<S>>>::Type>,
    C: IntoCondition<S>,
{
    type Condition = C;
}

/// A closure that returns an order: `|c| c.city.asc()`.
///
/// Implemented for all closures and functions that return one or several terms.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns an order of the records of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "an order is returned by a closure, `|c| c.city.asc()`"
)]
pub trait OrderFn<S: Source>: FnOnce(S::Columns) -> Self::Order {
    /// What it returns.
    type Order: IntoOrder<S>;
}

impl<S: Source, F, O> OrderFn<S> for F
where
    F: FnOnce(S::Columns) -> O,
    O: IntoOrder<S>,
{
    type Order = O;
}

/// A closure that returns columns to group by: `|c| c.city`.
///
/// Implemented for all closures and functions that return one or several columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns columns of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "columns are returned by a closure, `|c| c.city` or `|c| (c.city, c.age)`"
)]
pub trait GroupFn<S: Source>: FnOnce(S::Columns) -> Self::Groups {
    /// What it returns.
    type Groups: GroupColumns<S>;
}

impl<S: Source, F, G> GroupFn<S> for F
where
    F: FnOnce(S::Columns) -> G,
    G: GroupColumns<S>,
{
    type Groups = G;
}

/// A closure that returns a column or its name: `|c| c.email`, `|_| "Email"`.
///
/// Implemented for all closures and functions that return one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns a column of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "a column is returned by a closure, `|c| c.email` or `|_| \"Email\"`"
)]
pub trait ColumnFn<S: Source>: FnOnce(S::Columns) -> Self::Column {
    /// What it returns.
    type Column: IntoColumn<S>;
}

impl<S: Source, F, C> ColumnFn<S> for F
where
    F: FnOnce(S::Columns) -> C + Returns<S::Columns, <C as Expected<Column<S, ()>>>::Type>,
    C: IntoColumn<S>,
{
    type Column = C;
}

/// A closure that returns a condition on groups: `|c| c.age.count().gt(10)`.
///
/// Implemented for all closures and functions that return a [`Filter`] of [`Grouped`] records, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that returns a condition on groups of records of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "a condition is returned by a closure, `|c| c.age.count().gt(10)`, also a finished one: `|_| condition`"
)]
pub trait HavingFn<S: Source>: FnOnce(S::Columns) -> Self::Condition {
    /// What it returns.
    type Condition: IntoGroupCondition<S>;
}

impl<S: Source, F, C> HavingFn<S> for F
where
    F: FnOnce(S::Columns) -> C + Returns<S::Columns, <C as Expected<Filter<Grouped<S>>>>::Type>,
    C: IntoGroupCondition<S>,
{
    type Condition = C;
}
