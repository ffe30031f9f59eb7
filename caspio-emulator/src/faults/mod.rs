//! Faults on demand: everything a network and a busy service do to a client.
//!
//! Which call is hit is decided by the emulator's seed and the call's number alone, so a run
//! that failed can be run again.

mod body;
mod limiter;
mod plan;

use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(crate) use body::{cut_short, dripping};
pub(crate) use plan::Plan;

/// One way in which a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Fault {
    /// 429 with the array that Caspio sends.
    RateLimit,
    /// The same array with 400, as was seen too.
    RateLimitAs400,
    /// 500 with Caspio's own error body.
    InternalError,
    /// 502 with a gateway's HTML.
    BadGateway,
    /// The connection is reset and nothing happened.
    Reset,
    /// Everything is done, then the connection is reset instead of an answer.
    ResetAfterwards,
    /// Half of the answer comes, then the connection breaks.
    CutShort,
    /// The answer comes in small pieces with pauses.
    SlowDrip,
    /// The call's token is revoked first: 401.
    RevokeToken,
    /// The call's token counts as stale, told the misleading way: 400 `IncorrectQueryParameter`.
    StaleTokenAs400,
    /// The period's calls are used up. Caspio is known to bill what goes over; that it would
    /// answer as for the rate limit is made up.
    QuotaUsedUp,
}

/// When a [`Fault`] happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub(crate) fault: Fault,
    /// Hits only this operation; all of them otherwise.
    #[serde(default)]
    pub(crate) operation: Option<String>,
    /// The share of calls that are hit, from 0 to 1.
    #[serde(default)]
    pub(crate) rate: f64,
    /// The calls that are hit, counted from 1 among those that the rule is about.
    #[serde(default)]
    pub(crate) calls: Vec<u64>,
}

impl Rule {
    /// Starts a rule that hits nothing yet.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            operation: None,
            rate: 0.0,
            calls: Vec::new(),
        }
    }

    /// Hits only the operation of this name, such as `CreateTableRecord` or `Token`.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Hits this share of the calls, chosen by the seed.
    #[must_use]
    pub fn rate(mut self, share: f64) -> Self {
        self.rate = share.clamp(0.0, 1.0);
        self
    }

    /// Hits every call.
    #[must_use]
    pub fn always(self) -> Self {
        self.rate(1.0)
    }

    /// Hits these calls, counted from 1 since the faults were set.
    #[must_use]
    pub fn calls(mut self, numbers: impl IntoIterator<Item = u64>) -> Self {
        self.calls.extend(numbers);
        self
    }
}

/// All that goes wrong, from [`set_faults`](crate::Emulator::set_faults) until the next one.
///
/// ```
/// use caspio_emulator::{Fault, Faults, Rule};
/// use std::time::Duration;
///
/// let faults = Faults::none()
///     .jitter(Duration::from_millis(5))
///     .rule(Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord").calls([2]))
///     .rule(Rule::new(Fault::BadGateway).rate(0.05));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Faults {
    pub(crate) latency_ms: u64,
    pub(crate) jitter_ms: u64,
    pub(crate) drip_ms: u64,
    /// Calls in a window of milliseconds; past that the rate limit answers.
    pub(crate) rate_limit: Option<(u64, u64)>,
    /// How many calls there are before the quota is used up.
    pub(crate) quota: Option<u64>,
    pub(crate) rules: Vec<Rule>,
}

impl Faults {
    /// Lets everything go well.
    pub fn none() -> Self {
        Self::default()
    }

    /// Makes every answer wait, besides the builder's own latency.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency_ms = millis(latency);
        self
    }

    /// Makes every answer wait up to this much longer, chosen by the seed.
    #[must_use]
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter_ms = millis(most);
        self
    }

    /// Sets the pause between the pieces of [`Fault::SlowDrip`]; 50 ms otherwise.
    #[must_use]
    pub fn drip(mut self, pause: Duration) -> Self {
        self.drip_ms = millis(pause);
        self
    }

    /// Answers 429 past so many calls in a sliding window.
    #[must_use]
    pub fn rate_limit(mut self, calls: u64, window: Duration) -> Self {
        self.rate_limit = Some((calls, millis(window)));
        self
    }

    /// Lets the quota be used up after so many calls.
    #[must_use]
    pub fn quota(mut self, calls: u64) -> Self {
        self.quota = Some(calls);
        self
    }

    /// Adds a rule; the first rule that hits a call decides.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    pub(crate) fn drip_pause(&self) -> Duration {
        match self.drip_ms {
            0 => Duration::from_millis(50),
            pause => Duration::from_millis(pause),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
