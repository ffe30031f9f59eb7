//! How far a read is, on a terminal, for what takes longer than a second.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);

/// A count of records that shows itself after a second.
#[derive(Debug)]
pub(crate) struct Progress {
    what: String,
    started: Instant,
    /// How many records had come at the first look: an earlier run's.
    first: Option<u64>,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Progress {
    pub(crate) fn new(what: impl Into<String>, quiet: bool) -> Self {
        Self {
            what: what.into(),
            started: Instant::now(),
            first: None,
            bar: None,
            wanted: !quiet && io::stderr().is_terminal(),
        }
    }

    /// Takes note of how many records came so far.
    pub(crate) fn reached(&mut self, records: u64) {
        let first = *self.first.get_or_insert(records);
        let elapsed = self.started.elapsed();
        if !self.wanted || elapsed < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(bar);
        let rate = (records - first) as f64 / elapsed.as_secs_f64();
        bar.set_message(format!(
            "{}: {} records, {} a second",
            self.what,
            HumanCount(records),
            HumanCount(rate as u64)
        ));
        bar.tick();
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
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
