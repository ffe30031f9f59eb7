//! Synchronizes a table with a file.

use super::claims::{Claims, ComparedColumns};
use super::job::Job;
use super::lookup::{Lookup, is_already_there, is_duplicate};
use super::prepared::Prepared;
use super::reason::ReasonKind;
use super::refused_file::RefusedFile;
use super::row_feed::RowFeed;
use super::source_row::SourceRow;
use super::stop::{interrupted, stop};
use super::summary::Summary;
use super::sync_journal::SyncJournal;
use super::violations::with_others;
use crate::error::{CliError, ExitCode};
use crate::gate::was_not_sent;
use caspio::bulk::{BulkReport, RowAt, StopSignal};
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::DataType;
use caspio::{Error, ErrorKind, RecordMap, Table};
use futures::FutureExt;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::IntoFuture;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How long a sync that is stopped for the second time waits for the SDK to report: it goes through all rows that were not
/// sent. A third signal ends the wait.
const LAST_WAIT: Duration = Duration::from_secs(30);

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

/// Reads all rows into memory, and writes the differences.
pub(super) async fn sync(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: KeyColumn<'_>,
    journal: Option<&SyncJournal>,
    job: &mut Job,
    refused: &mut RefusedFile,
) -> Result<Summary, CliError> {
    let mut summary = Summary::default();
    let Some(read) = read(table, feed, key, job, refused, &mut summary).await? else {
        summary.stopped = Some(nothing_written());
        return Ok(summary);
    };
    let mut in_doubt = InDoubt::default();
    let (source_rows, rows) = match journal {
        Some(journal) => {
            let written = job.input.written();
            let (read, open) =
                without_unresolved(table, key, (journal, written), read, refused).await;
            in_doubt = open;
            read
        }
        None => read,
    };
    let signal = StopSignal::new();
    let mut sync = table
        .sync_many(|_| key.name, rows)
        .concurrency(job.concurrency)
        .stop_by(&signal);
    if job.dry_run {
        sync = sync.dry_run();
    }
    // The record of a refused row would look like one that is not in the file, and be deleted.
    summary.nothing_deleted = job.delete_missing && refused.rows > 0;
    if job.delete_missing && !summary.nothing_deleted {
        sync = sync.delete_missing();
    }
    let (report, stopped) = write(sync.into_future(), &signal, &source_rows, job).await?;
    let Some(report) = report else {
        summary.stopped = stopped;
        return Ok(summary);
    };
    summary.inserted = report.inserted;
    summary.updated = report.updated;
    summary.unchanged = report.unchanged;
    summary.deleted = report.deleted;
    summary.held_back = report.held_back;
    let found = in_doubt.found_after_conflict(&report).await;
    for failure in report.failed() {
        let source_row = failure.index.and_then(|at| source_rows.get(at));
        if failure.index.is_some_and(|at| found.contains(&at)) {
            summary.unchanged += 1;
            continue;
        }
        match source_row {
            _ if was_not_sent(&failure.error) || was_stopped(&failure.error) => {
                summary.not_sent += u64::from(source_row.is_some());
                summary.stopped = Some(unfinished());
            }
            Some(source_row) => refused.add(source_row, &failure.error),
            None => summary.stopped = Some(failure.error.clone().into()),
        }
    }
    Ok(summary)
}

/// Writes the differences. After the first stop signal it waits for the calls in progress, after the second it cuts
/// them off. Returns no report if nothing was written, or if the SDK does not report in time.
async fn write(
    mut sync: impl Future<Output = caspio::Result<BulkReport<i64>>> + Unpin,
    signal: &StopSignal,
    source_rows: &[SourceRow],
    job: &mut Job,
) -> Result<(Option<BulkReport<i64>>, Option<CliError>), CliError> {
    let mut signals = 0_u32;
    let mut limit = Instant::now();
    loop {
        tokio::select! {
            report = &mut sync => return match report {
                Ok(report) => Ok((Some(report), None)),
                // Reading was cut off.
                Err(_) if signals > 0 && !job.gate.wrote() => Ok((None, Some(nothing_written()))),
                Err(error) => Err(not_written(error, source_rows)),
            },
            () = job.interrupts.next() => {
                signals += 1;
                limit = Instant::now() + LAST_WAIT;
                signal.stop();
                stop(&job.gate, signals, job.quiet);
                if signals > 2 {
                    return Ok((None, Some(unknown())));
                }
                if !job.gate.wrote() {
                    return Ok((None, Some(nothing_written())));
                }
            }
            () = tokio::time::sleep_until(limit), if signals > 1 => {
                return Ok((None, Some(unknown())));
            }
        }
    }
}

/// Returns the error of a sync that wrote nothing, with the line of the row that it is about.
fn not_written(error: Error, source_rows: &[SourceRow]) -> CliError {
    let of_record = error.kind() == ErrorKind::Refused && error.key().is_some();
    let row = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<RowAt>());
    let row = row.and_then(|row| Some((row.to_string(), source_rows.get(row.0)?.line)));
    let mut failure = CliError::from(error);
    if let Some((row, line)) = row {
        failure.message = failure.message.replacen(&row, &format!("line {line}"), 1);
    }
    if of_record {
        // The records are at fault, not the command line.
        failure.exit = ExitCode::General;
        let hint = "nothing was written; give the records different values, or choose another column with --key";
        failure.hint.get_or_insert_with(|| hint.to_owned());
    }
    failure
}

/// Returns whether the SDK was stopped before it sent a row.
fn was_stopped(error: &Error) -> bool {
    error.kind() == ErrorKind::Cancelled && !error.maybe_applied()
}

/// Rows of the file, and the rows to send.
type ReadRows = (Vec<SourceRow>, Vec<Prepared>);

/// Rows that a killed sync may have sent, and that this one sends.
#[derive(Default)]
struct InDoubt {
    lookup: Option<Lookup>,
    /// By their indexes.
    rows: BTreeMap<usize, Prepared>,
}

impl InDoubt {
    /// Returns those that are in the table although they were refused as duplicates: a call of the killed sync inserted them
    /// meanwhile.
    async fn found_after_conflict(self, report: &BulkReport<i64>) -> HashSet<usize> {
        let refused = report
            .failed()
            .iter()
            .filter(|failure| is_duplicate(&failure.error));
        let refused = refused.filter_map(|failure| failure.index);
        let refused = refused.filter_map(|at| Some((at, self.rows.get(&at)?.clone())));
        let (indexes, rows): (Vec<usize>, Vec<Prepared>) = refused.unzip();
        let Some(lookup) = self.lookup.filter(|_| !rows.is_empty()) else {
            return HashSet::new();
        };
        let found = lookup.after_conflict(rows, &Claims::default()).await;
        let found = indexes.into_iter().zip(found);
        let is_there = |error: Option<Error>| error.is_some_and(|error| is_already_there(&error));
        found
            .filter_map(|(at, error)| is_there(error).then_some(at))
            .collect()
    }
}

/// Refuses the rows that an earlier sync, which was killed, may have inserted, and those of a file of refused rows
/// whose outcome is unknown, unless the table has them or refuses a second one. `written` is the time at which the
/// file was written.
async fn without_unresolved(
    table: &Table<RecordMap>,
    key: KeyColumn<'_>,
    (journal, written): (&SyncJournal, Option<SystemTime>),
    (source_rows, rows): ReadRows,
    refused: &mut RefusedFile,
) -> (ReadRows, InDoubt) {
    let by_file = |at: usize| matches!(source_rows[at].earlier, Some(ReasonKind::Unresolved(_)));
    let is_any = (0..rows.len()).any(by_file);
    let earlier = key
        .data_type
        .map(|data_type| (data_type, journal.earlier(data_type)));
    let (data_type, keys, sent) = match earlier {
        Some((data_type, Some((keys, sent)))) => (data_type, keys, Some(sent)),
        Some((data_type, None)) if is_any => (data_type, HashSet::new(), None),
        _ => return ((source_rows, rows), InDoubt::default()),
    };
    let sent = sent.max(written.filter(|_| is_any));
    let lookup = Lookup {
        table: table.clone(),
        key: key.name.into(),
        data_type: data_type.clone(),
        // The sync compares the record, and updates it.
        compared: ComparedColumns::default(),
        is_unique: key.is_unique,
        sent,
    };
    let is_open = |row: &Prepared| {
        let value = row.get(key.name);
        let value = value.and_then(|value| canonical(value, Some(data_type)));
        value.is_some_and(|value| keys.contains(&value))
    };
    let open: Vec<usize> = (0..rows.len())
        .filter(|at| by_file(*at) || is_open(&rows[*at]))
        .collect();
    // The keys of a sync's rows differ.
    let claims = Claims::default();
    let looked_up = lookup.of(open.iter().map(|at| rows[*at].clone()).collect(), &claims);
    let (mut unresolved, mut sent_again, mut found) = (HashMap::new(), HashSet::new(), 0);
    for (at, result) in open.into_iter().zip(looked_up.await) {
        match result {
            Err(error) if is_already_there(&error) => found += usize::from(is_open(&rows[at])),
            Err(error) => drop(unresolved.insert(at, error)),
            Ok(_) => drop(sent_again.insert(at)),
        }
    }
    if found == keys.len() {
        journal.forget_earlier();
    }
    let (mut kept_sources, mut kept) = (Vec::new(), Vec::new());
    let mut in_doubt = BTreeMap::new();
    for (at, (source_row, row)) in source_rows.into_iter().zip(rows).enumerate() {
        match unresolved.remove(&at) {
            Some(error) => refused.add(&source_row, &error),
            None => {
                if sent_again.contains(&at) {
                    in_doubt.insert(kept.len(), row.clone());
                }
                kept_sources.push(source_row);
                kept.push(row);
            }
        }
    }
    let lookup = Lookup {
        compared: key.columns.clone(),
        ..lookup
    };
    let in_doubt = InDoubt {
        lookup: Some(lookup),
        rows: in_doubt,
    };
    ((kept_sources, kept), in_doubt)
}

fn nothing_written() -> CliError {
    interrupted().with_hint("nothing was written to the table")
}

fn unfinished() -> CliError {
    interrupted()
        .with_hint("run the same command again: records that are up to date are not written again")
}

fn unknown() -> CliError {
    interrupted().with_hint(
        "it is unknown which rows were written: wait a minute for the service to finish, then run the same command again",
    )
}

/// Reads the rows that can be compared: each source row, and the row to send. `None` after a stop signal.
async fn read(
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
fn check_unique(
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
fn canonical(value: &FieldValue<'_>, data_type: Option<&DataType>) -> Option<CanonicalKey> {
    match value {
        FieldValue::Text(text) if text.trim().is_empty() => None,
        value => CanonicalKey::of(value, data_type),
    }
}
