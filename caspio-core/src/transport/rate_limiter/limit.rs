//! One limit: at most this many calls within any period.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// At most `calls` within any period of length `per`. Exact: remembers that many start times.
pub(super) struct Limit {
    calls: usize,
    per: Duration,
    starts: VecDeque<Instant>,
}

impl Limit {
    pub(super) fn new(calls: usize, per: Duration) -> Self {
        Self {
            calls,
            per,
            starts: VecDeque::new(),
        }
    }

    /// Returns when the next call may start; a time in the past if at once.
    pub(super) fn earliest(&self) -> Option<Instant> {
        self.after(0)
    }

    /// Returns when a call may start after `ahead` others.
    pub(super) fn after(&self, ahead: usize) -> Option<Instant> {
        let (rounds, ahead) = (ahead / self.calls, ahead % self.calls);
        let place = (self.starts.len() + ahead).checked_sub(self.calls);
        let first = place.and_then(|place| self.starts.get(place));
        let first = first.map(|start| *start + self.per);
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        if rounds == 0 {
            return first;
        }
        let later = self.per.saturating_mul(rounds);
        first.unwrap_or_else(Instant::now).checked_add(later)
    }

    pub(super) fn take(&mut self, at: Instant) {
        while self.starts.len() >= self.calls {
            self.starts.pop_front();
        }
        self.starts.push_back(at);
    }

    /// Returns the calls per second that the limit permits in the long run.
    pub(super) fn rate(&self) -> f64 {
        self.calls as f64 / self.per.as_secs_f64().max(0.001)
    }
}
