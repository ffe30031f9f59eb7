//! Conditions on columns that are chosen at run time.

use super::conditions::{
    Values, compare, is_yes_no, like, like_literally, listed, none_of, null, one_of,
};
use super::expr::Operator;
use super::literal::Literal;
use super::{Filter, NamedColumn, ToLiteral, moments};
use crate::field::{FieldType, kind};

/// Conditions, like those of a [`Column`](crate::Column). The name is quoted, so it may come from a user of the
/// program: the service responds with an error if there is no such column.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::filter::column_named;
///
/// fn search(column: &str, value: &str) -> Filter<Contact> {
///     column_named::<String>(column).starts_with(value)
/// }
///
/// assert_eq!(search("Due] = 1 --", "Ro").to_sql(), "[Due]] = 1 --] LIKE N'Ro%'");
/// ```
impl<U: FieldType> NamedColumn<U> {
    /// Returns the condition that the column equals this value; see [`Column::eq`](crate::Column::eq).
    pub fn eq<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Eq, value.to_literal())
    }

    /// Returns the condition that the column does not equal this value; see [`Column::ne`](crate::Column::ne).
    pub fn ne<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Ne, value.to_literal())
    }

    /// Returns the condition that the column equals one of these values; see [`Column::in_`](crate::Column::in_).
    pub fn in_<S, V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        let values = values.into_iter().map(|value| listed::<U, _>(&value));
        one_of(self.name.into(), values.collect())
    }

    /// Returns the condition that the column equals none of these values; see
    /// [`Column::not_in`](crate::Column::not_in).
    pub fn not_in<S, V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        let values = values.into_iter().map(|value| listed::<U, _>(&value));
        none_of(self.name.into(), values.collect())
    }

    /// Returns the condition that the column is less than the value, or earlier; see [`Column::lt`](crate::Column::lt).
    pub fn lt<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Lt, value.to_literal())
    }

    /// Returns the condition that the column is at most the value; see [`Column::le`](crate::Column::le).
    pub fn le<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Le, value.to_literal())
    }

    /// Returns the condition that the column is greater than the value, or later; see
    /// [`Column::gt`](crate::Column::gt).
    pub fn gt<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Gt, value.to_literal())
    }

    /// Returns the condition that the column is at least the value; see [`Column::ge`](crate::Column::ge).
    pub fn ge<S, V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name.into(), Operator::Ge, value.to_literal())
    }

    /// Returns the condition that the column is between two values, including both; see
    /// [`Column::between`](crate::Column::between).
    pub fn between<S, V, W>(self, low: V, high: W) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
        W: ToLiteral<Values<U>>,
    {
        let (low, high) = (low.to_literal(), high.to_literal());
        Filter::new(moments::between(self.name.into(), low, high))
    }

    /// Returns the condition that the column is null.
    pub fn is_null<S>(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        null(self.name.into(), true, is_yes_no::<U>())
    }

    /// Returns the condition that the column is not null.
    pub fn is_not_null<S>(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        null(self.name.into(), false, is_yes_no::<U>())
    }

    /// Returns the condition that the column is Yes.
    pub fn is_true<S>(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        compare(self.name.into(), Operator::Eq, Literal::yes_no(true))
    }

    /// Returns the condition that the column is No.
    pub fn is_false<S>(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        compare(self.name.into(), Operator::Eq, Literal::yes_no(false))
    }

    /// Returns the condition that the text matches a pattern; see [`Column::like`](crate::Column::like).
    pub fn like<S>(self, pattern: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like(self.name.into(), pattern.as_ref())
    }

    /// Returns the condition that the text begins with another one.
    pub fn starts_with<S>(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name.into(), "", text.as_ref(), "%")
    }

    /// Returns the condition that the text ends with another one.
    pub fn ends_with<S>(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name.into(), "%", text.as_ref(), "")
    }

    /// Returns the condition that the text contains another one.
    pub fn contains<S>(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name.into(), "%", text.as_ref(), "%")
    }
}
