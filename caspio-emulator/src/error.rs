//! Errors of setting up the emulator and of direct access to its data.

use std::fmt;
use std::path::Path;

/// A failure to start the emulator or to access its data directly.
///
/// HTTP responses never become this type; they contain Caspio's own errors.
#[derive(Debug)]
pub struct EmulatorError {
    kind: EmulatorErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kind of an [`EmulatorError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmulatorErrorKind {
    /// The address could not be bound or the server's thread could not start.
    Start,
    /// The store refused the operation, or it is damaged.
    Store,
    /// A folder of tables or a schema could not be read, or a record does not fit its table.
    Load,
    /// A direct access was refused for a reason for which Caspio would refuse it.
    Refused,
}

impl EmulatorError {
    pub(crate) fn start(message: impl Into<String>, source: std::io::Error) -> Self {
        Self {
            kind: EmulatorErrorKind::Start,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn stopped() -> Self {
        Self {
            kind: EmulatorErrorKind::Start,
            message: "the emulator's thread ended before it was ready".into(),
            source: None,
        }
    }

    pub(crate) fn damaged() -> Self {
        Self {
            kind: EmulatorErrorKind::Store,
            message: "cannot read a definition in the store".into(),
            source: None,
        }
    }

    pub(crate) fn load(message: impl Into<String>) -> Self {
        Self {
            kind: EmulatorErrorKind::Load,
            message: message.into(),
            source: None,
        }
    }

    pub(crate) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self {
            kind: EmulatorErrorKind::Load,
            message: format!("cannot read {}", path.display()),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn file(message: impl Into<String>, source: std::io::Error) -> Self {
        Self {
            kind: EmulatorErrorKind::Store,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn in_use(store: &Path) -> Self {
        Self {
            kind: EmulatorErrorKind::Store,
            message: format!("{} is in use by another emulator", store.display()),
            source: None,
        }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self {
            kind: EmulatorErrorKind::Refused,
            message: message.into(),
            source: None,
        }
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> EmulatorErrorKind {
        self.kind
    }
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EmulatorError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<rusqlite::Error> for EmulatorError {
    fn from(source: rusqlite::Error) -> Self {
        Self {
            kind: EmulatorErrorKind::Store,
            message: "the store failed".into(),
            source: Some(Box::new(source)),
        }
    }
}
