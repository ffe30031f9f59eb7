//! The retry budget.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What one success returns to the budget.
const PER_SUCCESS: f64 = 0.2;
/// What one second returns to the budget.
const PER_SECOND: f64 = 0.1;

/// Limits the retries of all calls together, so that an outage is not amplified by them.
///
/// Each success returns a fifth of a retry, and ten seconds return one.
#[derive(Debug)]
pub(super) struct RetryBudget {
    capacity: f64,
    level: Mutex<Level>,
}

#[derive(Debug)]
struct Level {
    tokens: f64,
    since: Option<Instant>,
}

impl RetryBudget {
    pub(super) fn new(retries: u32) -> Self {
        let capacity = f64::from(retries);
        let level = Mutex::new(Level {
            tokens: capacity,
            since: None,
        });
        Self { capacity, level }
    }

    pub(super) fn succeeded(&self) {
        // A full budget, which most calls find, stays full: the clock need not be read.
        if self.lock().tokens < self.capacity {
            self.change(|level| level.add(PER_SUCCESS, self.capacity));
        }
    }

    pub(super) fn try_draw(&self) -> bool {
        self.change(|level| {
            let enough = level.tokens >= 1.0;
            if enough {
                level.tokens -= 1.0;
            }
            enough
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Level) -> T) -> T {
        let mut level = self.lock();
        let now = Instant::now();
        let passed = level
            .since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        level.since = Some(now);
        level.add(passed.as_secs_f64() * PER_SECOND, self.capacity);
        change(&mut level)
    }

    fn lock(&self) -> MutexGuard<'_, Level> {
        self.level.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Level {
    fn add(&mut self, tokens: f64, capacity: f64) {
        self.tokens = (self.tokens + tokens).min(capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn budget_of_ten_retries_refills_with_time_and_successes() {
        let budget = RetryBudget::new(10);
        let drawn = (0..50).filter(|_| budget.try_draw()).count();
        assert_eq!(drawn, 10);

        (0..5).for_each(|_| budget.succeeded());
        assert!(budget.try_draw());
        assert!(!budget.try_draw());

        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(budget.try_draw());
        assert!(!budget.try_draw());
    }
}
