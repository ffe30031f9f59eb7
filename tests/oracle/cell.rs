//! Values of records, and how SQL Server compares them.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    /// An amount in ten-thousandths.
    Money(i64),
    Float(f64),
    /// `2022-01-24T20:30:51.607`, whose order as text is the order of time.
    Date(String),
    Guid(String),
    Text(String),
}

impl Cell {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Compares as `ORDER BY` does: nulls first, text without case and trailing blanks.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) | (Self::Money(a), Self::Money(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Guid(a), Self::Guid(b)) | (Self::Text(a), Self::Text(b)) => compare(a, b),
            // The key of a view is a text.
            (Self::Text(a), Self::Int(b)) => compare(a, &b.to_string()),
            _ => panic!("{self:?} is not compared with {other:?}"),
        }
    }

    /// Whether a value that was read is this one. With `loosely`, text may have another case, and a
    /// float may differ in its last digits: a group has one of the spellings of its records, and the
    /// order in which a sum is computed is not defined.
    pub(crate) fn is_read_as(&self, read: &Self, loosely: bool) -> bool {
        match (self, read) {
            (Self::Text(a), Self::Text(b)) if loosely => compare(a, b).is_eq(),
            (Self::Float(a), Self::Float(b)) if loosely => {
                (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-300)
            }
            (Self::Guid(a), Self::Guid(b)) => a.eq_ignore_ascii_case(b),
            _ => self == read,
        }
    }
}

/// Compares two texts as [`folded`].
fn compare(a: &str, b: &str) -> Ordering {
    if !a.is_ascii() || !b.is_ascii() {
        return folded(a).cmp(&folded(b));
    }
    let (a, b) = (a.trim_end_matches(' '), b.trim_end_matches(' '));
    let upper = |byte: u8| byte.to_ascii_uppercase();
    a.bytes().map(upper).cmp(b.bytes().map(upper))
}

/// Returns text as the collation compares it.
pub(crate) fn folded(text: &str) -> String {
    let text = text.trim_end_matches(' ');
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    text.chars().flat_map(char::to_uppercase).collect()
}

/// Returns how many characters text takes in a URL.
pub(crate) fn encoded_length(text: &str) -> usize {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let byte = |byte: u8| if is_unreserved(byte) { 1 } else { 3 };
    text.bytes().map(byte).sum()
}
