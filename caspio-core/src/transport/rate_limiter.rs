//! The rate limiter.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The limit for a pause that a service asks for, which may be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
const LONGEST_SPAN: Duration = Duration::from_secs(365 * 24 * 3600);
const WIDEST_SPREAD: Duration = Duration::from_millis(500);

/// How fast calls may follow each other.
///
/// Regardless of its limits, it pauses all calls for a while after the service reported a rate limit:
/// Caspio then refuses calls of the whole account, and bills every refusal.
///
/// Clones share the state: pass clones of one limiter to all transports of an account.
///
/// ```
/// use std::time::Duration;
/// use caspio_core::RateLimiter;
///
/// let careful = RateLimiter::unlimited()
///     .limit(4, Duration::from_secs(1))
///     .limit(1_000, Duration::from_secs(300))
///     .max_in_flight(4);
/// # let _ = careful;
/// ```
#[derive(Clone)]
pub struct RateLimiter {
    limits: Vec<(usize, Duration)>,
    in_flight: Option<usize>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    slots: Option<Arc<Semaphore>>,
}

#[derive(Default)]
struct State {
    limits: Vec<Limit>,
    paused_until: Option<Instant>,
}

/// At most `calls` within any period of length `per`. Exact: remembers that many start times.
struct Limit {
    calls: usize,
    per: Duration,
    starts: VecDeque<Instant>,
}

impl Limit {
    fn earliest(&self, now: Instant) -> Instant {
        let last = self.starts.back().copied().unwrap_or(now);
        let free = match self.starts.front() {
            Some(first) if self.starts.len() >= self.calls => *first + self.per,
            _ => now,
        };
        now.max(last).max(free)
    }

    fn take(&mut self, at: Instant) {
        while self.starts.len() >= self.calls {
            self.starts.pop_front();
        }
        self.starts.push_back(at);
    }
}

impl RateLimiter {
    /// Creates a limiter without limits, which only pauses after a rate limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::with(Vec::new(), None)
    }

    /// Creates a limiter with the rates that Caspio accepts without refusing calls, as measured by a
    /// large user: 8 calls a second, and 2,000 in 300 seconds for each API profile.
    #[must_use]
    pub fn caspio() -> Self {
        Self::unlimited()
            .limit(8, Duration::from_secs(1))
            .limit(2_000, Duration::from_secs(300))
    }

    /// Adds a limit: at most `calls` calls within any period of length `per`. Several limits apply
    /// together.
    ///
    /// Returns a new limiter that shares no state with `self`.
    #[must_use]
    pub fn limit(mut self, calls: usize, per: Duration) -> Self {
        self.limits.push((calls.max(1), per.min(LONGEST_SPAN)));
        Self::with(self.limits, self.in_flight)
    }

    /// Limits the calls in flight at the same time. Default: no limit.
    ///
    /// Returns a new limiter that shares no state with `self`.
    #[must_use]
    pub fn max_in_flight(self, calls: usize) -> Self {
        Self::with(self.limits, Some(calls.max(1)))
    }

    fn with(limits: Vec<(usize, Duration)>, in_flight: Option<usize>) -> Self {
        let state = State {
            limits: limits
                .iter()
                .map(|&(calls, per)| Limit::new(calls, per))
                .collect(),
            paused_until: None,
        };
        let shared = Shared {
            state: Mutex::new(state),
            slots: in_flight.map(|calls| Arc::new(Semaphore::new(calls))),
        };
        Self {
            limits,
            in_flight,
            shared: Arc::new(shared),
        }
    }

    /// Waits until a call may be sent. Hold the permit until the call is complete.
    ///
    /// A wait that exceeds the deadline is an error immediately.
    pub(super) async fn acquire(&self, deadline: Instant) -> Result<Option<OwnedSemaphorePermit>> {
        let permit = self.acquire_slot(deadline).await?;
        self.wait_out_pause(deadline).await?;
        let start = self.shared.reserve(deadline)?;
        if start > Instant::now() {
            tokio::time::sleep_until(start).await;
            // Another call may have been refused by the rate limit during the wait.
            self.wait_out_pause(deadline).await?;
        }
        Ok(permit)
    }

    /// Pauses all calls for a time. A longer pause that is already in effect is kept.
    pub(super) fn pause_for(&self, time: Duration) {
        let until = Instant::now() + time.min(LONGEST_PAUSE);
        let mut state = self.shared.lock();
        state.paused_until = Some(state.paused_until.map_or(until, |paused| paused.max(until)));
    }

    async fn acquire_slot(&self, deadline: Instant) -> Result<Option<OwnedSemaphorePermit>> {
        let Some(slots) = &self.shared.slots else {
            return Ok(None);
        };
        let acquire = Arc::clone(slots).acquire_owned();
        match tokio::time::timeout_at(deadline, acquire).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            Ok(Err(_)) => Ok(None),
            Err(_) => Err(Error::new(
                ErrorKind::Timeout,
                "timed out waiting for a free request slot",
            )),
        }
    }

    async fn wait_out_pause(&self, deadline: Instant) -> Result<()> {
        while let Some(left) = self.shared.pause_left() {
            if Instant::now() + left > deadline {
                return Err(past_deadline(left, "calls are paused after a rate limit"));
            }
            // Random, because all waiting calls at once would exceed the limit again.
            let spread = WIDEST_SPREAD.min(left / 4).mul_f64(fastrand::f64());
            tokio::time::sleep(left + spread).await;
        }
        Ok(())
    }
}

impl Limit {
    fn new(calls: usize, per: Duration) -> Self {
        Self {
            calls,
            per,
            starts: VecDeque::new(),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pause_left(&self) -> Option<Duration> {
        let left = self
            .lock()
            .paused_until?
            .checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }

    fn reserve(&self, deadline: Instant) -> Result<Instant> {
        let now = Instant::now();
        let mut state = self.lock();
        let start = state
            .limits
            .iter()
            .map(|limit| limit.earliest(now))
            .max()
            .unwrap_or(now);
        if start > deadline {
            return Err(past_deadline(
                start - now,
                "the rate limiter allows no call before the deadline",
            ));
        }
        for limit in &mut state.limits {
            limit.take(start);
        }
        Ok(start)
    }
}

fn past_deadline(wait: Duration, why: &str) -> Error {
    Error::new(ErrorKind::RateLimited, why)
        .with_retry_after(wait)
        .with_hint("this call was not sent")
}

impl Default for RateLimiter {
    fn default() -> Self {
        Self::unlimited()
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter")
            .field("limits", &self.limits)
            .field("max_in_flight", &self.in_flight)
            .field("paused_for", &self.shared.pause_left())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimiter;
    use crate::ErrorKind;
    use std::time::Duration;
    use tokio::time::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    fn far() -> Instant {
        Instant::now() + 1000 * SECOND
    }

    #[tokio::test(start_paused = true)]
    async fn limits_apply_within_any_period_and_together() {
        let limiter = RateLimiter::unlimited()
            .limit(2, SECOND)
            .limit(3, 10 * SECOND);
        let start = Instant::now();
        let mut times = Vec::new();

        for _ in 0..5 {
            limiter.acquire(far()).await.expect("room");
            times.push(start.elapsed().as_secs());
        }

        assert_eq!(times, [0, 0, 1, 10, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn pause_delays_every_clone_until_it_ends() {
        let limiter = RateLimiter::unlimited();
        let clone = limiter.clone();
        let start = Instant::now();

        limiter.pause_for(10 * SECOND);
        limiter.pause_for(SECOND);
        clone.acquire(far()).await.expect("room");

        assert!(start.elapsed() >= 10 * SECOND && start.elapsed() <= 11 * SECOND);
        clone
            .acquire(Instant::now())
            .await
            .expect("no wait any more");
    }

    #[tokio::test(start_paused = true)]
    async fn wait_past_the_deadline_fails_immediately_with_the_wait() {
        let limiter = RateLimiter::unlimited().limit(1, 60 * SECOND);
        let start = Instant::now();
        limiter.acquire(far()).await.expect("room");

        let error = limiter.acquire(start + SECOND).await.expect_err("no room");

        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), Some(60 * SECOND));
        assert_eq!(error.attempts(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_in_flight_are_limited() {
        let limiter = RateLimiter::unlimited().max_in_flight(2);
        let first = limiter.acquire(far()).await.expect("room");
        let _second = limiter.acquire(far()).await.expect("room");

        assert!(limiter.acquire(Instant::now() + SECOND).await.is_err());
        drop(first);
        assert!(limiter.acquire(Instant::now() + SECOND).await.is_ok());
    }
}
