//! What groups records, and which groups are read.

use super::{Filter, Grouped, NamedColumn, OrderTerm, TypedColumn};
use crate::Column;
use crate::column::IntoColumn;
use crate::expected::Expected;
use crate::field::{FieldType, kind};

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

/// The columns for `group_by`: one, or several in a tuple of up to eight or a vector. Names that are known only at run
/// time are given by [`column_named`](super::column_named), those of maps by
/// [`c.column`](super::ColumnsByName::column).
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
    note = "a column that is chosen at run time is given by its name and type, `column_named::<String>(name)`, in a map `c.column::<String>(name)`",
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
        is_aggregate: false,
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
