//! Field types that can be written.

use super::FieldType;
#[cfg(feature = "chrono")]
use super::chrono_dates;
use super::json::to_json;
#[cfg(feature = "time")]
use super::time_dates;
use crate::value::FieldValue;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use std::borrow::Cow;

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
    note = "or derive `caspio::CaspioValue` for it, or implement `caspio::field::ToValue`"
)]
pub trait ToValue: FieldType {
    /// Returns the value as it is sent.
    fn to_value(&self) -> FieldValue<'_>;

    /// Returns the value as a [map](crate::RecordMap) shows it.
    #[doc(hidden)]
    fn to_json(&self) -> serde_json::Value {
        to_json(&self.to_value())
    }
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
to_value!(f32 => |number| FieldValue::Number(same_digits(*number)));
to_value!(f64 => |number| FieldValue::Number(*number));
to_value!(Decimal => |amount| FieldValue::Decimal(*amount));
to_value!(bool => |yes| FieldValue::Bool(*yes));
to_value!(DateTime => |at| FieldValue::DateTime(*at));
to_value!(Date => |date| midnight(*date));
to_value!(String, Box<str>, std::sync::Arc<str>, &str, Cow<'_, str> => |text| {
    FieldValue::Text(Cow::Borrowed(text))
});
#[cfg(feature = "chrono")]
to_value!(chrono::NaiveDateTime => |at| FieldValue::DateTime(chrono_dates::civil(*at)));
#[cfg(feature = "chrono")]
to_value!(chrono::NaiveDate => |date| midnight(chrono_dates::civil_date(*date)));
#[cfg(feature = "time")]
to_value!(time::PrimitiveDateTime => |at| FieldValue::DateTime(time_dates::civil(*at)));
#[cfg(feature = "time")]
to_value!(time::Date => |date| midnight(time_dates::civil_date(*date)));
#[cfg(feature = "uuid")]
to_value!(uuid::Uuid => |id| FieldValue::Text(id.to_string().into()));

impl ToValue for serde_json::Value {
    fn to_value(&self) -> FieldValue<'_> {
        FieldValue::from(self)
    }

    /// An object, which is how a read returns a list, stays one.
    fn to_json(&self) -> Self {
        self.clone()
    }
}

impl<T: FieldType> FieldType for &T {
    type Kind = T::Kind;
    type Value = T::Value;
    const EXPECTED: &'static str = T::EXPECTED;
    const NULLABLE: bool = T::NULLABLE;
}

impl<T: ToValue> ToValue for &T {
    fn to_value(&self) -> FieldValue<'_> {
        (**self).to_value()
    }

    fn to_json(&self) -> serde_json::Value {
        (**self).to_json()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Null, T::to_value)
    }

    fn to_json(&self) -> serde_json::Value {
        self.as_ref().map_or(serde_json::Value::Null, T::to_json)
    }
}

impl<T: ToValue> ToValue for super::List<T> {
    fn to_value(&self) -> FieldValue<'_> {
        list(self)
    }
}

impl<T: ToValue> ToValue for Vec<T> {
    fn to_value(&self) -> FieldValue<'_> {
        list(self)
    }
}

impl<T: ToValue, const N: usize> ToValue for [T; N] {
    fn to_value(&self) -> FieldValue<'_> {
        list(self)
    }
}

fn midnight(date: Date) -> FieldValue<'static> {
    FieldValue::DateTime(date.to_datetime(Time::midnight()))
}

fn list<T: ToValue>(values: &[T]) -> FieldValue<'_> {
    FieldValue::List(values.iter().map(T::to_value).collect())
}

/// Returns the `f64` with the digits of an `f32`, `0.1` for `0.1`; `f64::from` returns `0.10000000149011612`.
pub(crate) fn same_digits(number: f32) -> f64 {
    let digits = number.to_string().parse();
    digits.unwrap_or_else(|_| f64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::List;

    #[test]
    fn a_list_is_the_same_in_any_order() {
        let (a, b) = (List::from([1, 2]), List::from([2, 1]));
        assert_eq!(a.to_value(), b.to_value());
        assert_ne!(a.to_value(), List::from([1]).to_value());
    }

    #[test]
    fn arrays_and_vectors_are_lists() {
        let list: List<String> = List::from(["x", "y"]);
        assert_eq!(["x", "y"].to_value(), list.to_value());
        assert_eq!(vec!["y", "x"].to_value(), list.to_value());
        let texts = &["x".to_owned(), "y".to_owned()];
        assert_eq!(ToValue::to_value(&texts), list.to_value());
    }

    #[test]
    fn an_option_is_null_or_its_value() {
        assert_eq!(None::<i32>.to_value(), FieldValue::Null);
        assert_eq!(Some(3).to_value(), FieldValue::Integer(3));
    }
}
