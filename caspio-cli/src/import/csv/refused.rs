//! Rows of a file of refused rows that could not be read.

use super::is_number;
use crate::import::bytes::{self, is_not_text};
use crate::import::encoding::Encoding;
use crate::import::reason::ReasonKind;
use crate::import::source_row::RowContent;

/// Why a row is refused that could not be read, and whose bytes were fixed where they were.
const IN_FIRST_CELL: &str =
    "the whole row is in its first cell; write its cells into their columns";

/// Removes the empty cells that a spreadsheet adds to a row that could not be read, which is shorter than the others.
/// With them its line and its reason would be values of fields.
pub(super) fn remove_padding(cells: &mut Vec<Option<String>>, columns: usize) {
    let Some(last) = cells.iter().rposition(Option::is_some) else {
        return;
    };
    let line = last.checked_sub(1).and_then(|line| cells[line].as_deref());
    let reason = cells[last].as_deref().and_then(ReasonKind::of);
    let is_unreadable = matches!(reason, Some(ReasonKind::Unreadable(_)));
    if last + 1 < columns && is_unreadable && is_number(line) {
        cells.truncate(last + 1);
    }
}

/// Returns the content of a row that could not be read, and is in its first cell.
pub(super) fn in_first_cell(raw: String, why: String, encoding: Encoding) -> RowContent {
    match bytes::text(&raw, encoding) {
        Ok(text) if is_not_text(&why) => {
            RowContent::Unreadable(text.into_bytes(), IN_FIRST_CELL.to_owned())
        }
        _ => RowContent::Unreadable(raw.into_bytes(), why),
    }
}
