//! The state of reading a row.

use super::Key;

/// The state of reading a row.
///
/// It outlives the row, so that after a failure it identifies the column.
#[derive(Debug, Default)]
pub(crate) struct RowState {
    /// The column being read, as its index in [`Record::FIELDS`](super::Record::FIELDS).
    pub(crate) field: Option<usize>,
    /// Whether the column was missing from the response.
    pub(crate) missing: bool,
    /// Whether the row's `PK_ID` is being read, without a field for it.
    pub(crate) reads_key: bool,
    /// The row's `PK_ID`, if the struct has no field for it.
    pub(crate) key: Option<Key>,
}
