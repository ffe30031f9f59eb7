//! Feeds the rows of a file to an insert or sync.

use super::column_mapping::{ColumnMapping, Prepared};
use super::input::{Rows, SourceRow};
use super::reject_row::Mark;
use crate::error::CliError;
use caspio::{Error, ErrorKind};
use caspio_core::error::ErrorContext as _;
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
    /// The line after the last row that was taken.
    next_line: u64,
    /// Whether the file was read to its end.
    complete: bool,
}

impl InFlightRows {
    /// Returns the line of the first row that was not taken; `None` if there is none.
    pub(super) fn next_line(&self) -> Option<u64> {
        (!self.complete).then_some(self.next_line)
    }
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
    /// The first line to read.
    from_line: u64,
    /// Whether the rows of a reject file that may be in the table are looked up, so that they can be sent.
    looks_up: bool,
}

impl RowFeed {
    pub(super) fn new(
        rows: Box<dyn Rows>,
        mapping: ColumnMapping,
        from_line: u64,
        looks_up: bool,
    ) -> Self {
        let shared = SharedRows::default();
        shared.lock().next_line = from_line.max(rows.next_line());
        Self {
            rows,
            mapping,
            shared,
            from_line,
            looks_up,
        }
    }

    pub(super) fn shared(&self) -> SharedRows {
        self.shared.clone()
    }

    fn source_row(&mut self) -> Option<SourceRow> {
        loop {
            match self.rows.next() {
                Some(Ok(row)) if row.line < self.from_line => {}
                Some(Ok(row)) => return Some(row),
                Some(Err(failure)) => {
                    let mut in_flight = self.shared.lock();
                    in_flight.failure = Some(failure);
                    in_flight.stop = true;
                    return None;
                }
                None => {
                    let mut in_flight = self.shared.lock();
                    in_flight.complete = true;
                    in_flight.stop = true;
                    return None;
                }
            }
        }
    }
}

impl Iterator for RowFeed {
    type Item = Result<Prepared, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.shared.lock().stop {
            return None;
        }
        let source_row = self.source_row()?;
        let row = match source_row.mark {
            Some(Mark::InDoubt(_)) if !self.looks_up => Err(in_doubt()),
            _ => self.mapping.row(&source_row),
        };
        let mut in_flight = self.shared.lock();
        in_flight.next_line = self.rows.next_line();
        in_flight.rows.push_back(source_row);
        Some(row)
    }
}

/// Returns the error of a row that an earlier import may have inserted.
fn in_doubt() -> Error {
    let what = "an earlier import may have inserted the row";
    Error::new(ErrorKind::Cancelled, what).with_maybe_applied(true)
}
