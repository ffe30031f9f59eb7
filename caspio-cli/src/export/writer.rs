//! From pages to the part file and the resume file, in that order.

use super::sink::Sink;
use super::state::{Paths, State};
use crate::error::CliError;
use crate::row::Row;
use caspio::Page;
use std::time::{Duration, Instant};

/// How often what was written is put on the disk for good: a kill costs about so much work.
const EVERY: Duration = Duration::from_millis(250);

/// Writes one export.
pub(super) struct Writer {
    sink: Box<dyn Sink>,
    pub(super) state: State,
    paths: Paths,
    /// What was written last: it tells where to go on.
    last: Option<Page<Row<'static>>>,
    committed: Instant,
}

impl Writer {
    pub(super) fn new(sink: Box<dyn Sink>, state: State, paths: Paths) -> Self {
        Self {
            sink,
            state,
            paths,
            last: None,
            committed: Instant::now(),
        }
    }

    /// Writes the records of a page.
    pub(super) fn page(&mut self, page: Page<Row<'static>>) -> Result<(), CliError> {
        for (index, row) in page.records()?.iter().enumerate() {
            self.sink.write(row)?;
            if self.sink.is_full() {
                self.state.position = Some(page.position_after(index + 1));
                self.commit()?;
            }
        }
        self.last = Some(page);
        match self.committed.elapsed() > EVERY {
            true => self.keep(),
            false => Ok(()),
        }
    }

    /// Commits what was written, where that is possible.
    pub(super) fn keep(&mut self) -> Result<(), CliError> {
        if !self.sink.may_commit() {
            return Ok(());
        }
        if let Some(page) = self.last.take() {
            self.state.position = Some(page.position_after(page.len()));
        }
        self.commit()
    }

    /// The data first: an entry in the resume file never speaks of what is not there.
    fn commit(&mut self) -> Result<(), CliError> {
        self.sink.commit(&mut self.state)?;
        self.state.save(&self.paths)?;
        self.committed = Instant::now();
        Ok(())
    }

    /// Makes the file that was asked for, every record being written. Returns how many there are.
    pub(super) fn finish(mut self) -> Result<u64, CliError> {
        if !self.state.done {
            if let Some(page) = self.last.take() {
                self.state.position = Some(page.position_after(page.len()));
            }
            self.state.done = true;
            self.commit()?;
        }
        self.sink.finish(&self.state, &self.paths)?;
        // Without its part file it says nothing any more, so a kill in between does no harm.
        self.paths.forget();
        Ok(self.state.records())
    }
}
