use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A moment on both clocks of a machine.
///
/// The monotonic one stands still while the machine sleeps, the wall clock jumps when it is set; what has
/// ended by either has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock.
    pub wall: SystemTime,
    /// The time since some start, never running backwards.
    pub monotonic: Duration,
}

impl Moment {
    /// The time since an earlier moment, by whichever clock says more.
    #[must_use]
    pub fn since(&self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        wall.max(self.monotonic.saturating_sub(earlier.monotonic))
    }
}

/// Tells the time; scripted in tests.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The moment it is.
    fn now(&self) -> Moment;
}

/// The machine's clocks. The monotonic one is tokio's, so that paused time holds for tokens as well.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock that starts now.
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

/// A clock that moves only when told to.
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
    /// A clock that stands at the start of 2026.
    #[must_use]
    pub fn new() -> Self {
        Self(Mutex::new(Moment {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
            monotonic: Duration::ZERO,
        }))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.change(|now| {
            now.wall += by;
            now.monotonic += by;
        });
    }

    /// Moves the wall clock only, as a machine's sleep does.
    pub fn advance_wall(&self, by: Duration) {
        self.change(|now| now.wall += by);
    }

    /// Moves the monotonic clock only: the wall clock was set back meanwhile.
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
