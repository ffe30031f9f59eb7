//! Stores a token in a file.

#[cfg(feature = "encrypted-store")]
use super::StoreKey;
use super::{StoreLock, StoredToken, TokenStore, text};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use caspio_support::file::{self, Access};
use futures::future::BoxFuture;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How many links a path may consist of.
const MOST_LINKS: usize = 16;

/// The age from which a temporary file is that of a program that was killed.
const LEFTOVER: Duration = Duration::from_secs(3600);

/// Stores one token in a file that only its owner may read, and shares it between programs.
///
/// A save writes a temporary file and renames it, so that a reader sees the old token or the new one
/// and never a mixture. Programs that share the file synchronize with a lock on `<file>.lock`, which is
/// never removed. A link to the file stays one. The folder must exist. Use one file for each account and profile.
///
/// ```no_run
/// use std::sync::Arc;
/// use caspio_core::token::FileStore;
/// use caspio_core::{Account, ClientCredentials, OAuth2};
///
/// let account = Account::from_env()?;
/// let auth = OAuth2::for_account(&account, ClientCredentials::from_env()?)
///     .store(Arc::new(FileStore::new("/var/lib/report/caspio.token")))
///     .build()?;
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Debug)]
pub struct FileStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    #[cfg(feature = "encrypted-store")]
    key: Option<StoreKey>,
}

impl FileStore {
    /// Creates a store for a file, which does not have to exist yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            #[cfg(feature = "encrypted-store")]
            key: None,
        }))
    }

    /// Creates a store for a file encrypted with a key. An unencrypted file is refused, and replaced by
    /// the next token.
    #[cfg(feature = "encrypted-store")]
    #[must_use]
    pub fn encrypted(path: impl Into<PathBuf>, key: StoreKey) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            key: Some(key),
        }))
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Accesses the file on a thread that may block.
    async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::Config,
                "the task that accesses the token file was cancelled",
            )
            .with_source(error))
        })
    }
}

impl TokenStore for FileStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        Box::pin(self.spawn_blocking(Inner::load))
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.spawn_blocking(move |inner| inner.save(&token)))
    }

    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(async {
            // Polls instead of blocking: a cancelled wait must not leave a blocked thread behind.
            loop {
                if let Some(file) = self.spawn_blocking(Inner::try_lock).await? {
                    return Ok(StoreLock::new(file));
                }
                tokio::time::sleep(Duration::from_millis(fastrand::u64(5..25))).await;
            }
        })
    }
}

impl Inner {
    /// Returns the file itself if the path is a link: a rename would replace the link, and programs that use different
    /// names of the file would use different locks.
    fn target(&self) -> PathBuf {
        let mut target = self.path.clone();
        for _ in 0..MOST_LINKS {
            let Ok(linked) = std::fs::read_link(&target) else {
                break;
            };
            let folder = target.parent().unwrap_or(Path::new(""));
            target = folder.join(linked);
        }
        // The folder may be a link as well.
        std::fs::canonicalize(&target).unwrap_or(target)
    }

    fn load(&self) -> Result<Option<StoredToken>> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(config("the token file cannot be read", error)),
        };
        #[cfg(feature = "encrypted-store")]
        if let Some(key) = &self.key {
            return text::read(&key.open(&bytes)?).map(Some);
        }
        text::read(&bytes).map(Some)
    }

    fn save(&self, token: &StoredToken) -> Result<()> {
        let plain = text::write(token);
        #[cfg(feature = "encrypted-store")]
        if let Some(key) = &self.key {
            return self.replace(&key.seal(&plain)?);
        }
        self.replace(&plain)
    }

    fn replace(&self, content: &[u8]) -> Result<()> {
        let target = self.target();
        file::replace(&target, content, Access::OwnerOnly)
            .map_err(|error| config("the token file cannot be written", error))?;
        file::remove_leftovers(&target, LEFTOVER);
        Ok(())
    }

    fn try_lock(&self) -> Result<Option<File>> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        file::restrict(&mut options, Access::OwnerOnly);
        let path = self.lock_path();
        let is_link = std::fs::symlink_metadata(&path).is_ok_and(|path| path.is_symlink());
        if is_link {
            // Opening it would create a file elsewhere.
            let message = "the token file's lock is a symbolic link";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let file = options.open(path);
        let file = file.map_err(|error| config("the token file's lock cannot be opened", error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(config("the token file cannot be locked", error))
            }
        }
    }

    /// Returns the path of the lock file: the token file itself is replaced on each save, which would
    /// also replace its lock.
    fn lock_path(&self) -> PathBuf {
        let mut name = self.target().into_os_string();
        name.push(".lock");
        name.into()
    }
}

fn config(message: &'static str, error: io::Error) -> Error {
    Error::new(ErrorKind::Config, message).with_source(error)
}
