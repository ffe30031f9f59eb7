//! What an operation returned, in a form that tables and views share.

use caspio::bulk::BulkReport;
use caspio::write::Affected;
use caspio::{Error, Result};
use std::fmt::Debug;

/// What an operation returned.
#[derive(Debug)]
pub(super) enum Outcome {
    Key(Result<i64>),
    Done(Result<()>),
    Saved(Result<bool>),
    Count(Result<Affected>),
    Report(Result<Report>),
    /// Of two operations at the same time.
    Both(Box<[Self; 2]>),
    /// The program stopped waiting.
    Cancelled,
    /// There was nothing to do it with.
    Skipped,
}

/// A report of a write of many records.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) results: Vec<Result<i64>>,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) deleted: u64,
    pub(super) missing: u64,
    pub(super) missing_keys: Vec<i64>,
    pub(super) failed: usize,
}

/// The result of a row: its record, or whether it may have been written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reported {
    Record(i64),
    Unresolved,
    NotWritten,
}

/// The key of a record: a number, or the text of one.
pub(super) trait AnyKey: Debug {
    fn number(&self) -> i64;
}

impl AnyKey for i64 {
    fn number(&self) -> i64 {
        *self
    }
}

impl AnyKey for String {
    fn number(&self) -> i64 {
        self.parse().expect("a key")
    }
}

impl Report {
    pub(super) fn of<K: AnyKey>(report: BulkReport<K>) -> Self {
        let results = report.results().map(|result| match result {
            Ok(key) => Ok(key.number()),
            Err(error) => Err(error.clone()),
        });
        Self {
            results: results.collect(),
            inserted: report.inserted,
            updated: report.updated,
            unchanged: report.unchanged,
            deleted: report.deleted,
            missing: report.missing,
            missing_keys: report.missing_keys().iter().map(AnyKey::number).collect(),
            failed: report.failed().len(),
        }
    }

    pub(super) fn changed(&self) -> u64 {
        self.inserted + self.updated + self.deleted
    }

    pub(super) fn reported(&self) -> Vec<Reported> {
        let results = self.results.iter();
        results
            .map(|result| {
                result
                    .as_ref()
                    .map_or_else(reported, |key| Reported::Record(*key))
            })
            .collect()
    }
}

pub(super) fn reported(error: &Error) -> Reported {
    match error.maybe_applied() {
        true => Reported::Unresolved,
        false => Reported::NotWritten,
    }
}

impl Outcome {
    pub(super) fn errors(&self) -> Vec<&Error> {
        match self {
            Self::Report(Ok(report)) => report
                .results
                .iter()
                .filter_map(|result| result.as_ref().err())
                .collect(),
            Self::Key(Err(error))
            | Self::Done(Err(error))
            | Self::Saved(Err(error))
            | Self::Count(Err(error))
            | Self::Report(Err(error)) => vec![error],
            Self::Both(both) => both.iter().flat_map(Self::errors).collect(),
            _ => Vec::new(),
        }
    }

    /// The result of a write of one record.
    pub(super) fn of_one(&self, key: i64) -> Reported {
        match self {
            Self::Key(Ok(key)) => Reported::Record(*key),
            Self::Done(Ok(())) | Self::Saved(Ok(_)) => Reported::Record(key),
            Self::Key(Err(error)) | Self::Done(Err(error)) | Self::Saved(Err(error)) => {
                reported(error)
            }
            _ => Reported::Unresolved,
        }
    }

    /// The result of each row or key.
    pub(super) fn of_rows(&self, rows: usize) -> std::result::Result<Vec<Reported>, String> {
        let reported = match self {
            Self::Report(Ok(report)) => report.reported(),
            Self::Report(Err(error)) => vec![reported(error); rows],
            _ => vec![Reported::Unresolved; rows],
        };
        match reported.len() == rows {
            true => Ok(reported),
            false => Err(format!("{} results for {rows} rows", reported.len())),
        }
    }
}
