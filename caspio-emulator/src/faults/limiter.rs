//! A sliding window of call times.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The calls within the last window.
#[derive(Debug, Default)]
pub(crate) struct Limiter(VecDeque<Instant>);

impl Limiter {
    /// Returns whether a call at `now` exceeds the limit. Refused calls count too.
    pub(crate) fn is_over(&mut self, now: Instant, calls: u64, window: Duration) -> bool {
        while self
            .0
            .front()
            .is_some_and(|first| now.duration_since(*first) >= window)
        {
            self.0.pop_front();
        }
        self.0.push_back(now);
        self.0.len() as u64 > calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_limits_calls_and_slides() {
        let window = Duration::from_secs(10);
        let start = Instant::now();
        let mut limiter = Limiter::default();

        let over: Vec<_> = (0..3)
            .map(|second| limiter.is_over(start + Duration::from_secs(second), 2, window))
            .collect();
        assert_eq!(over, [false, false, true]);

        assert!(!limiter.is_over(start + Duration::from_secs(30), 2, window));
    }
}
