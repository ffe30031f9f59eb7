//! Conversions and checked arithmetic as plain functions, which are also used to fold literals.

use super::date::{self, Failable};
use super::date_text;

/// SQL Server's text for a number out of range.
pub(crate) const OVERFLOW: &str = crate::error::OVERFLOW;
pub(crate) const BY_ZERO: &str = "Divide by zero error encountered.";

const MONEY_OVERFLOW: &str = "Arithmetic overflow error converting expression to data type money.";

/// Reads an integer; blanks alone are 0.
pub(crate) fn text_int(text: &str) -> Failable<i64> {
    let trimmed = text.trim();
    let failed = |to: &str| {
        format!("Conversion failed when converting the nvarchar value '{text}' to data type {to}.")
    };
    if trimmed.is_empty() {
        return Ok(0);
    }
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(failed("int"));
    }
    trimmed.parse().map_err(|_| {
        format!("The conversion of the nvarchar value '{text}' overflowed an int column.")
    })
}

/// Reads a Yes/No.
pub(crate) fn text_bit(text: &str) -> Failable<i64> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("true") {
        return Ok(1);
    }
    if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("false") {
        return Ok(0);
    }
    match text_int(trimmed) {
        Ok(number) => Ok(i64::from(number != 0)),
        Err(_) => Err(format!(
            "Conversion failed when converting the nvarchar value '{text}' to data type bit."
        )),
    }
}

/// Reads a float.
pub(crate) fn text_float(text: &str) -> Failable<f64> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(0.0);
    }
    let plain = trimmed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match trimmed.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => Ok(number),
        _ => Err("Error converting data type nvarchar to float.".to_owned()),
    }
}

/// Reads money: digits with an optional sign, dollar sign and thousands commas; rounded to four
/// decimals.
pub(crate) fn text_money(text: &str) -> Failable<i64> {
    let failed =
        || "Cannot convert a char value to money. The char value has incorrect syntax.".to_owned();
    let trimmed = text.trim();
    let (negative, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let rest = rest.strip_prefix('$').unwrap_or(rest).trim_start();
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let whole = whole.replace(',', "");
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&whole)
        || !digits(fraction)
        || (whole.is_empty() && fraction.is_empty() && !trimmed.is_empty())
    {
        return Err(failed());
    }
    let padded = format!("{fraction:0<5}");
    let mut amount: i64 = format!("0{whole}{}", &padded[..4])
        .parse()
        .map_err(|_| MONEY_OVERFLOW.to_owned())?;
    if padded.as_bytes()[4] >= b'5' {
        amount = amount.checked_add(1).ok_or(MONEY_OVERFLOW)?;
    }
    Ok(if negative { -amount } else { amount })
}

/// Converts a date to the stored form.
pub(crate) fn text_date(text: &str) -> Failable<String> {
    date_text::parse(text).map(date::stored_date)
}

/// Converts a date to the stored form of a day.
pub(crate) fn text_day(text: &str) -> Failable<String> {
    date_text::parse(text).map(|time| date::stored_date(time.date().at(0, 0, 0, 0)))
}

/// Converts a time to the stored form of a time of day.
pub(crate) fn text_clock(text: &str) -> Failable<String> {
    date_text::parse(text).map(|time| date::stored_date(date::EPOCH.to_datetime(time.time())))
}

/// Rounds a float to money.
pub(crate) fn float_money(number: f64) -> Failable<i64> {
    whole(number * 10_000.0, f64::round).map_err(|_| MONEY_OVERFLOW.to_owned())
}

/// Converts an integer to money.
pub(crate) fn int_money(number: i64) -> Failable<i64> {
    number
        .checked_mul(10_000)
        .ok_or_else(|| MONEY_OVERFLOW.to_owned())
}

/// Truncates a float to an integer.
pub(crate) fn float_int(number: f64) -> Failable<i64> {
    whole(number, f64::trunc)
}

fn whole(number: f64, shape: fn(f64) -> f64) -> Failable<i64> {
    let shaped = shape(number);
    if shaped.abs() < 9.2e18 {
        Ok(shaped as i64)
    } else {
        Err(OVERFLOW.to_owned())
    }
}

/// Rounds money to an integer, halves away from zero.
pub(crate) fn money_int(amount: i64) -> i64 {
    (amount / 5_000 + amount.signum()) / 2
}

/// Formats money with two decimals, as SQL Server does without a style; style 2 shows four.
pub(crate) fn money_text(amount: i64, style: i64) -> String {
    let magnitude = i128::from(amount).abs();
    let sign = if amount < 0 { "-" } else { "" };
    if style == 2 {
        return format!("{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000);
    }
    let cents = (magnitude + 50) / 100;
    let sign = if cents == 0 { "" } else { sign };
    let (whole, cents) = ((cents / 100).to_string(), cents % 100);
    match style {
        1 => format!("{sign}{}.{cents:02}", grouped(&whole)),
        _ => format!("{sign}{whole}.{cents:02}"),
    }
}

/// Puts a comma before every third digit from the end.
pub(super) fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a float with six digits, as SQL Server does without a style.
pub(crate) fn float_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if (-5..6).contains(&exponent) {
        let places = usize::try_from(5 - exponent).unwrap_or(0);
        return trimmed(&format!("{number:.places$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:03}", trimmed(digits), exponent.abs())
}

/// Divides integers, truncating towards zero.
pub(crate) fn divide(left: i64, right: i64) -> Failable<i64> {
    match right {
        0 => Err(BY_ZERO.to_owned()),
        right => left.checked_div(right).ok_or_else(|| OVERFLOW.to_owned()),
    }
}

/// Returns the remainder of a division, with the sign of the dividend.
pub(crate) fn modulo(left: i64, right: i64) -> Failable<i64> {
    match right {
        0 => Err(BY_ZERO.to_owned()),
        right => Ok(left.wrapping_rem(right)),
    }
}

/// Multiplies money with money, halves away from zero.
pub(crate) fn money_multiply(left: i64, right: i64) -> Failable<i64> {
    let product = i128::from(left) * i128::from(right);
    let rounded = (product / 5_000 + product.signum()) / 2;
    i64::try_from(rounded).map_err(|_| MONEY_OVERFLOW.to_owned())
}

/// Divides money by money; SQL Server truncates after the fourth decimal.
pub(crate) fn money_divide(left: i64, right: i64) -> Failable<i64> {
    if right == 0 {
        return Err(BY_ZERO.to_owned());
    }
    let quotient = i128::from(left) * 10_000 / i128::from(right);
    i64::try_from(quotient).map_err(|_| MONEY_OVERFLOW.to_owned())
}
