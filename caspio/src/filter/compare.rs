//! The comparisons that columns offer, each only where it fits the column's type.

use super::literal::{Literal, push_like_escaped, push_name, quoted_name};
use super::{Expr, Filter, ToLiteral};
use crate::Column;
use crate::field::{FieldType, kind};

/// Equality, for every kind of column but lists, passwords and converted ones.
impl<S, U> Column<S, U>
where
    U: FieldType<Kind: kind::Comparable>,
{
    /// Holds this value. Text is compared as SQL Server does: without case or trailing blanks.
    pub fn eq<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test("=", &value.to_literal())
    }

    /// Holds another value. A null is neither equal nor unequal to anything.
    pub fn ne<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test("<>", &value.to_literal())
    }

    /// Holds one of these values; an empty list matches nothing.
    pub fn in_<V: ToLiteral<U::Kind>>(self, values: impl IntoIterator<Item = V>) -> Filter<S> {
        Filter::new(self.one_of(values))
    }

    /// Holds none of these values; an empty list matches everything that is not null.
    pub fn not_in<V: ToLiteral<U::Kind>>(self, values: impl IntoIterator<Item = V>) -> Filter<S> {
        match self.one_of(values) {
            Expr::In { items, .. } if items.is_empty() => self.is_not_null(),
            some => Filter::new(Expr::Not(Box::new(some))),
        }
    }

    fn one_of<V: ToLiteral<U::Kind>>(self, values: impl IntoIterator<Item = V>) -> Expr {
        let literals = values.into_iter().map(|value| value.to_literal());
        Expr::In {
            column: quoted_name(self.name()),
            items: literals.map(|literal| literal.to_string()).collect(),
        }
    }
}

/// Order, for numbers, text and dates.
impl<S, U> Column<S, U>
where
    U: FieldType<Kind: kind::Ordered>,
{
    /// Is less than the value, or earlier.
    pub fn lt<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test("<", &value.to_literal())
    }

    /// Is less than the value, or earlier, or equal.
    pub fn le<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test("<=", &value.to_literal())
    }

    /// Is greater than the value, or later.
    pub fn gt<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test(">", &value.to_literal())
    }

    /// Is greater than the value, or later, or equal.
    pub fn ge<V: ToLiteral<U::Kind>>(self, value: V) -> Filter<S> {
        self.test(">=", &value.to_literal())
    }

    /// Lies between the two, both included.
    pub fn between<V, W>(self, low: V, high: W) -> Filter<S>
    where
        V: ToLiteral<U::Kind>,
        W: ToLiteral<U::Kind>,
    {
        let name = quoted_name(self.name());
        let (low, high) = (low.to_literal(), high.to_literal());
        Filter::new(Expr::Test(format!("{name} BETWEEN {low} AND {high}")))
    }
}

/// Null, for every column that may hold one.
impl<S, U: FieldType> Column<S, U> {
    /// Holds nothing.
    pub fn is_null(self) -> Filter<S> {
        let name = quoted_name(self.name());
        Filter::new(Expr::Test(format!("{name} IS NULL")))
    }

    /// Holds something.
    pub fn is_not_null(self) -> Filter<S> {
        let name = quoted_name(self.name());
        Filter::new(Expr::Test(format!("{name} IS NOT NULL")))
    }
}

/// Patterns, for text.
impl<S, U> Column<S, U>
where
    U: FieldType<Kind: kind::Textual>,
{
    /// Matches a T-SQL pattern: `%` any text, `_` any character, `[a-c]` one of a set.
    ///
    /// The pattern's own wildcards count; to look for a text as it is, use
    /// [`contains`](Self::contains), [`starts_with`](Self::starts_with) or
    /// [`ends_with`](Self::ends_with).
    pub fn like(self, pattern: impl AsRef<str>) -> Filter<S> {
        self.test("LIKE", &Literal::text(pattern.as_ref()))
    }

    /// Begins with this text; wildcards in it stand for themselves.
    pub fn starts_with(self, text: impl AsRef<str>) -> Filter<S> {
        self.matches("", text.as_ref(), "%")
    }

    /// Ends with this text; wildcards in it stand for themselves.
    pub fn ends_with(self, text: impl AsRef<str>) -> Filter<S> {
        self.matches("%", text.as_ref(), "")
    }

    /// Has this text in it; wildcards in it stand for themselves.
    pub fn contains(self, text: impl AsRef<str>) -> Filter<S> {
        self.matches("%", text.as_ref(), "%")
    }

    fn matches(self, before: &str, text: &str, after: &str) -> Filter<S> {
        let mut pattern = String::with_capacity(text.len() + 2);
        pattern.push_str(before);
        push_like_escaped(&mut pattern, text);
        pattern.push_str(after);
        self.test("LIKE", &Literal::text(&pattern))
    }
}

/// Yes/No.
impl<S, U> Column<S, U>
where
    U: FieldType<Kind = kind::YesNo>,
{
    /// Is Yes.
    pub fn is_true(self) -> Filter<S> {
        self.test("=", &Literal::yes_no(true))
    }

    /// Is No.
    pub fn is_false(self) -> Filter<S> {
        self.test("=", &Literal::yes_no(false))
    }
}

impl<S, U> Column<S, U> {
    fn test(self, operator: &str, value: &Literal) -> Filter<S> {
        let mut sql = String::with_capacity(self.name().len() + value.as_sql().len() + 6);
        push_name(&mut sql, self.name());
        for part in [" ", operator, " ", value.as_sql()] {
            sql.push_str(part);
        }
        Filter::new(Expr::Test(sql))
    }
}
