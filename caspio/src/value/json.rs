//! Values as JSON.

use super::{FieldValue, Spelled, as_sent};
use caspio_core::{Error, ErrorKind, Result};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::io::Write;

/// How a password is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// Unchanged, for Caspio.
    Shown,
    /// As `***`, for errors and logs.
    Hidden,
}

/// Appends a value as JSON. The values of a list must be its keys.
///
/// # Errors
///
/// `Refused`: a number that JSON does not have.
pub(crate) fn push_value(
    json: &mut Vec<u8>,
    value: &FieldValue<'_>,
    secrets: Secrets,
) -> Result<()> {
    match value {
        FieldValue::Absent | FieldValue::Null => json.extend_from_slice(b"null"),
        FieldValue::Bool(yes) => push(json, yes),
        FieldValue::Integer(number) => push(json, number),
        FieldValue::Number(number) if number.is_finite() => push(json, number),
        FieldValue::Number(_) | FieldValue::Digits(_) => {
            let number = value.shown();
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{number} is not a number that Caspio stores"),
            ));
        }
        FieldValue::Decimal(amount) => push_shown(json, format_args!("{amount}")),
        FieldValue::Text(text) => push(json, &**text),
        FieldValue::DateTime(at) => push_shown(json, format_args!("\"{}\"", Spelled(as_sent(*at)))),
        FieldValue::List(values) => {
            json.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                push_value(json, value, secrets)?;
            }
            json.push(b']');
        }
        FieldValue::Secret(_) if secrets == Secrets::Hidden => push(json, "***"),
        FieldValue::Secret(password) => push(json, password.expose_secret()),
    }
    Ok(())
}

/// Appends a string as JSON.
pub(crate) fn push_str(json: &mut Vec<u8>, text: &str) {
    push(json, text);
}

/// Appends a text or a number, neither of which can fail.
fn push<T: Serialize + ?Sized>(json: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(json, value);
}

fn push_shown(json: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = json.write_fmt(text);
}
