//! The rows of a file before conversion.

use super::reason::ReasonKind;
use crate::error::CliError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A row of the file.
#[derive(Debug)]
pub(super) struct SourceRow {
    /// Its first line in the file, from 1; in a Parquet file the number of the row.
    pub(super) line: u64,
    /// How many rows are before it in the file.
    pub(super) index: u64,
    pub(super) content: RowContent,
    /// What an earlier import found out, in a file of refused rows.
    pub(super) earlier: Option<ReasonKind>,
    /// Whether a sync refused it, in a file of refused rows.
    pub(super) of_sync: bool,
}

/// The content of a row.
#[derive(Debug)]
pub(super) enum RowContent {
    /// The cells of a CSV row; `None` for an empty cell.
    Cells(Vec<Option<String>>),
    /// A line that should be a JSON object.
    Json(String),
    /// The bytes of a row that could not be read, and the reason.
    Unreadable(Vec<u8>, String),
}

/// Reads the rows of a file one after the other.
pub(super) trait Rows: Send {
    /// Returns the columns' names.
    fn columns(&self) -> &[String];

    /// Returns the line where the next row begins, at the earliest.
    fn next_line(&self) -> u64;

    /// Returns what separates the cells of a CSV file.
    fn delimiter(&self) -> Option<u8> {
        None
    }

    /// Returns whether it is a file of refused rows that has the columns that are added to those of the rows.
    fn has_added_columns(&self) -> bool {
        false
    }

    /// Returns the count of blank lines that are not rows, which grows while the file is read.
    fn skipped(&self) -> SkippedLines {
        SkippedLines::default()
    }

    /// Reads the next row. An error ends the file.
    fn next(&mut self) -> Option<Result<SourceRow, CliError>>;
}

/// A count of lines at the end of a file that are not rows.
#[derive(Clone, Debug, Default)]
pub(super) struct SkippedLines(Arc<AtomicU64>);

impl SkippedLines {
    pub(super) fn add(&self, lines: usize) {
        self.0.fetch_add(lines as u64, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
