//! Comparisons of two sides, reduced to what is known about them.

use super::computed::operand_of;
use super::condition::{Compared, Condition, TextTest};
use super::constant::{constant_text, plain};
use super::names::{name_word, words_of};
use super::nulls::null_with;
use super::operand::{Linear, Operand};
use super::texts::{are_different, compared, is_plain, number_of, text_of};
use super::variable::{Columns, Domain, Variable};
use crate::filter::Operator;
use crate::filter::literal::{Literal, Value};
use rust_decimal::prelude::ToPrimitive as _;
use std::cmp::Ordering;

/// A side of a comparison.
pub(super) enum Side {
    /// A number, or what is computed from a column.
    Computed {
        operand: Operand,
        sql: String,
    },
    /// A text, in lower case as Caspio compares it.
    Text(String),
    Other(String),
}

impl Side {
    /// Reads a side in T-SQL.
    pub(super) fn of(words: &[&str], columns: &Columns) -> Self {
        if let Some(text) = constant_text(words) {
            return Self::Text(text);
        }
        let text = plain(words);
        let of_text = operand_of(&text, columns);
        // The text of a number, `UPPER(PK_ID)`, is not compared as the number.
        let is_number = of_text.as_ref().is_some_and(Operand::is_of_number);
        let (words, operand) = match is_number {
            true => (words.to_vec(), operand_of(words, columns)),
            false => (text, of_text),
        };
        let sql = words.join(" ");
        match operand {
            Some(operand) => Self::Computed { operand, sql },
            None => Self::Other(sql),
        }
    }

    pub(super) fn column(name: &str, columns: &Columns) -> Self {
        Self::of(&[name_word(name).as_str()], columns)
    }

    pub(super) fn value(literal: &Literal, columns: &Columns) -> Self {
        if let Some(text) = text_of(literal) {
            return Self::Text(text);
        }
        let number = match &literal.0 {
            Value::Integer(number) => Some(*number as f64),
            Value::Decimal(number) => number.to_f64(),
            Value::Float(number) => Some(*number),
            Value::Digits(digits) => digits.parse().ok(),
            Value::YesNo(yes) => Some(f64::from(u8::from(*yes))),
            _ => {
                let words = words_of(&literal.to_string());
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                return Self::of(&words, columns);
            }
        };
        let sql = literal.to_string();
        match number.filter(|number| number.is_finite()) {
            Some(number) => Self::Computed {
                operand: Operand::constant(number),
                sql,
            },
            None => Self::Other(sql),
        }
    }

    fn sql(&self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Computed { sql, .. } | Self::Other(sql) => sql.clone(),
        }
    }

    /// What is known about the value of a side in a comparison. A text is converted to the type that it is compared
    /// with.
    fn operand(&self, operator: Operator, other: &Self) -> Option<Operand> {
        match (self, other) {
            (Self::Computed { operand, .. }, _) => Some(operand.clone()),
            (Self::Text(text), _) => {
                let domain = other.domain()?;
                let number = match other.is_computed() {
                    true if domain == Domain::Any => number_of(text),
                    _ => domain.number(text, operator),
                };
                number.map(Operand::constant)
            }
            _ => None,
        }
    }

    /// The number that the other side is compared with.
    fn number_beside(&self, other: &Self) -> Option<f64> {
        self.operand(Operator::Eq, other)?.number()
    }

    fn linear(&self) -> Option<&Linear> {
        match self {
            Self::Computed {
                operand: Operand::Linear(linear),
                ..
            } => Some(linear),
            _ => None,
        }
    }

    /// What is computed from columns, as one variable: the same expression has the same value.
    fn as_variable(&self) -> Option<Variable> {
        match self {
            Self::Computed {
                operand: Operand::Within(low, high),
                sql,
            } => Some(Variable::within(sql.clone(), (*low, *high))),
            Self::Other(sql) => Some(Variable::any(sql.clone())),
            _ => None,
        }
    }

    fn constant(&self) -> Option<f64> {
        match self {
            Self::Computed { operand, .. } => operand.number(),
            _ => None,
        }
    }

    fn domain(&self) -> Option<Domain> {
        Some(self.linear()?.variable.as_ref()?.domain)
    }

    fn is_never_null(&self) -> bool {
        self.domain().is_some_and(Domain::is_never_null)
    }

    /// Whether it is a number that is computed from a column.
    fn is_computed(&self) -> bool {
        let linear = self.linear();
        linear.is_some_and(|linear| linear.factor != 1.0 || linear.offset != 0.0)
    }

    /// A comparison with texts.
    fn with_text(&self, test: TextTest) -> Condition {
        let compared = Compared {
            sql: self.sql(),
            domain: self.domain().unwrap_or(Domain::Any),
        };
        Condition::Text { compared, test }
    }
}

/// Whether a value is null.
pub(super) fn is_null(words: &[&str], columns: &Columns) -> Condition {
    let is_null = |words: String| Condition::Other(format!("{words} is null"));
    match null_with(words, columns) {
        Some(names) if names.is_empty() => Condition::Known(false),
        Some(names) => Condition::Or(names.into_iter().map(is_null).collect()),
        None => is_null(words.join(" ")),
    }
}

pub(super) fn between(side: &Side, low: &Side, high: &Side) -> Condition {
    Condition::And(vec![
        compare(side, Operator::Ge, low),
        compare(side, Operator::Le, high),
    ])
}

pub(super) fn like(left: &[&str], pattern: &[&str], columns: &Columns) -> Condition {
    if let Some(text) = constant_text(pattern) {
        let has_any = text.contains('%');
        let is_wild = text.bytes().all(|byte| matches!(byte, b'%' | b'_'));
        let is_never_null = || Side::of(left, columns).is_never_null();
        match text.matches('_').count() {
            0 if has_any && is_wild => return Condition::Known(true),
            // Keys and Yes/No have a character at least.
            1 if has_any && is_wild && is_never_null() => return Condition::Known(true),
            _ if text.is_empty() && is_never_null() => return Condition::Known(false),
            _ => {}
        }
    }
    let (sql, pattern_sql) = (left.join(" "), pattern.join(" "));
    if sql == pattern_sql {
        return Condition::Known(true);
    }
    let side = Side::of(left, columns);
    match constant_text(pattern).map(|pattern| with_wild_end(&pattern)) {
        Some(pattern) if !pattern.contains(['%', '_', '[']) => {
            compare(&side, Operator::Eq, &Side::Text(pattern))
        }
        Some(pattern) if pattern.ends_with('%') && !pattern.contains('[') => {
            side.with_text(TextTest::Like(pattern))
        }
        _ => Condition::Other(format!("{sql} like {pattern_sql}")),
    }
}

/// Returns a pattern with its `%` at the end, if it has only wildcards: `%_` is `_%`.
fn with_wild_end(pattern: &str) -> String {
    let is_wild = pattern.bytes().all(|byte| matches!(byte, b'%' | b'_'));
    match is_wild && pattern.contains('%') {
        true => "_".repeat(pattern.matches('_').count()) + "%",
        false => pattern.to_owned(),
    }
}

pub(super) fn listed(left: &Side, items: &[Side]) -> Condition {
    if matches!(left, Side::Text(_)) {
        let items = items.iter();
        return Condition::Or(
            items
                .map(|item| compare(left, Operator::Eq, item))
                .collect(),
        );
    }
    let sql = left.sql();
    let variable = left.as_variable().map(|variable| Linear {
        variable: Some(variable),
        factor: 1.0,
        offset: 0.0,
    });
    let linear = left.linear().or(variable.as_ref());
    let mut numbers = Vec::new();
    let mut texts = Vec::new();
    let mut others = Vec::new();
    for item in items {
        let item_sql = item.sql();
        if item_sql == sql {
            return Condition::Known(true);
        }
        let number = item.constant().or_else(|| item.number_beside(left));
        if let Some(number) = linear.and(number) {
            numbers.push(number);
        } else if let Side::Text(text) = item {
            texts.push(compared(text));
        } else {
            others.push(item_sql);
        }
    }
    let by_text = (!texts.is_empty()).then(|| left.with_text(TextTest::In(texts)));
    let linear = linear.filter(|_| !numbers.is_empty());
    let by_number = linear.map(|linear| linear.clone().one_of(numbers));
    others.sort_unstable();
    let others = (!others.is_empty())
        .then(|| Condition::Other(format!("{sql} in ({})", others.join(" , "))));
    Condition::Or(by_number.into_iter().chain(by_text).chain(others).collect())
}

/// A comparison of two sides.
pub(super) fn compare(left: &Side, operator: Operator, right: &Side) -> Condition {
    if let (Side::Text(one), Side::Text(other)) = (left, right) {
        return compare_texts(one, operator, other);
    }
    if left.sql() == right.sql() && !left.sql().is_empty() {
        return Condition::Known(operator.holds(Ordering::Equal));
    }
    let sides = left
        .operand(operator, right)
        .zip(right.operand(operator, left));
    let known = sides.and_then(|(one, other)| {
        let limited = compared_ranges(one.range(), operator, other.range());
        if limited.is_some() {
            return limited;
        }
        if let (Operand::Linear(one), Operand::Linear(other)) = (&one, &other)
            && let Some(difference) = one.minus(other)
        {
            return Some(difference.compared_with_zero(operator));
        }
        None
    });
    let known = known.or_else(|| match (left, right) {
        (side, Side::Text(text)) => Some(compared_with_text(side, operator, text)),
        (Side::Text(text), side) => Some(compared_with_text(side, operator.flipped(), text)),
        _ => None,
    });
    known
        .or_else(|| with_number(left, operator, right))
        .or_else(|| with_number(right, operator.flipped(), left))
        .unwrap_or_else(|| unlike(left, operator, right))
}

/// An expression compared with a constant number.
fn with_number(side: &Side, operator: Operator, number: &Side) -> Option<Condition> {
    Some(Condition::Compared {
        variable: side.as_variable()?,
        operator,
        number: number.constant()?,
    })
}

/// Two constant texts. Whether different ones are equal, such as `ß` and `ss`, depends on the collation, which is not
/// known; only letters and digits of ASCII compare in the same way in all collations.
fn compare_texts(one: &str, operator: Operator, other: &str) -> Condition {
    // Blanks at the end do not count.
    let (one, other) = (one.trim_end_matches(' '), other.trim_end_matches(' '));
    if one == other || is_plain(one) && is_plain(other) {
        return Condition::Known(operator.holds(one.cmp(other)));
    }
    match operator {
        Operator::Eq if are_different(one, other) => Condition::Known(false),
        Operator::Ne if are_different(one, other) => Condition::Known(true),
        _ => Condition::Constant,
    }
}

/// A column, or something computed, compared with a text.
fn compared_with_text(side: &Side, operator: Operator, text: &str) -> Condition {
    let text = compared(text);
    let is_least = text.is_empty() && side.domain() == Some(Domain::Text);
    match operator {
        Operator::Ge if is_least => Condition::Known(true),
        Operator::Lt if is_least => Condition::Known(false),
        _ => side.with_text(TextTest::Compare(operator, text)),
    }
}

/// Two sides that are known by their lowest and highest value only.
fn compared_ranges(one: (f64, f64), operator: Operator, other: (f64, f64)) -> Option<Condition> {
    let always = |operator: Operator| match operator {
        Operator::Lt => one.1 < other.0,
        Operator::Le => one.1 <= other.0,
        Operator::Gt => one.0 > other.1,
        Operator::Ge => one.0 >= other.1,
        Operator::Ne => one.1 < other.0 || one.0 > other.1,
        Operator::Eq => one.0 == one.1 && one == other,
    };
    let inverse = match operator {
        Operator::Lt => Operator::Ge,
        Operator::Le => Operator::Gt,
        Operator::Gt => Operator::Le,
        Operator::Ge => Operator::Lt,
        Operator::Eq => Operator::Ne,
        Operator::Ne => Operator::Eq,
    };
    if always(operator) {
        Some(Condition::Known(true))
    } else if always(inverse) {
        Some(Condition::Known(false))
    } else {
        None
    }
}

/// Two sides about which nothing is known but their spelling: their difference, compared with 0.
fn unlike(left: &Side, operator: Operator, right: &Side) -> Condition {
    let (left, right) = (left.sql(), right.sql());
    let (name, operator) = match left <= right {
        true => (format!("{left} - {right}"), operator),
        false => (format!("{right} - {left}"), operator.flipped()),
    };
    Condition::Compared {
        variable: Variable::any(name),
        operator,
        number: 0.0,
    }
}
