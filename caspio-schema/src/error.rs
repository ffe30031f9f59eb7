//! Errors of reading and writing a schema file.

use caspio_support::line::OneLine;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why a schema could not be read or written, in one sentence.
///
/// ```
/// use caspio_schema::Schema;
///
/// let error = Schema::from_json("{}").expect_err("no schema");
/// println!("{error}");
/// ```
#[derive(Debug)]
pub struct SchemaError {
    file: Option<PathBuf>,
    fault: Fault,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Fault {
    Missing,
    Unreadable(io::Error),
    Unwritable(io::Error),
    Syntax {
        line: usize,
        column: usize,
        reason: String,
    },
    TooNew {
        format: u64,
        known: u64,
    },
    Invalid(String),
}

impl SchemaError {
    /// Returns whether the file does not exist.
    ///
    /// ```
    /// use caspio_schema::Schema;
    ///
    /// let error = Schema::load("nowhere/caspio.schema.json").expect_err("no file");
    /// assert!(error.is_missing());
    /// ```
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.fault, Fault::Missing)
    }

    /// Returns whether the file was written by a newer version of this crate, in a format it does not know.
    ///
    /// ```
    /// use caspio_schema::Schema;
    ///
    /// let error = Schema::from_json(r#"{"caspio_schema": 2}"#).expect_err("a newer format");
    /// assert!(error.is_too_new());
    /// ```
    #[must_use]
    pub fn is_too_new(&self) -> bool {
        matches!(self.fault, Fault::TooNew { .. })
    }

    /// Returns the line and the column, both from 1, where the JSON is invalid.
    ///
    /// ```
    /// use caspio_schema::Schema;
    ///
    /// let text = "{\n  \"caspio_schema\": 1,\n  \"tables\": [}\n";
    /// let error = Schema::from_json(text).expect_err("not JSON");
    /// assert_eq!(error.position(), Some((3, 14)));
    /// ```
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        match self.fault {
            Fault::Syntax { line, column, .. } => Some((line, column)),
            _ => None,
        }
    }

    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Fault::Invalid(reason.into()).into()
    }

    pub(crate) fn json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let whole = error.to_string();
        let place = format!(" at line {line} column {column}");
        let reason = whole.strip_suffix(&place).unwrap_or(&whole).to_owned();
        if error.is_data() {
            return Self::invalid(format!("line {line}: {reason}"));
        }
        Fault::Syntax {
            line,
            column,
            reason,
        }
        .into()
    }

    pub(crate) fn at(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}

impl From<Fault> for SchemaError {
    fn from(fault: Fault) -> Self {
        Self { file: None, fault }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        let file: &dyn fmt::Display = match &self.file {
            Some(file) => &file.display(),
            None => &"the schema",
        };
        match &self.fault {
            Fault::Missing => write!(
                f,
                "there is no file {file}; write one from the account first"
            ),
            Fault::Unreadable(_) => write!(f, "{file} cannot be read"),
            Fault::Unwritable(_) => write!(f, "{file} cannot be written"),
            Fault::Syntax {
                line,
                column,
                reason,
            } => write!(
                f,
                "{file} is not JSON at line {line}, column {column}: {reason}"
            ),
            Fault::TooNew { format, known } => write!(
                f,
                "{file} has format {format}, and this version reads up to {known}; use a newer version of caspio"
            ),
            Fault::Invalid(reason) => write!(f, "{file} is not the schema of an account: {reason}"),
        }
    }
}

impl std::error::Error for SchemaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Unreadable(error) | Fault::Unwritable(error) => Some(error),
            _ => None,
        }
    }
}
