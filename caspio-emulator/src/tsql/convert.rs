//! Conversions of single values, with SQL Server's words when they fail.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive as _};

use super::{TsqlError, coerce::decimal};

/// What a text that is no date says.
pub(super) fn bad_date() -> TsqlError {
    TsqlError::ty("Conversion failed when converting date and/or time from character string.")
}

/// Text to a whole number; blank is zero, as in SQL Server.
pub(super) fn integer(text: &str) -> Result<i64, TsqlError> {
    match text.trim() {
        "" => Ok(0),
        digits => digits.parse().map_err(|_| failed(text, "int")),
    }
}

/// Text to a float; blank is zero.
pub(super) fn float(text: &str) -> Result<f64, TsqlError> {
    let digits = text.trim();
    if digits.is_empty() {
        return Ok(0.0);
    }
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    match digits.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => Ok(number),
        _ => Err(TsqlError::ty(
            "Error converting data type nvarchar to float.",
        )),
    }
}

/// Text to ten-thousandths; currency signs and thousands separators are let through.
pub(super) fn money(text: &str) -> Result<i64, TsqlError> {
    let digits: String = text
        .trim()
        .chars()
        .filter(|char| !matches!(char, '$' | '€' | '£' | ','))
        .collect();
    if digits.is_empty() {
        return Ok(0);
    }
    decimal(&digits).and_then(ten_thousandths).ok_or_else(|| {
        TsqlError::ty("Cannot convert a char value to money. The char value has incorrect syntax.")
    })
}

/// A float to ten-thousandths.
pub(super) fn money_of_float(number: f64) -> Result<i64, TsqlError> {
    Decimal::from_f64_retain(number)
        .and_then(ten_thousandths)
        .ok_or_else(|| overflow("money"))
}

/// Text to 0 or 1.
pub(super) fn bit(text: &str) -> Result<i64, TsqlError> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        return Ok(1);
    }
    if text.eq_ignore_ascii_case("false") || text.is_empty() {
        return Ok(0);
    }
    match text.parse::<i64>() {
        Ok(number) => Ok(i64::from(number != 0)),
        Err(_) => Err(failed(text, "bit")),
    }
}

/// What a result says that its type cannot hold.
pub(super) fn overflow(ty: &str) -> TsqlError {
    TsqlError::ty(format!(
        "Arithmetic overflow error converting expression to data type {ty}."
    ))
}

fn failed(text: &str, ty: &str) -> TsqlError {
    TsqlError::ty(format!(
        "Conversion failed when converting the nvarchar value '{text}' to data type {ty}."
    ))
}

fn ten_thousandths(amount: Decimal) -> Option<i64> {
    amount
        .checked_mul(Decimal::from(10_000))?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .to_i64()
}
