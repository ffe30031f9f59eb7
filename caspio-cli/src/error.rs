//! How a command fails: an exit code, what went wrong, and what to do about it.

use caspio::{Error, ErrorKind};
use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::Path;

/// What the program ends with; `caspio --help` explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    General = 1,
    Usage = 2,
    NotFound = 3,
    Denied = 4,
    Incomplete = 5,
    Unavailable = 6,
    Different = 7,
}

impl ExitCode {
    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Config | ErrorKind::Refused | ErrorKind::Invalid => Self::Usage,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Auth | ErrorKind::Permission => Self::Denied,
            ErrorKind::Incomplete | ErrorKind::Cancelled => Self::Incomplete,
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RateLimited
            | ErrorKind::Quota
            | ErrorKind::Server => Self::Unavailable,
            _ => Self::General,
        }
    }
}

/// Why a command did not do it.
#[derive(Clone, Debug)]
pub(crate) struct CliError {
    pub(crate) exit: ExitCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Standard output was closed by who reads it: nothing went wrong, and nobody listens.
    pub(crate) silent: bool,
}

impl CliError {
    pub(crate) fn new(exit: ExitCode, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
            silent: false,
        }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file could not be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            ExitCode::Usage,
            format!("cannot {doing} {}: {error}", path.display()),
        )
    }

    /// Results could not be printed.
    pub(crate) fn printing(error: &io::Error) -> Self {
        Self {
            silent: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(ExitCode::General, format!("cannot print: {error}"))
        }
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        if let Some(hint) = error.hint() {
            // The hint is said once, and last.
            let without = message.len().saturating_sub(hint.len() + "; ".len());
            message.truncate(without);
        }
        let reason = (error.kind() == ErrorKind::Connect)
            .then(|| innermost(&error))
            .flatten();
        if let Some(reason) = reason {
            message = format!("{message} ({reason})");
        }
        Self {
            hint: error.hint().map(str::to_owned),
            ..Self::new(ExitCode::of(error.kind()), message)
        }
    }
}

/// What the network said, which the libraries wrap several times.
fn innermost(error: &Error) -> Option<String> {
    let mut source = error.source()?;
    while let Some(next) = source.source() {
        source = next;
    }
    Some(source.to_string())
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::error::ErrorContext as _;

    #[test]
    fn kinds_of_errors_have_their_exit_codes() {
        for (kind, exit) in [
            (ErrorKind::NotFound, 3),
            (ErrorKind::Auth, 4),
            (ErrorKind::Permission, 4),
            (ErrorKind::Incomplete, 5),
            (ErrorKind::RateLimited, 6),
            (ErrorKind::Refused, 2),
            (ErrorKind::Decode, 1),
        ] {
            assert_eq!(CliError::from(Error::new(kind, "no")).exit as u8, exit);
        }
    }

    #[test]
    fn an_errors_hint_is_said_once() {
        let error = Error::new(ErrorKind::NotFound, "no such table").with_hint("check the name");
        let whole = error.to_string();
        let failure = CliError::from(error);
        assert_eq!(failure.message, "no such table");
        assert_eq!(failure.to_string(), whole);
    }

    #[test]
    fn the_hint_is_part_of_the_sentence() {
        let failure = CliError::usage("no such format").with_hint("use csv");
        assert_eq!(failure.to_string(), "no such format; use csv");
    }
}
