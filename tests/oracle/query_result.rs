//! What each query of a read delivered, and how it ended.

use crate::case::Case;
use crate::cell::Cell;
use crate::history::History;
use crate::read::End;
use crate::server::TestServer;

/// What one query delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueryResult {
    pub(crate) records: usize,
    pub(crate) end: QueryEnd,
}

/// Why a query delivered no more records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryEnd {
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

impl QueryResult {
    pub(crate) fn complete(records: usize) -> Self {
        let end = QueryEnd::Complete;
        Self { records, end }
    }
}

/// The rows that were delivered so far.
#[derive(Default)]
pub(crate) struct Delivered {
    pub(crate) rows: Vec<Vec<Cell>>,
    results: Vec<QueryResult>,
}

impl Delivered {
    /// Adds a row, and makes the writes that are due before the next is read.
    pub(crate) fn push(
        &mut self,
        server: &TestServer,
        case: &Case,
        history: &mut History,
        row: Vec<Cell>,
    ) {
        if !case.writes.is_empty() {
            history.deliver(&row);
        }
        self.rows.push(row);
        for write in &case.writes {
            if write.after == self.rows.len() {
                history.write(server, case, write.act);
            }
        }
    }

    pub(crate) fn end_leg(&mut self, records: usize, end: QueryEnd) {
        self.results.push(QueryResult { records, end });
    }

    pub(crate) fn end(self) -> End {
        End::Rows {
            rows: self.rows,
            results: self.results,
        }
    }
}

/// Returns how a query ended after which so many rows were delivered in all.
pub(crate) fn end_of(case: &Case, delivered: usize, is_dropped: bool) -> QueryEnd {
    if case.limit == Some(delivered as u64) {
        QueryEnd::Limit
    } else if is_dropped {
        QueryEnd::Dropped
    } else {
        QueryEnd::Complete
    }
}
