//! Issued tokens, their expiry and their revocation.

use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// At most this many refresh tokens are valid; a new one then replaces the oldest.
const MAX_REFRESH_TOKENS: usize = 1_000;
const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);
const REFRESH_IDLE: SignedDuration = SignedDuration::from_hours(60 * 24);
const ACCESS_LENGTH: usize = 500;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A newly issued pair of tokens.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) lifetime: Duration,
}

/// All valid tokens. Issuing a token leaves earlier ones valid.
#[derive(Debug)]
pub(crate) struct Tokens {
    clock: Clock,
    lifetime: Duration,
    with_refresh: bool,
    live: Mutex<Live>,
}

#[derive(Debug, Default)]
struct Live {
    access: HashMap<String, Access>,
    refresh: VecDeque<Refresh>,
}

#[derive(Debug)]
struct Access {
    expires: Timestamp,
    profile: usize,
}

#[derive(Debug)]
struct Refresh {
    token: String,
    profile: usize,
    born: Timestamp,
    used: Timestamp,
}

impl Tokens {
    pub(crate) fn new(clock: Clock, lifetime: Duration, with_refresh: bool) -> Self {
        Self {
            clock,
            lifetime,
            with_refresh,
            live: Mutex::default(),
        }
    }

    /// Issues a token to the profile with this index.
    pub(crate) fn issue(&self, profile: usize) -> Issued {
        let now = self.clock.now();
        let expires = now.saturating_add(self.lifetime);
        let access = random_token();
        let refresh = self.with_refresh.then(random_hex);
        let mut live = self.lock();
        live.access.retain(|_, access| access.expires > now);
        live.access.insert(
            access.clone(),
            Access {
                expires: expires.unwrap_or(Timestamp::MAX),
                profile,
            },
        );
        if let Some(token) = &refresh {
            live.refresh.push_back(Refresh {
                token: token.clone(),
                profile,
                born: now,
                used: now,
            });
            if live.refresh.len() > MAX_REFRESH_TOKENS {
                live.refresh.pop_front();
            }
        }
        Issued {
            access,
            refresh,
            lifetime: self.lifetime,
        }
    }

    /// Returns the index of the profile that a valid access token belongs to.
    pub(crate) fn check(&self, access: &str) -> Option<usize> {
        let live = self.lock();
        let found = live.access.get(access)?;
        (found.expires > self.clock.now()).then_some(found.profile)
    }

    /// Returns how long an access token remains valid.
    pub(crate) fn left(&self, access: &str) -> Duration {
        let live = self.lock();
        let left = live
            .access
            .get(access)
            .map_or(SignedDuration::ZERO, |found| {
                found.expires.duration_since(self.clock.now())
            });
        Duration::try_from(left).unwrap_or_default()
    }

    /// Returns the profile of a valid refresh token. The token stays valid: it is not recorded whether Caspio rotates
    /// refresh tokens, and not rotating them is the more tolerant assumption.
    pub(crate) fn redeem(&self, refresh: &str) -> Option<usize> {
        let now = self.clock.now();
        let mut live = self.lock();
        live.refresh.retain(|token| {
            now.duration_since(token.born) < REFRESH_LIFETIME
                && now.duration_since(token.used) < REFRESH_IDLE
        });
        let found = live
            .refresh
            .iter_mut()
            .find(|token| token.token == refresh)?;
        found.used = now;
        Some(found.profile)
    }

    /// Expires every access token now; refresh tokens stay valid.
    pub(crate) fn expire(&self) {
        self.lock().access.clear();
    }

    /// Revokes every access and refresh token.
    pub(crate) fn revoke(&self) {
        *self.lock() = Live::default();
    }

    /// Revokes one access token.
    pub(crate) fn revoke_one(&self, access: &str) {
        self.lock().access.remove(access);
    }

    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random_token() -> String {
    let mut random = fastrand::Rng::new();
    (0..ACCESS_LENGTH)
        .map(|_| char::from(ALPHABET[random.usize(..ALPHABET.len())]))
        .collect()
}

fn random_hex() -> String {
    let mut random = fastrand::Rng::new();
    (0..64)
        .map(|_| char::from(b"0123456789abcdef"[random.usize(..16)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn new_token_leaves_earlier_one_valid() {
        let tokens = Tokens::new(Clock::new(None), DAY, true);

        let first = tokens.issue(0);
        tokens.issue(0);

        assert_eq!(tokens.check(&first.access), Some(0));
    }

    #[test]
    fn oldest_refresh_token_is_dropped_above_a_thousand() {
        let tokens = Tokens::new(Clock::new(None), DAY, true);
        let oldest = tokens.issue(0).refresh.expect("asked for");

        let mut newest = String::new();
        for _ in 0..MAX_REFRESH_TOKENS {
            newest = tokens.issue(0).refresh.expect("asked for");
        }

        assert_eq!(tokens.redeem(&oldest), None);
        assert_eq!(tokens.redeem(&newest), Some(0));
    }

    #[test]
    fn expiry_keeps_refresh_tokens_and_revocation_does_not() {
        let tokens = Tokens::new(Clock::new(None), DAY, true);
        let issued = tokens.issue(0);
        let refresh = issued.refresh.expect("asked for");

        tokens.expire();
        assert_eq!(tokens.check(&issued.access), None);
        assert_eq!(tokens.redeem(&refresh), Some(0));

        tokens.revoke();
        assert_eq!(tokens.redeem(&refresh), None);
    }
}
