//! The comparisons that columns offer, each only where it fits the column's type.

use super::literal::{Literal, push_like_escaped, push_name, quoted_name};
use super::{Expr, Filter, ToLiteral};
use crate::Column;
use crate::field::{FieldType, kind};

/// The kind of values that a column's own kind is compared with.
type Values<U> = <<U as FieldType>::Kind as kind::Comparable>::Values;

/// Equality, for every kind of column but lists, passwords and converted ones.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Holds this value. Text is compared as SQL Server does: without case or trailing blanks.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.eq("Rome").to_sql(), "City = N'Rome'");
    /// ```
    pub fn eq<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), "=", value.to_literal()))
    }

    /// Holds another value. A null is neither equal nor unequal to anything.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.ne("Rome").to_sql(), "City <> N'Rome'");
    /// ```
    pub fn ne<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), "<>", value.to_literal()))
    }

    /// Holds one of these values; an empty list matches nothing.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.in_([18, 21]).to_sql(), "Age IN (18,21)");
    /// ```
    pub fn in_<V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(one_of::<Values<U>, _>(self.name(), values))
    }

    /// Holds none of these values; an empty list matches everything that is not null.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.not_in([18, 21]).to_sql(), "NOT (Age IN (18,21))");
    /// ```
    pub fn not_in<V>(self, values: impl IntoIterator<Item = V>) -> Filter<S>
    where
        U::Kind: kind::Comparable,
        V: ToLiteral<Values<U>>,
    {
        match one_of::<Values<U>, _>(self.name(), values) {
            Expr::In { items, .. } if items.is_empty() => {
                Filter::new(null(self.name(), "IS NOT NULL"))
            }
            some => Filter::new(Expr::Not(Box::new(some))),
        }
    }
}

/// Order, for numbers, text and dates.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Is less than the value, or earlier.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.lt(18).to_sql(), "Age < 18");
    /// ```
    pub fn lt<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), "<", value.to_literal()))
    }

    /// Is less than the value, or earlier, or equal.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.le(18).to_sql(), "Age <= 18");
    /// ```
    pub fn le<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), "<=", value.to_literal()))
    }

    /// Is greater than the value, or later.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.gt(18).to_sql(), "Age > 18");
    /// ```
    pub fn gt<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), ">", value.to_literal()))
    }

    /// Is greater than the value, or later, or equal.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.ge(18).to_sql(), "Age >= 18");
    /// ```
    pub fn ge<V>(self, value: V) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
    {
        Filter::new(test(self.name(), ">=", value.to_literal()))
    }

    /// Lies between the two, both included.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.between(18, 30).to_sql(), "Age BETWEEN 18 AND 30");
    /// ```
    pub fn between<V, W>(self, low: V, high: W) -> Filter<S>
    where
        U::Kind: kind::Ordered,
        V: ToLiteral<Values<U>>,
        W: ToLiteral<Values<U>>,
    {
        Filter::new(between(self.name(), low.to_literal(), high.to_literal()))
    }
}

/// Null, for every column that may hold one.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Holds nothing.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.is_null().to_sql(), "City IS NULL");
    /// ```
    pub fn is_null(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        Filter::new(null(self.name(), "IS NULL"))
    }

    /// Holds something.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.is_not_null().to_sql(), "City IS NOT NULL");
    /// ```
    pub fn is_not_null(self) -> Filter<S>
    where
        U::Kind: kind::Readable,
    {
        Filter::new(null(self.name(), "IS NOT NULL"))
    }
}

/// Patterns, for text.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Matches a T-SQL pattern: `%` any text, `_` any character, `[a-c]` one of a set.
    ///
    /// The pattern's own wildcards count; to look for a text as it is, use
    /// [`contains`](Self::contains), [`starts_with`](Self::starts_with) or
    /// [`ends_with`](Self::ends_with).
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.like("N_w%").to_sql(), "City LIKE N'N_w%'");
    /// ```
    pub fn like(self, pattern: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        Filter::new(like(self.name(), pattern.as_ref()))
    }

    /// Begins with this text; wildcards in it stand for themselves.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.starts_with("New").to_sql(), "City LIKE N'New%'");
    /// ```
    pub fn starts_with(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        Filter::new(matches(self.name(), "", text.as_ref(), "%"))
    }

    /// Ends with this text; wildcards in it stand for themselves.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.city.ends_with("burg").to_sql(), "City LIKE N'%burg'");
    /// ```
    pub fn ends_with(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        Filter::new(matches(self.name(), "%", text.as_ref(), ""))
    }

    /// Has this text in it; wildcards in it stand for themselves.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// let named = c.city.contains("New");
    /// let matched = c.city.like("N_w%");
    /// ```
    pub fn contains(self, text: impl AsRef<str>) -> Filter<S>
    where
        U::Kind: kind::Textual,
    {
        Filter::new(matches(self.name(), "%", text.as_ref(), "%"))
    }
}

/// Yes/No.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Is Yes.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # use caspio::record::Source;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// let grown_up = c.active.is_true() & c.age.ge(18);
    /// ```
    pub fn is_true(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        Filter::new(test(self.name(), "=", Literal::yes_no(true)))
    }

    /// Is No.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.active.is_false().to_sql(), "Active = 0");
    /// ```
    pub fn is_false(self) -> Filter<S>
    where
        U::Kind: kind::Logical,
    {
        Filter::new(test(self.name(), "=", Literal::yes_no(false)))
    }
}

// The rest is the same for all columns: compiled once, and not for every column's type.

fn test(column: &str, operator: &str, value: Literal) -> Expr {
    let mut sql = String::with_capacity(column.len() + value.as_sql().len() + 6);
    push_name(&mut sql, column);
    for part in [" ", operator, " ", value.as_sql()] {
        sql.push_str(part);
    }
    Expr::Test(sql)
}

fn between(column: &str, low: Literal, high: Literal) -> Expr {
    let name = quoted_name(column);
    Expr::Test(format!("{name} BETWEEN {low} AND {high}"))
}

fn null(column: &str, test: &str) -> Expr {
    Expr::Test(format!("{} {test}", quoted_name(column)))
}

fn one_of<K, V: ToLiteral<K>>(column: &str, values: impl IntoIterator<Item = V>) -> Expr {
    let literals = values.into_iter().map(|value| value.to_literal());
    Expr::In {
        column: quoted_name(column),
        items: literals.map(|literal| literal.to_string()).collect(),
    }
}

fn like(column: &str, pattern: &str) -> Expr {
    test(column, "LIKE", Literal::text(pattern))
}

fn matches(column: &str, before: &str, text: &str, after: &str) -> Expr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    push_like_escaped(&mut pattern, text);
    pattern.push_str(after);
    like(column, &pattern)
}
