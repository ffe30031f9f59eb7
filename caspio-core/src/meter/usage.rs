//! The billed calls by day, operation, table and outcome.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::fmt;
use std::time::SystemTime;

/// The billed calls of a client by day, operation, table and outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// When the client began to count, on the account's clock.
    pub since: DateTime,
    /// When this was read, on the account's clock.
    pub until: DateTime,
    /// The counts in the order of the days, and of the tables within a day.
    pub counts: Vec<UsageCount>,
}

/// The calls of one day, operation, table and outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageCount {
    /// The day on which the calls were sent, on the account's clock.
    pub day: Date,
    /// The name of the operation.
    pub operation: &'static str,
    /// The table or view that the operation is on.
    pub table: Option<String>,
    /// What came of the calls.
    pub outcome: CallOutcome,
    /// The number of calls.
    pub calls: u64,
}

/// What came of a billed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CallOutcome {
    /// A response with this status.
    Status(u16),
    /// No complete response, or the call was cancelled.
    Unanswered,
}

impl Usage {
    /// Returns the number of all calls.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.counts.iter().map(|count| count.calls).sum()
    }
}

impl fmt::Display for UsageCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.operation)?;
        if let Some(table) = &self.table {
            write!(f, " {table}")?;
        }
        match self.outcome {
            CallOutcome::Status(status) => write!(f, ": {} with status {status}", self.calls),
            CallOutcome::Unanswered => write!(f, ": {} unanswered", self.calls),
        }
    }
}

/// Returns the time on the clocks of a time zone.
pub(super) fn local_time(time: SystemTime, zone: &TimeZone) -> DateTime {
    let time = Timestamp::try_from(time).unwrap_or_default();
    zone.to_datetime(time)
}
