//! Cases that failed once, as the oracle printed them.

/// Each is judged on every run.
pub(super) const CASES: &[&str] = &[];
