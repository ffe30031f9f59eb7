//! Finds the values of a row that Caspio would refuse, before the call is made and billed.

use super::{Purpose, kept};
use crate::record::Row;
use crate::schema::{DataType, FieldDefinition};
use crate::value::{FieldValue, before_first_year, stored_date};
use caspio_schema::is_same_name;
use caspio_schema::nearest;
use jiff::civil::DateTime;

/// The values that no column stores unchanged, each with its column.
pub(super) fn unstorable(row: &Row<'_>) -> Vec<(String, String)> {
    row.iter()
        .filter_map(|(name, value)| {
            let violation = match value {
                FieldValue::DateTime(at) => too_early(*at),
                value => kept::changed(value, None),
            };
            Some((name.to_owned(), violation?))
        })
        .collect()
}

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
        Some(near) => format!("there is no such field; did you mean `{near}`?"),
        None => "there is no such field".to_owned(),
    }
}

fn read_only(field: &FieldDefinition, purpose: Purpose) -> Option<String> {
    let why = match (&field.data_type, purpose) {
        (DataType::Attachment, _) => {
            "an attachment is uploaded by `attachment(..)`; mark the struct's field with `#[caspio(read_only)]`"
        }
        (DataType::Password, Purpose::Update) => "a password is changed by `set_password`",
        _ if field.is_writable() => return None,
        _ => "it is read-only: Caspio fills it",
    };
    Some(why.to_owned())
}

fn of_value(field: &FieldDefinition, value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::Null | FieldValue::Absent => None,
        FieldValue::Digits(_) => kept::changed(value, None),
        value => match &field.data_type {
            ty if ty.is_text() => of_text(ty, value),
            DataType::Integer => of_integer(value),
            ty @ (DataType::Number | DataType::Currency) => {
                of_number(value).or_else(|| kept::changed(value, Some(ty)))
            }
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
    (length > most).then(|| format!("{length} characters; the field holds {most}"))
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
    if fits {
        return None;
    }
    let number = value.shown();
    Some(match kept::has_fraction(value) {
        true => format!("{number} is not a whole number; an Integer would store its whole part"),
        false => format!("{number} is out of the range of an Integer, which has 32 bits"),
    })
}

fn of_number(value: &FieldValue<'_>) -> Option<String> {
    if let FieldValue::Number(number) = value
        && !number.is_finite()
    {
        return Some(format!("{number} is not a number that Caspio stores"));
    }
    let number = matches!(
        value,
        FieldValue::Integer(_) | FieldValue::Number(_) | FieldValue::Decimal(_)
    );
    mismatch(!number, "a number", value)
}

fn of_date(value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::DateTime(at) => too_early(*at),
        FieldValue::Text(text) if text.is_empty() => {
            Some("an empty text is not a date; null clears the field".to_owned())
        }
        FieldValue::Text(text) => match stored_date(text) {
            Some(at) => too_early(at),
            None => Some("this text is not a date without a zone".to_owned()),
        },
        _ => mismatch(true, "a date", value),
    }
}

fn too_early(at: DateTime) -> Option<String> {
    before_first_year(at.date())
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
            if text.is_ascii() {
                return None;
            }
            let refused = text.chars().find(|character| character.len_utf8() > 3)?;
            Some((
                name.to_owned(),
                format!("the service refuses {refused:?}, like all characters of four bytes"),
            ))
        })
        .collect()
}
