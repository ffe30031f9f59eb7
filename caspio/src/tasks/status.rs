//! What a task does at present.

use std::fmt;

/// What a task does at present.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskStatus {
    /// It does not run, and can be run.
    Ready,
    /// It analyses before it starts.
    Busy,
    /// It runs.
    Processing,
    /// A word that is not documented.
    Other(String),
}

impl TaskStatus {
    /// Returns whether the task runs, or is about to.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Busy | Self::Processing)
    }

    /// Returns Caspio's word for the status.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ready => "Ready",
            Self::Busy => "Busy",
            Self::Processing => "Processing",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for TaskStatus {
    /// Words are compared without case.
    fn from(word: String) -> Self {
        let known = [Self::Ready, Self::Busy, Self::Processing];
        let mut known = known.into_iter();
        known
            .find(|status| status.as_str().eq_ignore_ascii_case(&word))
            .unwrap_or(Self::Other(word))
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
