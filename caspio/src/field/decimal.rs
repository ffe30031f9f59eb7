//! Money: exact decimals, read from the number's own digits.

use super::{Field, FieldType, kind};
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

impl FieldType for Decimal {
    type Kind = kind::Currency;
    type Value = Self;
    const EXPECTED: &'static str = "a decimal number";
}

impl<'de> Field<'de> for Decimal {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        parse(<&'de RawValue>::deserialize(value)?.get())
    }

    fn read_nullable<D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        match <&'de RawValue>::deserialize(value)?.get() {
            "null" | "\"\"" => Ok(None),
            raw => parse(raw).map(Some),
        }
    }
}

fn parse<E: Error>(raw: &str) -> Result<Decimal, E> {
    let digits = raw.trim_matches('"');
    exact(digits).ok_or_else(|| E::custom(format_args!("{raw} is not a decimal number")))
}

/// Returns the number that has exactly this spelling.
pub(crate) fn spelled(text: &str) -> Option<Decimal> {
    // Most texts of a row are not numbers, and parsing one to find that out allocates its error.
    let is_number = |byte| matches!(byte, b'0'..=b'9' | b'-' | b'.');
    if !text.bytes().all(is_number) {
        return None;
    }
    exact(text).filter(|number| number.to_string() == text)
}

/// Returns the number that these digits spell. Keeps every digit: an `f64` in between would change amounts with more
/// than 15 digits.
pub(crate) fn exact(text: &str) -> Option<Decimal> {
    // `Decimal` takes these as separators of digits.
    if text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}
