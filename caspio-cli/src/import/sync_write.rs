//! Writes the differences of a sync.

use super::deletions::DeleteGuard;
use super::job::Job;
use super::key_column::KeyColumn;
use super::prepared::Prepared;
use super::source_row::SourceRow;
use super::stop::{interrupted, nothing_written, stop};
use crate::error::{CliError, ExitCode};
use caspio::bulk::{BulkReport, RowAt, StopSignal};
use caspio::{Error, ErrorKind, RecordMap, Table};
use std::pin::pin;
use std::time::Duration;
use tokio::time::Instant;

/// How long a sync that is stopped for the second time waits for the SDK to report: it goes through all rows that were
/// not sent. A third signal ends the wait.
const LAST_WAIT: Duration = Duration::from_secs(30);

/// Writes the differences, after asking about the records that are deleted. The table is read again after the answer,
/// because it may have changed in the meantime.
pub(super) async fn write(
    table: &Table<RecordMap>,
    key: KeyColumn<'_>,
    (source_rows, rows): (&[SourceRow], Vec<Prepared>),
    deletes: bool,
    job: &mut Job,
) -> Result<Outcome, CliError> {
    let mut guard = DeleteGuard::new(job.deletions);
    let kept = (deletes && guard.may_ask() && !job.dry_run).then(|| rows.clone());
    let mut rows = rows;
    loop {
        let signal = StopSignal::new();
        let mut sync = table
            .sync_many(|_| key.name, rows)
            .concurrency(job.concurrency)
            .stop_by(&signal);
        if job.dry_run {
            sync = sync.dry_run();
        }
        if deletes {
            let guard = guard.clone();
            sync = sync
                .delete_missing()
                .check_first(move |counts| guard.check(counts));
        }
        let written = finish(sync, &signal, source_rows, job).await;
        let (Some(counts), Err(_)) = (guard.stopped(), &written) else {
            return written;
        };
        job.progress.pause();
        guard.ask(&counts, &job.table, &mut job.interrupts).await?;
        rows = kept.clone().unwrap_or_default();
    }
}

/// The report of a sync, and why it was stopped. There is no report if nothing was written, or if the SDK does not
/// report in time.
pub(super) type Outcome = (Option<BulkReport<i64>>, Option<CliError>);

/// How often the progress is updated.
const TICK: Duration = Duration::from_millis(200);

/// Waits for a sync. After the first stop signal it waits for the calls in progress, after the second it cuts them off.
async fn finish(
    sync: impl Future<Output = caspio::Result<BulkReport<i64>>>,
    signal: &StopSignal,
    source_rows: &[SourceRow],
    job: &mut Job,
) -> Result<Outcome, CliError> {
    let mut sync = pin!(sync);
    let mut signals = 0_u32;
    let mut limit = Instant::now();
    let mut ticks = tokio::time::interval(TICK);
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
                job.progress.pause();
                stop(&job.gate, signals, job.quiet);
                if signals > 2 {
                    return Ok((None, Some(unknown())));
                }
                if !job.gate.wrote() {
                    return Ok((None, Some(nothing_written())));
                }
            }
            _ = ticks.tick() => job.progress.called(job.meter.snapshot().calls),
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

fn unknown() -> CliError {
    interrupted().with_hint(
        "it is unknown which rows were written: wait a minute for the service to finish, then run the same command again",
    )
}
