//! The result of an import.

use super::journal::Journal;
use super::unfinished::Unfinished;
use crate::error::CliError;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The result of an import, or the expected result of a dry run.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Rows that were read.
    pub(crate) rows: u64,
    pub(crate) inserted: u64,
    /// Rows that an earlier run had inserted, as a lookup showed.
    pub(crate) already_there: u64,
    pub(crate) updated: u64,
    pub(crate) unchanged: u64,
    pub(crate) deleted: u64,
    /// Records without a row in the file that were not deleted, because rows were refused.
    pub(crate) held_back: u64,
    /// Whether deleting was skipped for that reason.
    pub(crate) nothing_deleted: bool,
    /// Rows that were refused and are not in the file of refused rows, which could not be written.
    pub(crate) missing: u64,
    /// Rows that were refused.
    pub(crate) refused: u64,
    /// The lines of the first ones that this run refused, with their reasons.
    pub(crate) first_refused: Vec<(u64, String)>,
    /// How many of those may be in the table anyway.
    pub(crate) unresolved: u64,
    /// Rows that a sync did not send, because it was stopped.
    pub(crate) not_sent: u64,
    /// The path of the file of refused rows, if it has rows.
    pub(crate) refused_file: Option<PathBuf>,
    /// Whether it could not get its name, so that it cannot be imported.
    pub(crate) unnamed: bool,
    /// Whether the file to import was changed while it was read.
    pub(crate) changed: bool,
    /// Whether it is of a sync.
    pub(crate) is_sync: bool,
    /// The options with which it is imported.
    pub(crate) again: Vec<String>,
    /// The path of the file of refused rows of an earlier import; this one refused no row, and left it as it is.
    pub(crate) earlier_refused_file: Option<PathBuf>,
    /// Whether an update or delete of a sync that was killed may still be executed.
    pub(crate) may_change: bool,
    /// The line at which an earlier run was resumed.
    pub(crate) resumed: Option<u64>,
    /// What separates the cells of a CSV file, if that was found out.
    pub(crate) delimiter: Option<u8>,
    /// The journal of an import that is complete, to be removed when the result was printed.
    pub(crate) journal: Option<Journal>,
    /// The record of the import, which is kept until the journal was removed.
    pub(super) unfinished: Option<Unfinished>,
    /// Columns that cannot be written.
    pub(crate) skipped: Vec<String>,
    /// Columns of passwords, which a sync does not compare.
    pub(crate) not_compared: Vec<String>,
    /// How many times of each column lost what is shorter than a millisecond.
    pub(crate) shortened: BTreeMap<String, u64>,
    /// How many blank lines at the end of a file of one column were not read as rows.
    pub(crate) blank_lines: u64,
    /// How many cells begin with an apostrophe before a formula, as `export --excel` writes them, and were used
    /// unchanged.
    pub(crate) apostrophes: u64,
    /// The error that stopped the import before the end of the file, or before all deletes were done.
    pub(crate) stopped: Option<CliError>,
    /// The line of the first row that was not sent.
    pub(crate) next_line: Option<u64>,
}
