//! Stores a token in the system's keyring.

use super::{StoredToken, TokenStore, text};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use keyring::v1::{Entry, Error as KeyringError};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Stores one token in the system's keyring: Keychain, Credential Manager, or the Secret Service.
///
/// Programs that share an entry do not synchronize; use a [`FileStore`](super::FileStore) if that
/// matters. On a machine without a keyring, such as a server, each use causes a warning in the log.
#[derive(Clone)]
pub struct KeyringStore(Arc<Name>);

struct Name {
    service: String,
    user: String,
}

impl KeyringStore {
    /// Creates a store for the entry of a service and a user, e.g. the program's name and the
    /// account's.
    pub fn new(service: impl Into<String>, user: impl Into<String>) -> Self {
        Self(Arc::new(Name {
            service: service.into(),
            user: user.into(),
        }))
    }

    /// Accesses the keyring on a thread that may block.
    async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let name = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let entry = Entry::new(&name.service, &name.user).map_err(config)?;
            work(&entry)
        });
        done.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::Config,
                "the task that accesses the keyring was cancelled",
            )
            .with_source(error))
        })
    }
}

impl TokenStore for KeyringStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        Box::pin(self.spawn_blocking(|entry| match entry.get_secret() {
            Ok(bytes) => text::read(&Zeroizing::new(bytes)).map(Some),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(config(error)),
        }))
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        Box::pin(
            self.spawn_blocking(move |entry| {
                entry.set_secret(&text::write(&token)).map_err(config)
            }),
        )
    }
}

/// Keeps only the platform's source errors: others may contain the secret.
fn config(error: KeyringError) -> Error {
    let out = Error::new(ErrorKind::Config, "the system's keyring failed");
    match error {
        KeyringError::PlatformFailure(source) | KeyringError::NoStorageAccess(source) => {
            out.with_source(source)
        }
        _ => out,
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore")
            .field("service", &self.0.service)
            .field("user", &self.0.user)
            .finish()
    }
}
