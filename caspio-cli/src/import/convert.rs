//! Converts cells to values of fields.

use super::digits;
use crate::format::csv::unlist;
use crate::row::Cell;
use caspio::field::{Field, FieldValue};
use caspio::schema::DataType;
use caspio::{DateTime, Decimal};
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

type Value = FieldValue<'static>;

/// Converts a CSV cell to a value of a data type, or returns the reason why it does not fit.
///
/// `None` is nothing between the commas: an empty text or, with `nulls`, null.
pub(super) fn cell(data_type: &DataType, cell: Option<&str>, nulls: bool) -> Result<Value, String> {
    match (data_type, cell) {
        (text, None) if text.is_text() && nulls => Ok(FieldValue::Null),
        (text, None) if text.is_text() => Ok(FieldValue::Text("".into())),
        // An empty cell must not clear a password by accident.
        (DataType::Password, None | Some("")) => Ok(FieldValue::Absent),
        (DataType::Password, Some(text)) => scalar(data_type, text),
        (data_type, Some(text)) if data_type.is_text() => scalar(data_type, text),
        (_, None) => Ok(FieldValue::Null),
        (_, Some(text)) if text.trim().is_empty() => Ok(FieldValue::Null),
        (_, Some(text)) => match item_type(data_type) {
            None => scalar(data_type, text),
            Some(item) => {
                let message = || format!("{} is not a list of values joined by `, `", quoted(text));
                let items = unlist(text).ok_or_else(message)?;
                list(items.iter().map(|text| scalar(&item, text)))
            }
        },
    }
}

/// Converts a JSON member to a value of a data type, or returns the reason why it does not fit.
pub(super) fn json(data_type: &DataType, cell: Cell<'_>) -> Result<Value, String> {
    if cell.is_null() {
        return Ok(FieldValue::Null);
    }
    match item_type(data_type) {
        Some(item) => list(cell.items().into_iter().map(|cell| json(&item, cell))),
        None if cell.is_list() => Err(format!("expected one value, found {}", quoted(cell.json()))),
        None => match cell.exact_text() {
            Some(text) => scalar(data_type, &text),
            None => Err(format!("{} is not Unicode text", quoted(cell.json()))),
        },
    }
}

/// Returns the type of a list's values; `None` if it is not a list.
fn item_type(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::ListText => Some(DataType::Text64000),
        DataType::ListNumber => Some(DataType::Number),
        DataType::ListDateTime => Some(DataType::DateTime),
        _ => None,
    }
}

fn scalar(data_type: &DataType, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    let (value, expected) = match data_type {
        DataType::Password => return Ok(FieldValue::Secret(text.to_owned().into())),
        DataType::Number => (
            number(trimmed)?.map(FieldValue::Number),
            "a number, such as 19.9",
        ),
        DataType::Integer => (integer(trimmed)?.map(FieldValue::Integer), "a whole number"),
        DataType::Currency => (
            amount(trimmed)?.map(FieldValue::Decimal),
            "an amount, such as 19.90",
        ),
        DataType::YesNo => (yes_no(trimmed).map(FieldValue::Bool), "true or false"),
        DataType::DateTime => (
            date_time(trimmed).map(FieldValue::DateTime),
            "a date without a zone, such as 2022-01-24T20:30:51",
        ),
        data_type if data_type.is_list() => (None, "a list"),
        _ => return Ok(FieldValue::Text(text.to_owned().into())),
    };
    value.ok_or_else(|| format!("expected {expected}, found {}", quoted(text)))
}

fn list(items: impl Iterator<Item = Result<Value, String>>) -> Result<Value, String> {
    items.collect::<Result<_, _>>().map(FieldValue::List)
}

/// Parses a number that is stored with all of its digits.
fn number(text: &str) -> Result<Option<f64>, String> {
    let Some(number) = text.parse().ok().filter(|number: &f64| number.is_finite()) else {
        return Ok(None);
    };
    digits::check_float(text, number)?;
    Ok(Some(number))
}

/// Parses a whole number. Caspio's may have a fraction of zero.
fn integer(text: &str) -> Result<Option<i64>, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|digit| digit == b'0') {
        return Ok(None);
    }
    let Ok(number) = whole.parse::<i64>() else {
        return Ok(None);
    };
    digits::check(text, &number.to_string())?;
    Ok(Some(number))
}

/// Parses an amount, keeping every digit.
fn amount(text: &str) -> Result<Option<Decimal>, String> {
    if text.contains('_') {
        return Ok(None);
    }
    let exact = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    let Ok(amount) = exact else {
        return Ok(None);
    };
    digits::check(text, &amount.to_string())?;
    if amount.normalize().scale() > 4 {
        return Err(format!(
            "{} has more than the four decimal places that a Currency field stores",
            quoted(text)
        ));
    }
    Ok(Some(amount))
}

fn date_time(text: &str) -> Option<DateTime> {
    // The parser reads a leap second as the one before it.
    if text.contains(":60") {
        return None;
    }
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    DateTime::read(text).ok()
}

/// Returns whether a date loses a part of a second that is shorter than a millisecond.
pub(super) fn loses_time(data_type: &DataType, text: &str) -> bool {
    *data_type == DataType::DateTime
        && date_time(text.trim()).is_some_and(|at| at.subsec_nanosecond() % 1_000_000 != 0)
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// Quotes a value for a message, shortened if it is long.
fn quoted(text: &str) -> String {
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
            let value = cell(&DataType::Currency, Some(text), false).expect("an amount");
            assert!(
                matches!(value, FieldValue::Decimal(amount) if amount == dec!(922337203685477.5807))
            );
        }
        let value = json(&DataType::Currency, Cell::of("922337203685477.5807")).expect("an amount");
        assert!(
            matches!(value, FieldValue::Decimal(amount) if amount == dec!(922337203685477.5807))
        );
    }

    #[test]
    fn a_leap_second_is_not_stored_as_another_one() {
        for text in ["2022-06-30T23:59:60", "2022-06-30 23:59:60.5"] {
            assert!(
                cell(&DataType::DateTime, Some(text), false).is_err(),
                "{text}"
            );
            let quoted = format!("{text:?}");
            assert!(
                json(&DataType::DateTime, Cell::of(&quoted)).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn an_empty_cell_is_an_empty_text_or_null() {
        let of = |data_type: DataType, nulls| cell(&data_type, None, nulls).expect("a value");
        assert_eq!(of(DataType::Text255, false), FieldValue::Text("".into()));
        assert_eq!(of(DataType::Text255, true), FieldValue::Null);
        for data_type in [
            DataType::Number,
            DataType::File,
            DataType::DateTime,
            DataType::YesNo,
            DataType::ListText,
        ] {
            assert_eq!(of(data_type, false), FieldValue::Null);
        }
        assert_eq!(of(DataType::Password, false), FieldValue::Absent);
    }

    #[test]
    fn booleans_have_several_spellings() {
        for (text, yes) in [
            ("TRUE", true),
            ("1", true),
            ("Yes", true),
            ("0", false),
            ("no", false),
        ] {
            assert_eq!(
                cell(&DataType::YesNo, Some(text), false),
                Ok(FieldValue::Bool(yes))
            );
        }
    }

    #[test]
    fn wrong_values_are_explained() {
        for (data_type, text) in [
            (DataType::Number, "inf"),
            (DataType::Integer, "1.5"),
            (DataType::Currency, "1,234.50"),
            (DataType::Currency, "1_000"),
            (DataType::DateTime, "2022-01-24T20:30:51Z"),
            (DataType::DateTime, "24.1.2022"),
            (DataType::YesNo, "maybe"),
            (DataType::ListNumber, "1, x"),
            (DataType::ListText, "a,,b"),
        ] {
            let message = cell(&data_type, Some(text), false).expect_err(text);
            assert!(
                message.contains("found") || message.contains("is not a list"),
                "{message}"
            );
        }
        assert!(json(&DataType::Text255, Cell::of("[1]")).is_err());
    }

    #[test]
    fn a_number_that_would_change_is_refused() {
        for (data_type, text) in [
            (DataType::Number, "24011346160100052488457"),
            (DataType::Number, "9007199254740993"),
            (DataType::Number, "1e-400"),
            (DataType::Number, "0010"),
            (DataType::Number, "-00.5"),
            (DataType::Integer, "021000021"),
            (DataType::Integer, "007.0"),
            (DataType::Currency, "0019.90"),
            (DataType::Currency, "1.23456"),
            (DataType::Currency, "1e-40"),
            (DataType::ListNumber, "1, 02"),
        ] {
            assert!(cell(&data_type, Some(text), false).is_err(), "{text}");
            let json_text = format!("{text:?}");
            assert!(json(&data_type, Cell::of(&json_text)).is_err() || data_type.is_list());
        }
        for (data_type, text) in [
            (DataType::Number, "0.30000000000000004"),
            (DataType::Number, "9007199254740992"),
            (DataType::Number, "1.50"),
            (DataType::Number, "-0.0"),
            (DataType::Number, "1E+300"),
            (DataType::Number, "5e-324"),
            (DataType::Number, "000"),
            (DataType::Integer, "+7.00"),
            (DataType::Currency, "19.90000"),
            (DataType::Currency, "1.5e3"),
        ] {
            let fits = cell(&data_type, Some(text), false);
            assert_eq!(fits.is_ok(), text != "000", "{text}: {fits:?}");
        }
    }

    #[test]
    fn a_time_loses_what_is_shorter_than_a_millisecond() {
        let loses = |text| loses_time(&DataType::DateTime, text);
        assert!(loses("2022-01-24T20:30:51.1234") && loses("2022-01-24 20:30:51.000001"));
        assert!(!loses("2022-01-24T20:30:51.1230000") && !loses("2022-01-24"));
        assert!(!loses("31.01.2024"), "it is not a date and is refused");
    }

    #[test]
    fn lists_are_objects_arrays_or_joined_texts() {
        let items = || FieldValue::List(vec![FieldValue::Number(1.5), FieldValue::Number(2.0)]);
        assert_eq!(
            cell(&DataType::ListNumber, Some("1.5, 2"), false),
            Ok(items())
        );
        assert_eq!(
            json(&DataType::ListNumber, Cell::of(r#"{"1":1.5,"3":2.0}"#)),
            Ok(items())
        );
        assert_eq!(
            json(&DataType::ListNumber, Cell::of("[1.5,2]")),
            Ok(items())
        );
    }
}
