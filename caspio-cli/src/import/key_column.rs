//! The key column of a sync.

use super::claims::ComparedColumns;
use caspio::schema::DataType;

/// The column that identifies rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyColumn<'k> {
    pub(super) name: &'k str,
    pub(super) data_type: Option<&'k DataType>,
    /// Whether the table refuses a second record with the same value.
    pub(super) is_unique: bool,
    /// The columns of the table.
    pub(super) columns: &'k ComparedColumns,
}
