//! Keeps a token in memory.

use super::{StoreLock, StoredToken, TokenStore};
use crate::Result;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};

/// A store in the program's memory: for several clients of one account, and for tests.
#[derive(Debug, Default)]
pub struct MemoryStore {
    stored: Mutex<Option<StoredToken>>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl TokenStore for MemoryStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = stored.clone();
        Box::pin(async move { Ok(stored) })
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        *self.stored.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Box::pin(async { Ok(()) })
    }

    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(async { Ok(StoreLock::new(Arc::clone(&self.lock).lock_owned().await)) })
    }
}
