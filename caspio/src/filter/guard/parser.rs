//! Reads a condition in T-SQL.

use super::condition::Condition;
use super::predicate::predicate;
use super::variable::Columns;

/// The most nested parentheses; nobody writes more.
const MAX_DEPTH: usize = 60;

/// Parses a condition; `None` if it is not one, or is nested too deeply.
pub(super) fn parse(tokens: &[String], columns: &Columns) -> Option<Condition> {
    let mut parser = Parser {
        tokens,
        columns,
        depth: 0,
        is_too_deep: false,
    };
    let condition = parser.disjunction();
    (parser.tokens.is_empty() && !parser.is_too_deep).then_some(condition)
}

struct Parser<'t> {
    tokens: &'t [String],
    columns: &'t Columns,
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
        predicate(&words, self.columns)
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
