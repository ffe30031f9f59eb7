//! The count of every call that reached the emulator, refused ones too.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What had been called when the snapshot was taken.
///
/// Operations go by the names of Caspio's own document of v3: `ListTableRecords`,
/// `CreateTableRecord`. What v2 and v4 have in common with it goes by the same names there.
/// The token endpoint is `Token`; an address that is no operation is `Unknown`. A call whose
/// connection was reset instead of an answer has the status 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    by_operation: BTreeMap<(&'static str, u16), u64>,
    rows_sent: u64,
}

impl Calls {
    /// Returns the number of all calls, refused ones and token requests included.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }

    /// Returns how often `operation` was called, whatever was answered.
    pub fn operation(&self, operation: &str) -> u64 {
        self.sum(|name, _| name == operation)
    }

    /// Returns how often `operation` answered `status`.
    pub fn answered(&self, operation: &str, status: u16) -> u64 {
        self.sum(|name, answered| name == operation && answered == status)
    }

    /// Returns how many calls answered `status`.
    pub fn status(&self, status: u16) -> u64 {
        self.sum(|_, answered| answered == status)
    }

    /// Returns how often records were read from a table or a view.
    pub fn records_reads(&self) -> u64 {
        self.operation("ListTableRecords") + self.operation("ListViewRecords")
    }

    /// Returns how often a token was asked for.
    pub fn token_requests(&self) -> u64 {
        self.operation("Token")
    }

    /// Returns how many records were sent to callers.
    pub fn rows_sent(&self) -> u64 {
        self.rows_sent
    }

    /// Iterates over `(operation, status, calls)`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u16, u64)> {
        self.by_operation
            .iter()
            .map(|(&(operation, status), &count)| (operation, status, count))
    }

    fn sum(&self, wanted: impl Fn(&str, u16) -> bool) -> u64 {
        self.iter()
            .filter(|(operation, status, _)| wanted(operation, *status))
            .map(|(.., count)| count)
            .sum()
    }
}

/// The live counter behind [`Calls`].
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Calls>);

impl Meter {
    pub(crate) fn count(&self, operation: &'static str, status: u16, rows: u64) {
        let mut calls = self.lock();
        *calls.by_operation.entry((operation, status)).or_default() += 1;
        calls.rows_sent += rows;
    }

    pub(crate) fn snapshot(&self) -> Calls {
        self.lock().clone()
    }

    pub(crate) fn reset(&self) {
        *self.lock() = Calls::default();
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
