//! Numeric functions.

use super::date::Failable;
use super::scalar::OVERFLOW;

const INVALID: &str = "An invalid floating point operation occurred.";

/// Refuses a result that a `float` cannot hold.
pub(crate) fn finite(number: f64) -> Failable<f64> {
    if number.is_finite() {
        Ok(number)
    } else {
        Err("Arithmetic overflow error converting expression to data type float.".to_owned())
    }
}

/// Refuses a result that is not a number, such as the root of a negative number.
pub(crate) fn defined(number: f64) -> Failable<f64> {
    if number.is_nan() {
        Err(INVALID.to_owned())
    } else {
        finite(number)
    }
}

/// `ROUND` of a float; a negative count rounds before the decimal point.
pub(crate) fn round(number: f64, places: i64, cut: bool) -> f64 {
    if places > 15 || number == 0.0 {
        return number;
    }
    let places = i32::try_from(places.max(-320)).unwrap_or(0);
    let factor = 10_f64.powi(places.abs());
    let shape = if cut { f64::trunc } else { f64::round };
    let scaled = if places >= 0 {
        number * factor
    } else {
        number / factor
    };
    if !scaled.is_finite() {
        return number;
    }
    let shaped = shape(scaled);
    if places >= 0 {
        shaped / factor
    } else {
        shaped * factor
    }
}

/// `ROUND` of an integer, or of money if `decimals` is 4.
pub(crate) fn round_whole(number: i64, places: i64, cut: bool, decimals: i64) -> Failable<i64> {
    let dropped = decimals.saturating_sub(places);
    if dropped <= 0 {
        return Ok(number);
    }
    let Some(unit) = u32::try_from(dropped)
        .ok()
        .and_then(|dropped| 10_i64.checked_pow(dropped))
    else {
        return Ok(0);
    };
    let (whole, rest) = (number / unit, number % unit);
    let up = !cut && rest.unsigned_abs() * 2 >= unit.unsigned_abs();
    let whole = if up { whole + number.signum() } else { whole };
    whole.checked_mul(unit).ok_or_else(|| OVERFLOW.to_owned())
}

/// `POWER` of an integer, which returns an integer.
pub(crate) fn power_whole(base: i64, exponent: f64) -> Failable<i64> {
    let power = defined((base as f64).powf(exponent))?;
    if power.abs() >= 9.2e18 {
        return Err(OVERFLOW.to_owned());
    }
    if exponent.fract() == 0.0 && (0.0..64.0).contains(&exponent) {
        return base
            .checked_pow(exponent as u32)
            .ok_or_else(|| OVERFLOW.to_owned());
    }
    Ok(power as i64)
}

/// Refuses a number that a narrower integer type cannot hold.
pub(crate) fn in_range(number: i64, low: i64, high: i64, name: &str) -> Failable<i64> {
    if (low..=high).contains(&number) {
        Ok(number)
    } else {
        Err(format!(
            "Arithmetic overflow error converting expression to data type {name}."
        ))
    }
}
