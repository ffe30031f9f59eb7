//! The texts of a condition, in their order.

use super::tokens::Tokens;
use crate::filter::expr::Expr;
use crate::filter::literal::{Literal, Value};

/// The texts that a condition compares something with, sorted as Caspio compares them.
#[derive(Default)]
pub(super) struct Texts(Vec<String>);

impl Texts {
    pub(super) fn of(condition: &Expr) -> Self {
        let mut texts = Vec::new();
        collect(condition, &mut texts);
        texts.sort_unstable();
        texts.dedup();
        Self(texts)
    }

    /// Returns the place of a text in the order.
    pub(super) fn place(&self, text: &str) -> Option<f64> {
        let place = self.0.binary_search(&compared(text));
        Some(place.ok()? as f64)
    }
}

/// Returns whether texts like this have one order in columns of texts and of dates: words, and dates that begin with the
/// year. Others, such as `9` and `10`, are ordered as texts in a column of texts only.
pub(super) fn is_ordered(text: &str) -> bool {
    let has_no_digit = !text.chars().any(|sign| sign.is_ascii_digit());
    let is_date = text.len() >= 10
        && text
            .bytes()
            .take(10)
            .enumerate()
            .all(|(at, sign)| match at {
                4 | 7 => sign == b'-',
                _ => sign.is_ascii_digit(),
            });
    has_no_digit || is_date
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

/// Returns the text of a token in quotes.
pub(super) fn unquoted(token: &str) -> Option<String> {
    let text = token.strip_prefix('\'')?;
    let text = text.strip_suffix('\'').unwrap_or(text);
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
        Expr::Raw(sql) => {
            let tokens = Tokens::of(sql).all;
            let found = tokens.iter().filter_map(|token| unquoted(token));
            texts.extend(found.map(|text| compared(&text)));
        }
        Expr::Null { .. } | Expr::Like { .. } => {}
    }
}
