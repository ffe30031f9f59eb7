//! What writes add to errors.

use caspio_core::Error;
use caspio_core::error::ErrorContext as _;

/// Returns the error with one more hint.
pub(crate) fn with_more_hint(error: Error, hint: &str) -> Error {
    let hint = match error.hint() {
        Some(first) => format!("{first}; {hint}"),
        None => hint.to_owned(),
    };
    error.with_hint(hint)
}
