//! Everything that is wrong with a row: values that cannot be converted, and others that Caspio would refuse.

use super::prepared::Prepared;
use caspio::{Error, ErrorKind, RecordMap, Table};
use caspio_core::error::ErrorContext as _;
use std::fmt;

/// The beginning of the SDK's error for a row that Caspio would refuse.
const WOULD_REFUSE: &str = "Caspio would refuse this record; ";

/// The values of a row that could be converted.
#[derive(Debug)]
struct Converted(Prepared);

impl fmt::Display for Converted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("some values of the row cannot be converted")
    }
}

impl std::error::Error for Converted {}

/// Returns the error of a row with values that cannot be converted. It keeps the row's other values.
pub(super) fn not_converted(violations: String, others: Prepared) -> Error {
    Error::new(ErrorKind::Refused, violations).with_source(Converted(others))
}

/// Adds the other values that Caspio would refuse to the error of those that cannot be converted. Otherwise the row
/// would be refused again after the first ones were corrected. Makes no call, because the fields are known.
pub(super) async fn with_others(table: &Table<RecordMap>, error: Error) -> Error {
    let source = std::error::Error::source(&error);
    let Some(Converted(others)) = source.and_then(|source| source.downcast_ref()) else {
        return error;
    };
    let mut message = error.message().to_owned();
    match table.check(others).await {
        Err(more) if more.kind() == ErrorKind::Refused => {
            let more = more.message();
            message += "; ";
            message += more.strip_prefix(WOULD_REFUSE).unwrap_or(more);
        }
        _ => {}
    }
    Error::new(ErrorKind::Refused, message)
}
