//! Values on their way to Caspio.

use super::FieldType;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;

/// A value as an insert or update carries it, before it becomes JSON.
///
/// It borrows from the record it was taken from where it can.
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
    /// Nothing is sent: an insert gives the column its default, an update leaves it as it is.
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
    /// Text.
    Text(Cow<'a, str>),
    /// Wall-clock time without a zone.
    DateTime(DateTime),
    /// The values of a list, which are sent by their keys.
    List(Vec<FieldValue<'a>>),
    /// A password.
    Secret(SecretString),
}

/// A field type that can be written.
///
/// ```
/// use caspio::field::{FieldType, FieldValue, ToValue, kind};
///
/// enum Status { Open, Closed }
///
/// impl FieldType for Status {
///     type Kind = kind::Text;
///     type Value = Self;
///     const EXPECTED: &'static str = "`Open` or `Closed`";
/// }
///
/// impl ToValue for Status {
///     fn to_value(&self) -> FieldValue<'_> {
///         FieldValue::Text(match self {
///             Self::Open => "Open".into(),
///             Self::Closed => "Closed".into(),
///         })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to a Caspio column",
    label = "not a type that can be written",
    note = "use a string, a number, `bool`, `Decimal`, `DateTime`, `Date`, `List<T>`, `Password`, or an `Option` or `Patch` of one of these",
    note = "or implement `caspio::field::ToValue` for it"
)]
pub trait ToValue: FieldType {
    /// The value as it is sent.
    fn to_value(&self) -> FieldValue<'_>;
}

macro_rules! to_value {
    ($($ty:ty),* => |$value:ident| $make:expr) => {$(
        impl ToValue for $ty {
            fn to_value(&self) -> FieldValue<'_> {
                let $value = self;
                $make
            }
        }
    )*};
}

to_value!(i8, i16, i32, u8, u16, u32 => |number| FieldValue::Integer(i64::from(*number)));
to_value!(i64 => |number| FieldValue::Integer(*number));
to_value!(u64 => |number| match i64::try_from(*number) {
    Ok(number) => FieldValue::Integer(number),
    Err(_) => FieldValue::Decimal(Decimal::from(*number)),
});
to_value!(f32 => |number| FieldValue::Number(f64::from(*number)));
to_value!(f64 => |number| FieldValue::Number(*number));
to_value!(Decimal => |amount| FieldValue::Decimal(*amount));
to_value!(bool => |yes| FieldValue::Bool(*yes));
to_value!(DateTime => |at| FieldValue::DateTime(*at));
to_value!(Date => |date| FieldValue::DateTime(date.to_datetime(Time::midnight())));
to_value!(String, Box<str>, std::sync::Arc<str>, &str, Cow<'_, str> => |text| {
    FieldValue::Text(Cow::Borrowed(text))
});
#[cfg(feature = "uuid")]
to_value!(uuid::Uuid => |id| FieldValue::Text(id.to_string().into()));
to_value!(serde_json::Value => |json| FieldValue::from(json));

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Null, T::to_value)
    }
}

impl<T: ToValue> ToValue for super::List<T> {
    fn to_value(&self) -> FieldValue<'_> {
        FieldValue::List(self.iter().map(T::to_value).collect())
    }
}

/// JSON as a record of an untyped table holds it; an object is a list, as a read answers with it.
impl<'a> From<&'a serde_json::Value> for FieldValue<'a> {
    fn from(json: &'a serde_json::Value) -> Self {
        use serde_json::Value;
        match json {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Integer(whole),
                (None, float) => Self::Number(float.unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            Value::Object(values) => Self::List(values.values().map(Self::from).collect()),
        }
    }
}

impl FieldValue<'_> {
    /// The same value, borrowing nothing.
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
            Self::Text(text) => FieldValue::Text(text.into_owned().into()),
            Self::DateTime(at) => FieldValue::DateTime(at),
            Self::List(values) => {
                FieldValue::List(values.into_iter().map(FieldValue::into_owned).collect())
            }
            Self::Secret(secret) => FieldValue::Secret(secret),
        }
    }

    /// What it is, in words, for messages.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Number(_) | Self::Decimal(_) => "a number",
            Self::Text(_) => "text",
            Self::DateTime(_) => "a date and time",
            Self::List(_) => "a list",
            Self::Secret(_) => "a password",
        }
    }
}

/// Values are the same when Caspio would keep the same: numbers as numbers whatever their type, dates
/// to the millisecond, lists in any order, text letter by letter.
impl PartialEq for FieldValue<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) | (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => {
                to_the_millisecond(*a) == to_the_millisecond(*b)
            }
            (Self::Secret(a), Self::Secret(b)) => a.expose_secret() == b.expose_secret(),
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().all(|value| b.contains(value))
            }
            _ => same_number(self, other),
        }
    }
}

fn to_the_millisecond(at: DateTime) -> (Date, i8, i8, i8, i16) {
    (
        at.date(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond(),
    )
}

#[allow(clippy::float_cmp, reason = "the same float is the same value")]
fn same_number(a: &FieldValue<'_>, b: &FieldValue<'_>) -> bool {
    use FieldValue::{Decimal as Exact, Integer, Number};
    match (a, b) {
        (Integer(a), Integer(b)) => a == b,
        (Number(a), Number(b)) => a == b,
        (Exact(a), Exact(b)) => a == b,
        (Integer(whole), Exact(exact)) | (Exact(exact), Integer(whole)) => {
            *exact == Decimal::from(*whole)
        }
        (Integer(whole), Number(float)) | (Number(float), Integer(whole)) => {
            Decimal::try_from(*float).is_ok_and(|exact| exact == Decimal::from(*whole))
        }
        (Exact(exact), Number(float)) | (Number(float), Exact(exact)) => {
            f64::try_from(*exact).is_ok_and(|exact| exact == *float)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{List, dec};

    #[test]
    fn numbers_are_the_same_whatever_their_type() {
        assert_eq!(FieldValue::Integer(5), FieldValue::Decimal(dec!(5.00)));
        assert_eq!(FieldValue::Number(2.5), FieldValue::Decimal(dec!(2.5)));
        assert_eq!(FieldValue::Number(5.0), FieldValue::Integer(5));
        assert_ne!(FieldValue::Integer(5), FieldValue::Decimal(dec!(5.01)));
        assert_ne!(FieldValue::Integer(0), FieldValue::Null);
    }

    #[test]
    fn a_list_is_the_same_in_any_order() {
        let (a, b) = (List::from(["x", "y"]), List::from(["y", "x"]));
        assert_eq!(a.to_value(), b.to_value());
        assert_ne!(a.to_value(), List::from(["x"]).to_value());
    }

    #[test]
    fn an_option_is_null_or_its_value() {
        assert_eq!(None::<i32>.to_value(), FieldValue::Null);
        assert_eq!(Some(3).to_value(), FieldValue::Integer(3));
    }
}
