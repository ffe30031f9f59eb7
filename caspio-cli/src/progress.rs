//! Progress of long operations on a terminal.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// Shorter operations show no progress.
const DELAY: Duration = Duration::from_secs(1);

/// A count of records that appears after a second.
#[derive(Debug)]
pub(crate) struct Progress {
    subject: String,
    started: Instant,
    /// How many records there were at the first call: those of an earlier run.
    first: Option<u64>,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Progress {
    pub(crate) fn new(subject: impl Into<String>, quiet: bool) -> Self {
        Self {
            subject: subject.into(),
            started: Instant::now(),
            first: None,
            bar: None,
            wanted: !quiet && io::stderr().is_terminal(),
        }
    }

    /// Updates the number of calls so far, after all records were read.
    pub(crate) fn called(&mut self, calls: u64) {
        if !self.wanted || self.started.elapsed() < DELAY {
            return;
        }
        let bar = self.bar.get_or_insert_with(bar);
        bar.set_message(format!("{}: {} calls", self.subject, HumanCount(calls)));
        bar.tick();
    }

    /// Updates the number of records so far.
    pub(crate) fn reached(&mut self, records: u64) {
        let first = *self.first.get_or_insert(records);
        let elapsed = self.started.elapsed();
        if !self.wanted || elapsed < DELAY {
            return;
        }
        let bar = self.bar.get_or_insert_with(bar);
        let rate = (records - first) as f64 / elapsed.as_secs_f64();
        bar.set_message(format!(
            "{}: {} records, {} per second",
            self.subject,
            HumanCount(records),
            HumanCount(rate as u64)
        ));
        bar.tick();
    }

    /// Removes the progress from the terminal until the next update.
    pub(crate) fn pause(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.pause();
    }
}
