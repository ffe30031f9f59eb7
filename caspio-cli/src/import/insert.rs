//! Inserts all rows of a file.

use super::claims::Claims;
use super::held_rows::HeldRows;
use super::job::Job;
use super::journal::Journal;
use super::lookup::{Lookup, is_already_there, is_duplicate};
use super::outage::Outage;
use super::progress::Progress;
use super::refused_file::RefusedFile;
use super::row_feed::{RowFeed, SharedRows, stream};
use super::source_row::SourceRow;
use super::stop::{interrupted, stop};
use super::summary::Summary;
use crate::gate::was_not_sent;
use caspio::{Error, ErrorKind, RecordMap, Table};
use caspio_core::error::ErrorContext as _;
use futures::{FutureExt, Stream, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long an import that is stopped for the second time waits for the SDK to report.
const LAST_WAIT: Duration = Duration::from_secs(5);

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
    inserting: &Inserting,
    job: &mut Job,
    refused: &mut RefusedFile,
) -> Summary {
    let mut run = Run::new(&feed, inserting.earlier, refused);
    let mut insert = table
        .insert_stream(stream(feed, table.clone()))
        .concurrency(job.concurrency);
    if let Some(key) = &inserting.key {
        insert = insert.unique_by(|_| &**key);
    }
    let mut outcomes = insert.outcomes();
    let mut signals = 0_u32;
    let mut last_wait = None;
    loop {
        match run.next(&mut outcomes, job, last_wait).await {
            Next::Outcome(Some(outcome)) => {
                let Some(source_row) = run.shared.lock().rows.pop_front() else {
                    break;
                };
                run.take(source_row, outcome.result.err());
                job.progress.reached(run.summary.rows);
            }
            Next::Outcome(None) => break,
            Next::Found(found) => run.record_looked_up(found),
            Next::Signal => {
                signals += 1;
                last_wait = (signals > 1).then(|| Instant::now() + LAST_WAIT);
                run.stop(job, signals);
            }
        }
    }
    drop(outcomes);
    run.look_up_rest(job, signals).await;
    run.finish()
}

/// What an insert waits for.
enum Next<T> {
    Outcome(Option<T>),
    /// What a look-up of refused rows found.
    Found(Vec<Option<Error>>),
    Signal,
}

/// The progress of an insert.
struct Run<'r> {
    shared: SharedRows,
    journal: Option<Journal>,
    /// How rows that may have been sent before are looked up.
    lookup: Option<Lookup>,
    claims: Claims,
    /// Rows that may have been sent before and were refused as duplicates, perhaps of their own records, and those
    /// after them.
    held: HeldRows,
    /// What an earlier run did.
    earlier: Progress,
    /// How many rows at the start of the file have their outcome.
    answered: u64,
    refused: &'r mut RefusedFile,
    summary: Summary,
    outage: Outage,
    /// The rows that were taken last and not sent, from the first that was stopped.
    unsent: Vec<(SourceRow, Error)>,
    /// Whether a signal stopped it.
    interrupted: bool,
    /// The progress before the first row that the file of refused rows does not have: the next run continues from
    /// there.
    complete: Option<Progress>,
}

impl<'r> Run<'r> {
    fn new(feed: &RowFeed, earlier: Progress, refused: &'r mut RefusedFile) -> Self {
        Self {
            shared: feed.shared(),
            journal: feed.journal.clone(),
            lookup: feed.lookup.clone(),
            claims: feed.claims.clone(),
            held: HeldRows::default(),
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
        }
    }

    /// Waits for what comes next. After a second stop signal it waits until `last_wait`.
    async fn next<T>(
        &mut self,
        outcomes: &mut (impl Stream<Item = T> + Unpin),
        job: &mut Job,
        last_wait: Option<Instant>,
    ) -> Next<T> {
        let takes_more = self.held.has_room();
        if job.interrupts.next().now_or_never().is_some() {
            return Next::Signal;
        }
        if takes_more && let Some(outcome) = outcomes.next().now_or_never() {
            return Next::Outcome(outcome);
        }
        self.look_up_conflicts();
        self.commit();
        let limit = last_wait.unwrap_or_else(Instant::now);
        tokio::select! {
            () = job.interrupts.next() => Next::Signal,
            () = tokio::time::sleep_until(limit), if last_wait.is_some() => Next::Outcome(None),
            found = self.held.found(), if self.held.is_looked_up() => Next::Found(found),
            outcome = outcomes.next(), if takes_more => Next::Outcome(outcome),
        }
    }

    /// Acts on a stop signal.
    fn stop(&mut self, job: &Job, signals: u32) {
        self.interrupted = true;
        self.shared.lock().stop = true;
        stop(&job.gate, signals, job.quiet);
    }

    /// Records the outcome of a row, or holds it back until those before it are known.
    fn take(&mut self, source_row: SourceRow, error: Option<Error>) {
        let unresolved = self.shared.lock().unresolved.remove(&source_row.index);
        let conflict = unresolved.filter(|_| error.as_ref().is_some_and(is_duplicate));
        if conflict.is_none() && self.held.is_empty() {
            return self.record(source_row, error);
        }
        self.held.push(source_row, error, conflict);
    }

    /// Starts to find out which of the rows that were refused as duplicates are in the table, put there by an earlier
    /// call.
    fn look_up_conflicts(&mut self) {
        if let Some(lookup) = &self.lookup {
            self.held.look_up(lookup, &self.claims);
        }
    }

    /// Records the rows that were looked up, and those after them.
    fn record_looked_up(&mut self, found: Vec<Option<Error>>) {
        for (source_row, error) in self.held.take(found) {
            self.record(source_row, error);
        }
    }

    /// Looks up the rows that are held back after the last outcome. A second stop signal ends that.
    async fn look_up_rest(&mut self, job: &mut Job, mut signals: u32) {
        while signals < 2 {
            self.look_up_conflicts();
            if !self.held.is_looked_up() {
                break;
            }
            let found = tokio::select! {
                found = self.held.found() => Some(found),
                () = job.interrupts.next() => None,
            };
            match found {
                Some(found) => self.record_looked_up(found),
                None => {
                    signals += 1;
                    self.stop(job, signals);
                }
            }
        }
        for (source_row, error) in self.held.give_up() {
            self.record(source_row, error);
        }
    }

    /// Records the outcome of a row.
    fn record(&mut self, source_row: SourceRow, error: Option<Error>) {
        let (mut shared, index) = (self.shared.lock(), source_row.index);
        let when_read = shared.refused_when_read.remove(&index);
        if let Some(error) = error.as_ref().filter(|error| was_not_sent(error)) {
            shared.stop = true;
            return self.unsent.push((source_row, error.clone()));
        }
        // The next run reads it again, with the rows before it.
        if let (Some(error), true, false) = (&error, when_read, self.unsent.is_empty()) {
            return self.unsent.push((source_row, error.clone()));
        }
        drop(shared);
        self.refuse_unsent();
        self.record_outcome(source_row, error);
    }

    fn record_outcome(&mut self, source_row: SourceRow, error: Option<Error>) {
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
        for (source_row, mut error) in std::mem::take(&mut self.unsent) {
            if was_not_sent(&error) {
                let message = "the import was stopped before the row was sent";
                error = Error::new(ErrorKind::Cancelled, message);
            }
            self.record_outcome(source_row, Some(error));
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

    /// Returns how many rows at the start of the file may have been sent. Those of an earlier run that were not looked
    /// up yet are among them.
    fn sent(&self) -> u64 {
        self.answered.max(self.earlier.sent)
    }

    /// Returns the line of the first row without an outcome; `None` if there is none.
    fn next_line(&self) -> Option<u64> {
        let shared = self.shared.lock();
        let unsent = self.unsent.first().map(|(row, _)| row);
        let first = unsent.or(self.held.first());
        let first = first.or(shared.rows.front());
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
