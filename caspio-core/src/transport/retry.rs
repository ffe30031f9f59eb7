//! The retry policy.

use crate::{Error, ErrorKind, Request};
use std::time::Duration;

/// Whether and when a failed call is retried.
///
/// | failure | retried |
/// |---|---|
/// | no connection | always: nothing was sent |
/// | rate limit (429, or 400 with Caspio's array) | always, up to [`rate_limit_attempts`](Self::rate_limit_attempts), a call of a bulk write for [`bulk_rate_limit_wait`](Self::bulk_rate_limit_wait): nothing was executed |
/// | the same failures of the token request | always: the request itself was not sent |
/// | response lost, late or cut short; 408; 5xx, except a 500 with a code that Caspio is known to send | if the request [is idempotent](crate::Idempotency::Idempotent) |
/// | anything else, in particular errors with Caspio's own code | never: the next response would be the same, and is billed |
///
/// Waits are random between zero and `base · 2ⁿ` up to a cap, and never shorter than the service's
/// `Retry-After`. A call whose wait would exceed the deadline fails immediately, with the wait in
/// [`Error::retry_after`](crate::Error::retry_after). No attempt is sent if less than five seconds are left for its
/// response (less for shorter timeouts and deadlines).
///
/// A [budget](Self::budget) of ten retries, refilled by successes and over time, limits the retries of all calls of a
/// transport together. Of the calls that one rate limit refuses together, only the first uses it; calls of a bulk write
/// that wait out a rate limit do not use it.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    rate_limit_attempts: u32,
    budget: u32,
    deadline: Duration,
    backoff: Backoff,
    rate_limit: Backoff,
    bulk_rate_limit_wait: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Backoff {
    base: Duration,
    cap: Duration,
}

/// How many times as long as the one before a wait after a rate limit is.
const RATE_LIMIT_GROWTH: f64 = 1.35;

impl Backoff {
    fn ceiling(self, failed_attempts: u32) -> Duration {
        let doublings = failed_attempts.saturating_sub(1).min(20);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// The longest wait after a rate limit. It grows slowly, because it may begin just before the limit ends.
    fn rate_limit_ceiling(self, refusals: u32) -> Duration {
        let growth = RATE_LIMIT_GROWTH.powi(refusals.saturating_sub(1).min(100) as i32);
        let wait = Duration::try_from_secs_f64(self.base.as_secs_f64() * growth);
        wait.unwrap_or(self.cap).min(self.cap)
    }
}

/// What a failure allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureClass {
    /// The request was not sent.
    NeverSent,
    /// The service refused to execute it for now.
    RateLimited,
    /// It may or may not have been executed.
    Ambiguous,
    /// The result is definite, or a retry is useless.
    Final,
}

impl FailureClass {
    pub(super) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Connect => Self::NeverSent,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Timeout | ErrorKind::Interrupted => Self::Ambiguous,
            ErrorKind::Server | ErrorKind::Protocol if error.is_retryable() => Self::Ambiguous,
            _ => Self::Final,
        }
    }
}

impl Default for RetryPolicy {
    /// Three attempts within 180 seconds, after rate limits fourteen; waits from 200 ms to 20 s, after a rate limit
    /// from 1 s to 60 s, for up to 300 s in bulk writes; a budget of ten retries.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            rate_limit_attempts: 14,
            budget: 10,
            deadline: Duration::from_secs(180),
            backoff: Backoff {
                base: Duration::from_millis(200),
                cap: Duration::from_secs(20),
            },
            rate_limit: Backoff {
                base: Duration::from_secs(1),
                cap: Duration::from_secs(60),
            },
            bulk_rate_limit_wait: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// Creates a policy with a single attempt. A rejected token is still renewed once.
    #[must_use]
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Returns how many times one call is sent at most, apart from rate limits: 1 if nothing is retried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self.budget {
            0 => 1,
            _ => self.max_attempts,
        }
    }

    /// Sets the maximum number of attempts, including the first. Each is a billed call. Default: 3.
    ///
    /// Attempts that a rate limit refused are counted separately, by
    /// [`rate_limit_attempts`](Self::rate_limit_attempts). With 1, nothing is retried.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets how many attempts of one call a rate limit may refuse before the call fails. Each is a billed call.
    /// Default: 14, which waits for at least a minute.
    #[must_use]
    pub fn rate_limit_attempts(mut self, attempts: u32) -> Self {
        self.rate_limit_attempts = attempts.max(1);
        self
    }

    /// Sets how many retries all calls of a transport may make together at once. Each success returns a fifth of a
    /// retry, and each ten seconds return one. Default: 10. With 0, nothing is retried.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }

    /// Sets the time limit for the whole call with its waits and retries. Default: 180 seconds.
    ///
    /// A longer [`Request::timeout`](crate::Request::timeout) extends it for that request, and an
    /// upload adds one second for each 64 KiB.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// Sets the waits after lost responses: the longest first wait, and the longest of all. Default:
    /// 200 ms and 20 s.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff = Backoff { base, cap };
        self
    }

    /// Sets the waits after a rate limit without `Retry-After`: the longest first wait, and the longest of all.
    /// Default: 1 s and 60 s. The longest wait grows by 35 % with each refusal, and each wait is at least half of it;
    /// all other calls of the transport wait too.
    #[must_use]
    pub fn rate_limit_backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.rate_limit = Backoff { base, cap };
        self
    }

    /// Sets how long a call of a bulk write, which usually runs unattended, is retried while a rate limit refuses it.
    /// Each attempt is a billed call. Default: 300 seconds, the period of Caspio's limit.
    ///
    /// Such a call ignores [`rate_limit_attempts`](Self::rate_limit_attempts), and its
    /// [`deadline`](Self::deadline) is at least this wait and the longest
    /// [backoff](Self::rate_limit_backoff) after it.
    #[must_use]
    pub fn bulk_rate_limit_wait(mut self, wait: Duration) -> Self {
        self.bulk_rate_limit_wait = wait;
        self
    }

    /// Returns the time limit of a call, and how long it is retried after rate limits regardless of their number.
    pub(super) fn limits(&self, request: &Request) -> (Duration, Duration) {
        let limit = self
            .deadline
            .max(request.attempt_timeout().unwrap_or_default());
        match request.is_of_bulk_write() && self.attempts() > 1 {
            true => {
                let wait = self.bulk_rate_limit_wait;
                (limit.max(wait.saturating_add(self.rate_limit.cap)), wait)
            }
            false => (limit, Duration::ZERO),
        }
    }

    pub(super) fn retries(&self) -> u32 {
        self.budget
    }

    /// Returns whether another attempt follows `failed` attempts of this class.
    pub(super) fn allows(&self, class: FailureClass, idempotent: bool, failed: u32) -> bool {
        let limit = match class {
            FailureClass::NeverSent => self.max_attempts,
            FailureClass::RateLimited => self.rate_limit_attempts,
            FailureClass::Ambiguous if idempotent => self.max_attempts,
            FailureClass::Ambiguous | FailureClass::Final => return false,
        };
        self.attempts() > 1 && failed < limit
    }

    /// Returns how long to send nothing to the service after a failure.
    pub(super) fn pause(
        &self,
        class: FailureClass,
        attempts: u32,
        asked: Option<Duration>,
        random: f64,
    ) -> Duration {
        let own = match class {
            FailureClass::RateLimited => {
                let ceiling = self.rate_limit.rate_limit_ceiling(attempts);
                ceiling.mul_f64(0.5 + 0.5 * random)
            }
            _ => self.backoff.ceiling(attempts).mul_f64(random),
        };
        match asked {
            // Not only what the service asks for, which may be nothing.
            Some(asked) => asked.max(own),
            None => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailureClass, RetryPolicy};
    use crate::error::ErrorContext as _;
    use crate::{Error, ErrorKind};
    use std::time::Duration;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn insert_is_repeated_only_if_it_was_not_executed() {
        let policy = RetryPolicy::default();
        let again = |class, idempotent| policy.allows(class, idempotent, 1);

        for (class, safe, insert) in [
            (FailureClass::NeverSent, true, true),
            (FailureClass::RateLimited, true, true),
            (FailureClass::Ambiguous, true, false),
            (FailureClass::Final, false, false),
        ] {
            assert_eq!(again(class, true), safe, "{class:?}");
            assert_eq!(again(class, false), insert, "{class:?}");
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_and_attempts_are_limited() {
        let policy = RetryPolicy::default().max_attempts(20);
        let wait = |attempts, random| policy.pause(FailureClass::Ambiguous, attempts, None, random);

        assert_eq!(wait(1, 1.0), 200 * MS);
        assert_eq!(wait(2, 1.0), 400 * MS);
        assert_eq!(wait(2, 0.25), 100 * MS);
        assert_eq!(wait(19, 1.0), Duration::from_secs(20));
        assert!(policy.allows(FailureClass::Ambiguous, true, 19));
        assert!(!policy.allows(FailureClass::Ambiguous, true, 20));
        for class in [FailureClass::NeverSent, FailureClass::RateLimited] {
            assert!(!RetryPolicy::none().allows(class, true, 1), "{class:?}");
        }
    }

    #[test]
    fn wait_is_never_shorter_than_the_service_asks() {
        let policy = RetryPolicy::default();
        let asked = Some(Duration::from_secs(7));

        let lost = policy.pause(FailureClass::Ambiguous, 1, asked, 1.0);
        let limited = policy.pause(FailureClass::RateLimited, 1, asked, 0.0);
        let guessed = policy.pause(FailureClass::RateLimited, 2, None, 0.0);
        let nothing = policy.pause(FailureClass::RateLimited, 2, Some(Duration::ZERO), 0.0);

        assert_eq!(lost, Duration::from_secs(7));
        assert_eq!(limited, Duration::from_secs(7));
        assert_eq!(guessed, 675 * MS);
        assert_eq!(nothing, guessed, "asked to wait for no time at all");
    }

    #[test]
    fn failures_with_the_services_own_code_are_final() {
        let class = |error: Error| FailureClass::of(&error);

        assert_eq!(
            class(Error::new(ErrorKind::Server, "bare 502")),
            FailureClass::Ambiguous
        );
        assert_eq!(
            class(Error::new(ErrorKind::Server, "coded").with_code("InternalError")),
            FailureClass::Final
        );
        assert_eq!(
            class(
                Error::new(ErrorKind::Server, "a gateway's code")
                    .with_code("GatewayTimeout")
                    .with_retryable(true)
            ),
            FailureClass::Ambiguous
        );
        assert_eq!(
            class(Error::new(ErrorKind::Invalid, "coded").with_code("SqlServerError")),
            FailureClass::Final
        );
        assert_eq!(
            class(Error::new(ErrorKind::Protocol, "html")),
            FailureClass::Final
        );
        assert_eq!(
            class(Error::new(ErrorKind::Protocol, "cut").with_retryable(true)),
            FailureClass::Ambiguous
        );
        assert_eq!(
            class(Error::new(ErrorKind::Refused, "too long")),
            FailureClass::Final
        );
    }
}
