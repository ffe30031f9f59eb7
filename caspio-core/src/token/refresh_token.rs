use std::time::SystemTime;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Grant, Moment, StoredToken};

/// The refresh token in force, with what is known of its life.
#[derive(Clone)]
pub(super) struct RefreshToken {
    pub(super) secret: SecretString,
    pub(super) ends: Option<SystemTime>,
    /// When the access token it came with was asked for: of two refresh tokens the later one counts.
    pub(super) since: SystemTime,
}

impl RefreshToken {
    /// The refresh token of a grant; one that was merely kept keeps its end as well.
    pub(super) fn of_grant(grant: &mut Grant, asked: Moment, last: Option<&Self>) -> Option<Self> {
        let secret = grant.refresh.clone()?;
        let kept = last.filter(|last| last.secret.expose_secret() == secret.expose_secret());
        let named = grant
            .refresh_lifetime
            .and_then(|lifetime| asked.wall.checked_add(lifetime));
        let ends = named.or(kept.and_then(|last| last.ends));
        grant.refresh_lifetime = ends.and_then(|ends| ends.duration_since(asked.wall).ok());
        Some(Self {
            secret,
            ends,
            since: asked.wall,
        })
    }

    pub(super) fn of_stored(stored: &StoredToken) -> Option<Self> {
        Some(Self {
            secret: stored.refresh.clone()?,
            ends: stored.refresh_ends_at,
            since: stored.issued_at,
        })
    }
}
