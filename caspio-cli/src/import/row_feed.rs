//! The rows of a file on their way to Caspio.

use super::column_mapping::{ColumnMapping, Prepared};
use super::input::{Rows, SourceRow};
use crate::error::CliError;
use caspio::Error;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the feed and who waits for the outcomes know of each other.
#[derive(Debug, Default)]
pub(super) struct InFlightRows {
    /// The rows whose outcome is not known yet, in their order.
    pub(super) rows: VecDeque<SourceRow>,
    /// Whether no more rows are wanted.
    pub(super) stop: bool,
    /// Why the file could not be read on.
    pub(super) failure: Option<CliError>,
    /// The line of the first row that was not taken.
    pub(super) next_line: Option<u64>,
}

/// Shares what is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedRows(Arc<Mutex<InFlightRows>>);

impl SharedRows {
    pub(super) fn lock(&self) -> MutexGuard<'_, InFlightRows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads rows, and keeps each as it stands until its outcome is known.
pub(super) struct RowFeed {
    rows: Box<dyn Rows>,
    mapping: ColumnMapping,
    shared: SharedRows,
    ended: bool,
    /// The line to begin with.
    from_line: u64,
}

impl RowFeed {
    pub(super) fn new(rows: Box<dyn Rows>, mapping: ColumnMapping, from_line: u64) -> Self {
        Self {
            rows,
            mapping,
            shared: SharedRows::default(),
            ended: false,
            from_line,
        }
    }

    pub(super) fn shared(&self) -> SharedRows {
        self.shared.clone()
    }

    fn source_row(&mut self) -> Option<SourceRow> {
        while !self.ended {
            match self.rows.next() {
                Some(Ok(row)) if row.line < self.from_line => {}
                Some(Ok(row)) => return Some(row),
                Some(Err(failure)) => {
                    self.shared.lock().failure = Some(failure);
                    self.ended = true;
                }
                None => self.ended = true,
            }
        }
        None
    }
}

impl Iterator for RowFeed {
    type Item = Result<Prepared, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let source_row = self.source_row()?;
        let row = self.mapping.row(&source_row);
        let mut in_flight = self.shared.lock();
        if in_flight.stop {
            in_flight.next_line = Some(source_row.line);
            self.ended = true;
            return None;
        }
        in_flight.rows.push_back(source_row);
        Some(row)
    }
}
