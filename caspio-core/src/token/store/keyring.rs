//! Stores a token in the system's keyring.

use super::{StoredToken, TokenStore, text};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use keyring::v1::Entry as SystemEntry;
use keyring_core::{Entry, Error as KeyringError, get_default_store};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Stores one token in the system's keyring: Keychain, Credential Manager, or the Secret Service.
///
/// Programs that share an entry do not synchronize; use a [`FileStore`](super::FileStore) if that
/// matters. On a machine without a keyring, such as a server, each use causes a warning in the log.
///
/// A program can choose another keyring by `keyring_core::set_default_store`, before the first use. The kernel's
/// keyring on Linux needs no service, but forgets a token when the machine restarts, and some days after its last use;
/// then a token costs a call again or, if a user consented to it, another consent. So it is never chosen by itself.
/// The process needs a session keyring of its own, which `keyctl session` or `pam_keyinit` give it: in the one that all
/// processes of a user share otherwise, the kernel was seen not to find a key in a few of 100 runs.
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

    /// Removes the stored token, if any, for example when a user logs out. Clients that have loaded it keep using it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the keyring fails.
    pub async fn remove(&self) -> Result<()> {
        self.spawn_blocking(|entry| match entry.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(failed(&error)),
        })
        .await
    }

    /// Accesses the keyring on a thread that may block.
    async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let name = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            check_store()?;
            let entry = Entry::new(&name.service, &name.user).map_err(|error| failed(&error))?;
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
            Err(error) => Err(failed(&error)),
        }))
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.spawn_blocking(move |entry| {
            let saved = entry.set_secret(&text::write(&token));
            saved.map_err(|error| failed(&error))
        }))
    }
}

/// Uses the system's keyring, unless the program has chosen another one.
fn check_store() -> Result<()> {
    match get_default_store() {
        Some(_) => Ok(()),
        None => SystemEntry::store_status()
            .as_ref()
            .map_err(failed)
            .copied(),
    }
}

/// Keeps only the platform's own messages: others may contain the secret.
fn failed(error: &KeyringError) -> Error {
    let out = Error::new(ErrorKind::Config, "the system's keyring failed");
    match error {
        KeyringError::PlatformFailure(why) | KeyringError::NoStorageAccess(why) => {
            out.with_source(why.to_string())
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
