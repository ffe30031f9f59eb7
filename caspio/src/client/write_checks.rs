//! When rows are checked before they are sent.

/// When rows are checked against the table's definition before they are sent, so that no call is billed for a
/// row that Caspio would reject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteChecks {
    /// Never. Only the keys of list values are looked up.
    Off,
    /// If the definition is known, from a schema file or an earlier call.
    #[default]
    WhenKnown,
    /// Always. The definition is read once per table, which takes one call.
    Always,
}
