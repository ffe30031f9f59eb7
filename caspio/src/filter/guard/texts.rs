//! The texts of a condition, in their order.

use super::names::words_of;
use crate::filter::Operator;
use crate::filter::expr::Expr;
use crate::filter::literal::{Literal, Value};
use crate::value::{reduced, wall_clock};
use jiff::SignedDuration;
use std::collections::HashSet;

/// The texts that a condition compares something with, sorted as Caspio compares them.
#[derive(Default)]
pub(super) struct Texts {
    sorted: Vec<String>,
    /// What may be the same text for Caspio, as far as there are several.
    similar: HashSet<String>,
    /// Whether the dates are in one order, as texts and as dates.
    has_ordered_dates: bool,
    /// Whether one of them has digits and is not a date.
    has_numbers: bool,
}

impl Texts {
    pub(super) fn of(condition: &Expr) -> Self {
        let mut texts = Vec::new();
        collect(condition, &mut texts);
        texts.sort_unstable();
        texts.dedup();
        let mut seen = HashSet::new();
        let reduced = texts.iter().map(|text| reduced(text));
        Self {
            similar: reduced.filter(|text| !seen.insert(text.clone())).collect(),
            has_ordered_dates: are_ordered_dates(&texts),
            has_numbers: texts.iter().any(|text| has_digit(text) && !is_date(text)),
            sorted: texts,
        }
    }

    /// Returns the place of a text in the order of a column's values; `None` if it is not known. A column that is not
    /// known to be text may be one of dates, or of numbers.
    pub(super) fn place(&self, text: &str, operator: Operator, is_text: bool) -> Option<f64> {
        let text = compared(text);
        let is_equality = matches!(operator, Operator::Eq | Operator::Ne);
        let is_certain = if is_date(&text) {
            self.has_ordered_dates && !self.has_numbers
        } else if is_equality {
            (is_text || !has_digit(&text)) && !self.similar.contains(&reduced(&text))
        } else {
            // The order of other characters depends on the collation.
            (is_text || !has_digit(&text)) && is_plain(&text)
        };
        let is_least_date =
            text.is_empty() && !is_text && self.sorted.iter().any(|text| is_date(text));
        let place = self.sorted.binary_search(&text).ok()?;
        (is_certain && !is_least_date).then_some(place as f64)
    }
}

/// Whether a text has letters and digits only, whose order is the same in all collations.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|sign| sign.is_ascii_alphanumeric() || sign == ' ')
}

/// Whether a text begins with a date, the year first.
fn is_date(text: &str) -> bool {
    let mut signs = text.bytes().take(10).enumerate();
    text.len() >= 10
        && signs.all(|(at, sign)| match at {
            4 | 7 => sign == b'-',
            _ => sign.is_ascii_digit(),
        })
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|sign| sign.is_numeric())
}

/// Whether sorted texts that are dates are in the order of their dates, with enough time between them to be different
/// values of SQL Server's `datetime`, which has steps of 1/300 s.
fn are_ordered_dates(texts: &[String]) -> bool {
    let dates = texts.iter().filter(|text| is_date(text));
    let Some(dates) = dates
        .map(|text| wall_clock(text))
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let step = SignedDuration::from_millis(4);
    dates
        .windows(2)
        .all(|pair| pair[0].duration_until(pair[1]) >= step)
}

/// Returns the text of a literal, in lower case as Caspio compares it.
pub(super) fn text_of(literal: &Literal) -> Option<String> {
    match &literal.0 {
        Value::Text(text) => Some(text.to_lowercase()),
        Value::Day(_) | Value::Moment(_) | Value::ExactMoment(_) => {
            Some(literal.to_string().trim_matches('\'').to_lowercase())
        }
        _ => None,
    }
}

/// Returns the text of a word in quotes.
pub(super) fn unquoted(word: &str) -> Option<String> {
    let text = word.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(text.replace("''", "'"))
}

/// A text without what a comparison ignores: blanks at the end do not count.
fn compared(text: &str) -> String {
    text.trim_end_matches(' ').to_owned()
}

fn collect(condition: &Expr, texts: &mut Vec<String>) {
    let mut add = |literal: &Literal| texts.extend(text_of(literal).map(|text| compared(&text)));
    match condition {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| collect(part, texts)),
        Expr::Not(inner) => collect(inner, texts),
        Expr::Compare { right, .. } => add(right),
        Expr::Between { low, high, .. } => {
            add(low);
            add(high);
        }
        Expr::In { items, .. } => items.iter().for_each(add),
        Expr::Raw(sql) | Expr::TooDeep(sql) => {
            let words = words_of(sql);
            let found = words.iter().filter_map(|word| unquoted(word));
            texts.extend(found.map(|text| compared(&text)));
        }
        Expr::Null { .. } | Expr::Like { .. } => {}
    }
}
