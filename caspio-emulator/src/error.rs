//! Errors of setting up the emulator and of direct access to its data.

use std::fmt;
use std::path::Path;

/// A failure to start the emulator or to access its data directly.
///
/// HTTP responses never become this type; they carry Caspio's own errors.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address could not be bound or the server's thread could not start.
    Start,
    /// The store refused the operation, or it is damaged.
    Store,
    /// A folder of tables or a schema could not be read, or a record does not fit its table.
    Load,
    /// A direct access was refused for a reason for which Caspio would refuse it.
    Refused,
}

impl Error {
    pub(crate) fn start(message: impl Into<String>, source: std::io::Error) -> Self {
        Self {
            kind: ErrorKind::Start,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn stopped() -> Self {
        Self {
            kind: ErrorKind::Start,
            message: "the emulator's thread ended before it was ready".into(),
            source: None,
        }
    }

    pub(crate) fn damaged() -> Self {
        Self {
            kind: ErrorKind::Store,
            message: "cannot read a definition in the store".into(),
            source: None,
        }
    }

    pub(crate) fn load(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Load,
            message: message.into(),
            source: None,
        }
    }

    pub(crate) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self {
            kind: ErrorKind::Load,
            message: format!("cannot read {}", path.display()),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn file(message: impl Into<String>, source: std::io::Error) -> Self {
        Self {
            kind: ErrorKind::Store,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn in_use(store: &Path) -> Self {
        Self {
            kind: ErrorKind::Store,
            message: format!("{} is in use by another emulator", store.display()),
            source: None,
        }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Refused,
            message: message.into(),
            source: None,
        }
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self {
            kind: ErrorKind::Store,
            message: "the store failed".into(),
            source: Some(Box::new(source)),
        }
    }
}
