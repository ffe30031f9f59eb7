//! The errors of writes.

use crate::record::Key;
pub(crate) use crate::record::with_key;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use caspio_schema::nearest;

/// Returns the error with one more hint.
pub(crate) fn with_more_hint(error: Error, hint: &str) -> Error {
    let hint = match error.hint() {
        Some(first) => format!("{first}; {hint}"),
        None => hint.to_owned(),
    };
    error.with_hint(hint)
}

/// Returns the error of a write that was refused before its call, with the operation. The error of another call, such
/// as the one that reads the fields, keeps its own.
pub(crate) fn before_call(error: Error, operation: &'static str) -> Error {
    match error.operation() {
        Some(_) => error,
        None => error.with_operation(operation),
    }
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

/// Adds the nearest of the row's columns to the error of a column that the row does not have.
pub(crate) fn with_near_column<'n>(
    error: Error,
    row: impl Iterator<Item = &'n str>,
    column: &str,
) -> Error {
    let names: Vec<&str> = row.collect();
    let hint = match nearest(column, names.iter().copied()) {
        Some(near) => format!("the row has no such column, did you mean `{near}`?"),
        None => format!("the columns of the row are `{}`", names.join("`, `")),
    };
    error.with_hint(hint)
}
