//! Why a piece of T-SQL was refused.

use std::fmt;

/// A refusal at translation time. The messages are SQL Server's own where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TsqlError {
    /// The text is not T-SQL as far as the parser can tell.
    Syntax,
    /// A field that no source in reach has.
    UnknownField {
        /// The name as it was written.
        name: String,
    },
    /// T-SQL that queries must not use, or a source beyond the profile's grant.
    NotAllowed,
    /// A table or view that does not exist.
    UnknownObject,
    /// Types that do not go together, or a value that cannot be converted.
    Type {
        /// What SQL Server would say.
        message: String,
    },
    /// A rule of the language about where something may stand.
    Rule {
        /// What SQL Server would say.
        message: String,
    },
    /// A failure while the statement ran, such as a division by zero.
    Runtime {
        /// What SQL Server would say.
        message: String,
    },
    /// The text is too long or too deeply nested.
    TooLong,
}

/// What the messages of run-time errors begin with inside SQLite.
pub(super) const RUN_TIME_MARK: &str = "tsql: ";

impl TsqlError {
    /// Returns the error behind a statement that failed while it ran, if the query is to blame:
    /// a conversion, an overflow, a division by zero, or the time that was up.
    #[must_use]
    pub fn of_execution(error: &rusqlite::Error) -> Option<Self> {
        let rusqlite::Error::SqliteFailure(code, message) = error else {
            return None;
        };
        if code.code == rusqlite::ErrorCode::OperationInterrupted {
            return Some(Self::run_time("Execution Timeout Expired."));
        }
        match message.as_deref()? {
            "integer overflow" => Some(Self::run_time(
                "Arithmetic overflow error converting expression to data type int.",
            )),
            message => message.strip_prefix(RUN_TIME_MARK).map(Self::run_time),
        }
    }

    /// A type error with SQL Server's words.
    pub(crate) fn ty(message: impl Into<String>) -> Self {
        Self::Type {
            message: message.into(),
        }
    }

    /// A broken rule with SQL Server's words.
    pub(crate) fn rule(message: impl Into<String>) -> Self {
        Self::Rule {
            message: message.into(),
        }
    }

    fn run_time(message: &str) -> Self {
        Self::Runtime {
            message: message.to_owned(),
        }
    }

    /// A field that is in no source.
    pub(crate) fn unknown_field(name: &str) -> Self {
        Self::UnknownField {
            name: name.to_owned(),
        }
    }

    /// A value where a condition must stand.
    pub(crate) fn not_a_condition() -> Self {
        Self::rule(
            "An expression of non-boolean type specified in a context where a condition is \
             expected.",
        )
    }

    /// The wrong number of arguments.
    pub(crate) fn arguments(function: &str) -> Self {
        Self::rule(format!(
            "The {} function was called with the wrong number of arguments.",
            function.to_lowercase()
        ))
    }
}

impl fmt::Display for TsqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str("Incorrect syntax."),
            Self::UnknownField { name } => write!(f, "Invalid column name '{name}'."),
            Self::NotAllowed => f.write_str("The query uses something that is not allowed."),
            Self::UnknownObject => f.write_str("Invalid object name."),
            Self::Type { message } | Self::Rule { message } | Self::Runtime { message } => {
                f.write_str(message)
            }
            Self::TooLong => f.write_str("The query is too long or too deeply nested."),
        }
    }
}

impl std::error::Error for TsqlError {}
