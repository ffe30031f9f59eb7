//! Describes why a response could not be decoded. It runs only after a failure.

use super::raw::{RawRow, rows};
use crate::record::{FieldInfo, RowState};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The number of characters of a value that a message contains.
const SHOWN: usize = 80;

/// Where decoding stopped.
pub(super) struct Failure<'f> {
    pub(super) body: &'f [u8],
    pub(super) member: &'static str,
    /// The index of the row in the response.
    pub(super) row: usize,
    pub(super) fields: &'static [FieldInfo],
    pub(super) state: &'f RowState,
}

/// Creates an error that names the record and the column, what was expected and what was received.
#[cold]
pub(super) fn explain(failure: &Failure<'_>, error: serde_json::Error, target: &Target) -> Error {
    let described = match error.classify() {
        Category::Eof => cut_short(),
        Category::Data => match rows(failure.body, failure.member)
            .and_then(|rows| RawRow::read(rows.get(failure.row)?))
        {
            Some(row) => misfit(failure, &row, &error),
            None => unexpected_shape(failure.member, &error),
        },
        Category::Syntax | Category::Io => unexpected_shape(failure.member, &error),
    };
    described
        .with_resource(target.to_string())
        .with_source(error)
}

pub(super) fn cut_short() -> Error {
    Error::new(ErrorKind::Protocol, "the response was cut short")
        .with_hint("the connection or a gateway lost the rest; reading again is safe")
}

fn unexpected_shape(member: &str, error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the response is not an object with `{member}`: {error}"),
    )
    .with_hint(
        "a proxy may have responded instead of Caspio; check the account and the API dialect",
    )
}

/// One row does not fit its struct.
fn misfit(failure: &Failure<'_>, row: &RawRow<'_>, error: &serde_json::Error) -> Error {
    let field = failure
        .state
        .field
        .and_then(|index| failure.fields.get(index));
    let described = match field {
        Some(field) if failure.state.missing => missing(field, row),
        Some(field) => {
            let came = row.get(field.name).map_or("null", RawValue::get);
            wrong_value(field, came, error)
        }
        None => Error::new(ErrorKind::Decode, format!("a record does not fit: {error}")),
    };
    let described = match field {
        Some(field) => described.with_field(row.spelling(field.name).unwrap_or(field.name)),
        None => described,
    };
    described.with_key(
        row.key()
            .unwrap_or_else(|| format!("number {} of its page", failure.row + 1)),
    )
}

fn missing(field: &FieldInfo, row: &RawRow<'_>) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the response has no column {:?}", field.name),
    )
    .with_hint(missing_hint(field, row))
}

fn missing_hint(field: &FieldInfo, row: &RawRow<'_>) -> String {
    let remedy =
        "check the column's name in the struct's `rename`, or mark the field `#[caspio(default)]`";
    match caspio_schema::nearest(field.name, row.names()) {
        Some(near) => format!("did you mean {near:?}? {remedy}"),
        None => remedy.to_owned(),
    }
}

fn wrong_value(field: &FieldInfo, came: &str, error: &serde_json::Error) -> Error {
    let message = format!(
        "expected {} for `{}: {}`, got {}",
        field.expected,
        field.member,
        field.rust_type,
        shown(came)
    );
    let described = Error::new(ErrorKind::Decode, message);
    if came == "null" {
        return described.with_hint(format!(
            "the column may be null: declare `{}: Option<{}>`, or mark it `#[caspio(default)]`",
            field.member, field.rust_type
        ));
    }
    described.with_hint(format!(
        "change the type of `{}` to fit the column; parser: {}",
        field.member,
        reason(error)
    ))
}

/// Returns the parser's message without its position, which counts within the page.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

fn shown(raw: &str) -> Cow<'_, str> {
    match raw.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}... ({} bytes)", &raw[..end], raw.len())),
        None => Cow::Borrowed(raw),
    }
}
