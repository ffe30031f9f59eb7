//! The order of GUIDs, `uniqueidentifier`, in SQL Server.

use super::collation;
use std::cmp::Ordering;

/// Compares two GUIDs from their last group of digits to their first, as SQL Server does. The digits of the first three
/// groups, which are numbers whose lowest byte is stored first, are compared from the last byte. Other texts come
/// before all GUIDs.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    match (bytes(left), bytes(right)) {
        (None, None) => collation::compare(left, right),
        (left, right) => left.cmp(&right),
    }
}

/// Returns the bytes of a GUID, the most significant for its order first.
fn bytes(text: &str) -> Option<[u8; 16]> {
    const ORDER: [usize; 16] = [10, 11, 12, 13, 14, 15, 8, 9, 7, 6, 5, 4, 3, 2, 1, 0];
    let text = text.trim_end_matches(' ');
    let text = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or(text);
    let groups: Vec<&str> = text.split('-').collect();
    if !groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
        return None;
    }
    let digits = u128::from_str_radix(&groups.concat(), 16).ok()?;
    let written = digits.to_be_bytes();
    Some(ORDER.map(|index| written[index]))
}
