//! A condition as a tree of what is known about its comparisons.

use super::variable::{Domain, Variable};
use crate::filter::Operator;
use std::ops::Range;

/// Sets of values, by their numbers.
pub(super) type Ranges = Vec<Range<usize>>;

/// What a condition compares with texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Compared {
    /// Its T-SQL.
    pub(super) sql: String,
    pub(super) domain: Domain,
}

/// How something is compared with a text.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    Compare(Operator, String),
    /// It is one of these texts.
    In(Vec<String>),
    /// It is like a pattern that ends with `%` and contains no set of characters.
    Like(String),
}

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Known(bool),
    /// It names no column, so it holds for every record or for none.
    Constant,
    /// A column, or something computed, compared with a number.
    Compared {
        variable: Variable,
        operator: Operator,
        number: f64,
    },
    /// Whether it is one of these numbers, which are sorted.
    Listed {
        variable: Variable,
        numbers: Vec<f64>,
    },
    /// A column, or something computed, compared with texts, which have no places among its values yet.
    Text {
        compared: Compared,
        test: TextTest,
    },
    /// Whether it has one of these values, by their numbers.
    Among {
        variable: Variable,
        ranges: Ranges,
    },
    /// Anything else; the same text holds for the same records.
    Other(String),
    /// It may hold or not each time.
    Unknown,
}

impl Condition {
    pub(super) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether it can be computed without a record.
    pub(super) fn is_known(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_known),
            Self::Not(inner) => inner.is_known(),
            Self::Known(_) => true,
            _ => false,
        }
    }

    /// The condition, with its constants replaced by the results that let it hold.
    pub(super) fn assumed(self, holds: bool) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(|part| part.assumed(holds)).collect();
        match self {
            Self::And(parts) => Self::And(each(parts)),
            Self::Or(parts) => Self::Or(each(parts)),
            Self::Not(inner) => inner.assumed(!holds).not(),
            Self::Constant => Self::Known(holds),
            known => known,
        }
    }

    pub(super) fn negated(self, is_negated: bool) -> Self {
        if is_negated { self.not() } else { self }
    }
}
