//! Access tokens: what one is, how long it serves, and who fetches the next.
//!
//! | state of the token | a caller gets | and a request for a new one |
//! |---|---|---|
//! | none | the new one, or the error | is made, once for all who wait |
//! | fresh | the token | is not made |
//! | near its end | the token, at once | is made beside it, if none runs and no pause holds |
//! | past its end | the new one, or the error | is made, once for all who wait |
//!
//! A renewal that fails changes nothing but the time of the next try.

mod bearer_header;
mod cache;
mod clock;
mod policy;
mod refresh;
mod refresh_token;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use http::HeaderValue;
use secrecy::SecretString;

pub(crate) use bearer_header::bearer_header;
pub use cache::TokenCache;
pub use clock::{Clock, ManualClock, Moment, SystemClock};
pub use policy::CachePolicy;
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
#[cfg(feature = "encrypted-store")]
pub use store::StoreKey;
pub use store::{FileStore, MemoryStore, StoreLock, StoredToken, TokenStore};

use crate::{Error, ErrorKind, Result};

/// An access token. Cloning is cheap; `Debug` shows its times, never its text.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    access: SecretString,
    header: HeaderValue,
    refresh: Option<SecretString>,
    refresh_ends: Option<SystemTime>,
    scope: Option<String>,
    generation: u64,
    issued: Moment,
    lifetime: Duration,
    /// From here on a new one is fetched beside the use of this one.
    renew_after: Duration,
    /// From here on it is not used any more.
    use_for: Duration,
}

impl Token {
    pub(crate) fn new(
        grant: Grant,
        generation: u64,
        issued: Moment,
        policy: &CachePolicy,
    ) -> Result<Self> {
        let header = bearer_header(&grant.access).ok_or_else(|| {
            Error::new(
                ErrorKind::Protocol,
                "the token answer's access token is empty or no token",
            )
        })?;
        let lifetime = policy.lifetime(grant.lifetime);
        Ok(Self(Arc::new(Inner {
            header,
            access: grant.access,
            refresh: grant.refresh,
            refresh_ends: grant
                .refresh_lifetime
                .and_then(|lifetime| issued.wall.checked_add(lifetime)),
            scope: grant.scope,
            generation,
            issued,
            lifetime,
            renew_after: policy.renew_after(lifetime),
            use_for: policy.use_for(lifetime),
        })))
    }

    /// The token's text. Whoever holds it acts as the API profile.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0.access
    }

    /// The ready `Authorization` value, marked as sensitive.
    #[must_use]
    pub fn header_value(&self) -> &HeaderValue {
        &self.0.header
    }

    /// When it was asked for, by this machine's clock.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.0.issued.wall
    }

    /// When it ends, counted from before it was asked for; a default lifetime where the answer named none.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.issued.wall + self.0.lifetime
    }

    /// Its number among the tokens of one cache, from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// What the token allows, where the server says so: words separated by blanks.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.0.scope.as_deref()
    }

    /// When the refresh token that came with it ends, where the server says so.
    #[must_use]
    pub fn refresh_ends_at(&self) -> Option<SystemTime> {
        self.0.refresh_ends
    }

    pub(crate) fn refresh(&self) -> Option<&SecretString> {
        self.0.refresh.as_ref()
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// How long ago it was asked for, by whichever clock says more.
    pub(crate) fn age(&self, now: Moment) -> Duration {
        now.since(self.0.issued)
    }

    pub(crate) fn needs_renewal(&self, now: Moment) -> bool {
        self.age(now) >= self.0.renew_after
    }

    pub(crate) fn is_usable(&self, now: Moment) -> bool {
        self.age(now) < self.0.use_for
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("generation", &self.0.generation)
            .field("issued_at", &self.0.issued.wall)
            .field("lifetime", &self.0.lifetime)
            .field("refreshable", &self.0.refresh.is_some())
            .finish_non_exhaustive()
    }
}

/// What an authorization server hands out.
#[derive(Clone)]
#[non_exhaustive]
pub struct Grant {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, if any.
    pub refresh: Option<SecretString>,
    /// The lifetime the server names, if any.
    pub lifetime: Option<Duration>,
    /// The lifetime of the refresh token, where the server names it.
    pub refresh_lifetime: Option<Duration>,
    /// What the token allows, where the server names it.
    pub scope: Option<String>,
}

impl Grant {
    /// A grant of an access token alone.
    pub fn new(access: impl Into<SecretString>) -> Self {
        Self {
            access: access.into(),
            refresh: None,
            lifetime: None,
            refresh_lifetime: None,
            scope: None,
        }
    }

    /// Adds the refresh token.
    #[must_use]
    pub fn with_refresh(mut self, token: impl Into<SecretString>) -> Self {
        self.refresh = Some(token.into());
        self
    }

    /// Adds the lifetime.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Adds the lifetime of the refresh token.
    #[must_use]
    pub fn with_refresh_lifetime(mut self, lifetime: Duration) -> Self {
        self.refresh_lifetime = Some(lifetime);
        self
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("refreshable", &self.refresh.is_some())
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// Where a [`TokenCache`] gets its tokens: one OAuth grant, or a program's own way.
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Fetches a token, with the last refresh token where there is one.
    ///
    /// The grant replaces the refresh token as well: return the old one with it where it stays good.
    /// The cache runs at most one fetch at a time and gives it no timeout, so the source must.
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>>;
}
