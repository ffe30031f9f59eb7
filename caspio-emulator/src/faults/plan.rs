//! Decides which call is hit by which fault.

use super::limiter::Limiter;
use super::{Fault, Faults};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// The current faults and the progress of their schedules.
#[derive(Debug)]
pub(crate) struct Plan {
    seed: u64,
    current: RwLock<Arc<Current>>,
}

#[derive(Debug, Default)]
struct Current {
    faults: Faults,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    calls: u64,
    /// How many calls each rule has seen.
    seen: Vec<u64>,
    limiter: Limiter,
}

/// What happens to one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) delay: Duration,
    pub(crate) drip: Duration,
    pub(crate) fault: Option<Fault>,
}

impl Plan {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let plan = Self {
            seed,
            current: RwLock::default(),
        };
        plan.set(faults);
        plan
    }

    /// Replaces the faults; every schedule starts again.
    pub(crate) fn set(&self, faults: Faults) {
        let current = Arc::new(Current {
            faults,
            progress: Mutex::default(),
        });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
    }

    pub(crate) fn faults(&self) -> Faults {
        self.current().faults.clone()
    }

    /// Decides about the next call of `operation`.
    pub(crate) fn decide(&self, operation: &str) -> Decision {
        let current = self.current();
        let faults = &current.faults;
        let mut progress = current
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        progress.calls += 1;
        let call = progress.calls;
        Decision {
            delay: Duration::from_millis(faults.latency_ms) + self.jitter(faults, call),
            drip: faults.drip_pause(),
            fault: self.fault(faults, &mut progress, operation),
        }
    }

    fn current(&self) -> Arc<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    fn jitter(&self, faults: &Faults, call: u64) -> Duration {
        if faults.jitter_ms == 0 {
            return Duration::ZERO;
        }
        Duration::from_millis(self.random(call, u64::MAX).u64(..=faults.jitter_ms))
    }

    /// The random generator of one rule for one call: the same for the same seed.
    fn random(&self, call: u64, rule: u64) -> fastrand::Rng {
        let mixed = call
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(rule.wrapping_mul(0xD1B5_4A32_D192_ED03));
        fastrand::Rng::with_seed(self.seed ^ mixed)
    }

    fn fault(&self, faults: &Faults, progress: &mut Progress, operation: &str) -> Option<Fault> {
        progress.seen.resize(faults.rules.len(), 0);
        let mut hit = None;
        for (at, rule) in faults.rules.iter().enumerate() {
            if rule
                .operation
                .as_ref()
                .is_some_and(|wanted| !wanted.eq_ignore_ascii_case(operation))
            {
                continue;
            }
            progress.seen[at] += 1;
            let scheduled = rule.calls.contains(&progress.seen[at]);
            let drawn = rule.rate > 0.0 && self.random(progress.calls, at as u64).f64() < rule.rate;
            if hit.is_none() && (scheduled || drawn) {
                hit = Some(rule.fault);
            }
        }
        if faults.quota.is_some_and(|quota| progress.calls > quota) {
            return Some(Fault::QuotaUsedUp);
        }
        if let Some((calls, window)) = faults.rate_limit {
            let window = Duration::from_millis(window);
            if progress.limiter.is_over(Instant::now(), calls, window) {
                return Some(Fault::RateLimit);
            }
        }
        hit
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    fn hits(plan: &Plan, calls: usize) -> Vec<bool> {
        (0..calls)
            .map(|_| plan.decide("ListTables").fault.is_some())
            .collect()
    }

    #[test]
    fn the_same_seed_hits_the_same_calls() {
        let faults = Faults::none().rule(Rule::new(Fault::Reset).rate(0.3));

        let first = hits(&Plan::new(7, faults.clone()), 100);
        let second = hits(&Plan::new(7, faults.clone()), 100);
        let other = hits(&Plan::new(8, faults), 100);

        assert_eq!(first, second);
        assert_ne!(first, other);
        let share = first.iter().filter(|hit| **hit).count();
        assert!((15..45).contains(&share), "{share} of 100");
    }

    #[test]
    fn a_schedule_counts_only_the_calls_of_its_operation() {
        let rule = Rule::new(Fault::Reset).operation("Token").calls([2]);
        let plan = Plan::new(0, Faults::none().rule(rule));

        let faults: Vec<_> = ["Token", "ListTables", "Token", "Token"]
            .map(|operation| plan.decide(operation).fault)
            .into();

        assert_eq!(faults, [None, None, Some(Fault::Reset), None]);
    }

    #[test]
    fn quota_stays_used_up() {
        let plan = Plan::new(0, Faults::none().quota(2));

        assert_eq!(hits(&plan, 4), [false, false, true, true]);
    }
}
