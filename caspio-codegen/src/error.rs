//! The error of code generation.

use std::fmt;
use std::path::{Path, PathBuf};

/// The reason why nothing was generated, with the file and line that caused it, if any.
#[derive(Debug)]
pub struct Error {
    message: String,
    file: Option<PathBuf>,
    line: Option<usize>,
    source: Option<std::io::Error>,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: None,
            line: None,
            source: None,
        }
    }

    pub(crate) fn io(doing: &str, file: &Path, source: std::io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(format!("cannot {doing}")).in_file(file)
        }
    }

    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        self.file.get_or_insert_with(|| file.to_owned());
        self
    }

    /// Prefixes the file's path, which is relative to the folder, with the folder's.
    pub(crate) fn in_folder(mut self, dir: &Path) -> Self {
        self.file = self.file.map(|file| dir.join(file));
        self
    }

    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// Returns the file that caused the error.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Returns the line that caused the error, counted from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
