//! Where tokens outlive a program.
//!
//! | store | lasts | others meanwhile |
//! |---|---|---|
//! | [`MemoryStore`] | as long as the program | wait within the program |
//! | [`FileStore`] | on disk, 0600, encrypted under a key (feature `encrypted-store`) | wait, in other programs too |
//! | `KeyringStore` | in the system's keyring (feature `keyring`) | do not wait |

mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
#[cfg(feature = "encrypted-store")]
mod seal;
#[cfg(test)]
mod tests;
mod text;

use std::any::Any;
use std::fmt;
use std::time::SystemTime;

use futures::future::{BoxFuture, ready};
use secrecy::SecretString;

pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
#[cfg(feature = "encrypted-store")]
pub use seal::StoreKey;

use super::{Grant, Token};
use crate::Result;

/// A token as it outlives a program.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredToken {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, if any.
    pub refresh: Option<SecretString>,
    /// When it was asked for.
    pub issued_at: SystemTime,
    /// When it ends.
    pub expires_at: SystemTime,
    /// When the refresh token ends, where known.
    pub refresh_ends_at: Option<SystemTime>,
    /// What it allows, where known.
    pub scope: Option<String>,
}

impl StoredToken {
    /// A stored token without a refresh token.
    pub fn new(
        access: impl Into<SecretString>,
        issued_at: SystemTime,
        expires_at: SystemTime,
    ) -> Self {
        Self {
            access: access.into(),
            refresh: None,
            issued_at,
            expires_at,
            refresh_ends_at: None,
            scope: None,
        }
    }

    pub(super) fn of(token: &Token) -> Self {
        Self {
            access: token.secret().clone(),
            refresh: token.refresh().cloned(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
            refresh_ends_at: token.refresh_ends_at(),
            scope: token.scope().map(str::to_owned),
        }
    }

    pub(super) fn into_grant(self) -> Grant {
        let since = |end: SystemTime| end.duration_since(self.issued_at).ok();
        Grant {
            lifetime: since(self.expires_at),
            refresh_lifetime: self.refresh_ends_at.and_then(since),
            access: self.access,
            refresh: self.refresh,
            scope: self.scope,
        }
    }

    /// Adds the refresh token.
    #[must_use]
    pub fn with_refresh(mut self, token: impl Into<SecretString>) -> Self {
        self.refresh = Some(token.into());
        self
    }
}

impl fmt::Debug for StoredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredToken")
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Keeps the newest token somewhere, so that the next start of a program need not ask for one.
///
/// A store that fails costs a warning in the log, never a call.
///
/// A cache [locks](Self::lock) the store, loads, asks for a token only if none serves, saves, and lets go: of
/// several programs that start together one asks. With refresh tokens that change at each use this is what
/// keeps one program from ending the other's.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The stored token, if any.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>>;

    /// Replaces the stored token, access and refresh token in one step.
    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>>;

    /// Waits until nobody else holds the store, and holds it until the lock is dropped. A wait that takes
    /// too long is given up by the caller. Default: at once, for stores that nobody shares.
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(ready(Ok(StoreLock::default())))
    }
}

/// The right to replace a stored token, until dropped.
#[derive(Default)]
#[must_use = "others wait only as long as the lock lives"]
pub struct StoreLock(Option<Box<dyn Any + Send + Sync>>);

impl StoreLock {
    /// A lock that lasts as long as a guard lives.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreLock").field(&self.0.is_some()).finish()
    }
}
