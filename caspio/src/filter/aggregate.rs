//! Aggregates of groups of records, and conditions on them.

use super::expr::{Name, Operand, Operator};
use super::literal::{Literal, ToLiteral};
use super::{Filter, moments};
use crate::field::kind;
use std::fmt;
use std::marker::PhantomData;

/// Marks a condition on groups of records of `S`, for `having`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::filter::{Grouped, count_all};
///
/// fn crowded() -> Filter<Grouped<Contact>> {
///     count_all().gt(100)
/// }
///
/// assert_eq!(crowded().to_sql(), "COUNT(*) > 100");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Grouped<S>(PhantomData<fn() -> S>);

/// A value computed over a group of records, of kind `K`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::advanced::kind;
/// use caspio::filter::Aggregate;
///
/// let oldest: Aggregate<Contact, kind::Integer> = Contact::COLUMNS.age.max();
/// assert_eq!(oldest.lt(65).to_sql(), "MAX(Age) < 65");
/// ```
pub struct Aggregate<S, K> {
    pub(super) operand: Operand,
    types: PhantomData<fn() -> (S, K)>,
}

impl<S, K> Aggregate<S, K> {
    /// Creates an aggregate of a column; `of_integers` are the values of the column.
    pub(crate) fn new(function: &'static str, column: impl Into<Name>, of_integers: bool) -> Self {
        Self {
            operand: Operand::Aggregate {
                function,
                column: Some(column.into()),
                of_integers,
            },
            types: PhantomData,
        }
    }

    fn compare(self, operator: Operator, right: Literal) -> Filter<Grouped<S>> {
        Filter::new(moments::compare(self.operand, operator, right))
    }
}

/// Returns the number of records of a group.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::filter::{Grouped, count_all};
///
/// let large: Filter<Grouped<Contact>> = count_all().gt(10);
/// assert_eq!(large.to_sql(), "COUNT(*) > 10");
/// ```
#[must_use]
pub fn count_all<S>() -> Aggregate<S, kind::Integer> {
    Aggregate {
        operand: Operand::Aggregate {
            function: "COUNT",
            column: None,
            of_integers: false,
        },
        types: PhantomData,
    }
}

impl<S, K: kind::Ordered> Aggregate<S, K> {
    /// Returns the condition that the aggregate equals this value.
    #[doc(alias("==", "equals"))]
    pub fn eq<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Eq, value.to_literal())
    }

    /// Returns the condition that the aggregate differs from this value.
    #[doc(alias("!=", "<>", "not_equal"))]
    pub fn ne<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Ne, value.to_literal())
    }

    /// Returns the condition that the aggregate is less than the value.
    #[doc(alias("<", "less_than"))]
    pub fn lt<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Lt, value.to_literal())
    }

    /// Returns the condition that the aggregate is less than the value, or equal.
    #[doc(alias("<=", "lte"))]
    pub fn le<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Le, value.to_literal())
    }

    /// Returns the condition that the aggregate is greater than the value.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.balance.sum().gt(1000).to_sql(), "SUM(Balance) > 1000");
    /// ```
    #[doc(alias(">", "greater_than"))]
    pub fn gt<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Gt, value.to_literal())
    }

    /// Returns the condition that the aggregate is greater than the value, or equal.
    #[doc(alias(">=", "gte"))]
    pub fn ge<V: ToLiteral<K>>(self, value: V) -> Filter<Grouped<S>> {
        self.compare(Operator::Ge, value.to_literal())
    }
}

impl<S, K> fmt::Debug for Aggregate<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Aggregate").field(&self.operand).finish()
    }
}
