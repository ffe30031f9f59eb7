//! The errors of this crate, with SQL Server's texts where they are known.

use std::fmt;

/// Why a catalog has no source for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// It exists, but this caller may not read it.
    NotPermitted,
    /// There is no such table or view.
    Unknown,
}

/// A query that does not compile, or that failed while it ran.
///
/// The text is SQL Server's for the same error; some limits of this translator have their own
/// texts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TsqlError {
    /// The text is not T-SQL.
    Syntax(String),
    /// A name that is not a column of any source in scope, or a column that may not be named.
    UnknownField {
        /// The name as the caller wrote it.
        name: String,
    },
    /// T-SQL that callers may not use.
    NotAllowed {
        /// The construct.
        construct: String,
    },
    /// T-SQL that SQL Server has and this translator does not: no statement about what the service does.
    NotEmulated {
        /// The construct.
        construct: String,
    },
    /// A table or view that does not exist for this caller.
    UnknownObject {
        /// The name as the caller wrote it.
        name: String,
        /// Whether it is hidden or missing. Not part of the text.
        reason: Denied,
    },
    /// Types that do not fit each other, or a literal that cannot be converted.
    Type {
        /// SQL Server's text.
        message: String,
    },
    /// A rule of the language about where a construct may be used.
    Rule {
        /// SQL Server's text.
        message: String,
    },
    /// Too long, too deep or too many of something.
    TooLong {
        /// The part that is too long.
        part: &'static str,
    },
    /// A failure at run time, such as a division by zero.
    Runtime {
        /// SQL Server's text.
        message: String,
    },
}

impl TsqlError {
    /// Returns the error behind a failed execution, if it came from a function that translated SQL
    /// calls, from arithmetic, or from the time limit; `None` for failures of the database itself.
    #[must_use]
    pub fn of_execution(error: &rusqlite::Error) -> Option<Self> {
        let rusqlite::Error::SqliteFailure(code, Some(message)) = error else {
            return None;
        };
        if code.code == rusqlite::ErrorCode::OperationInterrupted {
            let message = "Execution Timeout Expired.".to_owned();
            return Some(Self::Runtime { message });
        }
        if message == "integer overflow" {
            return Some(Self::Runtime {
                message: OVERFLOW.to_owned(),
            });
        }
        let message = message.strip_prefix(RUNTIME_MARK)?.to_owned();
        Some(Self::Runtime { message })
    }
}

/// The prefix of runtime failures inside SQLite, which distinguishes them from SQLite's own.
pub(super) const RUNTIME_MARK: &str = "tsql: ";

/// SQL Server's text for a number that does not fit.
pub(super) const OVERFLOW: &str =
    "Arithmetic overflow error converting expression to data type int.";

impl fmt::Display for TsqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message)
            | Self::Type { message }
            | Self::Rule { message }
            | Self::Runtime { message } => f.write_str(message),
            Self::UnknownField { name } => write!(f, "Invalid column name '{name}'."),
            Self::NotAllowed { construct } => write!(f, "{construct} is not allowed here."),
            Self::NotEmulated { construct } => write!(
                f,
                "{construct} is T-SQL that this emulator does not know. SQL Server has it; what Caspio answers is not \
                 emulated."
            ),
            Self::UnknownObject { name, .. } => write!(f, "Invalid object name '{name}'."),
            Self::TooLong { part } => {
                write!(f, "Some part of your SQL statement is too long: {part}.")
            }
        }
    }
}

impl std::error::Error for TsqlError {}

pub(super) fn not_allowed(construct: impl Into<String>) -> TsqlError {
    TsqlError::NotAllowed {
        construct: construct.into(),
    }
}

pub(super) fn not_emulated(construct: impl Into<String>) -> TsqlError {
    TsqlError::NotEmulated {
        construct: construct.into(),
    }
}

pub(super) fn rule(message: impl Into<String>) -> TsqlError {
    TsqlError::Rule {
        message: message.into(),
    }
}

pub(super) fn type_error(message: impl Into<String>) -> TsqlError {
    TsqlError::Type {
        message: message.into(),
    }
}

pub(super) fn near(token: &str) -> TsqlError {
    TsqlError::Syntax(format!("Incorrect syntax near '{token}'."))
}

/// The result of a translation.
pub(super) type Outcome<T> = std::result::Result<T, TsqlError>;
