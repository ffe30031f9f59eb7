//! Feeds the rows of a file to an insert or sync.

use super::column_mapping::{ColumnMapping, Prepared};
use super::input::{Rows, SourceRow};
use crate::error::CliError;
use caspio::Error;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state shared between the feed and the code that receives the outcomes.
#[derive(Debug, Default)]
pub(super) struct InFlightRows {
    /// The rows whose outcome is not known yet, in order.
    pub(super) rows: VecDeque<SourceRow>,
    /// Whether the feed must end.
    pub(super) stop: bool,
    /// The error that ended reading the file.
    pub(super) failure: Option<CliError>,
    /// The line of the first row that was not sent.
    pub(super) next_line: Option<u64>,
}

/// A shared handle to the rows in flight.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedRows(Arc<Mutex<InFlightRows>>);

impl SharedRows {
    pub(super) fn lock(&self) -> MutexGuard<'_, InFlightRows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads rows, and keeps each source row until its outcome is known. Outcomes come in the order of the rows.
pub(super) struct RowFeed {
    rows: Box<dyn Rows>,
    mapping: ColumnMapping,
    shared: SharedRows,
    ended: bool,
    /// The first line to read.
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
