//! Clocks for the age of tokens.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A point in time on both clocks of a machine.
///
/// The monotonic clock may stop while the machine sleeps, and the wall clock jumps when it is set. A
/// token counts as expired if it has expired by either clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock.
    pub wall: SystemTime,
    /// The time since a fixed start, which never decreases.
    pub monotonic: Duration,
}

impl Moment {
    /// Returns the time since an earlier moment, by whichever clock shows more.
    #[must_use]
    pub fn since(&self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        wall.max(self.monotonic.saturating_sub(earlier.monotonic))
    }
}

/// A source of the current time; scripted in tests.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Moment;
}

/// The machine's clocks. The monotonic clock is tokio's, so that tokio's paused time also applies to
/// tokens.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Creates a clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            wall: SystemTime::now(),
            monotonic: Instant::now().saturating_duration_since(self.start),
        }
    }
}

/// A clock that advances only by its own methods.
///
/// ```
/// use std::time::Duration;
/// use caspio_core::Clock;
/// use caspio_core::token::ManualClock;
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().since(before), Duration::from_secs(60));
/// ```
#[derive(Debug)]
pub struct ManualClock(Mutex<Moment>);

impl ManualClock {
    /// Creates a clock set to the start of 2026.
    #[must_use]
    pub fn new() -> Self {
        Self(Mutex::new(Moment {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
            monotonic: Duration::ZERO,
        }))
    }

    /// Advances both clocks.
    pub fn advance(&self, by: Duration) {
        self.change(|now| {
            now.wall += by;
            now.monotonic += by;
        });
    }

    /// Advances only the wall clock, as when a machine sleeps.
    pub fn advance_wall(&self, by: Duration) {
        self.change(|now| now.wall += by);
    }

    /// Advances only the monotonic clock, as when the wall clock was set back.
    pub fn advance_monotonic(&self, by: Duration) {
        self.change(|now| now.monotonic += by);
    }

    fn change(&self, change: impl FnOnce(&mut Moment)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
