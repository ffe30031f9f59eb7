//! When rows are checked before they are sent.

/// When rows are checked against the table's definition before they are sent, so that no call is billed for a
/// row that Caspio would reject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteChecks {
    /// Never. Only the keys of list values are looked up.
    Off,
    /// If the definition is known, from a schema file or an earlier call.
    ///
    /// It is also read where it decides what a column stores for a value: for the key of a list value, for a number
    /// that Currency or Number would change, for a fraction in a map or in a write of many rows, and for the text of a
    /// date with a zone. A single write of a struct does not read it for a fraction of an `f64` or `Decimal`: if the
    /// struct writes such a field to an Integer field of the table, Caspio stores the whole part and reports success.
    /// Declare the field as an `i32`, verify the struct at start ([`verify`](crate::Client::verify)), or use
    /// [`Always`](Self::Always).
    #[default]
    WhenKnown,
    /// Always. The definition is read once per table, which takes one call.
    Always,
}
