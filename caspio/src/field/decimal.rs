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
        let raw = <&'de RawValue>::deserialize(value)?.get();
        parse(raw.trim_matches('"'))
            .ok_or_else(|| D::Error::custom(format_args!("{raw} is not a decimal number")))
    }
}

/// Keeps every digit: an `f64` in between would change amounts with more than 15 digits.
fn parse(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}
