//! The errors of writes.

use crate::record::Key;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

/// Returns the error with one more hint.
pub(crate) fn with_more_hint(error: Error, hint: &str) -> Error {
    let hint = match error.hint() {
        Some(first) => format!("{first}; {hint}"),
        None => hint.to_owned(),
    };
    error.with_hint(hint)
}

/// Returns the error with the key of the record that it is about.
pub(crate) fn with_key(error: Error, key: &Key) -> Error {
    error.with_key(format!("PK_ID {key}"))
}

/// The error for a key without a record.
pub(crate) fn missing(target: &Target, key: &Key) -> Error {
    let error = Error::new(ErrorKind::NotFound, "there is no such record");
    with_key(error.with_resource(target.to_string()), key)
}

/// The error for a row that a response leaves out.
pub(crate) fn no_result() -> Error {
    let message = "the response has no result for this row";
    Error::new(ErrorKind::Protocol, message).with_maybe_applied(true)
}
