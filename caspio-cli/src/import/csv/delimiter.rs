//! What separates the cells of a file.

use super::without_line_end;

/// Returns the delimiter that a line `sep=;` names, as spreadsheets write it.
pub(super) fn separator_line(raw: &[u8]) -> Option<u8> {
    match without_line_end(raw).strip_prefix(b"sep=")? {
        [delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// Returns what separates the columns of a header without commas, if it has another usual delimiter.
pub(super) fn likely_delimiter(raw: &[u8]) -> Option<u8> {
    let count = |byte: u8| raw.iter().filter(|other| **other == byte).count();
    let others = [b';', b'\t', b'|']
        .into_iter()
        .filter(|byte| count(*byte) > 0);
    others
        .max_by_key(|byte| count(*byte))
        .filter(|_| count(b',') == 0)
}
