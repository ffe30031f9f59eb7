//! The reasons of the rows of a file of refused rows, and what they mean when the file is imported.

/// The beginning of the reason of a row that may be in the table.
pub(super) const UNRESOLVED: &str = "UNRESOLVED: ";
/// The beginning of the reason of a CSV row whose text is in its first cell, because it has no cells.
pub(super) const NO_CELLS: &str = "UNREADABLE: ";
/// The beginning of the reason of a CSV row in whose cells bytes are written that are not text.
pub(super) const BYTES: &str = "BYTES: ";
/// The beginning of the reason of a CSV row to which empty cells were added.
pub(super) const TOO_SHORT: &str = "TOO SHORT: ";
/// The beginning of the reason of a CSV row with a number that may be a thousand times as large.
pub(super) const AMBIGUOUS: &str = "AMBIGUOUS: ";

/// The beginning of the reason of a row of a sync whose key an earlier row of the file had.
pub(super) const DUPLICATE: &str = "DUPLICATE: ";

/// The end of the reason of a row that a sync refused.
pub(super) const OF_SYNC: &str = "; import it with --sync";

/// What the reason of a row in a file of refused rows means for another import of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReasonKind {
    /// The row may be in the table. The reason is kept.
    Unresolved(String),
    /// The first cell is the text of a row that could not be read.
    Unreadable(String),
    /// The cells have bytes that are not text, or had them.
    Bytes(String),
    /// The last cells were added.
    TooShort,
    /// The reason names numbers that may be a thousand times as large.
    Ambiguous(String),
    /// The reason names a key that an earlier row of the file had.
    Duplicate(String),
}

impl ReasonKind {
    /// Returns the kind of a reason; `None` for one that means nothing for another import.
    pub(super) fn of(reason: &str) -> Option<Self> {
        if reason.starts_with(UNRESOLVED) {
            Some(Self::Unresolved(reason.to_owned()))
        } else if let Some(why) = reason.strip_prefix(NO_CELLS) {
            Some(Self::Unreadable(why.to_owned()))
        } else if let Some(why) = reason.strip_prefix(BYTES) {
            Some(Self::Bytes(why.to_owned()))
        } else if let Some(why) = reason.strip_prefix(AMBIGUOUS) {
            Some(Self::Ambiguous(why.to_owned()))
        } else if let Some(why) = reason.strip_prefix(DUPLICATE) {
            Some(Self::Duplicate(why.to_owned()))
        } else {
            reason.starts_with(TOO_SHORT).then_some(Self::TooShort)
        }
    }
}

/// Returns whether a reason is that of a row that a sync refused.
pub(super) fn is_of_sync(reason: &str) -> bool {
    reason.ends_with(OF_SYNC)
}
