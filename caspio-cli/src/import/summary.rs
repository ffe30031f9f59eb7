//! What came of an import.

use crate::error::CliError;
use std::path::PathBuf;

/// What an import did, or what a dry run would have done.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Rows that were looked at.
    pub(crate) rows: u64,
    pub(crate) inserted: u64,
    pub(crate) updated: u64,
    pub(crate) unchanged: u64,
    pub(crate) deleted: u64,
    /// Records that no row is there for and that stay, because rows were refused. Known of those that
    /// were looked at.
    pub(crate) held_back: u64,
    /// Whether nothing was deleted for that reason, however many there are.
    pub(crate) nothing_deleted: bool,
    /// Rows that did not get there.
    pub(crate) refused: u64,
    /// How many of those may be there all the same.
    pub(crate) in_doubt: u64,
    pub(crate) refused_file: Option<PathBuf>,
    /// Columns that cannot be written.
    pub(crate) left_out: Vec<String>,
    /// Why it ended before the file's end, or left records that were to be deleted.
    pub(crate) stopped: Option<CliError>,
    /// The line of the first row that was not looked at.
    pub(crate) next_line: Option<u64>,
}
