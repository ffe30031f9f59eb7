//! Numbers that a column would store as others.

use crate::schema::DataType;
use crate::value::{FieldValue, number_in};
use caspio_support::digits;
use rust_decimal::Decimal;

/// Returns why a column of this type would store a number as another one; `None` if it keeps the value. Without a
/// type: why every column would.
pub(crate) fn changed(value: &FieldValue<'_>, data_type: Option<&DataType>) -> Option<String> {
    match (data_type, value) {
        (_, FieldValue::Digits(digits)) => {
            Some(format!("{digits} has more digits than any column keeps"))
        }
        (Some(DataType::Number), value) => by_float(value),
        (Some(DataType::Currency), value) => by_currency(value).or_else(|| beyond_currency(value)),
        // Integer has 32 bits, Currency fewer digits than a float.
        (None, FieldValue::Integer(_)) => by_float(value),
        (None, FieldValue::Decimal(amount)) if has_more_places(*amount) => by_float(value),
        _ => None,
    }
}

/// Returns whether a column of this type keeps a value; a text of a number is the number that it spells.
pub(crate) fn keeps(value: &FieldValue<'_>, data_type: Option<&DataType>) -> bool {
    let number = match (value, data_type) {
        (FieldValue::Text(text), Some(DataType::Number | DataType::Currency)) => number_in(text),
        _ => None,
    };
    changed(number.as_ref().unwrap_or(value), data_type).is_none()
}

/// Returns whether a number may be kept or changed, by the type of its column.
pub(super) fn depends_on_column(value: &FieldValue<'_>) -> bool {
    match value {
        FieldValue::Decimal(amount) => has_more_places(*amount) || by_float(value).is_some(),
        FieldValue::Number(number) => number.is_finite() && by_currency(value).is_some(),
        _ => false,
    }
}

/// Returns whether a number is not whole. An Integer was seen to store the whole part of such a number.
pub(super) fn has_fraction(value: &FieldValue<'_>) -> bool {
    match value {
        FieldValue::Decimal(amount) => !amount.is_integer(),
        FieldValue::Number(number) => number.fract() != 0.0,
        _ => false,
    }
}

/// Caspio's Number is a float.
fn by_float(value: &FieldValue<'_>) -> Option<String> {
    let shown = match value {
        FieldValue::Integer(number) if number.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => {
            return None;
        }
        FieldValue::Decimal(number) if number.mantissa().unsigned_abs() < 10_u128.pow(15) => {
            return None;
        }
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Decimal(number) => number.to_string(),
        _ => return None,
    };
    if digits::is_kept_by_float(&shown) {
        return None;
    }
    let float: f64 = shown.parse().unwrap_or(f64::NAN);
    Some(format!(
        "{shown} has more digits than a Number keeps, it would become {float}"
    ))
}

/// The range of Currency is that of SQL Server's `money`.
fn beyond_currency(value: &FieldValue<'_>) -> Option<String> {
    /// In ten-thousandths: 64 bits.
    const MAX: Decimal = Decimal::from_parts(u32::MAX, u32::MAX >> 1, 0, false, 4);
    const MIN: Decimal = Decimal::from_parts(0, 1 << 31, 0, true, 4);
    let is_beyond = match value {
        FieldValue::Integer(number) => number.unsigned_abs() > 922_337_203_685_477,
        FieldValue::Number(number) => number.abs() > 922_337_203_685_477.5,
        // The comparison of decimals costs more.
        FieldValue::Decimal(amount) if amount.mantissa().unsigned_abs() < 1 << 49 => false,
        FieldValue::Decimal(amount) => !(MIN..=MAX).contains(amount),
        _ => false,
    };
    is_beyond.then(|| {
        let number = value.shown();
        format!("{number} is not in the range of Currency, from {MIN} to {MAX}")
    })
}

/// Currency is documented to keep four decimal places. That Caspio rounds more of them silently is inferred,
/// fact `amounts-are-rounded`.
fn by_currency(value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::Decimal(amount) if has_more_places(*amount) => {
            let places = amount.normalize().scale();
            Some(format!("{places} decimal places, Currency keeps 4"))
        }
        FieldValue::Number(number) if !is_amount(*number) => Some(format!(
            "{number} has more than 4 decimal places, Currency keeps 4"
        )),
        FieldValue::Number(number) if !is_certain(*number) => Some(format!(
            "{number} has more digits than a float keeps of an amount; use a `Decimal`, or text in a map"
        )),
        _ => None,
    }
}

/// Smaller numbers have at most eleven digits before the point, and four after it.
const MAX_CERTAIN: f64 = 1e11;

fn has_more_places(amount: Decimal) -> bool {
    amount.scale() > 4 && amount.normalize().scale() > 4
}

/// Whether a float is an amount of four decimal places, apart from the errors of its arithmetic: `0.1 + 0.2` is `0.3`.
/// A fifth place that its shortest spelling shows is never taken for such an error.
fn is_amount(number: f64) -> bool {
    let size = number.abs();
    if size >= MAX_CERTAIN {
        // The next float is farther away than a fifth place.
        return format!("{number:.4}").parse() == Ok(number);
    }
    let four_places = (number * 10_000.0).round() / 10_000.0;
    (number - four_places).abs() <= (size * 1e-14).clamp(1e-12, 1e-6)
}

/// Whether a float is the only amount of four decimal places that it may stand for. Each amount of up to 15 digits has
/// a float of its own.
fn is_certain(number: f64) -> bool {
    if number.abs() < MAX_CERTAIN {
        return true;
    }
    let significant = |spelled: &str| {
        let digits = spelled.bytes().filter(u8::is_ascii_digit);
        let digits: Vec<u8> = digits.skip_while(|digit| *digit == b'0').collect();
        let zeros = digits.iter().rev().take_while(|digit| **digit == b'0');
        digits.len() - zeros.count()
    };
    significant(&number.to_string()) <= 15 || significant(&format!("{number:.4}")) <= 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_is_an_amount_apart_from_the_errors_of_its_arithmetic() {
        let sum: f64 = (0..1000).map(|_| 19.99).sum();
        for number in [
            0.0,
            -1.5,
            0.1 + 0.2,
            0.3 - 3.0 * 0.1,
            4.35 * 100.0,
            sum,
            1_234_567_890.1 + 0.2,
            99_999_999_999.000_1,
            12_345_678_901.234_5,
            9e14,
            1e30,
            0.0001,
            99_999_999_999.999_9,
            123_456_789_012_345.0,
            12_345_678_901_234.5,
        ] {
            let value = FieldValue::Number(number);
            assert_eq!(by_currency(&value), None, "{number}");
        }
        for number in [
            0.12345,
            -0.000_01,
            1.0 / 3.0,
            19.999_99,
            123_456_789.123_45,
            1_234_567_890.123_41,
            4_999_999_999.000_04,
            7_777_777_777.777_77,
            12_345_678_901.234_56,
            50_000_000_000.123_45,
            99_999_999_999.000_05,
            123_456_789_012.000_05,
            -123_456_789_012.345_67,
            900_719_925_474_099.2,
            12_345_678_901_234.568,
            922_337_203_685_477.6,
        ] {
            let value = FieldValue::Number(number);
            assert!(by_currency(&value).is_some(), "{number}");
        }
    }

    #[test]
    fn the_range_of_currency_is_that_of_money() {
        let decimal = |text| FieldValue::Decimal(Decimal::from_str_exact(text).expect("a number"));
        for value in [
            decimal("922337203685477.5807"),
            decimal("-922337203685477.5808"),
            decimal("0.0000000000000000000000000001"),
            FieldValue::Integer(-922_337_203_685_477),
            FieldValue::Number(922_337_203_685_477.5),
        ] {
            assert_eq!(beyond_currency(&value), None, "{value:?}");
        }
        for value in [
            decimal("922337203685477.5808"),
            decimal("-922337203685477.5809"),
            FieldValue::Decimal(Decimal::MAX),
            FieldValue::Integer(922_337_203_685_478),
            FieldValue::Integer(i64::MIN),
            FieldValue::Number(-1e15),
            FieldValue::Number(f64::INFINITY),
        ] {
            assert!(beyond_currency(&value).is_some(), "{value:?}");
        }
    }

    #[test]
    fn a_number_that_no_column_keeps_needs_no_definition() {
        let too_long = Decimal::from_str_exact("0.12345678901234567890").expect("a number");
        for value in [
            FieldValue::Integer((1 << 53) + 1),
            FieldValue::Integer(i64::MIN + 1),
            FieldValue::Decimal(too_long),
        ] {
            assert!(changed(&value, None).is_some(), "{value:?}");
        }
        for value in [
            FieldValue::Integer(1 << 53),
            FieldValue::Integer(i64::MIN),
            FieldValue::Number(1.0 / 3.0),
        ] {
            assert_eq!(changed(&value, None), None, "{value:?}");
        }
    }
}
