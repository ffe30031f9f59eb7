//! The reasons of the rows of a file of refused rows, and what they mean when the file is imported.

use super::cells::NOT_UTF_8;

/// The beginning of the reason of a row that may be in the table.
pub(super) const UNRESOLVED: &str = "UNRESOLVED: ";
/// The beginning of the reason of a CSV row whose text is in its first cell, because it has no cells.
pub(super) const NO_CELLS: &str = "UNREADABLE: ";
/// The beginning of the reason of a CSV row to which empty cells were added.
pub(super) const TOO_SHORT: &str = "TOO SHORT: ";
/// The beginning of the reason of a CSV row with a number that may be a thousand times as large.
pub(super) const AMBIGUOUS: &str = "AMBIGUOUS: ";

/// The end of the reason of a row that a sync refused.
pub(super) const OF_SYNC: &str = "; import it with --sync";

/// The form of a backslash in a row that is not UTF-8.
pub(super) const BACKSLASH: &str = "\\x5c";

/// What the reason of a row in a file of refused rows means for another import of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReasonKind {
    /// The row may be in the table. The reason is kept.
    Unresolved(String),
    /// The first cell is the text of a row that could not be read.
    Unreadable(String),
    /// The last cells were added.
    TooShort,
    /// The reason names numbers that may be a thousand times as large.
    Ambiguous(String),
}

impl ReasonKind {
    /// Returns the kind of a reason; `None` for one that means nothing for another import.
    pub(super) fn of(reason: &str) -> Option<Self> {
        if reason.starts_with(UNRESOLVED) {
            Some(Self::Unresolved(reason.to_owned()))
        } else if let Some(why) = reason.strip_prefix(NO_CELLS) {
            Some(Self::Unreadable(why.to_owned()))
        } else if let Some(why) = reason.strip_prefix(AMBIGUOUS) {
            Some(Self::Ambiguous(why.to_owned()))
        } else {
            reason.starts_with(TOO_SHORT).then_some(Self::TooShort)
        }
    }
}

/// Returns whether a reason is that of a row that a sync refused.
pub(super) fn is_of_sync(reason: &str) -> bool {
    reason.ends_with(OF_SYNC)
}

/// Returns the text of a row that was not UTF-8, in which each backslash was written as a byte.
///
/// # Errors
///
/// The reason why the row is refused again: a byte that is not UTF-8 is still written in it.
pub(super) fn with_backslashes(text: &str) -> Result<String, String> {
    match written_byte(text) {
        Some(byte) => Err(format!("{NOT_UTF_8}; {byte} is still in it")),
        None => Ok(text.replace(BACKSLASH, "\\")),
    }
}

/// Returns the first `\xNN` for a byte that is not UTF-8.
fn written_byte(text: &str) -> Option<&str> {
    let mut starts = text.match_indices("\\x");
    starts.find_map(|(at, _)| {
        let written = text.get(at..at + 4)?;
        let byte = u8::from_str_radix(written.get(2..)?, 16).ok()?;
        (!byte.is_ascii()).then_some(written)
    })
}
