//! Feeds the rows of a file to an insert or sync.

use super::claims::Claims;
use super::column_mapping::ColumnMapping;
use super::journal::Journal;
use super::lookup::{Lookup, unresolved};
use super::prepared::Prepared;
use super::reason::ReasonKind;
use super::source_row::{Rows, SourceRow};
use super::sync_journal::SentRows;
use super::violations::with_others;
use crate::error::CliError;
use caspio::{Error, ErrorKind, RecordMap, Table};
use futures::stream::{self, Stream};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state shared between the feed and the code that receives the outcomes.
#[derive(Debug, Default)]
pub(super) struct RowsInProgress {
    /// The rows whose outcome is not known yet, in order.
    pub(super) rows: VecDeque<SourceRow>,
    /// Those that may have been sent before, by their numbers.
    pub(super) unresolved: HashMap<u64, Prepared>,
    /// The numbers of those that are not sent, because they were refused when they were read.
    pub(super) refused_when_read: HashSet<u64>,
    /// Whether the feed must end.
    pub(super) stop: bool,
    /// The error that ended reading the file.
    pub(super) failure: Option<CliError>,
    /// The line after the last row that was taken.
    next_line: u64,
    /// Whether the file was read to its end.
    complete: bool,
}

impl RowsInProgress {
    /// Returns the line of the first row that was not taken; `None` if there is none.
    pub(super) fn next_line(&self) -> Option<u64> {
        (!self.complete).then_some(self.next_line)
    }
}

/// A shared handle to the rows in progress.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedRows(Arc<Mutex<RowsInProgress>>);

impl SharedRows {
    pub(super) fn lock(&self) -> MutexGuard<'_, RowsInProgress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which rows of a file are fed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    /// The first line to read.
    pub(super) from_line: u64,
    /// How many rows at the start of the file an earlier run answered. They are not fed.
    pub(super) answered: u64,
    /// How many rows at the start of the file an earlier run may have sent.
    pub(super) sent: u64,
}

/// Reads rows, and keeps each source row until its outcome is known. Outcomes come in the order of the rows.
pub(super) struct RowFeed {
    rows: Box<dyn Rows>,
    mapping: ColumnMapping,
    shared: SharedRows,
    range: Range,
    /// The number of rows read so far.
    read: u64,
    /// Whether rows that may be in the table are looked up, so that they can be sent.
    pub(super) looks_up: bool,
    /// How rows that may be in the table are looked up while the rows are inserted.
    pub(super) lookup: Option<Lookup>,
    pub(super) claims: Claims,
    /// The rows that a sync sent and that may still arrive.
    pub(super) of_sync: Option<SentRows>,
    /// The column that a row must have to be matched, if the file has no column at all.
    pub(super) missing_key: Option<String>,
    /// Whether any row of the file may be in the table.
    pub(super) is_refused_file: bool,
    pub(super) journal: Option<Journal>,
}

/// A row of the file.
pub(super) struct Fed {
    /// The row to send, or why there is none.
    pub(super) row: Result<Prepared, Error>,
    /// Whether it may be in the table already.
    pub(super) is_unresolved: bool,
}

impl RowFeed {
    pub(super) fn new(rows: Box<dyn Rows>, mapping: ColumnMapping, range: Range) -> Self {
        let shared = SharedRows::default();
        shared.lock().next_line = range.from_line.max(rows.next_line());
        Self {
            rows,
            mapping,
            shared,
            range,
            read: 0,
            looks_up: false,
            lookup: None,
            claims: Claims::default(),
            of_sync: None,
            missing_key: None,
            is_refused_file: false,
            journal: None,
        }
    }

    pub(super) fn shared(&self) -> SharedRows {
        self.shared.clone()
    }

    /// Takes the next row from the file, unless the feed must end.
    pub(super) fn next_row(&mut self) -> Option<Fed> {
        if self.shared.lock().stop {
            return None;
        }
        let source_row = self.source_row()?;
        let by_file = matches!(source_row.earlier, Some(ReasonKind::Unresolved(_)));
        let row = self.mapping.row(&source_row);
        let by_sync = |row: &Prepared| self.of_sync.as_ref().is_some_and(|sent| sent.contains(row));
        let is_unresolved =
            by_file || source_row.index < self.range.sent || row.as_ref().is_ok_and(by_sync);
        let row = match row {
            Ok(_) if is_unresolved && !self.looks_up => {
                Err(unresolved("an earlier run may have inserted the row"))
            }
            row => row,
        };
        let row = row.and_then(|row| match &self.missing_key {
            None => Ok(row),
            Some(key) => {
                let message = format!("{key}: the row has no value that identifies it");
                Err(Error::new(ErrorKind::Refused, message))
            }
        });
        let is_unresolved = is_unresolved && row.is_ok();
        if let (Ok(row), false, true) = (&row, is_unresolved, self.is_refused_file) {
            self.claim(row);
        }
        let mut shared = self.shared.lock();
        shared.next_line = self.rows.next_line();
        if let Some(journal) = &self.journal {
            journal.taken(source_row.index + 1);
        }
        if let (Ok(row), true, true) = (&row, is_unresolved, self.lookup.is_some()) {
            shared.unresolved.insert(source_row.index, row.clone());
        }
        if row.is_err() {
            shared.refused_when_read.insert(source_row.index);
        }
        shared.rows.push_back(source_row);
        Some(Fed { row, is_unresolved })
    }

    /// Counts a row that the table may have a record for.
    fn claim(&self, row: &Prepared) {
        if let Some(lookup) = &self.lookup {
            lookup.claim(row, &self.claims);
        }
    }

    fn source_row(&mut self) -> Option<SourceRow> {
        loop {
            match self.rows.next() {
                Some(Ok(mut row)) => {
                    row.index = self.read;
                    self.read += 1;
                    if row.index >= self.range.answered && row.line >= self.range.from_line {
                        return Some(row);
                    }
                    if row.index < self.range.answered
                        && self.lookup.is_some()
                        && let Ok(row) = self.mapping.row(&row)
                    {
                        self.claim(&row);
                    }
                }
                Some(Err(failure)) => {
                    let mut shared = self.shared.lock();
                    shared.failure = Some(failure);
                    shared.stop = true;
                    return None;
                }
                None => {
                    let mut shared = self.shared.lock();
                    shared.complete = true;
                    shared.stop = true;
                    return None;
                }
            }
        }
    }
}

impl Iterator for RowFeed {
    type Item = Result<Prepared, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().map(|fed| fed.row)
    }
}

/// Returns the rows of a feed, after looking up those that may be in the table.
pub(super) fn stream(
    feed: RowFeed,
    table: Table<RecordMap>,
) -> impl Stream<Item = Result<Prepared, Error>> + Send {
    /// The number of rows that are looked up together.
    const TOGETHER: usize = 1000;
    let state = (feed, VecDeque::new(), table);
    stream::unfold(state, async |(mut feed, mut ready, table)| {
        if let Some(row) = ready.pop_front() {
            return Some((row, (feed, ready, table)));
        }
        let mut unresolved = Vec::new();
        let mut next = None;
        while unresolved.len() < TOGETHER {
            match feed.next_row() {
                Some(Fed {
                    row: Ok(row),
                    is_unresolved: true,
                }) if feed.lookup.is_some() => unresolved.push(row),
                Some(Fed {
                    row: Err(error), ..
                }) => {
                    next = Some(Err(with_others(&table, error).await));
                    break;
                }
                fed => {
                    next = fed.map(|fed| fed.row);
                    break;
                }
            }
        }
        if let Some(lookup) = &feed.lookup {
            ready.extend(lookup.of(unresolved, &feed.claims).await);
        }
        ready.extend(next);
        let row = ready.pop_front()?;
        Some((row, (feed, ready, table)))
    })
}
