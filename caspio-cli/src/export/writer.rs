//! Writes pages to the part file, and then their position to the resume file.

use super::sink::Sink;
use super::state::{Paths, State};
use crate::error::CliError;
use crate::row::Row;
use caspio::Page;
use std::time::{Duration, Instant};

/// How often the data is committed to disk: a kill loses about this much work.
const COMMIT_INTERVAL: Duration = Duration::from_millis(250);

/// Writes one export.
pub(super) struct Writer {
    sink: Box<dyn Sink>,
    pub(super) state: State,
    paths: Paths,
    /// The page written last, whose end is the position to resume from.
    last: Option<Page<Row<'static>>>,
    /// The number of records that were written, also before this run.
    written: u64,
    committed: Instant,
}

impl Writer {
    pub(super) fn new(sink: Box<dyn Sink>, state: State, paths: Paths) -> Self {
        Self {
            sink,
            written: state.records,
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
            self.written += 1;
            if self.sink.is_full() {
                self.state.position = Some(page.position_after(index + 1));
                self.commit()?;
            }
        }
        self.last = Some(page);
        if self.committed.elapsed() > COMMIT_INTERVAL {
            self.commit_if_possible()?;
        }
        Ok(())
    }

    /// Commits the records so far, if the format allows it here.
    pub(super) fn commit_if_possible(&mut self) -> Result<(), CliError> {
        if !self.sink.may_commit() {
            return Ok(());
        }
        if let Some(page) = self.last.take() {
            self.state.position = Some(page.position_after(page.len()));
        }
        self.commit()
    }

    /// Commits the data before the state, so that the resume file never refers to data that is not on the disk.
    fn commit(&mut self) -> Result<(), CliError> {
        self.state.records = self.written;
        self.sink.commit(&mut self.state)?;
        self.state.save(&self.paths)?;
        self.committed = Instant::now();
        Ok(())
    }

    /// Creates the requested file after every record was written. Returns the number of records.
    pub(super) fn finish(mut self) -> Result<u64, CliError> {
        if !self.state.done {
            if let Some(page) = self.last.take() {
                self.state.position = Some(page.position_after(page.len()));
            }
            self.state.done = true;
            self.commit()?;
        }
        self.sink.finish(&self.state, &self.paths)?;
        // A kill before this is harmless: a resume file without its part file is ignored.
        self.paths.remove_state();
        Ok(self.state.records)
    }
}
