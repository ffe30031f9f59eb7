//! The condition itself.

use super::literal::Literal;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A condition on the records of `S`.
///
/// Conditions are combined by `&`, `|` and `!`, or by [`and`](Self::and), [`or`](Self::or),
/// [`all`](Self::all) and [`any`](Self::any), to any depth. `Debug` shows the T-SQL that is sent.
///
/// A comparison with null is neither true nor false in SQL, and so is its `!`: `!c.age.gt(30)` leaves out the records
/// without an age. For these add `| c.age.is_null()`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// let c = Contact::COLUMNS;
/// let condition = (c.city.eq("Rome") | c.age.lt(30)) & c.active.is_true();
/// assert_eq!(
///     condition.to_sql(),
///     "(City = N'Rome' OR Age < 30) AND Active = 1"
/// );
/// ```
#[must_use = "a filter does nothing until a query or a write takes it"]
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

    /// Returns the condition that all of these hold; `None` and an empty list restrict nothing.
    ///
    /// For conditions that are only there when a user asked for them, as in a web service:
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// fn search(city: Option<&str>, min_age: Option<i32>) -> Filter<Contact> {
    ///     let c = Contact::COLUMNS;
    ///     Filter::all([
    ///         city.map(|city| c.city.eq(city)),
    ///         min_age.map(|age| c.age.ge(age)),
    ///     ])
    /// }
    ///
    /// assert_eq!(search(Some("Rome"), None).to_sql(), "City = N'Rome'");
    /// ```
    pub fn all(filters: impl IntoIterator<Item: IntoFilter<S>>) -> Self {
        let exprs = filters.into_iter().map(|filter| filter.into_filter().expr);
        Self::new(exprs.fold(Expr::EVERYTHING, Expr::and))
    }

    /// Returns the condition that at least one of these holds; an empty list matches nothing.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let cities = ["Rome", "New"];
    /// let starts = cities.map(|city| Contact::COLUMNS.city.starts_with(city));
    /// assert_eq!(
    ///     Filter::any(starts).to_sql(),
    ///     "City LIKE N'Rome%' OR City LIKE N'New%'"
    /// );
    /// ```
    ///
    /// For optional alternatives of which none may be there, say what that means, here that nothing is restricted:
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// fn search(city: Option<&str>, max_age: Option<i32>) -> Option<Filter<Contact>> {
    ///     let c = Contact::COLUMNS;
    ///     let given = [city.map(|city| c.city.eq(city)), max_age.map(|age| c.age.le(age))];
    ///     given.into_iter().flatten().reduce(|one, other| one | other)
    /// }
    ///
    /// assert!(search(None, None).is_none());
    /// ```
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        let exprs = filters.into_iter().map(Self::into_expr);
        Self::new(exprs.fold(Expr::NOTHING, Expr::or))
    }

    /// Returns the condition that both this and the other hold: `self & other`.
    pub fn and(self, other: Self) -> Self {
        Self::new(self.expr.and(other.expr))
    }

    /// Returns the condition that this or the other holds, or both: `self | other`.
    pub fn or(self, other: Self) -> Self {
        Self::new(self.expr.or(other.expr))
    }

    /// Returns the condition as T-SQL, as it is sent in `where`.
    #[must_use]
    pub fn to_sql(&self) -> String {
        self.expr.to_sql()
    }
}

/// A condition that may be absent: a [`Filter`], or an `Option` of one, whose `None` restricts nothing.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client, city: Option<String>) {
/// let contacts = caspio.table::<Contact>();
/// let in_city = contacts.filter(|c| city.map(|city| c.city.eq(city)));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on the records of `{S}`",
    label = "this is given no condition",
    note = "conditions are made by methods of columns, `c.city.eq(\"Rome\")` and not `c.city == \"Rome\"`; for a Yes/No column `c.active.is_true()`",
    note = "conditions are joined by `&`, `|` and `!`, not by `&&` and `||`",
    note = "all columns are those of `{S}`, which the closure receives"
)]
pub trait IntoFilter<S> {
    /// Returns the condition.
    fn into_filter(self) -> Filter<S>;
}

/// The condition of a write: a [`Filter`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the condition of a write of records of `{S}`",
    label = "expected a condition",
    note = "conditions are made by methods of columns, `c.city.eq(\"Rome\")` and not `c.city == \"Rome\"`; for a Yes/No column `c.active.is_true()`",
    note = "conditions are joined by `&`, `|` and `!`, not by `&&` and `||`",
    note = "a write takes no optional condition: without one it would be for every record, which `update_all` and `delete_all` are for"
)]
pub trait IntoCondition<S> {
    /// Returns the condition.
    fn into_condition(self) -> Filter<S>;
}

impl<S> IntoCondition<S> for Filter<S> {
    fn into_condition(self) -> Filter<S> {
        self
    }
}

impl<S> IntoFilter<S> for Filter<S> {
    fn into_filter(self) -> Filter<S> {
        self
    }
}

impl<S> IntoFilter<S> for Option<Filter<S>> {
    fn into_filter(self) -> Filter<S> {
        self.unwrap_or_default()
    }
}

/// Restricts nothing: the start of a condition that a loop builds with `&=`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// let mut condition = Filter::<Contact>::default();
/// for word in ["Ann", "Lee"] {
///     condition &= Contact::COLUMNS.first_name.contains(word);
/// }
/// assert_eq!(condition.to_sql(), "First_Name LIKE N'%Ann%' AND First_Name LIKE N'%Lee%'");
/// ```
impl<S> Default for Filter<S> {
    fn default() -> Self {
        Self::new(Expr::EVERYTHING)
    }
}

impl<S> BitAndAssign for Filter<S> {
    fn bitand_assign(&mut self, other: Self) {
        *self = std::mem::take(self) & other;
    }
}

impl<S> BitOrAssign for Filter<S> {
    fn bitor_assign(&mut self, other: Self) {
        *self = std::mem::take(self) | other;
    }
}

impl<S> BitAnd for Filter<S> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

/// A condition and one that may be absent: `None` restricts nothing.
impl<S> BitAnd<Option<Self>> for Filter<S> {
    type Output = Self;

    fn bitand(self, other: Option<Self>) -> Self {
        self.and(other.unwrap_or_default())
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

/// The name of a column, as Caspio has it.
pub(crate) type Name = Cow<'static, str>;

/// A condition without its source's type: a tree until [`sql`](super::sql) spells it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Compare {
        left: Operand,
        operator: Operator,
        right: Literal,
    },
    Between {
        column: Name,
        low: Literal,
        high: Literal,
    },
    In {
        column: Name,
        items: Vec<Literal>,
    },
    Null {
        column: Name,
        is_null: bool,
    },
    Like {
        column: Name,
        pattern: Literal,
    },
    /// T-SQL of the user's own.
    Raw(String),
    /// All of these; with no parts it holds for every record.
    And(Vec<Expr>),
    /// At least one of these; with no parts it holds for no record.
    Or(Vec<Expr>),
    Not(Box<Expr>),
}

/// The left side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Column(Name),
    /// An aggregate over a column, or over whole records.
    Aggregate {
        function: &'static str,
        column: Option<Name>,
        /// Whether the column's values are integers.
        of_integers: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Expr {
    /// Holds for every record.
    pub(crate) const EVERYTHING: Self = Self::And(Vec::new());
    /// Holds for no record.
    pub(crate) const NOTHING: Self = Self::Or(Vec::new());

    pub(crate) fn compare(column: impl Into<Name>, operator: Operator, right: Literal) -> Self {
        Self::Compare {
            left: Operand::Column(column.into()),
            operator,
            right,
        }
    }

    pub(crate) fn null(column: impl Into<Name>, is_null: bool) -> Self {
        Self::Null {
            column: column.into(),
            is_null,
        }
    }

    pub(crate) fn is_everything(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Or(parts) if parts.is_empty())
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match self {
            _ if other.is_everything() => self,
            _ if self.is_everything() => other,
            first => Self::And(joined(first.into_conditions(), other.into_conditions())),
        }
    }

    /// Returns the conditions that must all hold, none of which joins others by AND.
    fn into_conditions(self) -> Vec<Self> {
        match self {
            Self::And(parts) => parts,
            only => vec![only],
        }
    }

    fn into_alternatives(self) -> Vec<Self> {
        match self {
            Self::Or(parts) => parts,
            only => vec![only],
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match self {
            _ if other.is_nothing() => self,
            _ if self.is_nothing() => other,
            first => Self::Or(joined(first.into_alternatives(), other.into_alternatives())),
        }
    }
}

fn joined(mut first: Vec<Expr>, second: Vec<Expr>) -> Vec<Expr> {
    first.extend(second);
    first
}
