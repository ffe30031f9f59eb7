//! The error of a command: an exit code, a message and a hint.

use caspio::{Error, ErrorKind};
use serde::Serialize;
use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::Path;

/// The exit codes of the program, which `caspio --help` explains.
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
            | ErrorKind::Budget
            | ErrorKind::Protocol
            | ErrorKind::Server => Self::Unavailable,
            _ => Self::General,
        }
    }
}

/// The reason why a command failed.
#[derive(Clone, Debug)]
pub(crate) struct CliError {
    pub(crate) exit: ExitCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Facts for programs, which `--json` prints.
    pub(crate) facts: Option<Box<Facts>>,
    /// The reader of standard output closed it, as `head` does: this is not an error, and is not reported.
    pub(crate) silent: bool,
}

/// What the SDK knows about an error.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Facts {
    /// The kind, such as `not_found`.
    kind: String,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The field that the error is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// The service's own error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Facts {
    fn of(error: &Error) -> Self {
        Self {
            kind: snake_case(&format!("{:?}", error.kind())),
            status: error.status(),
            field: error.field().map(str::to_owned),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

impl CliError {
    pub(crate) fn new(exit: ExitCode, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
            facts: None,
            silent: false,
        }
    }

    /// Creates an error of the command line.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Creates an error for a file that cannot be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            ExitCode::Usage,
            format!("cannot {doing} {}: {error}", path.display()),
        )
    }

    /// Creates an error for results that cannot be printed.
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
        // The error's text ends with its hint, which is kept separately here.
        let hint = error.hint().map(|hint| format!("; {hint}"));
        if let Some(without) = hint.and_then(|hint| Some(message.strip_suffix(&hint)?.len())) {
            message.truncate(without);
        }
        let reason = (error.kind() == ErrorKind::Connect)
            .then(|| innermost(&error))
            .flatten();
        if let Some(reason) = reason {
            message = format!("{message} ({reason})");
        }
        Self {
            hint: error.hint().and_then(for_command_line),
            facts: Some(Box::new(Facts::of(&error))),
            ..Self::new(ExitCode::of(error.kind()), message)
        }
    }
}

/// Returns a hint without the parts that name methods of the SDK, which a command line does not have.
fn for_command_line(hint: &str) -> Option<String> {
    let is_method =
        |part: &&str| part.contains("()`") || part.contains("(..)`") || part.contains("::");
    let parts = hint.split("; ").filter(|part| !is_method(part));
    let kept = parts.collect::<Vec<_>>().join("; ");
    (!kept.is_empty()).then_some(kept)
}

/// Returns the operating system's error, which the HTTP libraries wrap several times.
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
            (ErrorKind::Protocol, 6),
            (ErrorKind::Refused, 2),
            (ErrorKind::Decode, 1),
        ] {
            assert_eq!(CliError::from(Error::new(kind, "no")).exit as u8, exit);
        }
    }

    #[test]
    fn the_hint_of_an_error_appears_once() {
        let error = Error::new(ErrorKind::NotFound, "no such table").with_hint("check the name");
        let whole = error.to_string();
        let failure = CliError::from(error);
        assert_eq!(failure.message, "no such table");
        assert_eq!(failure.to_string(), whole);
    }

    #[test]
    fn methods_of_the_sdk_are_not_hints() {
        for (hint, kept) in [
            (
                "to write all records, use `update_all()` or `delete_all()`",
                None,
            ),
            (
                "check the name; use `Plan::without_refused`",
                Some("check the name"),
            ),
            ("did you mean `Total`?", Some("did you mean `Total`?")),
        ] {
            assert_eq!(for_command_line(hint).as_deref(), kept);
        }
    }

    #[test]
    fn the_hint_follows_the_message() {
        let failure = CliError::usage("no such format").with_hint("use csv");
        assert_eq!(failure.to_string(), "no such format; use csv");
    }

    #[test]
    fn facts_of_an_error_are_kept_for_programs() {
        let error = Error::new(ErrorKind::RateLimited, "slow down")
            .with_status(429)
            .with_request_id("r-1");
        let facts = serde_json::to_value(CliError::from(error).facts).expect("JSON");
        assert_eq!(
            facts,
            serde_json::json!({ "kind": "rate_limited", "status": 429, "request_id": "r-1" })
        );
    }
}
