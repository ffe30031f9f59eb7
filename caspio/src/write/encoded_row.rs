//! Rows as JSON.

use super::validate::four_byte_texts;
use crate::client::Client;
use crate::record::Row;
use crate::value::{FieldValue, Secrets, push_str, push_value};
use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::SecretString;
use caspio_core::{Error, ErrorKind, Request, Result};
use caspio_schema::is_same_name;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// A row as JSON, for Caspio and for error messages.
pub(crate) struct EncodedRow {
    pub(crate) json: String,
    /// The JSON without its passwords, if it has any.
    hidden: Option<String>,
    /// The passwords with their columns.
    secrets: Vec<(String, SecretString)>,
    /// The columns whose text has a character of four bytes.
    four_bytes: Vec<String>,
    /// The columns with null that this version of the API refuses. They are not sent, and become null.
    left_out: Vec<String>,
    /// The value of the column that identifies the row if its response is lost.
    pub(crate) dedup_key: Option<FieldValue<'static>>,
}

impl EncodedRow {
    pub(crate) fn of(row: &Row<'_>) -> Result<Self> {
        let json = object(row, Secrets::Shown)?;
        let secrets: Vec<(String, SecretString)> = row.iter().filter_map(secret).collect();
        let hidden = if secrets.is_empty() {
            None
        } else {
            Some(object(row, Secrets::Hidden)?)
        };
        Ok(Self {
            json,
            hidden,
            secrets,
            four_bytes: four_byte_texts(row)
                .into_iter()
                .map(|(name, _)| name)
                .collect(),
            left_out: Vec::new(),
            dedup_key: None,
        })
    }

    /// Adds the columns with null that are not sent.
    pub(super) fn with_left_out(mut self, columns: Vec<String>) -> Self {
        self.left_out = columns;
        self
    }

    /// Keeps the row's passwords out of errors and logs, even if a response repeats them.
    pub(crate) fn hide_secrets(&self, request: Request) -> Request {
        self.secrets().cloned().fold(request, Request::secret)
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.secrets.iter().map(|(_, password)| password)
    }

    /// Whether the row has a column of this name.
    pub(crate) fn has_column(&self, name: &str) -> bool {
        let columns = self.columns();
        columns.iter().any(|column| is_same_name(column, name))
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        let columns: BTreeMap<String, IgnoredAny> =
            serde_json::from_str(&self.json).unwrap_or_default();
        columns.into_keys().collect()
    }

    /// Whether the row has a password in the column of this name.
    pub(super) fn has_password(&self, name: &str) -> bool {
        self.secrets
            .iter()
            .any(|(secret, _)| is_same_name(secret, name))
    }

    /// The columns of the row that can be read, with their values as JSON.
    pub(super) fn readable_columns(&self) -> BTreeMap<String, Value> {
        let mut columns: BTreeMap<String, Value> =
            serde_json::from_str(&self.json).unwrap_or_default();
        columns.retain(|name, _| !self.secrets.iter().any(|(secret, _)| secret == name));
        columns.extend(self.left_out.iter().map(|name| (name.clone(), Value::Null)));
        columns
    }

    /// Adds the cause of a misleading error, or the row to an error after which it may have been written.
    pub(super) fn explain(&self, client: &Client, error: Error) -> Error {
        if error.code() == Some("AlterReadOnlyData") && self.may_be_refused_for_emoji(&error) {
            client.refuses_four_bytes().store(true, Ordering::Relaxed);
            return error.with_hint(
                "the service responds like this also where it refuses characters of four bytes, such as emoji",
            );
        }
        self.attach_sent(error)
    }

    /// Whether the response names no other field than those with a character of four bytes.
    fn may_be_refused_for_emoji(&self, error: &Error) -> bool {
        let is_emoji = |field: &str| {
            let mut names = self.four_bytes.iter();
            names.any(|name| is_same_name(name, field.trim()))
        };
        let named = error.field().unwrap_or_default();
        let mut named = named.split(',').filter(|field| !field.trim().is_empty());
        !self.four_bytes.is_empty() && named.all(is_emoji)
    }

    /// Adds the row to an error after which it may have been written.
    pub(crate) fn attach_sent(&self, error: Error) -> Error {
        if error.maybe_applied() {
            error.with_sent(self.hidden.as_ref().unwrap_or(&self.json))
        } else {
            error
        }
    }
}

fn secret((name, value): (&str, &FieldValue<'_>)) -> Option<(String, SecretString)> {
    match value {
        FieldValue::Secret(password) => Some((name.to_owned(), password.clone())),
        _ => None,
    }
}

/// A row as a JSON object. Lists must already be keys.
///
/// # Errors
///
/// `Refused`: a number that JSON does not have.
fn object(row: &Row<'_>, secrets: Secrets) -> Result<String> {
    let mut json = Vec::with_capacity(COLUMN * row.len());
    json.push(b'{');
    for (index, (name, value)) in row.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        push_str(&mut json, name);
        json.push(b':');
        push_value(&mut json, value, secrets).map_err(|error| error.with_field(name))?;
    }
    json.push(b'}');
    String::from_utf8(json)
        .map_err(|error| Error::new(ErrorKind::Refused, "the row is not UTF-8").with_source(error))
}

/// The usual length of a column, to size the text.
const COLUMN: usize = 40;

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
    fn a_number_that_is_not_finite_is_refused_with_its_column() {
        let mut row = Row::default();
        row.push("Score", FieldValue::Number(f64::NAN));
        let error = object(&row, Secrets::Shown).expect_err("refused");

        assert_eq!(error.field(), Some("Score"));
    }
}
