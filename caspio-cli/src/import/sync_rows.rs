//! Reads the rows of a sync.

use super::job::Job;
use super::key_column::KeyColumn;
use super::prepared::Prepared;
use super::reason::{DUPLICATE, ReasonKind};
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
            check_changed(&row, key, source_row.earlier.as_ref())?;
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
        Some(canonical) => match lines.entry(canonical) {
            Entry::Vacant(entry) => {
                entry.insert(line);
                return Ok(());
            }
            Entry::Occupied(entry) => {
                let (before, value) = (entry.get(), shown(value));
                format!("{DUPLICATE}{name}: {value}: the row of line {before} has the same value")
            }
        },
    };
    Err(Error::new(ErrorKind::Refused, message))
}

/// Checks that a row that an earlier sync refused, because another row of its file had the same key, was fixed: alone
/// in a file of refused rows, it would overwrite the record of the other row.
fn check_changed(
    row: &Prepared,
    key: KeyColumn<'_>,
    earlier: Option<&ReasonKind>,
) -> Result<(), Error> {
    let Some(ReasonKind::Duplicate(reason)) = earlier else {
        return Ok(());
    };
    let name = key.name;
    let value = format!("{name}: {}: ", shown(row.get(name)));
    if !reason.starts_with(&value) {
        return Ok(());
    }
    let message = format!(
        "{DUPLICATE}{value}another row of the file that was imported first has the same value; \
         change it, or remove this reason to write this row as well"
    );
    Err(Error::new(ErrorKind::Refused, message))
}

/// Returns a value as a reason shows it.
fn shown(value: Option<&FieldValue<'_>>) -> String {
    match value {
        Some(FieldValue::Text(text)) => format!("{text:?}"),
        Some(FieldValue::Integer(number)) => number.to_string(),
        Some(FieldValue::Decimal(number)) => number.to_string(),
        Some(value) => format!("{value:?}"),
        None => String::new(),
    }
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
