//! Synchronizes a table with a file.

use super::claims::{Claims, ComparedColumns};
use super::deletions::DeleteGuard;
use super::job::Job;
use super::key_column::KeyColumn;
use super::lookup::{Lookup, is_already_there, is_duplicate};
use super::outage::{Outage, is_of_row};
use super::prepared::Prepared;
use super::reason::ReasonKind;
use super::refused_file::RefusedFile;
use super::row_feed::RowFeed;
use super::stop::{interrupted, nothing_written};
use super::summary::Summary;
use super::sync_journal::SyncJournal;
use super::sync_rows::{ReadRows, canonical, read};
use super::sync_write::write;
use crate::error::CliError;
use crate::gate::was_not_sent;
use caspio::bulk::BulkReport;
use caspio::{Error, ErrorKind, RecordMap, Table};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::SystemTime;

/// What to do after a sync that was not completed.
const SYNC_AGAIN: &str =
    "run the same command again: records that are up to date are not written again";

/// Reads all rows into memory, and writes the differences.
pub(super) async fn sync(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: KeyColumn<'_>,
    journal: &SyncJournal,
    job: &mut Job,
    refused: &mut RefusedFile,
) -> Result<Summary, CliError> {
    let mut summary = Summary {
        may_change: journal.may_change(),
        ..Summary::default()
    };
    let Some(read) = read(table, feed, key, job, refused, &mut summary).await? else {
        summary.not_sent = summary.rows.saturating_sub(refused.rows);
        summary.stopped = Some(nothing_written());
        return Ok(summary);
    };
    let written = job.input.written();
    let ((source_rows, rows), sent_again) =
        without_unresolved(table, key, (journal, written), read, refused).await;
    // The record of a refused row would look like one that is not in the file, and be deleted.
    summary.nothing_deleted = job.delete_missing && refused.rows > 0;
    let deletes = job.delete_missing && !summary.nothing_deleted;
    let (report, stopped) = write(table, key, (&source_rows, rows), deletes, job).await?;
    let Some(report) = report else {
        if !job.gate.wrote() {
            summary.not_sent = source_rows.len() as u64;
        }
        summary.stopped = stopped;
        return Ok(summary);
    };
    if job.dry_run {
        summary.stopped = DeleteGuard::new(job.deletions).refused(&report, &job.table);
    }
    summary.inserted = report.inserted;
    summary.updated = report.updated;
    summary.unchanged = report.unchanged;
    summary.deleted = report.deleted;
    summary.held_back = report.held_back;
    let found = sent_again.found_after_conflict(&report).await;
    let outage = outage(&report);
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
            // Nothing is wrong with the row.
            Some(_) if outage.is_some() && is_of_service(&failure.error) => summary.not_sent += 1,
            Some(source_row) => refused.add(source_row, &failure.error),
            None => summary.stopped = Some(failure.error.clone().into()),
        }
    }
    if let Some(failure) = outage {
        summary.stopped = Some(failure.with_hint(SYNC_AGAIN));
    }
    Ok(summary)
}

/// Returns the error with which the service no longer accepted any row; `None` if the rows caused the failures.
fn outage(report: &BulkReport<i64>) -> Option<CliError> {
    let failed = report.failed().iter();
    let mut failed: Vec<_> = failed
        .filter_map(|failure| Some((failure.index?, &failure.error)))
        .collect();
    failed.sort_by_key(|(index, _)| *index);
    let (mut outage, mut next) = (Outage::default(), 0);
    for (index, error) in failed {
        if index > next {
            outage.record(None);
        }
        outage.record(Some(error).filter(|error| is_response(error)));
        next = index + 1;
    }
    outage.failure
}

/// Returns whether the service failed the row, and not the end of the sync.
fn is_response(error: &Error) -> bool {
    !error.maybe_applied() && !was_not_sent(error) && !was_stopped(error)
}

/// Returns whether the service did not write a row for a reason that is not the row's.
fn is_of_service(error: &Error) -> bool {
    !error.maybe_applied() && !is_of_row(error.kind())
}

/// Returns whether the SDK was stopped before it sent a row.
fn was_stopped(error: &Error) -> bool {
    error.kind() == ErrorKind::Cancelled && !error.maybe_applied()
}

/// Rows that a killed sync may have sent, and that this one sends.
#[derive(Default)]
struct SentAgain {
    lookup: Option<Lookup>,
    /// By their indexes.
    rows: BTreeMap<usize, Prepared>,
}

impl SentAgain {
    /// Returns those that are in the table although they were refused as duplicates: a call of the killed sync inserted
    /// them meanwhile.
    async fn found_after_conflict(self, report: &BulkReport<i64>) -> HashSet<usize> {
        let refused = report
            .failed()
            .iter()
            .filter(|failure| is_duplicate(&failure.error));
        let Some(lookup) = self.lookup else {
            return HashSet::new();
        };
        let refused = refused.filter_map(|failure| {
            let row = self.rows.get(&failure.index?)?.clone();
            Some((failure.index?, (row, lookup.is_of_key(&failure.error))))
        });
        let (indexes, rows): (Vec<usize>, Vec<(Prepared, bool)>) = refused.unzip();
        if rows.is_empty() {
            return HashSet::new();
        }
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
) -> (ReadRows, SentAgain) {
    let by_file = |at: usize| matches!(source_rows[at].earlier, Some(ReasonKind::Unresolved(_)));
    let is_any = (0..rows.len()).any(by_file);
    let earlier = key
        .data_type
        .map(|data_type| (data_type, journal.earlier(data_type)));
    let (data_type, keys, sent) = match earlier {
        Some((data_type, Some((keys, sent)))) => (data_type, keys, Some(sent)),
        Some((data_type, None)) if is_any => (data_type, HashSet::new(), None),
        _ => return ((source_rows, rows), SentAgain::default()),
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
    let lookup = Lookup {
        compared: key.columns.clone(),
        ..lookup
    };
    let (kept, rows) = without(unresolved, &sent_again, (source_rows, rows), refused);
    let sent_again = SentAgain {
        lookup: Some(lookup),
        rows,
    };
    (kept, sent_again)
}

/// Refuses the rows at some indexes, and returns the others, with those of them that are `sent_again`.
fn without(
    mut unresolved: HashMap<usize, Error>,
    sent_again: &HashSet<usize>,
    (source_rows, rows): ReadRows,
    refused: &mut RefusedFile,
) -> (ReadRows, BTreeMap<usize, Prepared>) {
    let (mut kept_sources, mut kept) = (Vec::new(), Vec::new());
    let mut kept_again = BTreeMap::new();
    for (at, (source_row, row)) in source_rows.into_iter().zip(rows).enumerate() {
        if let Some(error) = unresolved.remove(&at) {
            refused.add(&source_row, &error);
            continue;
        }
        if sent_again.contains(&at) {
            kept_again.insert(kept.len(), row.clone());
        }
        kept_sources.push(source_row);
        kept.push(row);
    }
    ((kept_sources, kept), kept_again)
}

fn unfinished() -> CliError {
    interrupted().with_hint(SYNC_AGAIN)
}
