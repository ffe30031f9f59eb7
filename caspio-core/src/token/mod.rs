//! Access tokens, how long they are used, and how they are renewed.
//!
//! | state of the token | a caller gets | request for a new token |
//! |---|---|---|
//! | none | the new token, or the error | sent, once for all waiting callers |
//! | fresh | the token | not sent |
//! | about to expire | the token, immediately | sent in the background, unless one is running or a pause is in effect |
//! | about to expire, with a store | the new token; the old one after a failure or ten seconds | sent, once for all waiting callers, unless a pause is in effect |
//! | expired | the new token, or the error | sent, once for all waiting callers |
//!
//! A failed renewal changes nothing except the time of the next attempt. With a store the callers wait, because a
//! program that ends during a renewal in the background would lose a refresh token that the server has replaced
//! already; see [`TokenCache::settle`].

mod bearer_header;
mod cache;
mod clock;
mod policy;
mod refresh;
mod refresh_token;
mod state;
mod store;
#[cfg(test)]
mod tests;

use crate::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use http::HeaderValue;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(crate) use bearer_header::{bearer_header, sensitive_header};
pub use cache::TokenCache;
pub use clock::{Clock, ManualClock, Moment, SystemClock};
pub use policy::CachePolicy;
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
#[cfg(feature = "encrypted-store")]
pub use store::StoreKey;
pub use store::{FileStore, MemoryStore, StoreLock, StoredToken, TokenStore};

/// An access token. Cloning is cheap; `Debug` shows its times and hides its text.
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
    /// The age from which a new token is requested in the background.
    renew_after: Duration,
    /// The age from which it is no longer used.
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
                "the access token in the response is empty or contains invalid characters",
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

    /// Returns the token's text. Anyone who has it can act as the API profile.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0.access
    }

    /// Returns the complete `Authorization` value, marked as sensitive.
    #[must_use]
    pub fn header_value(&self) -> &HeaderValue {
        &self.0.header
    }

    /// Returns when it was requested, by this machine's clock.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.0.issued.wall
    }

    /// Returns when it expires, counted from before it was requested; based on a default lifetime if
    /// the response contained none.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.issued.wall + self.0.lifetime
    }

    /// Returns its number among the tokens of one cache, from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// Returns the token's scope, if the server reported it: words separated by spaces.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.0.scope.as_deref()
    }

    /// Returns when the refresh token that came with it expires, if the server reported it.
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

    /// Returns the time since it was requested, by whichever clock shows more.
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

/// The tokens that an authorization server issues.
#[derive(Clone)]
#[non_exhaustive]
pub struct Grant {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, if any.
    pub refresh: Option<SecretString>,
    /// The lifetime that the server reported, if any.
    pub lifetime: Option<Duration>,
    /// The lifetime of the refresh token, if the server reported it.
    pub refresh_lifetime: Option<Duration>,
    /// The token's scope, if the server reported it.
    pub scope: Option<String>,
}

impl Grant {
    /// Creates a grant with only an access token.
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

/// The source of a [`TokenCache`]'s tokens: an OAuth grant, or a program's own method.
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Fetches a token, with the last refresh token if there is one.
    ///
    /// The grant also replaces the refresh token: return the old one with it if it stays valid. The
    /// cache runs at most one fetch at a time and does not limit its time, so the source must.
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>>;

    /// Returns how long a fetch can take. Other programs and threads that need a token wait for so long, and then fetch
    /// one themselves. Default: two minutes.
    fn longest_fetch(&self) -> Duration {
        Duration::from_secs(120)
    }
}
