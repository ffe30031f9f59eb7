//! Inserts all rows of a file.

use super::claims::Claims;
use super::job::Job;
use super::journal::Journal;
use super::lookup::{Lookup, is_already_there, is_duplicate};
use super::outage::Outage;
use super::prepared::Prepared;
use super::progress::Progress;
use super::refused_file::RefusedFile;
use super::row_feed::{RowFeed, SharedRows, stream};
use super::source_row::SourceRow;
use super::stop::{interrupted, stop};
use super::summary::Summary;
use crate::gate::was_not_sent;
use caspio::{Error, ErrorKind, RecordMap, Table};
use caspio_core::error::ErrorContext as _;
use futures::{FutureExt, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long an import that is stopped for the second time waits for the SDK to report.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// How many rows that were refused as duplicates are looked up together.
const TOGETHER: usize = 1000;

/// How rows are inserted.
pub(super) struct Inserting {
    /// The key column.
    pub(super) key: Option<Arc<str>>,
    /// What an earlier run did, which is resumed.
    pub(super) earlier: Progress,
}

/// Inserts all rows.
///
/// After the first stop signal no further call is sent, and those in progress are waited for. After the second they are
/// cut off, and their rows are unresolved.
pub(super) async fn insert(
    table: &Table<RecordMap>,
    feed: RowFeed,
    inserting: Inserting,
    job: &mut Job,
    refused: &mut RefusedFile,
) -> Summary {
    let Inserting { key, earlier } = inserting;
    let mut run = Run {
        shared: feed.shared(),
        journal: feed.journal.clone(),
        lookup: feed.lookup.clone(),
        claims: feed.claims.clone(),
        conflicts: Vec::new(),
        earlier,
        answered: earlier.answered,
        refused,
        summary: Summary {
            rows: earlier.inserted + earlier.already_there + earlier.refused,
            inserted: earlier.inserted,
            already_there: earlier.already_there,
            ..Summary::default()
        },
        outage: Outage::default(),
        unsent: Vec::new(),
        interrupted: false,
        complete: None,
    };
    let mut insert = table
        .insert_stream(stream(feed, table.clone()))
        .concurrency(job.concurrency);
    if let Some(key) = key {
        insert = insert.unique_by(|_| &*key);
    }
    let mut outcomes = insert.outcomes();
    let mut signals = 0_u32;
    let mut limit = Instant::now();
    loop {
        let ready = match job.interrupts.next().now_or_never() {
            Some(()) => Next::Signal,
            None => match outcomes.next().now_or_never() {
                Some(outcome) => Next::Outcome(outcome),
                None => {
                    run.look_up_conflicts().await;
                    run.commit();
                    tokio::select! {
                        () = job.interrupts.next() => Next::Signal,
                        () = tokio::time::sleep_until(limit), if signals > 1 => Next::Outcome(None),
                        outcome = outcomes.next() => Next::Outcome(outcome),
                    }
                }
            },
        };
        let outcome = match ready {
            Next::Outcome(Some(outcome)) => outcome,
            Next::Outcome(None) => break,
            Next::Signal => {
                signals += 1;
                limit = Instant::now() + LAST_WAIT;
                run.interrupted = true;
                run.shared.lock().stop = true;
                stop(&job.gate, signals, job.quiet);
                continue;
            }
        };
        let Some(source_row) = run.shared.lock().rows.pop_front() else {
            break;
        };
        run.take(source_row, outcome.result.err()).await;
        job.progress.reached(run.summary.rows);
    }
    drop(outcomes);
    run.look_up_conflicts().await;
    run.finish()
}

/// What an insert waits for.
enum Next<T> {
    Outcome(Option<T>),
    Signal,
}

/// The progress of an insert.
struct Run<'r> {
    shared: SharedRows,
    journal: Option<Journal>,
    /// How rows that may have been sent before are looked up.
    lookup: Option<Lookup>,
    claims: Claims,
    /// Rows that may have been sent before and were refused as duplicates, perhaps of their own records.
    conflicts: Vec<(SourceRow, Prepared, Error)>,
    /// What an earlier run did.
    earlier: Progress,
    /// How many rows at the start of the file have their outcome.
    answered: u64,
    refused: &'r mut RefusedFile,
    summary: Summary,
    outage: Outage,
    /// The rows that were taken last and not sent.
    unsent: Vec<SourceRow>,
    /// Whether a signal stopped it.
    interrupted: bool,
    /// The progress before the first row that the file of refused rows does not have: the next run continues from there.
    complete: Option<Progress>,
}

impl Run<'_> {
    /// Records the outcome of a row, or looks it up with others after it.
    async fn take(&mut self, source_row: SourceRow, error: Option<Error>) {
        let in_doubt = self.shared.lock().in_doubt.remove(&source_row.index);
        match (in_doubt, error) {
            (Some(row), Some(error)) if is_duplicate(&error) => {
                self.conflicts.push((source_row, row, error));
                if self.conflicts.len() >= TOGETHER {
                    self.look_up_conflicts().await;
                }
            }
            (_, error) => {
                self.look_up_conflicts().await;
                self.record(source_row, error);
            }
        }
    }

    /// Finds out which of the rows that were refused as duplicates are in the table, put there by an earlier call.
    async fn look_up_conflicts(&mut self) {
        let conflicts = std::mem::take(&mut self.conflicts);
        let found = match &self.lookup {
            Some(lookup) if !conflicts.is_empty() => {
                let rows = conflicts.iter().map(|(_, row, _)| row.clone()).collect();
                lookup.after_conflict(rows, &self.claims).await
            }
            _ => return,
        };
        for ((source_row, _, error), found) in conflicts.into_iter().zip(found) {
            self.record(source_row, Some(found.unwrap_or(error)));
        }
    }

    /// Records the outcome of a row.
    fn record(&mut self, source_row: SourceRow, error: Option<Error>) {
        if error.as_ref().is_some_and(was_not_sent) {
            self.shared.lock().stop = true;
            return self.unsent.push(source_row);
        }
        self.refuse_unsent();
        self.summary.rows += 1;
        self.answered = source_row.index + 1;
        if !self.interrupted && self.outage.record(error.as_ref()) {
            self.shared.lock().stop = true;
        }
        match error {
            None => self.summary.inserted += 1,
            Some(error) if is_already_there(&error) => self.summary.already_there += 1,
            Some(error) => self.refuse(&source_row, &error),
        }
    }

    /// Adds a row to the file of refused rows.
    fn refuse(&mut self, source_row: &SourceRow, error: &Error) {
        let before = Progress {
            answered: source_row.index,
            line: source_row.line,
            ..self.progress()
        };
        self.refused.add(source_row, error);
        if self.refused.has_failed() {
            // The next refused row could not be saved either.
            self.shared.lock().stop = true;
            self.complete.get_or_insert(before);
        }
    }

    /// Refuses rows that were not sent although rows after them were: the line to resume from is after both.
    fn refuse_unsent(&mut self) {
        for source_row in std::mem::take(&mut self.unsent) {
            self.summary.rows += 1;
            let message = "the import was stopped before the row was sent";
            self.refuse(&source_row, &Error::new(ErrorKind::Cancelled, message));
        }
    }

    /// Records the outcomes so far in the journal.
    fn commit(&self) {
        if let Some(journal) = &self.journal {
            journal.answered(self.progress());
        }
    }

    fn progress(&self) -> Progress {
        if let Some(complete) = self.complete {
            return Progress {
                sent: self.sent(),
                ..complete
            };
        }
        let (refused_bytes, refused_hash) = self.refused.written();
        Progress {
            from_line: self.earlier.from_line,
            answered: self.answered,
            line: self.next_line().unwrap_or(0),
            sent: self.sent(),
            sent_at: self.earlier.sent_at,
            inserted: self.summary.inserted,
            already_there: self.summary.already_there,
            refused: self.refused.rows,
            unresolved: self.refused.unresolved,
            refused_bytes,
            refused_hash,
            is_named: false,
        }
    }

    /// Returns how many rows at the start of the file may have been sent. Those of an earlier run that were not looked up yet
    /// are among them.
    fn sent(&self) -> u64 {
        self.answered.max(self.earlier.sent)
    }

    /// Returns the line of the first row without an outcome; `None` if there is none.
    fn next_line(&self) -> Option<u64> {
        let shared = self.shared.lock();
        let first = self.unsent.first().or(shared.rows.front());
        first.map(|row| row.line).or(shared.next_line())
    }

    /// Returns the result, with the rows in progress as unresolved.
    fn finish(mut self) -> Summary {
        let rows = std::mem::take(&mut self.shared.lock().rows);
        let error = Error::new(
            ErrorKind::Cancelled,
            "the import was stopped before the response arrived",
        )
        .with_maybe_applied(true);
        for source_row in rows {
            self.record(source_row, Some(error.clone()));
        }
        let next_line = self.next_line();
        if let Some(journal) = &self.journal {
            journal.finish(self.progress());
        }
        let not_kept = self.journal.as_ref().and_then(Journal::failure);
        let stopped = self.shared.lock().failure.take();
        let stopped = not_kept.or(stopped).or(self.outage.failure);
        let by_signal = self.interrupted && next_line.is_some();
        self.summary.next_line = next_line;
        let is_complete = next_line.is_none() && self.complete.is_none();
        self.summary.journal = self.journal.filter(|_| is_complete);
        self.summary.stopped = stopped.or_else(|| by_signal.then(interrupted));
        self.summary
    }
}
