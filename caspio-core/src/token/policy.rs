use std::time::{Duration, SystemTime};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// When tokens are renewed and when a failed renewal is tried again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CachePolicy {
    /// How long before its end a token is renewed while it still serves. Default: 5 minutes, and never
    /// more than half the token's lifetime.
    pub early: Duration,
    /// How long before its end a token is no longer used, so that it does not end on its way. Default:
    /// 20 seconds, and never more than a tenth of the token's lifetime.
    pub margin: Duration,
    /// The lifetime of a token whose answer names none. Default: 24 hours, Caspio's.
    pub default_lifetime: Duration,
    /// Up to which part of its lifetime a token is renewed still earlier, at random, so that many programs
    /// started together do not renew together. Default: 0.1, and never more than 10 minutes.
    pub jitter: f64,
    /// The pause after a failed renewal; it doubles with each further failure. Default: 1 second.
    pub pause: Duration,
    /// The longest pause, and the pause after bad credentials. Default: 30 seconds.
    pub longest_pause: Duration,
    /// A refresh token that is known to be valid for less than this is left alone and the credentials are
    /// used at once. It holds where there are credentials: a refresh token that is the only way to a token
    /// is used to its end. Default: none; [`REFRESH_FLOOR`](Self::REFRESH_FLOOR) is what connectors use.
    pub refresh_floor: Option<Duration>,
    /// How far ahead of this machine's clock the clock of another may be that stored the token. A token
    /// from further ahead is not used. Default: 1 minute.
    pub skew: Duration,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            early: Duration::from_secs(300),
            margin: Duration::from_secs(20),
            default_lifetime: Duration::from_secs(24 * 3600),
            jitter: 0.1,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
            refresh_floor: None,
            skew: Duration::from_secs(60),
        }
    }
}

impl CachePolicy {
    /// The customary [`refresh_floor`](Self::refresh_floor): 12 hours.
    pub const REFRESH_FLOOR: Duration = Duration::from_secs(12 * 3600);

    /// Whether a refresh token that ends then, as far as known, is worth a request.
    pub(super) fn may_refresh(&self, ends: Option<SystemTime>, now: SystemTime) -> bool {
        match (self.refresh_floor, ends) {
            (Some(floor), Some(ends)) => ends.duration_since(now).unwrap_or_default() >= floor,
            _ => true,
        }
    }

    pub(super) fn lifetime(&self, named: Option<Duration>) -> Duration {
        let named = named.filter(|lifetime| !lifetime.is_zero());
        named.unwrap_or(self.default_lifetime).min(YEAR)
    }

    /// Never later than half the lifetime before the end: a server that hands out short tokens, or the
    /// same token again until shortly before its end, is not asked in a loop.
    pub(super) fn renew_after(&self, lifetime: Duration) -> Duration {
        let part = self.jitter.clamp(0.0, 0.4) * fastrand::f64();
        let jitter = lifetime.mul_f64(part).min(Duration::from_secs(600));
        let early = self.early.min(lifetime / 2);
        lifetime.saturating_sub(early).saturating_sub(jitter)
    }

    pub(super) fn use_for(&self, lifetime: Duration) -> Duration {
        lifetime.saturating_sub(self.margin.min(lifetime / 10))
    }

    /// The pause after the `failures`-th failure in a row, a quarter of it at random.
    pub(super) fn pause_after(&self, failures: u32, permanent: bool) -> Duration {
        if permanent {
            return self.longest_pause;
        }
        let doublings = failures.saturating_sub(1).min(16);
        let pause = self
            .pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause);
        pause.mul_f64(1.0 - 0.25 * fastrand::f64())
    }
}
