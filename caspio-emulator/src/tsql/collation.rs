//! How texts compare: without case, and without their trailing spaces.

use std::cmp::Ordering;

/// The collation's name in SQLite.
pub(super) const NAME: &str = "CASPIO";

/// Compares two texts.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let left = left.trim_end_matches(' ');
    let right = right.trim_end_matches(' ');
    if left.is_ascii() && right.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        return left.bytes().map(lower).cmp(right.bytes().map(lower));
    }
    let left = left.chars().flat_map(char::to_lowercase);
    left.cmp(right.chars().flat_map(char::to_lowercase))
}
