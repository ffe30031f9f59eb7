//! The comparisons that columns offer, each only where it fits the column's type.

use super::conditions::{
    Values, compare, is_yes_no, like, like_literally, listed, none_of, null, one_of,
};
use super::expr::Operator;
use super::literal::Literal;
use super::{Filter, ToLiteral, moments};
use crate::Column;
use crate::field::{FieldType, kind};

/// Equality, for every kind of column except lists, passwords and converted ones.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column equals this value. Text is compared as SQL Server does: without case or
    /// trailing blanks.
    ///
    /// Emoji have no weight there: a text of emoji alone equals every other one and the empty text, so a condition with
    /// `eq("🟢")` also finds records with `"🔴"` and `""`. Similar letters are equal, such as `ß` and `ss`. For what a
    /// write depends on, take texts with letters or digits, `"🟢 Open"`.
    ///
    /// A null never equals anything; compare with [`is_null`](Self::is_null). A literal of more than 32 bits needs its
    /// type, here and in the other comparisons: `c.pk_id.eq(3_000_000_000_i64)`.
    ///
    /// In all comparisons of dates and times, a [`Date`](crate::Date) is the whole day and not its midnight: `eq` is
    /// at any time of that day, `le` that day or earlier, `gt` after that day. `eq`, `ne` and lists compare with a
    /// [`DateTime`](crate::DateTime) as it is stored, in steps of 1/300 s on its day.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.eq("Rome").to_sql(), "City = N'Rome'");
    /// assert_eq!(
    ///     c.joined.eq(date!("2024-02-29")).to_sql(),
    ///     "Joined >= '2024-02-29T00:00:00' AND Joined < '2024-03-01T00:00:00'"
    /// );
    /// ```
    #[doc(alias("==", "equals", "is"))]
    pub fn eq<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Eq, value.to_literal())
    }

    /// Returns the condition that the column differs from this value. A null neither equals nor differs from anything.
    #[doc(alias("!=", "<>", "not_equal"))]
    pub fn ne<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Ne, value.to_literal())
    }

    /// Returns the condition that the column equals one of these values; an empty list matches nothing.
    ///
    /// A list too long for one URL is read in parts, except in an order of [`order_by`](crate::read::Query::order_by),
    /// where it is refused; so it is in a count and the other aggregates, in `exists`, and in writes by a condition.
    ///
    /// A [`Date`](crate::Date) of the list is the whole day, as in [`eq`](Self::eq). It is sent as a range of moments,
    /// so that about 20 days that do not follow one another fit into a URL; a longer list is read in parts.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.in_([18, 21]).to_sql(), "Age IN (18,21)");
    /// ```
    #[doc(alias("IN", "is_in", "one_of", "any_of"))]
    pub fn in_<V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        let values = values.into_iter().map(|value| listed::<U, _>(&value));
        one_of(self.name().into(), values.collect())
    }

    /// Returns the condition that the column equals none of these values; an empty list matches everything that is not
    /// null, and is refused in a write. A [`Date`](crate::Date) of the list is the whole day, as in [`ne`](Self::ne). A
    /// list too long for one URL is refused.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.not_in([18, 21]).to_sql(), "NOT (Age IN (18,21))");
    /// ```
    #[doc(alias("NOT IN", "none_of"))]
    pub fn not_in<V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        let values = values.into_iter().map(|value| listed::<U, _>(&value));
        none_of(self.name().into(), values.collect())
    }
}

/// Order, for numbers, text and dates.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column is less than the value, or earlier.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.lt(18).to_sql(), "Age < 18");
    /// ```
    #[doc(alias("<", "less_than"))]
    pub fn lt<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Lt, value.to_literal())
    }

    /// Returns the condition that the column is less than the value, or earlier, or equal. With a
    /// [`Date`](crate::Date): on that day, or earlier.
    #[doc(alias("<=", "lte", "less_or_equal"))]
    pub fn le<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Le, value.to_literal())
    }

    /// Returns the condition that the column is greater than the value, or later. With a [`Date`](crate::Date): after
    /// that day.
    #[doc(alias(">", "greater_than"))]
    pub fn gt<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Gt, value.to_literal())
    }

    /// Returns the condition that the column is greater than the value, or later, or equal.
    #[doc(alias(">=", "gte", "greater_or_equal"))]
    pub fn ge<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        compare(self.name().into(), Operator::Ge, value.to_literal())
    }

    /// Returns the condition that the column is between the two values, both included. A [`Date`](crate::Date) is
    /// included with all its times.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.between(18, 30).to_sql(), "Age BETWEEN 18 AND 30");
    /// ```
    #[doc(alias("BETWEEN", "range"))]
    pub fn between<V, W>(self, low: V, high: W) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
        W: ToLiteral<Values<U>>,
    {
        Filter::new(moments::between(
            self.name().into(),
            low.to_literal(),
            high.to_literal(),
        ))
    }
}

/// Null, for every column that may be null.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column is null.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.is_null().to_sql(), "City IS NULL");
    /// ```
    #[doc(alias("IS NULL", "is_none", "is_empty"))]
    pub fn is_null(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        null(self.name().into(), true, is_yes_no::<U>())
    }

    /// Returns the condition that the column is not null.
    #[doc(alias("IS NOT NULL", "is_some"))]
    pub fn is_not_null(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        null(self.name().into(), false, is_yes_no::<U>())
    }
}

/// Patterns, for text.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column matches a T-SQL pattern: `%` any text, `_` any character, `[a-c]` one of a
    /// set.
    ///
    /// To search for a text that may contain these characters, use [`contains`](Self::contains),
    /// [`starts_with`](Self::starts_with) or [`ends_with`](Self::ends_with).
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.like("N_w%").to_sql(), "City LIKE N'N_w%'");
    /// ```
    #[doc(alias("LIKE", "matches"))]
    pub fn like(self, pattern: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like(self.name().into(), pattern.as_ref())
    }

    /// Returns the condition that the column begins with this text, whose wildcards are matched literally.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.starts_with("50%").to_sql(), "City LIKE N'50[%]%'");
    /// ```
    #[doc(alias("begins_with", "prefix"))]
    pub fn starts_with(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name().into(), "", text.as_ref(), "%")
    }

    /// Returns the condition that the column ends with this text, whose wildcards are matched literally.
    #[doc(alias = "suffix")]
    pub fn ends_with(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name().into(), "%", text.as_ref(), "")
    }

    /// Returns the condition that the column contains this text, whose wildcards are matched literally.
    #[doc(alias("includes", "substring"))]
    pub fn contains(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        like_literally(self.name().into(), "%", text.as_ref(), "%")
    }
}

/// Yes/No.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column is Yes.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// let adult = c.active.is_true() & c.age.ge(18);
    /// ```
    #[doc(alias("yes", "checked"))]
    pub fn is_true(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        compare(self.name().into(), Operator::Eq, Literal::yes_no(true))
    }

    /// Returns the condition that the column is No.
    #[doc(alias("no", "unchecked"))]
    pub fn is_false(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        compare(self.name().into(), Operator::Eq, Literal::yes_no(false))
    }
}
