//! The records of a CSV file: the first line has the names of fields, each other line is one
//! record.

use super::cell::Cell;
use super::filling::{Column, FileRecord, Filling, RowError};
use crate::store::schema::Table;
use csv::{ErrorKind, Reader, StringRecord};
use std::collections::HashSet;
use std::io::Read;

/// Inserts all records of a file.
pub(super) fn fill(filling: &mut Filling<'_>, file: impl Read) -> Result<(), RowError> {
    let mut reader = Reader::from_reader(file);
    let head = reader.headers().map_err(refused)?;
    let columns = columns(filling.table, head).map_err(|reason| RowError {
        place: Some("line 1".to_owned()),
        reason,
    })?;
    let mut line = StringRecord::new();
    while reader.read_record(&mut line).map_err(refused)? {
        let mut record = FileRecord::new(filling.table);
        for (column, text) in columns.iter().zip(&line) {
            record.put(*column, Cell::Text(text.into()));
        }
        let inserted = filling.insert(&record);
        inserted.map_err(|reason| RowError {
            place: line.position().map(place),
            reason,
        })?;
    }
    Ok(())
}

fn columns(table: &Table, head: &StringRecord) -> Result<Vec<Column>, String> {
    let mut seen = HashSet::new();
    let columns = head.iter().map(|name| {
        // Spreadsheets begin a file with a byte order mark, which is not part of the name.
        let name = name.trim_start_matches('\u{FEFF}').trim();
        match seen.insert(name.to_lowercase()) {
            true => Column::find(table, name),
            false => Err(format!("the column '{name}' is there twice")),
        }
    });
    columns.collect()
}

fn place(position: &csv::Position) -> String {
    format!("line {}", position.line())
}

fn refused(error: csv::Error) -> RowError {
    let reason = match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} values for the {expected_len} names of line 1"),
        ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    RowError {
        place: error.position().map(place),
        reason,
    }
}
