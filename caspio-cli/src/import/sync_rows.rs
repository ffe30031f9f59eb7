//! Reads the rows of a sync.

use super::job::Job;
use super::key_column::KeyColumn;
use super::prepared::Prepared;
use super::refused_file::RefusedFile;
use super::row_feed::RowFeed;
use super::source_row::SourceRow;
use super::summary::Summary;
use super::violations::with_others;
use crate::error::CliError;
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::DataType;
use caspio::{Error, ErrorKind, RecordMap, Table};
use futures::FutureExt;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Rows of the file, and the rows to send.
pub(super) type ReadRows = (Vec<SourceRow>, Vec<Prepared>);

/// Reads the rows that can be compared: each source row, and the row to send. `None` after a stop signal.
pub(super) async fn read(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: KeyColumn<'_>,
    job: &mut Job,
    refused: &mut RefusedFile,
    summary: &mut Summary,
) -> Result<Option<ReadRows>, CliError> {
    let (mut source_rows, mut rows) = (Vec::new(), Vec::new());
    let mut lines = HashMap::new();
    let shared = feed.shared();
    for row in feed {
        if job.interrupts.next().now_or_never().is_some() {
            return Ok(None);
        }
        let Some(source_row) = shared.lock().rows.pop_front() else {
            break;
        };
        summary.rows += 1;
        job.progress.reached(summary.rows);
        let row = match row {
            Ok(row) => Ok(row),
            Err(error) => Err(with_others(table, error).await),
        };
        let unique = row.and_then(|row| {
            check_unique(&row, key, source_row.line, &mut lines)?;
            Ok(row)
        });
        // Without a dry run, the sync itself checks the rows.
        let checked = match unique {
            Ok(row) if job.dry_run => table.check(&row).await.map(|()| row),
            other => other,
        };
        match checked {
            Ok(row) => {
                source_rows.push(source_row);
                rows.push(row);
            }
            Err(error) => refused.add(&source_row, &error),
        }
    }
    match shared.lock().failure.take() {
        Some(failure) => Err(failure),
        None => Ok(Some((source_rows, rows))),
    }
}

/// Checks that no earlier row has the same value in the key column.
pub(super) fn check_unique(
    row: &Prepared,
    key: KeyColumn<'_>,
    line: u64,
    lines: &mut HashMap<CanonicalKey, u64>,
) -> Result<(), Error> {
    let name = key.name;
    let value = row.get(name);
    let message = match value.and_then(|value| canonical(value, key.data_type)) {
        None => format!("{name}: the row has no value that identifies it"),
        Some(value) => match lines.entry(value) {
            Entry::Vacant(entry) => {
                entry.insert(line);
                return Ok(());
            }
            Entry::Occupied(entry) => {
                let before = entry.get();
                format!("{name}: the row of line {before} has the same value")
            }
        },
    };
    Err(Error::new(ErrorKind::Refused, message))
}

/// Returns the value of the key column as Caspio compares it; `None` if it does not identify the row.
pub(super) fn canonical(
    value: &FieldValue<'_>,
    data_type: Option<&DataType>,
) -> Option<CanonicalKey> {
    match value {
        FieldValue::Text(text) if text.trim().is_empty() => None,
        value => CanonicalKey::of(value, data_type),
    }
}
