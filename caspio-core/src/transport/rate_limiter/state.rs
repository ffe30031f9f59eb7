//! When the next call may start.

use super::limit::Limit;
use super::recovery::{Recovery, Start};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind};
use std::time::Duration;
use tokio::time::Instant;

/// The limits and the calls of a limiter.
pub(super) struct State {
    limits: Vec<Limit>,
    pub(super) paused_until: Option<Instant>,
    pub(super) recovery: Option<Recovery>,
    /// When the service last refused calls that were sent at the full rate.
    refused: Option<Instant>,
    pub(super) waiting: usize,
    /// How many calls have started.
    pub(super) started: u64,
    starts: RecentStarts,
}

/// How many calls started lately, which is the rate that a service refused.
#[derive(Default)]
struct RecentStarts {
    second: Option<Instant>,
    current: u32,
    previous: u32,
}

/// A rate that is refused again within this time is too high.
const SHORTLY: Duration = Duration::from_secs(60);

pub(super) const PAUSED: &str = "calls are paused after a rate limit";
pub(super) const NO_ROOM: &str = "the rate limiter allows no call before the deadline";

impl State {
    pub(super) fn new(limits: &[(usize, Duration)]) -> Self {
        let limits = limits.iter().map(|&(calls, per)| Limit::new(calls, per));
        Self {
            limits: limits.collect(),
            paused_until: None,
            recovery: None,
            refused: None,
            waiting: 0,
            started: 0,
            starts: RecentStarts::default(),
        }
    }

    /// Notes a refusal at the full rate, and returns whether there was another one shortly before.
    pub(super) fn was_refused_before(&mut self, now: Instant) -> bool {
        let before = self.refused.replace(now);
        before.is_some_and(|before| now < before + SHORTLY)
    }

    pub(super) fn next_start(&self, now: Instant) -> Start {
        let limited = self.limits.iter().filter_map(Limit::earliest).max();
        let free = limited.max(self.paused_until).unwrap_or(now).max(now);
        match self.recovery.map(|recovery| recovery.next_start(now)) {
            Some(Start::At(time)) => Start::At(free.max(time)),
            Some(wait) if free <= now => wait,
            _ => Start::At(free),
        }
    }

    /// Returns the earliest start of a call after `ahead` others.
    pub(super) fn start_after(&self, ahead: usize) -> Instant {
        let limited = self.limits.iter().filter_map(|limit| limit.after(ahead));
        let now = Instant::now();
        let start = limited.max().max(self.paused_until);
        start.unwrap_or(now).max(now)
    }

    /// Notes the start of a call, and returns its time if it is a probe.
    pub(super) fn start(&mut self, now: Instant) -> Option<Instant> {
        self.started += 1;
        self.starts.count(now);
        for limit in &mut self.limits {
            limit.take(now);
        }
        let is_probe = self.recovery.as_mut()?.start(now);
        is_probe.then_some(now)
    }

    /// Returns the rate at which calls are sent without a rate limit, in calls per second.
    pub(super) fn full_rate(&mut self, now: Instant) -> f64 {
        let limited = self.limits.iter().map(Limit::rate);
        limited
            .min_by(f64::total_cmp)
            .unwrap_or_else(|| self.starts.rate(now))
    }

    /// Returns the calls per second that are permitted at present: by the limit that permits the most, because what
    /// was not used of a longer period is free at once, and by the rise after a rate limit.
    pub(super) fn present_rate(&self) -> Option<f64> {
        let limited = self.limits.iter().map(Limit::rate).max_by(f64::total_cmp);
        let recovering = self.recovery.as_ref().map(Recovery::rate);
        match (limited, recovering) {
            (Some(limited), Some(recovering)) => Some(limited.min(recovering)),
            (limited, recovering) => limited.or(recovering),
        }
    }

    pub(super) fn no_room(&self, start: Instant) -> Error {
        let now = Instant::now();
        let is_paused = self.paused_until.is_some_and(|until| until > now);
        let why = match is_paused {
            true => PAUSED,
            false => NO_ROOM,
        };
        past_deadline(start.saturating_duration_since(now), why)
    }
}

impl RecentStarts {
    fn count(&mut self, now: Instant) {
        self.advance(now);
        self.current += 1;
    }

    fn rate(&mut self, now: Instant) -> f64 {
        self.advance(now);
        f64::from(self.current.max(self.previous).max(1))
    }

    /// Begins another second when the current one is over.
    fn advance(&mut self, now: Instant) {
        let passed = self
            .second
            .map(|second| now.saturating_duration_since(second));
        if passed.is_some_and(|passed| passed < Duration::from_secs(1)) {
            return;
        }
        let is_next = passed.is_some_and(|passed| passed < Duration::from_secs(2));
        self.previous = if is_next { self.current } else { 0 };
        self.current = 0;
        self.second = Some(now);
    }
}

pub(super) fn past_deadline(wait: Duration, why: &str) -> Error {
    Error::new(ErrorKind::RateLimited, why)
        .with_retry_after(wait)
        .with_hint("this call was not sent")
}
