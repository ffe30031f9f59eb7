//! The counts of a meter.

use super::TOKEN_OPERATION;
use super::days::Days;
use super::limits::{CallLimits, Limiter};
use super::usage::{CallOutcome, Usage, local_time};
use crate::Result;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// The counts of a [`Meter`](super::Meter) at one point in time.
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

/// What a meter has counted.
#[derive(Debug)]
pub(super) struct Counts {
    operations: BTreeMap<&'static str, OperationCount>,
    days: Days,
    bytes_sent: u64,
    pub(super) bytes_received: u64,
    limiter: Limiter,
    time_zone: TimeZone,
    since: SystemTime,
}

/// A call that reached, or may have reached, the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'a> {
    pub(super) operation: &'static str,
    pub(super) table: Option<&'a str>,
    pub(super) day: Date,
    pub(super) is_retry: bool,
    pub(super) bytes_sent: u64,
}

impl Counts {
    pub(super) fn new(now: SystemTime) -> Self {
        Self {
            operations: BTreeMap::new(),
            days: Days::default(),
            bytes_sent: 0,
            bytes_received: 0,
            limiter: Limiter::default(),
            time_zone: TimeZone::UTC,
            since: now,
        }
    }

    pub(super) fn snapshot(&self) -> MeterSnapshot {
        let operations = self.operations.clone();
        let sum = |pick: fn(&OperationCount) -> u64| operations.values().map(pick).sum();
        let of_tokens = operations.get(TOKEN_OPERATION);
        MeterSnapshot {
            calls: sum(|count| count.calls),
            token_calls: of_tokens.map_or(0, |count| count.calls),
            retries: sum(|count| count.retries),
            never_sent: sum(|count| count.never_sent),
            bytes_sent: self.bytes_sent,
            bytes_received: self.bytes_received,
            operations,
        }
    }

    pub(super) fn usage(&self, now: SystemTime) -> Usage {
        Usage {
            since: local_time(self.since, &self.time_zone),
            until: local_time(now, &self.time_zone),
            counts: self.days.counts(),
        }
    }

    pub(super) fn set_time_zone(&mut self, zone: TimeZone) {
        self.time_zone = zone;
    }

    pub(super) fn limit(&mut self, limits: CallLimits) {
        self.limiter.limit(limits);
    }

    /// Reserves a call, and returns its day.
    pub(super) fn reserve(&mut self, now: SystemTime) -> Result<Date> {
        self.limiter.reserve(now, &self.time_zone)
    }

    /// Counts a call that was not sent.
    pub(super) fn not_sent(&mut self, operation: &'static str, day: Date) {
        self.limiter.release(day);
        self.operations.entry(operation).or_default().never_sent += 1;
    }

    pub(super) fn made(&mut self, made: &Made<'_>, outcome: CallOutcome) {
        self.bytes_sent += made.bytes_sent;
        self.days.add(made.day, made.operation, made.table, outcome);
        let count = self.operations.entry(made.operation).or_default();
        count.calls += 1;
        count.retries += u64::from(made.is_retry);
        match outcome {
            CallOutcome::Status(status) => *count.statuses.entry(status).or_default() += 1,
            CallOutcome::Unanswered => count.unanswered += 1,
        }
    }
}
