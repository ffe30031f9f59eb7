//! The count of all calls that reached the emulator, including refused ones.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A snapshot of the call counter.
///
/// Operations have the names of Caspio's v3 document: `ListTableRecords`, `CreateTableRecord`.
/// Operations of v2 and v4 that v3 has too are counted under the same names. The token endpoint is
/// `Token`; a path that is not an operation is `Unknown`. A call whose connection was reset before
/// a response has the status 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    by_operation: BTreeMap<(&'static str, u16), u64>,
    rows_sent: u64,
}

impl Calls {
    /// Returns the number of all calls, including refused ones and token requests.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }

    /// Returns how often `operation` was called, with any response.
    pub fn operation(&self, operation: &str) -> u64 {
        self.sum(|name, _| name == operation)
    }

    /// Returns how often `operation` responded with `status`.
    pub fn responses(&self, operation: &str, status: u16) -> u64 {
        self.sum(|name, code| name == operation && code == status)
    }

    /// Returns how many calls were responded to with `status`.
    pub fn status(&self, status: u16) -> u64 {
        self.sum(|_, code| code == status)
    }

    /// Returns how often records were read from a table or a view.
    pub fn records_reads(&self) -> u64 {
        self.operation("ListTableRecords") + self.operation("ListViewRecords")
    }

    /// Returns how often a token was requested.
    pub fn token_requests(&self) -> u64 {
        self.operation("Token")
    }

    /// Returns how many records were sent in responses.
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
