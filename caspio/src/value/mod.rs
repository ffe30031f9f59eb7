//! Column values: how they are spelled, and when Caspio treats two as equal.

mod canonical;
mod date;
mod json;
mod list;

pub use canonical::CanonicalKey;
pub(crate) use canonical::{as_stored, compared, is_same, is_stored_as, number_in, reduced};
#[cfg(any(feature = "chrono", feature = "time"))]
pub(crate) use date::NO_DATE;
pub(crate) use date::{
    FIRST_YEAR, Spelled, as_sent, before_first_year, is_plain, is_rounded_to_next_day,
    may_lose_zone, parse, reported_date, stored_date, wall_clock,
};
pub(crate) use json::{Secrets, push_str, push_value};
pub(crate) use list::{key_set, list_keys};

use caspio_support::digits::is_kept_by_float;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use secrecy::SecretString;
use std::borrow::Cow;

/// A column value to be written.
///
/// It borrows from the record where it can.
///
/// ```
/// use caspio::field::{FieldValue, ToValue};
///
/// assert_eq!(Some(3).to_value(), FieldValue::Integer(3));
/// assert_eq!(None::<i32>.to_value(), FieldValue::Null);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// Nothing is sent: an insert gives the column its default, an update leaves it unchanged.
    Absent,
    /// Null.
    Null,
    /// Yes/No.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A float.
    Number(f64),
    /// An exact decimal, sent with all of its digits.
    Decimal(Decimal),
    /// The digits of a number that neither a `Decimal` nor a float has all of. No column keeps them, so that a write of
    /// them is refused.
    Digits(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// Wall-clock time without a zone.
    DateTime(DateTime),
    /// The values of a list, which are sent by their keys.
    List(Vec<FieldValue<'a>>),
    /// A password.
    Secret(SecretString),
}

/// JSON as the records of an untyped table hold it; an object is a list, as a read returns it.
impl<'a> From<&'a serde_json::Value> for FieldValue<'a> {
    fn from(json: &'a serde_json::Value) -> Self {
        use serde_json::Value;
        match json {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(number) => of_number(number),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            Value::Object(values) => Self::List(values.values().map(Self::from).collect()),
        }
    }
}

/// With `arbitrary_precision` a number may have digits that a float does not keep.
fn of_number(number: &serde_json::Number) -> FieldValue<'static> {
    if let Some(whole) = number.as_i64() {
        return FieldValue::Integer(whole);
    }
    let digits = number.to_string();
    match number.as_f64() {
        Some(float) if is_kept_by_float(&digits) => FieldValue::Number(float),
        _ => match canonical::decimal(&digits) {
            Some(exact) => FieldValue::Decimal(exact),
            None => FieldValue::Digits(digits.into()),
        },
    }
}

impl FieldValue<'_> {
    /// Returns the same value, borrowing nothing.
    ///
    /// ```
    /// use caspio::field::FieldValue;
    ///
    /// let city = String::from("Rome");
    /// let value: FieldValue<'static> = FieldValue::Text(city.as_str().into()).into_owned();
    /// assert_eq!(value, FieldValue::Text("Rome".into()));
    /// ```
    #[must_use]
    pub fn into_owned(self) -> FieldValue<'static> {
        match self {
            Self::Absent => FieldValue::Absent,
            Self::Null => FieldValue::Null,
            Self::Bool(yes) => FieldValue::Bool(yes),
            Self::Integer(number) => FieldValue::Integer(number),
            Self::Number(number) => FieldValue::Number(number),
            Self::Decimal(amount) => FieldValue::Decimal(amount),
            Self::Digits(digits) => FieldValue::Digits(digits.into_owned().into()),
            Self::Text(text) => FieldValue::Text(text.into_owned().into()),
            Self::DateTime(at) => FieldValue::DateTime(at),
            Self::List(values) => {
                FieldValue::List(values.into_iter().map(FieldValue::into_owned).collect())
            }
            Self::Secret(secret) => FieldValue::Secret(secret),
        }
    }

    /// The type of value, for error messages.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Number(_) | Self::Decimal(_) | Self::Digits(_) => "a number",
            Self::Text(_) => "text",
            Self::DateTime(_) => "a date and time",
            Self::List(_) => "a list",
            Self::Secret(_) => "a password",
        }
    }

    /// The value, for error messages.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Digits(digits) => digits.to_string(),
            Self::DateTime(at) => at.to_string(),
            other => other.described().to_owned(),
        }
    }
}
