//! What each query of a read delivered, and how it ended.

use crate::case::{Case, RecordType, Source};
use crate::cell::Cell;
use crate::content::Column;
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
#[derive(Debug, Default)]
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
        self.extend(server, case, history, [row]);
    }

    /// Adds rows that were delivered at once, and makes the writes that are due after them.
    pub(crate) fn extend(
        &mut self,
        server: &TestServer,
        case: &Case,
        history: &mut History,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) {
        let before = self.rows.len();
        for row in rows {
            let row = selected(case, row);
            if !case.writes.is_empty() {
                history.deliver(&row);
            }
            self.rows.push(row);
        }
        for write in &case.writes {
            if write.call == 0 && (before + 1..=self.rows.len()).contains(&write.after) {
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

/// Returns the columns of a map that the query names; the service may return others in addition.
fn selected(case: &Case, row: Vec<Cell>) -> Vec<Cell> {
    if case.source != Source::Map || case.record_type != RecordType::Narrow {
        return row;
    }
    let columns = Column::NARROW.into_iter();
    columns.map(|column| row[column as usize].clone()).collect()
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
