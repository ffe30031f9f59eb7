//! Exact decimals of up to 38 digits: all digits as a whole number, and how many of them are behind the point.
//!
//! They are stored as 16 bytes, in whose order the numbers of one scale are sorted.

use super::date::Failable;
use super::scalar::BY_ZERO;

const OVERFLOW: &str = "Arithmetic overflow error converting numeric to data type numeric.";
const SIGN: u128 = 1 << 127;

/// Returns the stored form.
pub(crate) fn stored(digits: i128) -> Vec<u8> {
    (digits.cast_unsigned() ^ SIGN).to_be_bytes().to_vec()
}

/// Reads the stored form.
pub(crate) fn from_stored(bytes: &[u8]) -> Option<i128> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    Some((u128::from_be_bytes(bytes) ^ SIGN).cast_signed())
}

/// Writes the number that the bytes of a [`Type::Decimal`](crate::Type::Decimal) are, with all digits of its scale;
/// bytes that are none are 0.
#[must_use]
pub fn decimal_text(bytes: &[u8], scale: u8) -> String {
    text(from_stored(bytes).unwrap_or(0), scale.into())
}

/// Writes a number with all digits of its scale.
pub(crate) fn text(digits: i128, scale: u32) -> String {
    let width = scale as usize + 1;
    let magnitude = format!("{:0>width$}", digits.unsigned_abs());
    let (whole, fraction) = magnitude.split_at(magnitude.len() - scale as usize);
    let sign = if digits < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

fn power(exponent: u32) -> Option<u128> {
    10_u128.checked_pow(exponent)
}

/// Changes the number of digits behind the point; halves are rounded away from zero.
pub(crate) fn rescale(digits: i128, from: u32, to: u32) -> Failable<i128> {
    let changed = if to >= from {
        power(to - from)
            .and_then(|factor| i128::try_from(factor).ok())
            .and_then(|factor| digits.checked_mul(factor))
    } else {
        Some(shortened(digits, from - to, false))
    };
    changed.ok_or_else(|| OVERFLOW.to_owned())
}

/// Drops digits at the end, rounded or cut.
fn shortened(digits: i128, dropped: u32, cut: bool) -> i128 {
    let Some(unit) = power(dropped).and_then(|unit| i128::try_from(unit).ok()) else {
        return 0;
    };
    let (whole, rest) = (digits / unit, digits % unit);
    let up = !cut && rest.unsigned_abs() * 2 >= unit.unsigned_abs();
    if up { whole + digits.signum() } else { whole }
}

/// Refuses a number of more digits than its type has.
pub(crate) fn fitting(digits: i128, precision: u32) -> Failable<i128> {
    match power(precision) {
        Some(limit) if digits.unsigned_abs() < limit => Ok(digits),
        _ => Err(OVERFLOW.to_owned()),
    }
}

/// Reads a text as a number of a scale.
pub(crate) fn of_text(text: &str, scale: u32) -> Failable<i128> {
    let failed = || "Error converting data type nvarchar to numeric.".to_owned();
    let trimmed = text.trim();
    let magnitude = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(failed());
    }
    let number: i128 = digits.parse().map_err(|_| OVERFLOW.to_owned())?;
    let number = if trimmed.starts_with('-') {
        -number
    } else {
        number
    };
    rescale(
        number,
        u32::try_from(fraction.len()).unwrap_or(u32::MAX),
        scale,
    )
}

/// Rounds a float to a number of a scale.
pub(crate) fn of_float(number: f64, scale: u32) -> Failable<i128> {
    let places = scale.min(15);
    let rounded = super::number::round(number, places.into(), false);
    let places = places as usize;
    of_text(&format!("{rounded:.places$}"), scale).map_err(|_| OVERFLOW.to_owned())
}

/// Returns the nearest float.
pub(crate) fn to_float(digits: i128, scale: u32) -> f64 {
    text(digits, scale).parse().unwrap_or(f64::NAN)
}

/// Returns the number without the digits behind the point, toward zero.
pub(crate) fn to_whole(digits: i128, scale: u32) -> Failable<i64> {
    i64::try_from(shortened(digits, scale, true)).map_err(|_| super::scalar::OVERFLOW.to_owned())
}

/// `ROUND`, which keeps the scale.
pub(crate) fn round(digits: i128, scale: u32, places: i64, cut: bool) -> i128 {
    let dropped = i64::from(scale).saturating_sub(places);
    let Ok(dropped @ 1..) = u32::try_from(dropped) else {
        return digits;
    };
    let unit = power(dropped)
        .and_then(|unit| i128::try_from(unit).ok())
        .unwrap_or(0);
    shortened(digits, dropped, cut).saturating_mul(unit)
}

/// `FLOOR`, or `CEILING` of the negative number.
pub(crate) fn floor(digits: i128, scale: u32) -> i128 {
    let unit = power(scale)
        .and_then(|unit| i128::try_from(unit).ok())
        .unwrap_or(i128::MAX);
    digits.div_euclid(unit)
}

/// Multiplies numbers whose product has a number of digits too many behind the point, which are rounded away.
pub(crate) fn multiply(left: i128, right: i128, dropped: u32) -> Failable<i128> {
    if let Some(product) = left.checked_mul(right) {
        return Ok(shortened(product, dropped, false));
    }
    let unit = power(dropped).ok_or(OVERFLOW)?;
    let (high, low) = product(left.unsigned_abs(), right.unsigned_abs());
    let (quotient, rest) = divided(high, low, unit).ok_or(OVERFLOW)?;
    let up = u128::from(rest >= unit - rest && unit > 1);
    signed(
        quotient.checked_add(up).ok_or(OVERFLOW)?,
        (left < 0) != (right < 0),
    )
}

/// Divides a number, with digits added at its end; what remains is cut.
pub(crate) fn divide(left: i128, right: i128, added: u32) -> Failable<i128> {
    if right == 0 {
        return Err(BY_ZERO.to_owned());
    }
    let factor = power(added).ok_or(OVERFLOW)?;
    let (high, low) = product(left.unsigned_abs(), factor);
    let (quotient, _) = divided(high, low, right.unsigned_abs()).ok_or(OVERFLOW)?;
    signed(quotient, (left < 0) != (right < 0))
}

/// Returns the remainder, with the sign of the left number.
pub(crate) fn modulo(left: i128, right: i128) -> Failable<i128> {
    left.checked_rem(right).ok_or_else(|| BY_ZERO.to_owned())
}

fn signed(magnitude: u128, negative: bool) -> Failable<i128> {
    let number = i128::try_from(magnitude).map_err(|_| OVERFLOW.to_owned())?;
    Ok(if negative { -number } else { number })
}

/// Returns the high and the low half of a product.
fn product(left: u128, right: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (left_high, left_low) = (left >> 64, left & HALF);
    let (right_high, right_low) = (right >> 64, right & HALF);
    let low = left_low * right_low;
    let middle = left_high * right_low + (low >> 64);
    let other = left_low * right_high + (middle & HALF);
    let high = left_high * right_high + (middle >> 64) + (other >> 64);
    (high, (other << 64) | (low & HALF))
}

/// Divides a number of two halves; `None` if the quotient has more than one.
fn divided(high: u128, low: u128, divisor: u128) -> Option<(u128, u128)> {
    if high == 0 {
        return Some((low / divisor, low % divisor));
    }
    if high >= divisor {
        return None;
    }
    let (mut rest, mut quotient) = (high, 0_u128);
    for bit in (0..128).rev() {
        let carried = rest >> 127 == 1;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if carried || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    Some((quotient, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_multiplied_and_divided_exactly() {
        let nines = 10_i128.pow(38) - 1;

        assert_eq!(multiply(nines, 10_i128.pow(20), 20), Ok(nines));
        assert_eq!(multiply(-nines, 15, 1), Ok(-(nines / 2 * 3 + 2)));
        assert_eq!(divide(nines, 3, 0), Ok(nines / 3));
        assert_eq!(
            divide(10_i128.pow(37), -10_i128.pow(37), 37),
            Ok(-(10_i128.pow(37)))
        );
        assert!(multiply(nines, nines, 0).is_err());
    }

    #[test]
    fn stored_numbers_are_in_the_order_of_the_numbers() {
        let numbers = [-(10_i128.pow(37)), -2, -1, 0, 1, 255, 256, 10_i128.pow(37)];

        assert!(numbers.map(stored).is_sorted());
        assert!(
            numbers
                .iter()
                .all(|number| from_stored(&stored(*number)) == Some(*number))
        );
    }
}
