//! A cell as a value of a field.

use crate::format::csv::unlist;
use crate::row::Cell;
use caspio::field::{Field, FieldValue};
use caspio::schema::DataType;
use caspio::{DateTime, Decimal};
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

type Value = FieldValue<'static>;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text that is not the user's own, such as a file's path: it is never empty.
    Other,
    Password,
    Number,
    Integer,
    Currency,
    DateTime,
    YesNo,
    ListText,
    ListNumber,
    ListDateTime,
}

impl Kind {
    pub(super) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Password => Self::Password,
            DataType::Number => Self::Number,
            DataType::Integer => Self::Integer,
            DataType::Currency => Self::Currency,
            DataType::DateTime => Self::DateTime,
            DataType::YesNo => Self::YesNo,
            DataType::ListText => Self::ListText,
            DataType::ListNumber => Self::ListNumber,
            DataType::ListDateTime => Self::ListDateTime,
            text if text.is_text() => Self::Text,
            _ => Self::Other,
        }
    }

    /// What a list of this kind has as its values; `None` where it is no list.
    fn item(self) -> Option<Self> {
        match self {
            Self::ListText => Some(Self::Text),
            Self::ListNumber => Some(Self::Number),
            Self::ListDateTime => Some(Self::DateTime),
            _ => None,
        }
    }

    /// The value of a CSV cell; `None` is nothing between the commas, which is null for a text too where
    /// `nulls` says so. Else what is wrong with it.
    pub(super) fn cell(self, cell: Option<&str>, nulls: bool) -> Result<Value, String> {
        match (self, cell) {
            (Self::Text, None) if nulls => Ok(FieldValue::Null),
            (Self::Text, None) => Ok(FieldValue::Text("".into())),
            // A password is not set to nothing by the way.
            (Self::Password, None | Some("")) => Ok(FieldValue::Absent),
            (Self::Text | Self::Password, Some(text)) => self.scalar(text),
            (_, None) => Ok(FieldValue::Null),
            (_, Some(text)) if text.trim().is_empty() => Ok(FieldValue::Null),
            (_, Some(text)) => match self.item() {
                None => self.scalar(text),
                Some(item) => {
                    let what = || format!("{} is no list of values joined by `, `", shown(text));
                    let items = unlist(text).ok_or_else(what)?;
                    list(items.iter().map(|text| item.scalar(text)))
                }
            },
        }
    }

    /// The value of a JSON member. Else what is wrong with it.
    pub(super) fn json(self, cell: Cell<'_>) -> Result<Value, String> {
        match self.item() {
            _ if cell.is_null() => Ok(FieldValue::Null),
            Some(item) => list(cell.items().into_iter().map(|cell| item.json(cell))),
            None if cell.is_list() => {
                Err(format!("expected one value, found {}", shown(cell.json())))
            }
            None => self.scalar(&cell.text()),
        }
    }

    fn scalar(self, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        let (value, expected) = match self {
            Self::Text | Self::Other => return Ok(FieldValue::Text(text.to_owned().into())),
            Self::Password => return Ok(FieldValue::Secret(text.to_owned().into())),
            Self::Number => (number(trimmed).map(FieldValue::Number), "a number"),
            Self::Integer => (integer(trimmed).map(FieldValue::Integer), "a whole number"),
            Self::Currency => (
                decimal(trimmed).map(FieldValue::Decimal),
                "an amount, such as 19.90",
            ),
            Self::YesNo => (yes_no(trimmed).map(FieldValue::Bool), "true or false"),
            Self::DateTime => (
                date_time(trimmed).map(FieldValue::DateTime),
                "a date without a zone, such as 2022-01-24T20:30:51",
            ),
            Self::ListText | Self::ListNumber | Self::ListDateTime => (None, "a list"),
        };
        value.ok_or_else(|| format!("expected {expected}, found {}", shown(text)))
    }
}

fn list(items: impl Iterator<Item = Result<Value, String>>) -> Result<Value, String> {
    items.collect::<Result<_, _>>().map(FieldValue::List)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Caspio's whole numbers may come with a fraction of zero.
fn integer(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let none = fraction.bytes().all(|digit| digit == b'0');
    none.then(|| whole.parse().ok()).flatten()
}

/// Every digit as it stands.
fn decimal(text: &str) -> Option<Decimal> {
    let exact = Decimal::from_str_exact(text);
    exact.or_else(|_| Decimal::from_scientific(text)).ok()
}

fn date_time(text: &str) -> Option<DateTime> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    DateTime::read(text).ok()
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// A value for a sentence.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}...", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio::dec;

    #[test]
    fn amounts_keep_every_digit() {
        for text in ["922337203685477.5807", " 922337203685477.5807 "] {
            let value = Kind::Currency.cell(Some(text), false).expect("an amount");
            assert!(
                matches!(value, FieldValue::Decimal(amount) if amount == dec!(922337203685477.5807))
            );
        }
        let value = Kind::Currency
            .json(Cell::of("922337203685477.5807"))
            .expect("an amount");
        assert!(
            matches!(value, FieldValue::Decimal(amount) if amount == dec!(922337203685477.5807))
        );
    }

    #[test]
    fn nothing_is_an_empty_text_or_null() {
        let of = |kind: Kind, nulls| kind.cell(None, nulls).expect("a value");
        assert_eq!(of(Kind::Text, false), FieldValue::Text("".into()));
        assert_eq!(of(Kind::Text, true), FieldValue::Null);
        for kind in [
            Kind::Number,
            Kind::Other,
            Kind::DateTime,
            Kind::YesNo,
            Kind::ListText,
        ] {
            assert_eq!(of(kind, false), FieldValue::Null);
        }
        assert_eq!(of(Kind::Password, false), FieldValue::Absent);
    }

    #[test]
    fn yes_and_no_have_several_words() {
        for (text, yes) in [
            ("TRUE", true),
            ("1", true),
            ("Yes", true),
            ("0", false),
            ("no", false),
        ] {
            assert_eq!(
                Kind::YesNo.cell(Some(text), false),
                Ok(FieldValue::Bool(yes))
            );
        }
    }

    #[test]
    fn what_is_no_value_of_the_field_is_told() {
        for (kind, text) in [
            (Kind::Number, "inf"),
            (Kind::Integer, "1.5"),
            (Kind::Currency, "1,234.50"),
            (Kind::DateTime, "2022-01-24T20:30:51Z"),
            (Kind::DateTime, "24.1.2022"),
            (Kind::YesNo, "maybe"),
            (Kind::ListNumber, "1, x"),
            (Kind::ListText, "a,,b"),
        ] {
            let fault = kind.cell(Some(text), false).expect_err(text);
            assert!(
                fault.contains("found") || fault.contains("is no list"),
                "{fault}"
            );
        }
        assert!(Kind::Text.json(Cell::of("[1]")).is_err());
    }

    #[test]
    fn lists_are_objects_arrays_or_joined() {
        let items = || FieldValue::List(vec![FieldValue::Number(1.5), FieldValue::Number(2.0)]);
        assert_eq!(Kind::ListNumber.cell(Some("1.5, 2"), false), Ok(items()));
        assert_eq!(
            Kind::ListNumber.json(Cell::of(r#"{"1":1.5,"3":2.0}"#)),
            Ok(items())
        );
        assert_eq!(Kind::ListNumber.json(Cell::of("[1.5,2]")), Ok(items()));
    }
}
