//! Writes a row of the file of refused rows.

use super::bytes::written;
use super::members::{Members, object};
use super::reason::{NO_CELLS, ReasonKind, TOO_SHORT, UNRESOLVED};
use super::refused_columns::AddedColumns;
use super::source_row::{RowContent, SourceRow};
use crate::format::csv::text;
use caspio::{Error, ErrorKind};
use caspio_core::error::ErrorContext as _;

/// Returns the reason why a row is in the file, in one text.
pub(super) fn reason(source_row: &SourceRow, error: &Error) -> String {
    if !error.maybe_applied() {
        return error.to_string();
    }
    // A lookup that found another record has more to report.
    if let Some(ReasonKind::Unresolved(reason)) = &source_row.earlier
        && error.kind() != ErrorKind::Conflict
    {
        return reason.clone();
    }
    let words = error.clone().with_maybe_applied(false);
    format!(
        "{UNRESOLVED}the row may be in the table already, so check before importing it again ({words})"
    )
}

/// Returns a line of a CSV file with this number of columns.
pub(super) fn csv_row(source_row: &SourceRow, columns: usize, reason: &str) -> Vec<u8> {
    let mut line = Vec::new();
    let mut prefix = "";
    match &source_row.content {
        RowContent::Cells(cells) => {
            for cell in cells {
                if let Some(cell) = cell {
                    text(&mut line, cell);
                }
                line.push(b',');
            }
            // `Line` and `Reason` belong in their own columns.
            if cells.len() < columns {
                if !reason.starts_with(NO_CELLS) {
                    prefix = TOO_SHORT;
                }
                line.resize(line.len() + columns - cells.len(), b',');
            }
        }
        RowContent::Unreadable(raw, _) => {
            prefix = NO_CELLS;
            text(&mut line, &written(raw));
            line.push(b',');
        }
        RowContent::Json(json) => {
            text(&mut line, json);
            line.push(b',');
        }
    }
    line.extend_from_slice(format!("{},", source_row.line).as_bytes());
    text(&mut line, &format!("{prefix}{reason}"));
    line
}

/// Returns a line of a JSONL file.
pub(super) fn json_row(source_row: &SourceRow, added: &AddedColumns, reason: &str) -> String {
    let unreadable = |text: &str| {
        let name = &added.unreadable;
        format!("{name:?}:{}", serde_json::Value::from(text))
    };
    let row = match &source_row.content {
        RowContent::Json(json) => match Members::of(json) {
            Ok(members) => {
                let object = object(&members.0);
                object[1..object.len() - 1].to_owned()
            }
            Err(_) => unreadable(json),
        },
        RowContent::Unreadable(raw, _) => unreadable(&written(raw)),
        RowContent::Cells(cells) => unreadable(&format!("{cells:?}")),
    };
    let comma = if row.is_empty() { "" } else { "," };
    let reason = serde_json::Value::from(reason);
    format!(
        "{{{row}{comma}{:?}:{},{:?}:{reason}}}",
        added.line, source_row.line, added.reason
    )
}
