//! Stores that keep tokens between runs of a program.
//!
//! | store | storage | while one caller renews, others |
//! |---|---|---|
//! | [`MemoryStore`] | the program's memory | wait, within the program |
//! | [`FileStore`] | a file with mode 0600, optionally encrypted (feature `encrypted-store`) | wait, also in other programs |
//! | `KeyringStore` | the system's keyring (feature `keyring`) | do not wait |

mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
#[cfg(feature = "encrypted-store")]
mod seal;
#[cfg(test)]
mod tests;
mod text;

use super::{Grant, Token};
use crate::Result;
use futures::future::{BoxFuture, ready};
use secrecy::SecretString;
use std::any::Any;
use std::fmt;
use std::time::SystemTime;

pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
#[cfg(feature = "encrypted-store")]
pub use seal::StoreKey;

/// A token in the form in which it is stored.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredToken {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, if any.
    pub refresh: Option<SecretString>,
    /// When it was requested.
    pub issued_at: SystemTime,
    /// When it expires.
    pub expires_at: SystemTime,
    /// When the refresh token expires, if known.
    pub refresh_ends_at: Option<SystemTime>,
    /// The token's scope, if known.
    pub scope: Option<String>,
    /// A hash of the token endpoint and the client, if known: a token is not used for others.
    pub owner: Option<String>,
}

impl StoredToken {
    /// Creates a stored token without a refresh token.
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
            owner: None,
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
            owner: None,
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

/// Stores the newest token, so that the next run of a program does not have to request one.
///
/// A store that fails, panics or hangs causes a warning in the log and never a failed call.
///
/// A cache [locks](Self::lock) the store, loads the token, requests a new one only if it is not usable,
/// saves it, and releases the lock: of several programs that start together only one sends a request.
/// With refresh tokens that change on each use, this keeps one program from invalidating the other's.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns the stored token, if any.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>>;

    /// Replaces the stored token: access and refresh token in one step.
    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>>;

    /// Waits until no one else holds the lock, and holds it until the guard is dropped. The caller
    /// limits the wait. Default: returns immediately, for stores that are not shared.
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(ready(Ok(StoreLock::default())))
    }
}

/// The exclusive right to replace a stored token, until dropped.
#[derive(Default)]
#[must_use = "the lock is released when the guard is dropped"]
pub struct StoreLock(Option<Box<dyn Any + Send + Sync>>);

impl StoreLock {
    /// Creates a lock that is released when the guard is dropped.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreLock").field(&self.0.is_some()).finish()
    }
}
