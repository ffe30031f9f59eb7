//! Conditions on groups of records.

use super::expr::{Name, Operand, Operator};
use super::literal::{Literal, ToLiteral};
use super::{Filter, NamedColumn, OrderTerm, TypedColumn, moments};
use crate::Column;
use crate::column::IntoColumn;
use crate::expected::Expected;
use crate::field::{FieldType, kind};
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
    operand: Operand,
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

/// An optional condition on groups: a [`Filter`] of aggregates, or an `Option` of one, whose `None` restricts
/// nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on groups of records of `{S}`",
    label = "expected a condition on groups",
    note = "conditions on groups are made by aggregates, `c.age.count().gt(10)` and not `c.age.count() > 10`; `count_all()` counts the records of a group",
    note = "conditions are combined by `&`, `|` and `!`, not by `&&` and `||`; a condition on records goes into `.filter(|c| ..)`"
)]
pub trait IntoGroupCondition<S>: Expected<Filter<Grouped<S>>, Type = Self> {
    /// Returns the condition.
    fn into_group_condition(self) -> Filter<Grouped<S>>;
}

impl<S> IntoGroupCondition<S> for Filter<Grouped<S>> {
    fn into_group_condition(self) -> Filter<Grouped<S>> {
        self
    }
}

impl<S> IntoGroupCondition<S> for Option<Filter<Grouped<S>>> {
    fn into_group_condition(self) -> Filter<Grouped<S>> {
        self.unwrap_or_default()
    }
}

impl<S, K> fmt::Debug for Aggregate<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Aggregate").field(&self.operand).finish()
    }
}

/// The columns for `group_by`: one, or several in a tuple of up to eight or a vector. Names that are known only at run
/// time are given by [`column_named`](super::column_named).
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// #[derive(CaspioRecord)]
/// #[caspio(of = Contact)]
/// struct People {
///     city: Option<String>,
///     active: bool,
///     #[caspio(count)]
///     people: u64,
/// }
///
/// let people = caspio.table::<Contact>().query().select::<People>();
/// let people = people.group_by(|c| (c.city, c.active)).collect().await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the records of `{S}` cannot be grouped by `{Self}`",
    label = "expected columns to group by",
    note = "groups are formed by columns, `c.city`; several go in a tuple of up to eight, `(c.city, c.age)`",
    note = "all columns are those of `{S}`, which the closure receives"
)]
pub trait GroupColumns<S>: sealed::Sealed {
    #[doc(hidden)]
    fn into_terms(self) -> Vec<OrderTerm>;
}

impl<S, U: FieldType<Kind: kind::Comparable>, A> GroupColumns<S> for Column<S, U, A> {
    fn into_terms(self) -> Vec<OrderTerm> {
        vec![term::<S, U>(self)]
    }
}

impl<S, U: FieldType<Kind: kind::Comparable>> GroupColumns<S> for NamedColumn<U> {
    fn into_terms(self) -> Vec<OrderTerm> {
        vec![term::<S, U>(self)]
    }
}

impl<S, G: GroupColumns<S>> GroupColumns<S> for Vec<G> {
    fn into_terms(self) -> Vec<OrderTerm> {
        self.into_iter().flat_map(G::into_terms).collect()
    }
}

fn term<S, U: FieldType<Kind: kind::Comparable>>(
    column: impl IntoColumn<S> + TypedColumn<Field = U>,
) -> OrderTerm {
    OrderTerm {
        name: column.into_name().into_owned(),
        descending: false,
        kind: <U::Kind as kind::Comparable>::KIND,
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, $($name: GroupColumns<S>),+> GroupColumns<S> for ($($name,)+) {
            #[allow(non_snake_case, reason = "the macro names bindings after their types")]
            fn into_terms(self) -> Vec<OrderTerm> {
                let ($($name,)+) = self;
                [$($name.into_terms()),+].concat()
            }
        }

        impl<$($name: sealed::Sealed),+> sealed::Sealed for ($($name,)+) {}
    )*};
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

mod sealed {
    /// Keeps `GroupColumns` to columns, tuples and vectors of them.
    pub trait Sealed {}

    impl<S, U, A> Sealed for crate::Column<S, U, A> {}
    impl<U> Sealed for crate::filter::NamedColumn<U> {}
    impl<G: Sealed> Sealed for Vec<G> {}
}
