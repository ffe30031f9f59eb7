//! A comparison, reduced to what is known of its two sides.

use super::condition::Condition;
use super::operand::{Linear, Operand, positive_zero};
use super::tokens::names_column;
use crate::filter::Operator;
use std::cmp::Ordering;

/// Reads a comparison.
pub(super) fn predicate(words: &[&str]) -> Condition {
    let condition = comparison(words);
    if words.is_empty() || condition.is_known() || names_column(words) {
        return condition;
    }
    Condition::Constant
}

fn comparison(words: &[&str]) -> Condition {
    let Some(at) = top_level(words).find(|at| is_verb(words[*at])) else {
        return other(words);
    };
    let (left, rest) = words.split_at(at);
    let (is_negated, rest) = match rest {
        ["not", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    match rest {
        ["is", "not", "null"] => is_null(left).not(),
        ["is", "null"] => is_null(left),
        ["between", rest @ ..] => between(left, rest).negated(is_negated),
        ["like", pattern @ ..] => like(left, pattern).negated(is_negated),
        ["in", "(", list @ .., ")"] => listed(left, list).negated(is_negated),
        [sign, right @ ..] => match operator(sign) {
            Some(operator) => compare(left, operator, right),
            None => other(words),
        },
        [] => other(words),
    }
}

fn is_verb(word: &str) -> bool {
    matches!(word, "is" | "not" | "between" | "like" | "in") || operator(word).is_some()
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "=" => Operator::Eq,
        "<>" | "!=" => Operator::Ne,
        "<" => Operator::Lt,
        "<=" | "!>" => Operator::Le,
        ">" => Operator::Gt,
        ">=" | "!<" => Operator::Ge,
        _ => return None,
    })
}

impl Operator {
    /// The operator with its sides exchanged: `0 < x` is `x > 0`.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Eq | Self::Ne => self,
        }
    }

    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

/// The positions of the words outside of parentheses.
fn top_level(words: &[&str]) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    words.iter().enumerate().filter_map(move |(at, word)| {
        match *word {
            "(" | "case" => depth += 1,
            ")" | "end" => depth = depth.saturating_sub(1),
            _ if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// Splits words at another one, outside of parentheses.
pub(super) fn split<'w, 's>(words: &'w [&'s str], at: &str) -> Vec<&'w [&'s str]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for position in top_level(words).filter(|position| words[*position] == at) {
        parts.push(&words[start..position]);
        start = position + 1;
    }
    parts.push(&words[start..]);
    parts
}

fn other(words: &[&str]) -> Condition {
    Condition::Other(words.join(" "))
}

fn is_null(words: &[&str]) -> Condition {
    match Operand::of(words) {
        Some(Operand::Linear(linear)) if linear.is_never_null() => Condition::Known(false),
        _ => Condition::Other(format!("{} is null", words.join(" "))),
    }
}

fn between(left: &[&str], rest: &[&str]) -> Condition {
    match split(rest, "and")[..] {
        [low, high] => Condition::And(vec![
            compare(left, Operator::Ge, low),
            compare(left, Operator::Le, high),
        ]),
        _ => Condition::Other(format!("{} between {}", left.join(" "), rest.join(" "))),
    }
}

fn like(left: &[&str], pattern: &[&str]) -> Condition {
    let is_any = |pattern: &str| {
        let inner = pattern.trim_matches('\'');
        !inner.is_empty() && inner.bytes().all(|byte| byte == b'%')
    };
    match pattern {
        [text] if is_any(text) => Condition::Known(true),
        _ if left == pattern => Condition::Known(true),
        _ => Condition::Other(format!("{} like {}", left.join(" "), pattern.join(" "))),
    }
}

fn listed(left: &[&str], list: &[&str]) -> Condition {
    let items = split(list, ",");
    if items.contains(&left) {
        return Condition::Known(true);
    }
    let number = |item: &&[&str]| match Operand::of(item) {
        Some(Operand::Linear(Linear {
            variable: None,
            offset,
            ..
        })) => Some(offset),
        _ => None,
    };
    let numbers: Option<Vec<f64>> = items.iter().map(number).collect();
    match (Operand::of(left), numbers) {
        (Some(Operand::Linear(linear)), Some(mut numbers)) => match linear.variable {
            Some(variable) => {
                let solved = numbers.iter_mut();
                solved.for_each(|number| {
                    *number = positive_zero((*number - linear.offset) / linear.factor)
                });
                numbers.sort_unstable_by(f64::total_cmp);
                Condition::Listed { variable, numbers }
            }
            None => Condition::Known(numbers.contains(&linear.offset)),
        },
        _ => Condition::Other(format!("{} in ({})", left.join(" "), list.join(" "))),
    }
}

/// A comparison of two sides.
fn compare(left: &[&str], operator: Operator, right: &[&str]) -> Condition {
    if left == right && !left.is_empty() {
        return Condition::Known(operator.holds(Ordering::Equal));
    }
    if let ([one], [other]) = (left, right)
        && one.starts_with('\'')
        && other.starts_with('\'')
    {
        // Blanks at the end do not count.
        let value = |text: &str| text.trim_matches('\'').trim_end_matches(' ').to_owned();
        return Condition::Known(operator.holds(value(one).cmp(&value(other))));
    }
    match (side(left, right), side(right, left)) {
        (Some(Operand::Linear(one)), Some(Operand::Linear(other))) => match one.minus(&other) {
            Some(difference) => difference.compared_with_zero(operator),
            None => compared_ranges(one.range(), operator, other.range())
                .unwrap_or_else(|| unlike(left, operator, right)),
        },
        (Some(one), Some(other)) => compared_ranges(one.range(), operator, other.range())
            .unwrap_or_else(|| unlike(left, operator, right)),
        _ => unlike(left, operator, right),
    }
}

/// A side of a comparison. A text that is compared with the key is converted to a number, an empty one to 0.
fn side(words: &[&str], other: &[&str]) -> Option<Operand> {
    match (words, Operand::of(other)) {
        ([text], Some(Operand::Linear(linear))) if text.starts_with('\'') && linear.is_of_key() => {
            let text = text.trim_matches('\'').trim();
            let number = if text.is_empty() {
                Some(0.0)
            } else {
                text.parse().ok()
            };
            number.map(Operand::constant)
        }
        _ => Operand::of(words),
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
        Operator::Eq => false,
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

/// Two sides of which nothing is known but their spelling: their difference, compared with 0.
fn unlike(left: &[&str], operator: Operator, right: &[&str]) -> Condition {
    let (left, right) = (left.join(" "), right.join(" "));
    let (variable, operator) = match left <= right {
        true => (format!("{left} - {right}"), operator),
        false => (format!("{right} - {left}"), operator.flipped()),
    };
    Condition::Compared {
        variable,
        operator,
        number: 0.0,
    }
}
