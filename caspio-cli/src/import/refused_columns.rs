//! The columns that a file of refused rows has in addition to those of its rows.

use crate::format::csv::text;
use caspio::schema::FieldDefinition;
use std::path::Path;

/// The column of a file of refused rows with the row's line.
pub(super) const LINE: &str = "Line";
/// The column of a file of refused rows with the reason.
pub(super) const REASON: &str = "Reason";
/// The member of a file of refused rows with a line that is not a JSON object.
pub(super) const UNREADABLE: &str = "Unreadable";

/// Returns the first line of a CSV file of refused rows, without a line break.
pub(super) fn first_line(columns: &[String]) -> Vec<u8> {
    let mut line = Vec::new();
    for column in columns {
        text(&mut line, column);
        line.push(b',');
    }
    line.extend_from_slice(format!("{LINE},{REASON}").as_bytes());
    line
}

/// Returns whether a file is a file of refused rows by its name: `contacts.refused.csv`. Its columns do not show it: a table
/// may have the fields `Line` and `Reason`.
pub(super) fn is_refused_file(path: &Path) -> bool {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase());
    stem.is_some_and(|stem| stem.ends_with(".refused"))
}

/// Returns whether a file holds only the refused rows of another one: by its name, or by its last columns.
pub(super) fn holds_refused_rows(
    path: &Path,
    columns: &[String],
    fields: &[FieldDefinition],
) -> bool {
    let is_field = |name: &str| fields.iter().any(|field| field.name == name);
    let has_columns = columns.ends_with(&[LINE.to_owned(), REASON.to_owned()]);
    is_refused_file(path) || has_columns && !is_field(LINE) && !is_field(REASON)
}

/// The columns that a file of refused rows has in addition to those of the rows.
#[derive(Debug, Default)]
pub(super) struct RefusedColumns {
    is_refused_file: bool,
    /// The table's own fields with the same names.
    fields: Vec<String>,
}

impl RefusedColumns {
    pub(super) fn new(path: &Path, fields: &[FieldDefinition]) -> Self {
        let names = fields.iter().map(|field| field.name.clone());
        Self {
            is_refused_file: is_refused_file(path),
            fields: names
                .filter(|name| name == LINE || name == REASON)
                .collect(),
        }
    }

    /// Returns how many of them are at the end of these columns.
    pub(super) fn count<'n>(&self, columns: impl DoubleEndedIterator<Item = &'n str>) -> usize {
        let mut last = columns.rev();
        let (last, before) = (last.next(), last.next());
        let is_own = |name: &str| self.fields.iter().any(|field| field == name);
        match last {
            _ if !self.is_refused_file => 0,
            Some(REASON) if before == Some(LINE) => 2,
            Some(name @ (LINE | REASON)) if !is_own(name) => 1,
            _ => 0,
        }
    }

    /// Returns whether a column was added wherever it is: the file is one of refused rows, and the table has no such field.
    pub(super) fn is_added(&self, name: &str) -> bool {
        let is_own = self.fields.iter().any(|field| field == name);
        self.is_refused_file && matches!(name, LINE | REASON) && !is_own
    }

    /// Returns whether the file is a file of refused rows.
    pub(super) fn is_refused_file(&self) -> bool {
        self.is_refused_file
    }
}
