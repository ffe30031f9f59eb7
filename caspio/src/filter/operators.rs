//! Operators that columns and aggregates do not have: their messages name what to write.

use super::{Aggregate, Filter};
use crate::Column;
use crate::expected::Expected;
use std::cmp::Ordering;
use std::ops::{BitAnd, BitOr, Not};

/// A value that columns are compared with by operators. There is none: a comparison by an operator would
/// be a `bool`, and a condition is computed by the service.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a column is not compared by an operator",
    label = "use `.eq(..)`, `.ne(..)`, `.lt(..)`, `.le(..)`, `.gt(..)` or `.ge(..)`, on a `&Column` as `(*column).eq(..)`",
    note = "`c.city.eq(\"Rome\")` is a condition, and `c.city.is_null()`; conditions are combined by `&`, `|` and `!`"
)]
pub trait ComparedByOperator {}

impl<S, U, A, V: ComparedByOperator> PartialEq<V> for Column<S, U, A> {
    fn eq(&self, _: &V) -> bool {
        false
    }
}

impl<S, U, A, V: ComparedByOperator> PartialOrd<V> for Column<S, U, A> {
    fn partial_cmp(&self, _: &V) -> Option<Ordering> {
        None
    }
}

/// A value that aggregates are compared with by operators. There is none, as for columns.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an aggregate is not compared by an operator",
    label = "use `.eq(..)`, `.ne(..)`, `.lt(..)`, `.le(..)`, `.gt(..)` or `.ge(..)`",
    note = "`c.age.count().gt(10)` is a condition on groups; conditions are combined by `&`, `|` and `!`"
)]
pub trait AggregateComparedByOperator {}

impl<S, K, V: AggregateComparedByOperator> PartialEq<V> for Aggregate<S, K> {
    fn eq(&self, _: &V) -> bool {
        false
    }
}

impl<S, K, V: AggregateComparedByOperator> PartialOrd<V> for Aggregate<S, K> {
    fn partial_cmp(&self, _: &V) -> Option<Ordering> {
        None
    }
}

/// A column with an operator of conditions, `!c.active` or `c.active & c.vip`, which is not a condition.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[must_use = "a column is not a condition: use `.is_true()` or `.is_false()`"]
pub struct ColumnAsCondition;

impl<S> Expected<Filter<S>> for ColumnAsCondition {
    type Type = Filter<S>;
}

macro_rules! no_operators {
    ($([$($param:ident),*] $ty:ty),*) => {$(
        impl<$($param),*> Not for $ty {
            type Output = ColumnAsCondition;

            fn not(self) -> ColumnAsCondition {
                ColumnAsCondition
            }
        }

        impl<$($param,)* V> BitAnd<V> for $ty {
            type Output = ColumnAsCondition;

            fn bitand(self, _: V) -> ColumnAsCondition {
                ColumnAsCondition
            }
        }

        impl<$($param,)* V> BitOr<V> for $ty {
            type Output = ColumnAsCondition;

            fn bitor(self, _: V) -> ColumnAsCondition {
                ColumnAsCondition
            }
        }
    )*};
}

no_operators!([S, U, A] Column<S, U, A>, [] ColumnAsCondition);
