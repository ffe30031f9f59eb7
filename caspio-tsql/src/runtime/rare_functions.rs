//! Scalar functions that are rare in conditions and columns, by their names, with what each does.

use super::function_tables::{Arguments, Body, int, real, stored, string};
use super::{date, date_text, format, number, string_functions as strings};
use rusqlite::types::Value;

fn optional<T>(value: Option<T>, of: impl FnOnce(T) -> Value) -> date::Failable<Value> {
    Ok(value.map_or(Value::Null, of))
}

fn float(arguments: &Arguments<'_>, of: fn(f64) -> f64) -> date::Failable<Value> {
    real(number::defined(of(arguments.real(0))))
}

pub(super) const STRINGS: &[(&str, i32, Body)] = &[
    ("char", 1, |a| {
        optional(strings::char_of_byte(a.int(0)), Value::Text)
    }),
    ("nchar", 1, |a| {
        optional(strings::char_of_code(a.int(0)), Value::Text)
    }),
    ("ascii", 1, |a| {
        optional(strings::byte_of(a.text(0)), Value::Integer)
    }),
    ("unicode", 1, |a| {
        optional(strings::code_of(a.text(0)), Value::Integer)
    }),
    ("str", -1, |a| {
        let length = if a.has(1) { a.int(1) } else { 10 };
        let decimals = if a.has(2) { a.int(2) } else { 0 };
        optional(strings::str_of(a.real(0), length, decimals), Value::Text)
    }),
    ("soundex", 1, |a| string(strings::soundex(a.text(0)))),
    ("difference", 2, |a| {
        int(Ok(strings::difference(a.text(0), a.text(1))))
    }),
    ("quotename", -1, |a| {
        let quote = if a.has(1) { a.text(1) } else { "[" };
        optional(strings::quote_name(a.text(0), quote), Value::Text)
    }),
    ("translate", 3, |a| {
        string(strings::translate(a.text(0), a.text(1), a.text(2))?)
    }),
    ("trim_of", 2, |a| {
        string(strings::trim_of(a.text(0), a.text(1)))
    }),
    ("isnumeric", 1, |a| {
        int(Ok(strings::is_numeric(a.text(0)).into()))
    }),
    ("isdate", 1, |a| {
        int(Ok(date_text::parse(a.text(0)).is_ok().into()))
    }),
    ("units", 1, |a| {
        int(Ok(a.text(0).encode_utf16().count() as i64))
    }),
    ("pad", 2, |a| {
        let text = super::text::truncate(a.text(0), a.int(1));
        let missing = a.int(1) - text.encode_utf16().count() as i64;
        string(text + &" ".repeat(usize::try_from(missing).unwrap_or(0)))
    }),
    ("format_number", 2, |a| {
        string(format::number(a.real(0), a.text(1)))
    }),
    ("format_date", 2, |a| {
        string(format::date(a.date(0)?, a.text(1)))
    }),
];

pub(super) const MATHEMATICS: &[(&str, i32, Body)] = &[
    ("sin", 1, |a| float(a, f64::sin)),
    ("cos", 1, |a| float(a, f64::cos)),
    ("tan", 1, |a| float(a, f64::tan)),
    ("cot", 1, |a| float(a, |number| 1.0 / number.tan())),
    ("asin", 1, |a| float(a, f64::asin)),
    ("acos", 1, |a| float(a, f64::acos)),
    ("atan", 1, |a| float(a, f64::atan)),
    ("atn2", 2, |a| {
        real(number::defined(a.real(0).atan2(a.real(1))))
    }),
    ("degrees", 1, |a| float(a, f64::to_degrees)),
    ("radians", 1, |a| float(a, f64::to_radians)),
    ("log_of", 2, |a| {
        let (number, base) = (a.real(0), a.real(1));
        let valid = number > 0.0 && base > 0.0 && base != 1.0;
        real(number::defined(if valid {
            number.ln() / base.ln()
        } else {
            f64::NAN
        }))
    }),
    ("bit_and", 2, |a| int(Ok(a.int(0) & a.int(1)))),
    ("bit_or", 2, |a| int(Ok(a.int(0) | a.int(1)))),
    ("bit_xor", 2, |a| int(Ok(a.int(0) ^ a.int(1)))),
    ("bit_not", 1, |a| int(Ok(!a.int(0)))),
];

/// The arguments are year, month, day, hour, minute, second and millisecond.
pub(super) const PARTS: &[(&str, i32, Body)] = &[
    ("of_parts", 7, |a| {
        let small = |at: usize| i8::try_from(a.int(at)).unwrap_or(-1);
        let year = i16::try_from(a.int(0)).unwrap_or(-1);
        let nanosecond = i32::try_from(a.int(6))
            .ok()
            .and_then(|fraction| fraction.checked_mul(1_000_000));
        let time = jiff::civil::DateTime::new(
            year,
            small(1),
            small(2),
            small(3),
            small(4),
            small(5),
            nanosecond.unwrap_or(-1),
        );
        let failed = "Cannot construct data type datetime, some of the arguments have values which are not valid.";
        match time {
            Ok(time) if time.year() >= 1 => stored(Ok(time)),
            _ => Err(failed.to_owned()),
        }
    }),
    ("newid", 1, |a| {
        let hex = a.text(0);
        string(match hex.len() {
            32 => [
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..],
            ]
            .join("-"),
            _ => hex.to_owned(),
        })
    }),
];
