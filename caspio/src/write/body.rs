//! Rows as JSON.

use crate::field::FieldValue;
use crate::record::Row;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::io::Write;

/// How a password is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// As it is, for Caspio.
    Shown,
    /// Blotted out, for people.
    Hidden,
}

/// A row as a JSON object. Lists must have become keys before.
///
/// # Errors
///
/// `Refused`: a number that JSON does not have.
pub(crate) fn object(row: &Row<'_>, secrets: Secrets) -> Result<String> {
    let mut json = Vec::with_capacity(COLUMN * row.len());
    json.push(b'{');
    for (index, (name, value)) in row.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        push(&mut json, name);
        json.push(b':');
        push_value(&mut json, value, secrets).map_err(|error| error.with_field(name))?;
    }
    json.push(b'}');
    String::from_utf8(json)
        .map_err(|error| Error::new(ErrorKind::Refused, "the row is not UTF-8").with_source(error))
}

/// About how many characters a column takes.
const COLUMN: usize = 40;

fn push_value(json: &mut Vec<u8>, value: &FieldValue<'_>, secrets: Secrets) -> Result<()> {
    match value {
        FieldValue::Absent | FieldValue::Null => json.extend_from_slice(b"null"),
        FieldValue::Bool(yes) => push(json, yes),
        FieldValue::Integer(number) => push(json, number),
        FieldValue::Number(number) if number.is_finite() => push(json, number),
        FieldValue::Number(number) => {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{number} is no number that Caspio can hold"),
            ));
        }
        FieldValue::Decimal(amount) => push_shown(json, format_args!("{amount}")),
        FieldValue::Text(text) => push(json, &**text),
        FieldValue::DateTime(at) => push_date_time(json, *at),
        FieldValue::List(values) => {
            json.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                push_value(json, value, secrets)?;
            }
            json.push(b']');
        }
        FieldValue::Secret(_) if secrets == Secrets::Hidden => push(json, "***"),
        FieldValue::Secret(password) => push(json, password.expose_secret()),
    }
    Ok(())
}

/// A text or a number, which always become JSON.
fn push<T: Serialize + ?Sized>(json: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(json, value);
}

fn push_shown(json: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = json.write_fmt(text);
}

/// Without a zone, which Caspio's dates do not have, and with milliseconds only where there are some.
fn push_date_time(json: &mut Vec<u8>, at: crate::DateTime) {
    let (date, time) = (at.date(), at.time());
    push_shown(
        json,
        format_args!(
            "\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
        ),
    );
    if time.millisecond() != 0 {
        push_shown(json, format_args!(".{:03}", time.millisecond()));
    }
    json.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dec;

    fn json(row: &Row<'_>, secrets: Secrets) -> String {
        object(row, secrets).expect("a row that JSON can hold")
    }

    #[test]
    fn money_keeps_its_digits_and_text_its_quotes() {
        let mut row = Row::default();
        row.push("Amount", FieldValue::Decimal(dec!(922337203685477.5807)));
        row.push("No\"te", FieldValue::Text("a\"\n\u{1F600}".into()));
        row.push("Left_Out", FieldValue::Absent);
        row.push("Empty", FieldValue::Null);

        assert_eq!(
            json(&row, Secrets::Shown),
            "{\"Amount\":922337203685477.5807,\"No\\\"te\":\"a\\\"\\n\u{1F600}\",\"Empty\":null}"
        );
    }

    #[test]
    fn dates_carry_milliseconds_only_where_there_are_some() {
        let mut row = Row::default();
        row.push(
            "A",
            FieldValue::DateTime("2022-01-24T20:30:51.607".parse().expect("a date")),
        );
        row.push(
            "B",
            FieldValue::DateTime("0001-01-01T00:00:00".parse().expect("a date")),
        );

        assert_eq!(
            json(&row, Secrets::Shown),
            r#"{"A":"2022-01-24T20:30:51.607","B":"0001-01-01T00:00:00"}"#
        );
    }

    #[test]
    fn a_password_is_hidden_from_people() {
        let mut row = Row::default();
        row.push("Secret", FieldValue::Secret("horse".to_owned().into()));

        assert_eq!(json(&row, Secrets::Shown), r#"{"Secret":"horse"}"#);
        assert_eq!(json(&row, Secrets::Hidden), r#"{"Secret":"***"}"#);
    }

    #[test]
    fn a_number_without_end_is_refused_with_its_column() {
        let mut row = Row::default();
        row.push("Score", FieldValue::Number(f64::NAN));
        let error = object(&row, Secrets::Shown).expect_err("refused");

        assert_eq!(error.field(), Some("Score"));
    }
}
