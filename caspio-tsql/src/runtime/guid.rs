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
    /// Where the digits of each byte are.
    const PLACES: [usize; 16] = [24, 26, 28, 30, 32, 34, 19, 21, 16, 14, 11, 9, 6, 4, 2, 0];
    let text = text.trim_end_matches(' ');
    let text = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or(text);
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, at) in bytes.iter_mut().zip(PLACES) {
        *byte = digit(text[at])? << 4 | digit(text[at + 1])?;
    }
    Some(bytes)
}

fn digit(sign: u8) -> Option<u8> {
    let digit = char::from(sign).to_digit(16)?;
    u8::try_from(digit).ok()
}
