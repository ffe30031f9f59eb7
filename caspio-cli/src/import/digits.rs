//! Whether a number that is read from text keeps its digits.

use caspio_support::digits::{is_kept_by_float, is_same};

/// Checks that a text and the float that is nearest to it have the same digits.
///
/// # Errors
///
/// The text has leading zeros, as codes have them, or more digits than a float.
pub(super) fn check_float(text: &str, number: f64) -> Result<(), String> {
    check_zeros(text)?;
    if is_kept_by_float(text) {
        Ok(())
    } else {
        Err(lost(text, &number.to_string()))
    }
}

/// Checks that a text and the number that was read from it have the same digits.
///
/// # Errors
///
/// The text has leading zeros, as codes have them, or more digits than the number.
pub(super) fn check(text: &str, number: &str) -> Result<(), String> {
    check_zeros(text)?;
    if is_same(text, number) {
        Ok(())
    } else {
        Err(lost(text, number))
    }
}

fn lost(text: &str, number: &str) -> String {
    format!("{text:?} has more digits than the field stores: it would become {number}")
}

fn check_zeros(text: &str) -> Result<(), String> {
    let whole = text.strip_prefix(['-', '+']).unwrap_or(text);
    if whole.starts_with('0') && whole.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        return Err(format!(
            "{text:?} would lose its leading zeros; if it is a code, it needs a field of text"
        ));
    }
    Ok(())
}
