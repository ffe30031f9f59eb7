//! How calls start again after a rate limit: one call probes, then the rate rises.

use std::time::Duration;
use tokio::time::Instant;

/// The first rate after a probe succeeded, in calls per second.
const FIRST_RATE: f64 = 4.0;
const LOWEST_RATE: f64 = 0.5;
/// What a success adds to the rate below the one that was refused last.
const FAST_RISE: f64 = 0.5;
/// What the first success adds near the rate that was refused last; each further one adds more. Low, because other
/// programs of the account may need the rest, and each attempt to exceed the limit costs a refused call.
const SLOW_RISE: f64 = 0.002;
/// Where the slow rise begins, as a part of the rate that was refused last.
const NEAR: f64 = 0.8;
/// The part of a refused rate that is tried next.
const DECREASE: f64 = 0.7;
/// How long the other calls wait for the result of a probe.
const LONGEST_PROBE: Duration = Duration::from_secs(5);

/// The state between a rate limit and the full rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recovery {
    probe: Probe,
    rate: f64,
    /// The rate at which the service refused calls.
    refused_at: f64,
    /// The rate from which there is nothing to recover.
    full: f64,
    last_start: Option<Instant>,
    successes: u32,
    /// The pauses since the last success.
    pauses: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    /// The next call is one.
    Due,
    /// It was sent, and is identified by the time.
    Sent(Instant),
    Passed,
}

/// When the next call may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    At(Instant),
    /// After the result of the probe, but not later than this.
    AfterProbe(Instant),
}

impl Recovery {
    /// Begins after a rate limit, at the rate at which calls were sent.
    ///
    /// The first refusal does not show that the rate is too high: other programs may have used the limit. If it was
    /// refused before, it is approached slowly.
    pub(super) fn begin(rate: f64, was_refused: bool) -> Self {
        Self {
            probe: Probe::Due,
            rate: FIRST_RATE.min(rate / 2.0).max(LOWEST_RATE),
            refused_at: if was_refused { rate } else { f64::INFINITY },
            full: rate,
            last_start: None,
            successes: 0,
            pauses: 1,
        }
    }

    /// Begins again after another rate limit.
    pub(super) fn refused(&mut self) {
        if self.probe == Probe::Passed {
            self.refused_at = self.rate;
            self.rate = (self.rate * DECREASE).max(LOWEST_RATE);
        }
        self.pauses = match self.successes {
            0 => self.pauses.saturating_add(1),
            _ => 1,
        };
        self.successes = 0;
        self.probe = Probe::Due;
    }

    pub(super) fn pauses(&self) -> u32 {
        self.pauses
    }

    /// Returns the rate, in calls per second.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn next_start(&self, now: Instant) -> Start {
        match (self.probe, self.last_start) {
            (Probe::Sent(at), _) if now < at + LONGEST_PROBE => {
                Start::AfterProbe(at + LONGEST_PROBE)
            }
            (Probe::Passed, Some(last)) => {
                Start::At(last + Duration::from_secs_f64(1.0 / self.rate))
            }
            _ => Start::At(now),
        }
    }

    /// Notes a start, and returns whether it is a probe.
    pub(super) fn start(&mut self, now: Instant) -> bool {
        self.last_start = Some(now);
        let is_probe = self.probe != Probe::Passed;
        if is_probe {
            self.probe = Probe::Sent(now);
        }
        is_probe
    }

    /// Notes that a probe ended without a response.
    pub(super) fn abandon(&mut self, started: Instant) {
        if self.probe == Probe::Sent(started) {
            self.probe = Probe::Due;
        }
    }

    /// Notes that a call was not refused, and returns whether the full rate is reached.
    pub(super) fn accepted(&mut self, probed: bool) -> bool {
        if probed {
            self.probe = Probe::Passed;
        }
        // Responses to calls from before the pause do not show that it may end.
        if self.probe != Probe::Passed {
            return false;
        }
        self.successes = self.successes.saturating_add(1);
        self.rate += if self.rate < NEAR * self.refused_at {
            FAST_RISE
        } else {
            SLOW_RISE * (1.0 + f64::from(self.successes) / 10.0)
        };
        self.rate >= self.full
    }
}
