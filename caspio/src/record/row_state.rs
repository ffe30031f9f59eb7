//! The state of reading a row.

use super::Key;
use caspio_schema::is_same_name;

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
    /// The columns that a record without a fixed shape does not have, because only the read needs them.
    hidden: Vec<String>,
}

impl RowState {
    pub(crate) fn hiding(hidden: Vec<String>) -> Self {
        Self {
            hidden,
            ..Self::default()
        }
    }

    /// Starts the next row: the key of an earlier row is not this row's.
    pub(super) fn begin_row(&mut self) {
        *self = Self::hiding(std::mem::take(&mut self.hidden));
    }

    pub(super) fn hides(&self, column: &str) -> bool {
        self.hidden.iter().any(|name| is_same_name(name, column))
    }
}
