//! Counts calls. Caspio bills every call, including refused ones and token requests, and provides no
//! log of them.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, HttpError, Result};
use http::StatusCode;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

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
    limits: CallLimits,
    /// The calls that were started, including those in progress.
    started: u64,
    today: Today,
}

/// The limits of a program on its own calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallLimits {
    pub(crate) total: Option<u64>,
    pub(crate) daily: Option<u64>,
}

/// The calls that were started on one day, by UTC.
#[derive(Clone, Copy, Debug, Default)]
struct Today {
    day: u64,
    started: u64,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

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

    /// Starts counting a call, unless a limit is reached. It counts as unanswered if it is dropped without an outcome.
    pub(crate) fn start(&self, operation: &'static str, bytes: u64) -> Result<CallCount> {
        let day = self.lock().reserve(SystemTime::now())?;
        Ok(CallCount {
            meter: self.clone(),
            operation,
            bytes,
            day,
            retry: false,
            is_counted: false,
        })
    }

    /// Sets the limits that are given, for all who share the meter.
    pub(crate) fn limit(&self, limits: CallLimits) {
        let mut counts = self.lock();
        counts.limits.total = limits.total.or(counts.limits.total);
        counts.limits.daily = limits.daily.or(counts.limits.daily);
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.lock().bytes_received += bytes;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Reserves a call, and returns its day.
    fn reserve(&mut self, now: SystemTime) -> Result<u64> {
        let passed = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let day = passed.as_secs() / DAY.as_secs();
        if self.today.day != day {
            self.today = Today { day, started: 0 };
        }
        if let Some(limit) = self.limits.total.filter(|limit| self.started >= *limit) {
            return Err(used_up(
                &format!("the limit of {limit} calls is used up"),
                "max_calls",
            ));
        }
        if let Some(limit) = self
            .limits
            .daily
            .filter(|limit| self.today.started >= *limit)
        {
            let message = format!("the limit of {limit} calls a day is used up");
            let left = DAY.as_secs() - passed.as_secs() % DAY.as_secs();
            return Err(
                used_up(&message, "max_calls_per_day").with_retry_after(Duration::from_secs(left))
            );
        }
        self.started += 1;
        self.today.started += 1;
        Ok(day)
    }

    /// Returns a call that was not sent.
    fn release(&mut self, day: u64) {
        self.started = self.started.saturating_sub(1);
        if self.today.day == day {
            self.today.started = self.today.started.saturating_sub(1);
        }
    }
}

fn used_up(message: &str, setting: &str) -> Error {
    Error::new(ErrorKind::Budget, message)
        .with_hint(format!("this call was not sent; {setting} sets the limit"))
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
    day: u64,
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
            counts.release(self.day);
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

#[cfg(test)]
mod tests {
    use super::{CallLimits, Counts, DAY};
    use crate::ErrorKind;
    use std::time::{Duration, SystemTime};

    #[test]
    fn daily_limit_begins_again_at_midnight() {
        let mut counts = Counts {
            limits: CallLimits {
                total: Some(5),
                daily: Some(2),
            },
            ..Counts::default()
        };
        let evening = SystemTime::UNIX_EPOCH + 20_000 * DAY + Duration::from_secs(23 * 3600);
        let morning = evening + Duration::from_secs(3600);

        let days: Vec<_> = [evening, evening, evening, morning, morning, morning]
            .map(|time| counts.reserve(time).map_err(|error| error.kind()))
            .into();

        let over = Err(ErrorKind::Budget);
        assert_eq!(
            days,
            [Ok(20_000), Ok(20_000), over, Ok(20_001), Ok(20_001), over]
        );
        let error = counts
            .reserve(evening + 2 * DAY)
            .map(|_| counts.reserve(evening + 2 * DAY));
        assert!(
            error.is_ok_and(|second| second.is_err()),
            "five calls in all"
        );
    }

    #[test]
    fn daily_limit_reports_the_time_until_midnight() {
        let mut counts = Counts::default();
        counts.limits.daily = Some(0);

        let error = counts.reserve(SystemTime::UNIX_EPOCH + Duration::from_secs(23 * 3600));

        let wait = error.expect_err("no call").retry_after();
        assert_eq!(wait, Some(Duration::from_secs(3600)));
    }
}
