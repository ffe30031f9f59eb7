//! A condition as a tree.

use super::predicate::predicate;
use crate::filter::Operator;

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
        variable: String,
        operator: Operator,
        number: f64,
    },
    /// Whether it is one of these numbers, which are sorted.
    Listed {
        variable: String,
        numbers: Vec<f64>,
    },
    /// Anything else.
    Other(String),
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

    /// The condition with its constants taken for what lets it hold.
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

/// More parentheses in each other than anybody writes.
const MAX_DEPTH: usize = 60;

/// Parses a condition; `None` if it is not one, or is nested too deeply.
pub(super) fn parse(tokens: &[String]) -> Option<Condition> {
    let mut parser = Parser {
        tokens,
        depth: 0,
        is_too_deep: false,
    };
    let condition = parser.disjunction();
    (parser.tokens.is_empty() && !parser.is_too_deep).then_some(condition)
}

struct Parser<'t> {
    tokens: &'t [String],
    depth: usize,
    is_too_deep: bool,
}

impl Parser<'_> {
    fn disjunction(&mut self) -> Condition {
        let mut parts = vec![self.conjunction()];
        while self.take("or") {
            parts.push(self.conjunction());
        }
        Condition::Or(parts)
    }

    fn conjunction(&mut self) -> Condition {
        let mut parts = vec![self.negation()];
        while self.take("and") {
            parts.push(self.negation());
        }
        Condition::And(parts)
    }

    fn negation(&mut self) -> Condition {
        let mut is_negated = false;
        while self.take("not") {
            is_negated = !is_negated;
        }
        self.parenthesized().negated(is_negated)
    }

    /// A condition in parentheses, or a comparison, which may begin with one.
    fn parenthesized(&mut self) -> Condition {
        let start = self.tokens;
        if self.depth == MAX_DEPTH {
            self.is_too_deep = true;
        } else if self.take("(") {
            self.depth += 1;
            let inner = self.disjunction();
            self.depth -= 1;
            if self.take(")") && self.is_at_end() {
                return inner;
            }
            self.tokens = start;
        }
        self.comparison()
    }

    /// Everything up to the next `AND` or `OR` outside of parentheses.
    fn comparison(&mut self) -> Condition {
        let mut depth = 0_usize;
        let mut between = false;
        let mut length = 0;
        for token in self.tokens {
            match token.as_str() {
                "(" | "case" => depth += 1,
                ")" | "end" if depth == 0 => break,
                ")" | "end" => depth -= 1,
                "between" if depth == 0 => between = true,
                "and" if depth == 0 && between => between = false,
                "and" | "or" if depth == 0 => break,
                _ => {}
            }
            length += 1;
        }
        let (comparison, rest) = self.tokens.split_at(length);
        self.tokens = rest;
        let words: Vec<&str> = comparison.iter().map(String::as_str).collect();
        predicate(&words)
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first == wanted => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn is_at_end(&self) -> bool {
        let next = self.tokens.first().map(String::as_str);
        matches!(next, None | Some("and" | "or" | ")"))
    }
}
