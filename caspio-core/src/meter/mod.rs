//! Counts calls. Caspio bills every call, including refused ones and token requests, and provides no
//! log of them.

mod call_count;
mod counts;
mod days;
mod limits;
mod usage;

pub(crate) use call_count::CallCount;
pub use counts::{MeterSnapshot, OperationCount};
pub(crate) use limits::CallLimits;
pub use usage::{CallOutcome, Usage, UsageCount};

use crate::Result;
use counts::Counts;
use jiff::tz::TimeZone;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The operation name of every token request, in errors and in the meter.
pub(crate) const TOKEN_OPERATION: &str = "auth.token";

/// Counts calls by operation and status, and by day and table. Cloning is cheap; clones share the counts.
///
/// ```
/// use caspio_core::Meter;
///
/// let meter = Meter::new();
/// assert_eq!(meter.snapshot().calls, 0);
/// assert!(meter.usage().counts.is_empty());
/// ```
#[derive(Clone)]
pub struct Meter(Arc<Mutex<Counts>>);

impl Meter {
    /// Creates a meter with all counts at zero.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Counts::new(SystemTime::now()))))
    }

    /// Returns the counts so far.
    #[must_use]
    pub fn snapshot(&self) -> MeterSnapshot {
        self.lock().snapshot()
    }

    /// Returns the billed calls by day, operation, table and outcome.
    ///
    /// The days are those of the clock that [`set_time_zone`](Self::set_time_zone) sets, by default UTC. The last 62
    /// are kept, which hold two billing periods of a month, and each names up to 1,000 tables: the calls to further
    /// ones are counted without a table.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.lock().usage(SystemTime::now())
    }

    /// Sets the time zone of the account, by whose days calls are counted from now on. Default: UTC.
    pub fn set_time_zone(&self, zone: TimeZone) {
        self.lock().set_time_zone(zone);
    }

    /// Starts counting a call, unless a limit is reached. It counts as unanswered if it is dropped without an outcome.
    pub(crate) fn start<'a>(
        &self,
        operation: &'static str,
        table: Option<&'a str>,
        bytes: u64,
    ) -> Result<CallCount<'a>> {
        let day = self.lock().reserve(SystemTime::now())?;
        Ok(CallCount::new(self.clone(), operation, table, bytes, day))
    }

    /// Sets the limits that are given, for all who share the meter.
    pub(crate) fn limit(&self, limits: CallLimits) {
        self.lock().limit(limits);
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.lock().bytes_received += bytes;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}
