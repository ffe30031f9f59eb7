//! Fault injection: failures that a network or a busy service causes for a client.
//!
//! The emulator's seed and the number of the call decide which calls are hit, so a failed run can
//! be repeated.

mod body;
mod limiter;
mod plan;

use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(crate) use body::{cut_short, dripping};
pub(crate) use plan::{Decision, Plan};

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Fault {
    /// 429 with the array that Caspio sends.
    RateLimit,
    /// 400 with the same array, which was seen too.
    RateLimitAs400,
    /// 500 with Caspio's error body.
    InternalError,
    /// 502 with the HTML of a gateway.
    BadGateway,
    /// The connection is reset and the call has no effect.
    Reset,
    /// The call takes effect, then the connection is reset instead of a response.
    ResetAfterwards,
    /// Half of the response is sent, then the connection breaks.
    CutShort,
    /// The response is sent in small pieces with pauses.
    SlowDrip,
    /// The response has no `Location`, so that the key of a new record is not known.
    NoLocation,
    /// The call's token is revoked first: 401.
    RevokeToken,
    /// The call's token counts as expired, reported in the misleading form: 400
    /// `IncorrectQueryParameter`.
    StaleTokenAs400,
    /// The period's calls are used up. Caspio is known to bill further calls; it is invented that it responds as for
    /// the rate limit.
    QuotaUsedUp,
}

/// When a [`Fault`] happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    pub(crate) fault: Fault,
    /// The operation that is hit; `None` means all.
    #[serde(default)]
    pub(crate) operation: Option<String>,
    /// The share of calls that are hit, from 0 to 1.
    #[serde(default)]
    pub(crate) rate: f64,
    /// The numbers of the calls that are hit, counted from 1 among the calls of the rule's
    /// operation.
    #[serde(default)]
    pub(crate) calls: Vec<u64>,
}

impl Rule {
    /// Creates a rule that hits no call yet.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            operation: None,
            rate: 0.0,
            calls: Vec::new(),
        }
    }

    /// Hits only calls of this operation, such as `CreateTableRecord` or `Token`. The names are those of
    /// `docs/coverage.md`; [`set_faults`](crate::Emulator::set_faults) panics at others.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Hits this share of the calls; the seed decides which.
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

    /// Hits the calls with these numbers, counted from 1 among the calls of the rule's operation.
    #[must_use]
    pub fn calls(mut self, numbers: impl IntoIterator<Item = u64>) -> Self {
        self.calls.extend(numbers);
        self
    }
}

/// The faults of an emulator, from [`set_faults`](crate::Emulator::set_faults) until the next one.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Faults {
    pub(crate) latency_ms: u64,
    pub(crate) jitter_ms: u64,
    pub(crate) drip_ms: u64,
    /// The number of calls in a window of milliseconds above which calls get the rate limit.
    pub(crate) rate_limit: Option<(u64, u64)>,
    /// How many calls there are before the quota is used up.
    pub(crate) quota: Option<u64>,
    pub(crate) rules: Vec<Rule>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            jitter_ms: 0,
            drip_ms: 50,
            rate_limit: None,
            quota: None,
            rules: Vec::new(),
        }
    }
}

impl Faults {
    /// Creates a set without faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// Delays every response, in addition to the builder's latency.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency_ms = millis(latency);
        self
    }

    /// Delays every response by a random time up to this one; the seed decides.
    #[must_use]
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter_ms = millis(most);
        self
    }

    /// Sets the pause between the pieces of [`Fault::SlowDrip`]; default: 50 ms.
    #[must_use]
    pub fn drip(mut self, pause: Duration) -> Self {
        self.drip_ms = millis(pause);
        self
    }

    /// Responds with 429 to calls above this number in a sliding window.
    #[must_use]
    pub fn rate_limit(mut self, calls: u64, window: Duration) -> Self {
        self.rate_limit = Some((calls, millis(window)));
        self
    }

    /// Uses up the quota after this many calls.
    #[must_use]
    pub fn quota(mut self, calls: u64) -> Self {
        self.quota = Some(calls);
        self
    }

    /// Adds a rule; the first rule that hits a call applies.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    pub(crate) fn drip_pause(&self) -> Duration {
        Duration::from_millis(self.drip_ms)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
