//! Inserts all rows of a file.

use super::input::SourceRow;
use super::job::{Job, interrupted};
use super::reject_file::RejectFile;
use super::row_feed::{RowFeed, SharedRows};
use super::summary::Summary;
use crate::error::CliError;
use crate::gate::was_not_sent;
use crate::output::message;
use caspio::Table;
use caspio::{Error, ErrorKind, RecordMap};
use caspio_core::error::ErrorContext as _;
use futures::{StreamExt, stream};
use std::time::Duration;
use tokio::time::Instant;

/// How long an import that is stopped for the second time waits for the SDK to report.
pub(super) const LAST_WAIT: Duration = Duration::from_secs(5);

/// Inserts all rows.
///
/// After the first stop signal no further call is sent, and those in progress are waited for. After the second they are
/// cut off, and their rows are unresolved.
pub(super) async fn insert(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: Option<&str>,
    job: &mut Job,
    rejects: &mut RejectFile,
) -> Summary {
    let mut run = Run {
        shared: feed.shared(),
        rejects,
        summary: Summary::default(),
        outage: Outage::default(),
        unsent: Vec::new(),
        interrupted: false,
    };
    let mut insert = table
        .insert_stream(stream::iter(feed))
        .concurrency(job.concurrency);
    if let Some(key) = key {
        insert = insert.unique_by(|_| key);
    }
    let mut outcomes = insert.outcomes();
    let mut signals = 0_u32;
    let mut limit = Instant::now();
    loop {
        let outcome = tokio::select! {
            () = job.interrupts.next() => {
                signals += 1;
                run.interrupted = true;
                run.shared.lock().stop = true;
                limit = Instant::now() + LAST_WAIT;
                stop(job, signals);
                continue;
            }
            () = tokio::time::sleep_until(limit), if signals > 1 => break,
            outcome = outcomes.next() => outcome,
        };
        let Some(outcome) = outcome else { break };
        let Some(source_row) = run.shared.lock().rows.pop_front() else {
            break;
        };
        run.take(source_row, outcome.result.err());
        job.progress.reached(run.summary.rows);
    }
    drop(outcomes);
    run.finish()
}

/// Acts on a stop signal.
pub(super) fn stop(job: &Job, signals: u32) {
    if signals > 1 {
        return job.gate.abandon();
    }
    job.gate.stop();
    if !job.quiet {
        message(format_args!(
            "Stopping after the calls in progress; press Ctrl-C again to stop now."
        ));
    }
}

/// The progress of an insert.
struct Run<'r> {
    shared: SharedRows,
    rejects: &'r mut RejectFile,
    summary: Summary,
    outage: Outage,
    /// The rows that were taken last and not sent.
    unsent: Vec<SourceRow>,
    /// Whether a signal stopped it.
    interrupted: bool,
}

impl Run<'_> {
    /// Records the outcome of a row.
    fn take(&mut self, source_row: SourceRow, error: Option<Error>) {
        if error.as_ref().is_some_and(was_not_sent) {
            return self.unsent.push(source_row);
        }
        self.reject_unsent();
        self.summary.rows += 1;
        if !self.interrupted && self.outage.record(error.as_ref()) {
            self.shared.lock().stop = true;
        }
        match error {
            None => self.summary.inserted += 1,
            Some(error) => self.rejects.add(&source_row, &error),
        }
        // Without the reject file nothing more can be promised about a refused row.
        if self.rejects.has_failed() {
            self.shared.lock().stop = true;
        }
    }

    /// Rejects rows that were not sent although rows after them were: the line to resume from is after both.
    fn reject_unsent(&mut self) {
        for source_row in std::mem::take(&mut self.unsent) {
            self.summary.rows += 1;
            let what = "the import was stopped before the row was sent";
            self.rejects
                .add(&source_row, &Error::new(ErrorKind::Cancelled, what));
        }
    }

    /// Returns the result, with the rows in flight as unresolved.
    fn finish(mut self) -> Summary {
        let in_flight = std::mem::take(&mut self.shared.lock().rows);
        let error = Error::new(
            ErrorKind::Cancelled,
            "the import was stopped before the response arrived",
        )
        .with_maybe_applied(true);
        for source_row in in_flight {
            self.take(source_row, Some(error.clone()));
        }
        let mut shared = self.shared.lock();
        let unsent = self.unsent.first().map(|source_row| source_row.line);
        let next_line = unsent.or(shared.next_line());
        let stopped = shared.failure.take().or(self.outage.failure);
        drop(shared);
        let by_signal = self.interrupted && next_line.is_some();
        self.summary.next_line = next_line;
        self.summary.stopped = stopped.or_else(|| by_signal.then(interrupted));
        self.summary
    }
}

/// Detects that the service no longer accepts any row, regardless of the rows.
#[derive(Debug, Default)]
struct Outage {
    consecutive: u32,
    failure: Option<CliError>,
}

/// After this many consecutive failures that the rows did not cause, the import stops.
const MAX_CONSECUTIVE: u32 = 3_000;

impl Outage {
    /// Records the outcome of a row, and returns whether the import must stop.
    fn record(&mut self, error: Option<&Error>) -> bool {
        let kind = error.map(Error::kind);
        let most = match kind {
            None | Some(ErrorKind::Refused | ErrorKind::Invalid | ErrorKind::Conflict) => {
                self.consecutive = 0;
                return false;
            }
            Some(
                ErrorKind::Config
                | ErrorKind::Auth
                | ErrorKind::NotFound
                | ErrorKind::Quota
                | ErrorKind::RateLimited
                | ErrorKind::Connect,
            ) => 1,
            Some(_) => MAX_CONSECUTIVE,
        };
        self.consecutive += 1;
        if self.consecutive >= most && self.failure.is_none() {
            self.failure = error.cloned().map(CliError::from);
        }
        self.failure.is_some()
    }
}
