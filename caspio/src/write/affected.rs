//! What a write by a condition did.

/// How many records an update or delete by a condition changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Affected {
    /// The records, as Caspio counted them.
    pub records: u64,
    /// Whether an earlier attempt of the same call may have been applied, so that there may be more.
    pub at_least: bool,
}
