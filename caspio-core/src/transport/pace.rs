//! How many calls at once use a rate limit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The most calls at once, which is also their number where there is no limit.
pub(super) const MOST_AT_ONCE: usize = 16;
/// How much the time of a response changes the mean of those before it: 1 of so many parts.
const PARTS: u64 = 4;

/// The time that calls take at present: a mean in which the latest responses have the most weight.
#[derive(Debug, Default)]
pub(super) struct CallTime(AtomicU64);

impl CallTime {
    /// Notes the time from the sending of a request to the end of its response.
    pub(super) fn record(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let mean = self.0.load(Ordering::Relaxed);
        let next = match mean {
            0 => took,
            _ => mean - mean / PARTS + took / PARTS,
        };
        self.0.store(next, Ordering::Relaxed);
    }

    /// Returns how many calls are in progress on average at this rate, in calls per second, and one more, which waits
    /// for the limit.
    pub(super) fn calls_at(&self, rate: Option<f64>) -> usize {
        let Some(rate) = rate else {
            return MOST_AT_ONCE;
        };
        let time = Duration::from_micros(self.0.load(Ordering::Relaxed));
        let calls = (rate * time.as_secs_f64()).ceil();
        // The conversion of a greater number ends at the greatest.
        (calls as usize).saturating_add(1).min(MOST_AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times: &[u64]) -> CallTime {
        let time = CallTime::default();
        for millis in times {
            time.record(Duration::from_millis(*millis));
        }
        time
    }

    #[test]
    fn as_many_calls_as_start_while_one_is_in_progress_and_one_more() {
        for (millis, calls) in [(1, 2), (200, 3), (1_000, 9), (1_500, 13), (5_000, 16)] {
            assert_eq!(after(&[millis]).calls_at(Some(8.0)), calls, "{millis} ms");
        }
    }

    #[test]
    fn one_call_before_the_first_response_and_the_most_without_a_limit() {
        assert_eq!(after(&[]).calls_at(Some(8.0)), 1);
        assert_eq!(after(&[1]).calls_at(None), MOST_AT_ONCE);
    }

    #[test]
    fn the_time_follows_calls_that_get_slower_and_faster() {
        let slower = after(&[&[100; 20][..], &[1_000; 8]].concat());
        let faster = after(&[&[1_000; 20][..], &[100; 12]].concat());

        assert!((8..=9).contains(&slower.calls_at(Some(8.0))));
        assert!((2..=3).contains(&faster.calls_at(Some(8.0))));
    }
}
