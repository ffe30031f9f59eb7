//! The tree of a condition, without the type of its source.

use super::literal::{Literal, each_once};
use std::borrow::Cow;

/// The most levels of conditions in each other. A URL of 2,047 characters has room for fewer.
pub(super) const MAX_DEPTH: u8 = 200;

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
        test: NullTest,
    },
    Like {
        column: Name,
        pattern: Literal,
    },
    /// T-SQL of the user's own.
    Raw(String),
    /// The T-SQL of a condition that is nested too deeply to be sent.
    TooDeep(String),
    /// All of these; with no parts it holds for every record.
    And(Vec<Expr>),
    /// At least one of these; with no parts it holds for no record.
    Or(Vec<Expr>),
    Not(Box<Expr>),
}

/// Where a test for null comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NullTest {
    /// `is_null()` or `is_not_null()`.
    Column,
    /// The same of a column that is known to be Yes/No, which is null in no table.
    YesNoColumn,
    /// `not_in` of an empty list.
    EmptyList,
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
            test: NullTest::Column,
        }
    }

    /// Returns the condition with the values of each list in one order: a set in a program has another order each time.
    pub(crate) fn with_sorted_lists(&self) -> Self {
        let all = |parts: &[Self]| parts.iter().map(Self::with_sorted_lists).collect();
        match self {
            Self::In { column, items } => Self::In {
                column: column.clone(),
                items: each_once(items.iter().cloned()),
            },
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(other) => Self::Not(Box::new(other.with_sorted_lists())),
            other => other.clone(),
        }
    }

    pub(crate) fn is_everything(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    pub(super) fn is_nothing(&self) -> bool {
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
