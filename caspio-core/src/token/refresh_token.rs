//! The current refresh token.

use super::{Grant, Moment, StoredToken};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::SystemTime;

/// The current refresh token, with the known facts about its validity.
#[derive(Clone)]
pub(super) struct RefreshToken {
    pub(super) secret: SecretString,
    pub(super) ends: Option<SystemTime>,
}

impl RefreshToken {
    /// Returns the refresh token of a grant; if it is unchanged, its known expiry is kept.
    pub(super) fn of_grant(grant: &mut Grant, asked: Moment, last: Option<&Self>) -> Option<Self> {
        let secret = grant.refresh.clone()?;
        let kept = last.filter(|last| last.is(&secret));
        let named = grant
            .refresh_lifetime
            .and_then(|lifetime| asked.wall.checked_add(lifetime));
        let ends = named.or(kept.and_then(|last| last.ends));
        grant.refresh_lifetime = ends.and_then(|ends| ends.duration_since(asked.wall).ok());
        Some(Self { secret, ends })
    }

    pub(super) fn of_stored(stored: &StoredToken) -> Option<Self> {
        Some(Self {
            secret: stored.refresh.clone()?,
            ends: stored.refresh_ends_at,
        })
    }

    pub(super) fn is(&self, secret: &SecretString) -> bool {
        self.secret.expose_secret() == secret.expose_secret()
    }
}
