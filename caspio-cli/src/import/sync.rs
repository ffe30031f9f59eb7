//! Bringing a table into line with a file.

use super::column_mapping::Prepared;
use super::input::SourceRow;
use super::job::{Job, interrupted};
use super::reject_file::RejectFile;
use super::row_feed::RowFeed;
use super::summary::Summary;
use crate::error::CliError;
use crate::stop::stop_signal;
use caspio::Table;
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::DataType;
use caspio::{Error, ErrorKind, RecordMap};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The column that identifies rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyColumn<'k> {
    pub(super) name: &'k str,
    pub(super) data_type: Option<&'k DataType>,
}

/// Reads all rows, and writes what differs. The rows are held in memory.
pub(super) async fn sync(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: KeyColumn<'_>,
    job: &mut Job,
    rejects: &mut RejectFile,
) -> Result<Summary, CliError> {
    let mut summary = Summary::default();
    let (source_rows, rows) = read(table, feed, key, job, rejects, &mut summary).await?;
    let mut sync = table
        .sync_many_by_name(key.name, rows)
        .concurrency(job.concurrency);
    if job.dry_run {
        sync = sync.dry_run();
    }
    // A refused row's record would be taken for one that is not in the file.
    summary.nothing_deleted = job.delete_missing && rejects.rows > 0;
    if job.delete_missing && !summary.nothing_deleted {
        sync = sync.delete_missing();
    }
    let report = tokio::select! {
        () = stop_signal() => {
            let again = "run the same command again: what is in line already takes no write";
            summary.stopped = Some(interrupted().with_hint(again));
            return Ok(summary);
        }
        report = sync => report?,
    };
    summary.inserted = report.inserted;
    summary.updated = report.updated;
    summary.unchanged = report.unchanged;
    summary.deleted = report.deleted;
    summary.held_back = report.held_back;
    for failure in report.failed {
        match failure.index.and_then(|at| source_rows.get(at)) {
            Some(source_row) => rejects.add(source_row, &failure.error)?,
            None => summary.stopped = Some(failure.error.into()),
        }
    }
    Ok(summary)
}

/// The rows that can be compared, as they stand and as they are sent.
async fn read(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: KeyColumn<'_>,
    job: &mut Job,
    rejects: &mut RejectFile,
    summary: &mut Summary,
) -> Result<(Vec<SourceRow>, Vec<Prepared>), CliError> {
    let (mut source_rows, mut rows) = (Vec::new(), Vec::new());
    let mut lines = HashMap::new();
    let shared = feed.shared();
    for row in feed {
        let Some(source_row) = shared.lock().rows.pop_front() else {
            break;
        };
        summary.rows += 1;
        job.progress.reached(summary.rows);
        let told = row.and_then(|row| {
            check_unique(&row, key, source_row.line, &mut lines)?;
            Ok(row)
        });
        // An import that writes is told of what is wrong by the sync itself.
        let told = match told {
            Ok(row) if job.dry_run => table.check(&row).await.map(|()| row),
            told => told,
        };
        match told {
            Ok(row) => {
                source_rows.push(source_row);
                rows.push(row);
            }
            Err(error) => rejects.add(&source_row, &error)?,
        }
    }
    match shared.lock().failure.take() {
        Some(failure) => Err(failure),
        None => Ok((source_rows, rows)),
    }
}

/// Makes sure that no row before has the same value in the key column.
fn check_unique(
    row: &Prepared,
    key: KeyColumn<'_>,
    line: u64,
    lines: &mut HashMap<CanonicalKey, u64>,
) -> Result<(), Error> {
    let name = key.name;
    let value = row.0.get(name);
    let what = match value.and_then(|value| canonical(value, key.data_type)) {
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
    Err(Error::new(ErrorKind::Refused, what))
}

/// The value of the key column as Caspio compares it; `None` where it does not identify the row.
fn canonical(value: &FieldValue<'_>, data_type: Option<&DataType>) -> Option<CanonicalKey> {
    match value {
        FieldValue::Text(text) if text.trim().is_empty() => None,
        value => CanonicalKey::of(value, data_type),
    }
}
