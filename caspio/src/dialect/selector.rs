//! The records that a write affects, and whether it returns them.

use crate::record::Key;
use caspio_core::Idempotency;

/// The records that a write affects.
#[derive(Clone, Debug)]
pub(crate) enum RecordSelector {
    /// One record, by its key, and the same as a condition.
    Key { key: Key, condition: String },
    /// Some records, by a condition on `PK_ID` alone.
    Keys(String),
    /// The records that meet a condition, as T-SQL.
    Filter(String),
}

impl RecordSelector {
    pub(super) fn condition(&self) -> &str {
        match self {
            Self::Key { condition, .. } | Self::Keys(condition) | Self::Filter(condition) => {
                condition
            }
        }
    }

    /// Whether an update of these records may be repeated. By a condition on other columns it may not: after the
    /// first attempt the condition may hold for other records.
    pub(super) fn idempotency(&self) -> Idempotency {
        match self {
            Self::Key { .. } | Self::Keys(_) => Idempotency::Idempotent,
            Self::Filter(_) => Idempotency::NotIdempotent,
        }
    }
}

/// Whether a write returns the records as they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returning {
    Nothing,
    Records,
}
