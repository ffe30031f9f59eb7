//! Describes why a response could not be decoded. It runs only after a failure.

use super::raw::{RawRow, rows};
use crate::record::{FieldInfo, PK_ID, RowState, reason, reason_and_place, shown, with_key};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use caspio_schema::Kind;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// Where decoding stopped.
pub(super) struct Failure<'f> {
    pub(super) body: &'f [u8],
    pub(super) member: &'static str,
    /// The number of the row in the response, from 1; 0 outside the rows.
    pub(super) row: usize,
    pub(super) fields: &'static [FieldInfo],
    pub(super) state: &'f RowState,
}

/// Creates an error that names the record and the column, what was expected and what was received.
#[cold]
pub(super) fn explain(failure: &Failure<'_>, error: serde_json::Error, target: &Target) -> Error {
    let described = match (error.classify(), rows(failure.body, failure.member)) {
        (Category::Eof, _) => cut_short(),
        // Malformed text or a number out of range is a syntax error too, in a response that is otherwise valid.
        (_, Some(rows)) => match rows.get(failure.row.wrapping_sub(1)) {
            Some(row) => unreadable_row(failure, row, &error),
            None => unexpected_shape(failure.member, &error),
        },
        (Category::Syntax, None) if failure.body.trim_ascii_start().starts_with(b"{") => {
            malformed(failure, &error)
        }
        (_, None) => unexpected_shape(failure.member, &error),
    };
    of_read(described, target).with_source(error)
}

/// Returns the error with the operation and the table of the read that the response is of.
pub(super) fn of_read(error: Error, target: &Target) -> Error {
    error
        .with_operation("records.list")
        .with_resource(target.to_string())
}

pub(super) fn cut_short() -> Error {
    Error::new(ErrorKind::Protocol, "the response was cut short")
        .with_hint("the connection or a gateway lost the rest; reading again is safe")
}

fn unexpected_shape(member: &str, error: &serde_json::Error) -> Error {
    let reason = reason_and_place(error);
    Error::new(
        ErrorKind::Protocol,
        format!("the response is not an object with `{member}`: {reason}"),
    )
    .with_hint(
        "a proxy may have responded instead of Caspio; check the account and the API dialect",
    )
}

/// The response is an object, but breaks the rules of JSON.
fn malformed(failure: &Failure<'_>, error: &serde_json::Error) -> Error {
    let place = match failure.row {
        0 => String::new(),
        row => format!(" in {}", nth(row)),
    };
    let reason = reason_and_place(error);
    Error::new(
        ErrorKind::Protocol,
        format!("the response is not valid JSON{place}: {reason}"),
    )
    .with_hint("a proxy may have changed the response on its way; reading again is safe")
}

fn nth(row: usize) -> String {
    format!("record {row} of its page")
}

/// One row cannot be read into its struct.
fn unreadable_row(failure: &Failure<'_>, row: &RawValue, error: &serde_json::Error) -> Error {
    let number = nth(failure.row);
    let Some(row) = RawRow::read(row) else {
        let message = format!("{number} is not an object of columns: {}", shown(row.get()));
        return Error::new(ErrorKind::Protocol, message);
    };
    match row.key() {
        Some(key) => with_key(misfit(failure, &row, "", error), &key),
        None => misfit(failure, &row, &format!(" in {number}"), error),
    }
}

/// One row does not fit its struct. `place` is where a row without a key is.
fn misfit(
    failure: &Failure<'_>,
    row: &RawRow<'_>,
    place: &str,
    error: &serde_json::Error,
) -> Error {
    let field = failure
        .state
        .field
        .and_then(|index| failure.fields.get(index));
    if let Some(field) = field {
        let described = match row.get(field.name) {
            _ if failure.state.missing => missing(field, row, place),
            came => wrong_value(field, came.map_or("null", RawValue::get), place, error),
        };
        return described.with_field(row.spelling(field.name).unwrap_or(field.name));
    }
    if failure.state.reads_key {
        let came = row.get(PK_ID).map_or("nothing", RawValue::get);
        let came = shown(came);
        let message = format!("expected a whole number or text for {PK_ID}, got {came}{place}");
        return Error::new(ErrorKind::Decode, message).with_field(PK_ID);
    }
    match row.malformed() {
        Some((column, came)) => malformed_value(came.get(), place, error).with_field(column),
        None => Error::new(
            ErrorKind::Decode,
            format!("a record does not fit{place}: {}", reason(error)),
        ),
    }
}

/// The value cannot be represented in JSON, so that a field of any type would fail.
fn malformed_value(came: &str, place: &str, error: &serde_json::Error) -> Error {
    let (came, reason) = (shown(came), reason(error));
    let message = format!("the value {came}{place} is malformed: {reason}");
    Error::new(ErrorKind::Decode, message)
        .with_hint("correct the value in Caspio, or read the table without this column")
}

fn missing(field: &FieldInfo, row: &RawRow<'_>, place: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the response has no column {:?}{place}", field.name),
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

fn wrong_value(field: &FieldInfo, came: &str, place: &str, error: &serde_json::Error) -> Error {
    if error.classify() == Category::Syntax {
        return malformed_value(came, place, error);
    }
    let (of_member, place) = match field.rust_type {
        // An aggregate has no member of a struct, and is of no record.
        "" => (String::new(), ""),
        rust_type => (format!(" for `{}: {rust_type}`", field.member), place),
    };
    let expected = field.expected;
    let message = format!("expected {expected}{of_member}, got {}{place}", shown(came));
    let described = Error::new(ErrorKind::Decode, message);
    let is_number = matches!(
        field.kind,
        Some(Kind::Integer | Kind::Number | Kind::Currency)
    );
    // A blank Number was seen as an empty text.
    if came == "null" || is_number && came == "\"\"" {
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
