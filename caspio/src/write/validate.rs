//! Finds the values of a row that Caspio would refuse, before the call is paid for.

use super::Purpose;
use crate::record::Row;
use crate::schema::{DataType, FieldDefinition};
use crate::value::{FieldValue, stored_date};
use caspio_schema::is_same_name;
use caspio_schema::nearest;
use rust_decimal::Decimal;

/// What Caspio would refuse in a row, each with its column.
pub(super) fn violations(
    row: &Row<'_>,
    definitions: &[FieldDefinition],
    purpose: Purpose,
) -> Vec<(String, String)> {
    row.iter()
        .filter_map(|(name, value)| {
            let violation = of_column(name, value, definitions, purpose)?;
            Some((name.to_owned(), violation))
        })
        .collect()
}

fn of_column(
    name: &str,
    value: &FieldValue<'_>,
    definitions: &[FieldDefinition],
    purpose: Purpose,
) -> Option<String> {
    let Some(field) = definitions
        .iter()
        .find(|field| is_same_name(&field.name, name))
    else {
        return Some(unknown(name, definitions));
    };
    read_only(field, purpose).or_else(|| of_value(field, value))
}

fn unknown(name: &str, definitions: &[FieldDefinition]) -> String {
    let names = definitions.iter().map(|field| &*field.name);
    match nearest(name, names) {
        Some(near) => format!("there is no such field, did you mean `{near}`?"),
        None => "there is no such field".to_owned(),
    }
}

fn read_only(field: &FieldDefinition, purpose: Purpose) -> Option<String> {
    let why = match (&field.data_type, purpose) {
        (DataType::Attachment, _) => "an attachment is uploaded by `attachment(..)`",
        (DataType::Password, Purpose::Update) => "a password is changed by `set_password`",
        _ if field.is_writable() => return None,
        _ => "it is read-only, Caspio fills it",
    };
    Some(why.to_owned())
}

fn of_value(field: &FieldDefinition, value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::Null | FieldValue::Absent => None,
        value => match &field.data_type {
            ty if ty.is_text() => of_text(ty, value),
            DataType::Integer => of_integer(value),
            DataType::Number => of_number(value),
            DataType::Currency => of_number(value).or_else(|| of_currency(value)),
            DataType::DateTime => of_date(value),
            DataType::YesNo => of_yes_no(value),
            ty if ty.is_list() => mismatch(!matches!(value, FieldValue::List(_)), "a list", value),
            _ => None,
        },
    }
}

fn mismatch(wrong: bool, expected: &str, value: &FieldValue<'_>) -> Option<String> {
    wrong.then(|| format!("expected {expected}, found {}", value.described()))
}

fn of_text(ty: &DataType, value: &FieldValue<'_>) -> Option<String> {
    let FieldValue::Text(text) = value else {
        return mismatch(true, "text", value);
    };
    let most = ty.max_length()?;
    let length = text.encode_utf16().count();
    (length > most).then(|| format!("{length} characters, the field holds {most}"))
}

fn of_integer(value: &FieldValue<'_>) -> Option<String> {
    let fits = match value {
        FieldValue::Integer(number) => i32::try_from(*number).is_ok(),
        FieldValue::Decimal(number) => number.is_integer() && i32::try_from(number.trunc()).is_ok(),
        FieldValue::Number(number) => {
            number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(number)
        }
        _ => return mismatch(true, "a whole number", value),
    };
    (!fits).then(|| "expected a whole number of 32 bits".to_owned())
}

fn of_number(value: &FieldValue<'_>) -> Option<String> {
    let number = matches!(
        value,
        FieldValue::Integer(_) | FieldValue::Number(_) | FieldValue::Decimal(_)
    );
    mismatch(!number, "a number", value)
}

/// Currency is documented to keep four decimal places. That Caspio rounds more of them silently is inferred.
fn of_currency(value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::Decimal(amount) if has_more_places(*amount) => {
            let places = amount.normalize().scale();
            Some(format!("{places} decimal places, Currency keeps 4"))
        }
        FieldValue::Number(number) if !is_amount(*number) => Some(format!(
            "{number} has more than 4 decimal places, Currency keeps 4"
        )),
        _ => None,
    }
}

pub(super) fn has_more_places(amount: Decimal) -> bool {
    amount.normalize().scale() > 4
}

/// Whether a float is an amount of four decimal places, apart from the errors of its arithmetic: `0.1 + 0.2` is `0.3`.
pub(super) fn is_amount(number: f64) -> bool {
    let four_places = (number * 10_000.0).round() / 10_000.0;
    (number - four_places).abs() <= (number.abs() * 1e-14).max(1e-12)
}

fn of_date(value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::DateTime(_) => None,
        FieldValue::Text(text) if text.is_empty() => {
            Some("an empty text is not a date; null clears the field".to_owned())
        }
        FieldValue::Text(text) if stored_date(text).is_some() => None,
        FieldValue::Text(_) => Some("this text is not a date without a zone".to_owned()),
        _ => mismatch(true, "a date", value),
    }
}

fn of_yes_no(value: &FieldValue<'_>) -> Option<String> {
    let yes_or_no = matches!(
        value,
        FieldValue::Bool(_) | FieldValue::Integer(0) | FieldValue::Integer(1)
    );
    mismatch(!yes_or_no, "true or false", value)
}

/// The columns with a character of four bytes in UTF-8, such as an emoji, where the service refuses such text: v3
/// was seen to respond with `AlterReadOnlyData`; others saw such text stored.
pub(super) fn four_byte_texts(row: &Row<'_>) -> Vec<(String, String)> {
    row.iter()
        .filter_map(|(name, value)| {
            let FieldValue::Text(text) = value else {
                return None;
            };
            let refused = text.chars().find(|character| character.len_utf8() > 3)?;
            Some((
                name.to_owned(),
                format!("the service refuses {refused:?}, like all characters of four bytes"),
            ))
        })
        .collect()
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
            9e14,
            1e30,
            0.0001,
        ] {
            assert!(is_amount(number), "{number}");
        }
        for number in [0.12345, -0.000_01, 1.0 / 3.0, 19.999_99, 123_456_789.123_45] {
            assert!(!is_amount(number), "{number}");
        }
    }
}
