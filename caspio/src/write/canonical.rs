//! How Caspio tells the values of a column apart.

use crate::field::{FieldValue, kind, wall_clock};
use crate::filter::literal::{Literal, ToLiteral};
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// A value as T-SQL; `None` for one that cannot tell records apart.
pub(crate) fn literal(value: &FieldValue<'_>) -> Option<Literal> {
    Some(match value {
        FieldValue::Text(text) => Literal::text(text),
        FieldValue::Integer(number) => ToLiteral::<kind::Integer>::to_literal(number),
        FieldValue::Number(number) => ToLiteral::<kind::Number>::to_literal(number),
        FieldValue::Decimal(amount) => ToLiteral::<kind::Currency>::to_literal(amount),
        FieldValue::DateTime(at) => Literal::date_time(*at),
        _ => return None,
    })
}

/// What values have in common that Caspio takes for the same: text without case and without spaces at its
/// end, numbers as numbers, dates as dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity(String);

impl Identity {
    /// The identity of a value that is written; `None` for one that cannot tell records apart.
    pub(crate) fn of(value: &FieldValue<'_>) -> Option<Self> {
        Some(Self(match value {
            FieldValue::Text(text) => of_text(text),
            FieldValue::Integer(number) => number.to_string(),
            FieldValue::Number(number) => of_number(&number.to_string()),
            FieldValue::Decimal(amount) => amount.normalize().to_string(),
            FieldValue::DateTime(at) => of_date(*at),
            _ => return None,
        }))
    }

    /// The identity of a value as it was read; `None` for null.
    pub(crate) fn read(raw: &RawValue) -> Option<Self> {
        match serde_json::from_str(raw.get()).ok()? {
            serde_json::Value::String(text) => Some(Self(of_text(&text))),
            serde_json::Value::Number(_) => Some(Self(of_number(raw.get()))),
            _ => None,
        }
    }
}

fn of_text(text: &str) -> String {
    let is_date = text.as_bytes().get(10) == Some(&b'T');
    match is_date.then(|| wall_clock(text)).flatten() {
        Some(at) => of_date(at),
        None => text.trim_end_matches(' ').to_lowercase(),
    }
}

fn of_date(at: DateTime) -> String {
    Literal::date_time(at).to_string()
}

fn of_number(digits: &str) -> String {
    match decimal(digits) {
        Some(number) => number.normalize().to_string(),
        None => digits.to_owned(),
    }
}

/// The number that JSON's digits say, exactly.
pub(crate) fn decimal(digits: &str) -> Option<Decimal> {
    Decimal::from_str_exact(digits)
        .or_else(|_| Decimal::from_scientific(digits))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dec;

    fn read(json: &str) -> Option<Identity> {
        Identity::read(&RawValue::from_string(json.to_owned()).expect("JSON"))
    }

    #[test]
    fn a_value_is_known_again_when_it_is_read() {
        let at: DateTime = "2022-01-24T20:30:51".parse().expect("a date");
        for (written, json) in [
            (FieldValue::Text("A@b.C ".into()), "\"a@B.c\""),
            (FieldValue::Integer(7), "7"),
            (FieldValue::Integer(7), "7.0"),
            (FieldValue::Number(0.1), "0.1"),
            (FieldValue::Decimal(dec!(1.50)), "1.5"),
            (FieldValue::DateTime(at), "\"2022-01-24T20:30:51\""),
            (
                FieldValue::Text("2022-01-24T20:30:51.000".into()),
                "\"2022-01-24T20:30:51\"",
            ),
        ] {
            assert_eq!(Identity::of(&written), read(json), "{json}");
        }
    }

    #[test]
    fn values_that_differ_stay_apart() {
        assert_ne!(Identity::of(&FieldValue::Text("é".into())), read("\"e\""));
        assert_ne!(Identity::of(&FieldValue::Integer(7)), read("7.5"));
        assert_eq!(read("null"), None);
        assert_eq!(Identity::of(&FieldValue::Null), None);
    }
}
