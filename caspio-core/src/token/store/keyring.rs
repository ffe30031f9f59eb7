use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use keyring::v1::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use super::{StoredToken, TokenStore, text};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};

/// Keeps one token in the system's keyring: Keychain, Credential Manager, or the Secret Service.
///
/// Programs that share an entry do not take turns; where that matters use a
/// [`FileStore`](super::FileStore). A machine without a keyring, such as a server, costs a warning.
#[derive(Clone)]
pub struct KeyringStore(Arc<Name>);

struct Name {
    service: String,
    user: String,
}

impl KeyringStore {
    /// A store in the entry of a service and a user, e.g. the program's name and the account's.
    pub fn new(service: impl Into<String>, user: impl Into<String>) -> Self {
        Self(Arc::new(Name {
            service: service.into(),
            user: user.into(),
        }))
    }

    /// Talks to the keyring where it may block.
    async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let name = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let entry = Entry::new(&name.service, &name.user).map_err(fault)?;
            work(&entry)
        });
        done.await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Config, "the keyring's task ended early").with_source(error))
        })
    }
}

impl TokenStore for KeyringStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        Box::pin(self.spawn_blocking(|entry| match entry.get_secret() {
            Ok(bytes) => text::read(&Zeroizing::new(bytes)).map(Some),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(fault(error)),
        }))
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        Box::pin(
            self.spawn_blocking(move |entry| entry.set_secret(&text::write(&token)).map_err(fault)),
        )
    }
}

/// Only the causes that lie with the platform are kept: others may hold the secret.
fn fault(error: KeyringError) -> Error {
    let out = Error::new(ErrorKind::Config, "the system's keyring does not work");
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
