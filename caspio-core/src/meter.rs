//! Counts calls. Caspio bills every call, including refused ones and token requests, and provides no
//! log of them.

use crate::HttpError;
use http::StatusCode;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The operation name of every token request, in errors and in the meter.
pub(crate) const TOKEN_OPERATION: &str = "auth.token";

/// Counts calls by operation and status. Cloning is cheap; clones share the counts.
///
/// ```
/// use caspio_core::Meter;
///
/// let meter = Meter::new();
/// assert_eq!(meter.snapshot().calls, 0);
/// ```
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Counts>>);

#[derive(Clone, Debug, Default)]
struct Counts {
    operations: BTreeMap<&'static str, OperationCount>,
    bytes_sent: u64,
    bytes_received: u64,
}

/// The counts of a [`Meter`] at one point in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeterSnapshot {
    /// All calls that reached, or may have reached, the service: the billed calls. Includes token
    /// requests.
    pub calls: u64,
    /// The token requests among them.
    pub token_calls: u64,
    /// The calls among them that repeated an earlier one.
    pub retries: u64,
    /// Requests that were never sent because no connection was established. Not billed, and not
    /// included in `calls`.
    pub never_sent: u64,
    /// The bytes of request bodies.
    pub bytes_sent: u64,
    /// The bytes of response bodies, after decompression.
    pub bytes_received: u64,
    /// The counts of each operation, by its name.
    pub operations: BTreeMap<&'static str, OperationCount>,
}

/// The counts of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationCount {
    /// Calls that reached, or may have reached, the service.
    pub calls: u64,
    /// The calls among them that repeated an earlier one.
    pub retries: u64,
    /// The calls among them that got no response or were cancelled.
    pub unanswered: u64,
    /// Requests that were never sent.
    pub never_sent: u64,
    /// The number of responses by status.
    pub statuses: BTreeMap<u16, u64>,
}

impl Meter {
    /// Creates a meter with all counts at zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the counts so far.
    #[must_use]
    pub fn snapshot(&self) -> MeterSnapshot {
        let counts = self.lock().clone();
        let sum = |pick: fn(&OperationCount) -> u64| counts.operations.values().map(pick).sum();
        MeterSnapshot {
            calls: sum(|count| count.calls),
            token_calls: counts
                .operations
                .get(TOKEN_OPERATION)
                .map_or(0, |count| count.calls),
            retries: sum(|count| count.retries),
            never_sent: sum(|count| count.never_sent),
            bytes_sent: counts.bytes_sent,
            bytes_received: counts.bytes_received,
            operations: counts.operations,
        }
    }

    /// Starts counting a call. It counts as unanswered if it is dropped without an outcome.
    pub(crate) fn start(&self, operation: &'static str, bytes: u64) -> CallCount {
        CallCount {
            meter: self.clone(),
            operation,
            bytes,
            retry: false,
            is_counted: false,
        }
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.lock().bytes_received += bytes;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}

/// One call in progress.
pub(crate) struct CallCount {
    meter: Meter,
    operation: &'static str,
    bytes: u64,
    retry: bool,
    is_counted: bool,
}

impl CallCount {
    pub(crate) fn retrying(mut self, retry: bool) -> Self {
        self.retry = retry;
        self
    }

    pub(crate) fn answered(&mut self, status: StatusCode, bytes: u64) {
        self.count(|count| *count.statuses.entry(status.as_u16()).or_default() += 1);
        self.meter.received(bytes);
    }

    pub(crate) fn failed(&mut self, error: &HttpError) {
        if error.never_sent() {
            self.is_counted = true;
            let mut counts = self.meter.lock();
            counts
                .operations
                .entry(self.operation)
                .or_default()
                .never_sent += 1;
        } else {
            self.count(|count| count.unanswered += 1);
        }
    }

    fn count(&mut self, outcome: impl FnOnce(&mut OperationCount)) {
        self.is_counted = true;
        let mut counts = self.meter.lock();
        counts.bytes_sent += self.bytes;
        let count = counts.operations.entry(self.operation).or_default();
        count.calls += 1;
        count.retries += u64::from(self.retry);
        outcome(count);
    }
}

impl Drop for CallCount {
    fn drop(&mut self) {
        if !self.is_counted {
            self.count(|count| count.unanswered += 1);
        }
    }
}
