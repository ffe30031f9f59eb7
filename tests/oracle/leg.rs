//! What each query of a read delivered, and how it ended.

use crate::bed::Bed;
use crate::case::Case;
use crate::cell::Cell;
use crate::drive::End;
use crate::history::History;

/// What one query delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) records: usize,
    pub(crate) end: LegEnd,
}

/// Why a query delivered no more records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegEnd {
    /// There were no more.
    Complete,
    /// The limit of the query.
    Limit,
    /// The program dropped the read.
    Dropped,
    /// The calls that the query permitted were made.
    Budget,
    /// The deadline of the query passed.
    Deadline,
}

impl Leg {
    pub(crate) fn complete(records: usize) -> Self {
        let end = LegEnd::Complete;
        Self { records, end }
    }
}

/// The rows that were delivered so far.
#[derive(Default)]
pub(crate) struct Delivered {
    pub(crate) rows: Vec<Vec<Cell>>,
    legs: Vec<Leg>,
}

impl Delivered {
    /// Adds a row, and makes the writes that are due before the next is read.
    pub(crate) fn push(&mut self, bed: &Bed, case: &Case, history: &mut History, row: Vec<Cell>) {
        if !case.writes.is_empty() {
            history.deliver(&row);
        }
        self.rows.push(row);
        for write in &case.writes {
            if write.after == self.rows.len() {
                history.write(bed, case, write.act);
            }
        }
    }

    pub(crate) fn end_leg(&mut self, records: usize, end: LegEnd) {
        self.legs.push(Leg { records, end });
    }

    pub(crate) fn end(self) -> End {
        End::Rows {
            rows: self.rows,
            legs: self.legs,
        }
    }
}

/// Returns how a leg ended after which so many rows were delivered in all.
pub(crate) fn end_of(case: &Case, delivered: usize, is_dropped: bool) -> LegEnd {
    if case.limit == Some(delivered as u64) {
        LegEnd::Limit
    } else if is_dropped {
        LegEnd::Dropped
    } else {
        LegEnd::Complete
    }
}
