//! The condition itself.

use std::fmt::{self, Write};
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

/// A condition on the records of `S`.
///
/// Conditions are joined by `&`, `|` and `!`, or [`and`](Self::and) and [`or`](Self::or), to any
/// depth. `Debug` shows the T-SQL that is sent.
///
/// ```
/// # use caspio::prelude::*;
/// # use caspio::record::Source;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
/// let c = Contact::COLUMNS;
/// let condition = (c.city.eq("Rome") | c.age.lt(30)) & c.active.is_true();
/// println!("{}", condition.to_sql());
/// ```
#[must_use = "a filter does nothing until a query takes it"]
pub struct Filter<S> {
    expr: Expr,
    source: PhantomData<fn() -> S>,
}

impl<S> Filter<S> {
    pub(crate) fn new(expr: Expr) -> Self {
        Self {
            expr,
            source: PhantomData,
        }
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }

    /// Both this condition and the other.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// let condition = c.city.eq("Rome").and(c.active.is_true());
    /// assert_eq!(condition.to_sql(), "City = N'Rome' AND Active = 1");
    /// ```
    pub fn and(self, other: Self) -> Self {
        Self::new(self.expr.and(other.expr))
    }

    /// This condition, or the other, or both.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// let condition = c.city.eq("Rome").or(c.age.lt(30));
    /// assert_eq!(condition.to_sql(), "City = N'Rome' OR Age < 30");
    /// ```
    pub fn or(self, other: Self) -> Self {
        Self::new(self.expr.or(other.expr))
    }

    /// The condition as T-SQL, as it is sent in `where`.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.ge(18).to_sql(), "Age >= 18");
    /// ```
    #[must_use]
    pub fn to_sql(&self) -> String {
        self.expr.to_sql()
    }
}

impl<S> BitAnd for Filter<S> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<S> BitOr for Filter<S> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<S> Not for Filter<S> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Expr::Not(Box::new(self.expr)))
    }
}

impl<S> Clone for Filter<S> {
    fn clone(&self) -> Self {
        Self::new(self.expr.clone())
    }
}

impl<S> fmt::Debug for Filter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.to_sql()).finish()
    }
}

/// A condition without its type: what a query keeps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// A comparison, complete T-SQL that needs no parentheses.
    Test(String),
    /// `column IN (items)`, kept apart because a long list may be read in several calls.
    In {
        column: String,
        items: Vec<String>,
    },
    /// T-SQL of the user's own.
    Raw(String),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
}

impl Expr {
    pub(crate) fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut parts) => {
                parts.push(other);
                Self::And(parts)
            }
            first => Self::And(vec![first, other]),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match self {
            Self::Or(mut parts) => {
                parts.push(other);
                Self::Or(parts)
            }
            first => Self::Or(vec![first, other]),
        }
    }

    pub(crate) fn to_sql(&self) -> String {
        let mut sql = String::new();
        self.write(&mut sql);
        sql
    }

    fn write(&self, sql: &mut String) {
        match self {
            Self::Test(test) => sql.push_str(test),
            Self::In { column, items } => write_in(sql, column, items),
            Self::Raw(raw) => {
                let _ = write!(sql, "({raw})");
            }
            Self::And(parts) => write_joined(sql, parts, " AND "),
            Self::Or(parts) => write_joined(sql, parts, " OR "),
            Self::Not(inner) => {
                sql.push_str("NOT (");
                inner.write(sql);
                sql.push(')');
            }
        }
    }

    fn is_compound(&self) -> bool {
        matches!(self, Self::And(_) | Self::Or(_))
    }
}

/// An empty list holds nothing, which T-SQL cannot spell as `IN ()`.
fn write_in(sql: &mut String, column: &str, items: &[String]) {
    if items.is_empty() {
        sql.push_str("1=0");
    } else {
        let _ = write!(sql, "{column} IN ({})", items.join(","));
    }
}

fn write_joined(sql: &mut String, parts: &[Expr], joint: &str) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            sql.push_str(joint);
        }
        if part.is_compound() {
            sql.push('(');
            part.write(sql);
            sql.push(')');
        } else {
            part.write(sql);
        }
    }
}
