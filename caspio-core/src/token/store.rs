use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use futures::future::BoxFuture;
use secrecy::SecretString;

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
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The stored token, if any.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>>;

    /// Replaces the stored token, access and refresh token in one step.
    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>>;
}

/// A store that lasts as long as the program: for several clients of one account, and for tests.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Option<StoredToken>>);

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl TokenStore for MemoryStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        let stored = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Box::pin(async move { Ok(stored) })
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Box::pin(async { Ok(()) })
    }
}
