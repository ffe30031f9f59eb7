//! When tokens are renewed.

use std::time::{Duration, SystemTime};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// When tokens are renewed, and when a failed renewal is tried again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CachePolicy {
    /// How long before its expiry a token is renewed while it is still used. Default: 5 minutes, and at
    /// most half of the token's lifetime.
    pub early: Duration,
    /// How long before its expiry a token is no longer used, so that it does not expire on its way to
    /// the service. Default: 20 seconds, and at most a tenth of the token's lifetime.
    pub margin: Duration,
    /// The lifetime of a token if the response contains none. Default: 24 hours, Caspio's.
    pub default_lifetime: Duration,
    /// The largest part of its lifetime by which a token is renewed still earlier, at random, so that
    /// programs that were started together do not renew together. Default: 0.1, and at most 10 minutes.
    pub jitter: f64,
    /// The pause after a failed renewal; it doubles with each further failure. Default: 1 second.
    pub pause: Duration,
    /// The longest pause, and the pause after rejected credentials. Default: 30 seconds.
    pub longest_pause: Duration,
    /// A refresh token that is known to be valid for less than this is not used; the credentials are
    /// used immediately. Applies only if there are credentials: a refresh token that is the only way to
    /// get a token is used until it expires. Default: none; connectors use
    /// [`REFRESH_FLOOR`](Self::REFRESH_FLOOR).
    pub refresh_floor: Option<Duration>,
    /// How far the clock of the machine that stored a token may be ahead of this machine's clock. A
    /// token from further in the future is not used. Default: 1 minute.
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
    /// The usual [`refresh_floor`](Self::refresh_floor): 12 hours.
    pub const REFRESH_FLOOR: Duration = Duration::from_secs(12 * 3600);

    /// Returns whether a refresh token with this expiry, if known, is worth a request.
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

    /// Returns the age from which a token is renewed.
    ///
    /// At most half of the lifetime before the expiry: otherwise a server that issues short-lived
    /// tokens, or returns the same token until shortly before its expiry, would be asked in a loop.
    pub(super) fn renew_after(&self, lifetime: Duration) -> Duration {
        let part = match self.jitter.is_nan() {
            true => 0.0,
            false => self.jitter.clamp(0.0, 0.4) * fastrand::f64(),
        };
        let jitter = lifetime.mul_f64(part).min(Duration::from_secs(600));
        let early = self.early.min(lifetime / 2);
        lifetime.saturating_sub(early).saturating_sub(jitter)
    }

    pub(super) fn use_for(&self, lifetime: Duration) -> Duration {
        lifetime.saturating_sub(self.margin.min(lifetime / 10))
    }

    /// Returns the pause after the `failures`-th failure in a row, up to a quarter shorter at random.
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
