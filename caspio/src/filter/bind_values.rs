//! The values of a raw filter.

use super::literal::{Literal, ToLiteral};
use crate::field::kind;

/// The values for the question marks of a raw filter: `()`, or a tuple or slice of values.
///
/// ```
/// # use caspio::advanced::BindValues;
/// fn takes(_: impl BindValues) {}
/// takes(());
/// takes((5, "Berlin", caspio::dec!(9.99)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values for the `?` of a raw filter",
    label = "not a list of values",
    note = "give `()` for none, a tuple of up to eight, `(5, \"Rome\")`, or values of one type in an array, `[1, 2]`, a slice, `&ids[..]`, a `Vec` or a reference to one"
)]
pub trait BindValues {
    /// Returns the values in order.
    fn literals(&self) -> Vec<Literal>;
}

/// A value that can replace a question mark.
///
/// ```
/// use caspio::advanced::BindValue;
/// use caspio::advanced::Literal;
///
/// struct Sku(String);
///
/// impl BindValue for Sku {
///     fn literal(&self) -> Literal {
///         Literal::text(&self.0)
///     }
/// }
///
/// assert_eq!(Sku("A-7".to_owned()).literal().to_string(), "N'A-7'");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a `?` of a raw filter",
    label = "not a value for `?`",
    note = "use text, a number, `Decimal`, `DateTime`, `Date` or `bool`"
)]
pub trait BindValue {
    /// Returns the value as a literal.
    fn literal(&self) -> Literal;
}

macro_rules! raw_values {
    ($($kind:ident: $($ty:ty),*;)*) => {$($(
        impl BindValue for $ty {
            fn literal(&self) -> Literal {
                ToLiteral::<kind::$kind>::to_literal(self)
            }
        }
    )*)*};
}

raw_values! {
    Text: &str, String, &String, std::borrow::Cow<'_, str>;
    Integer: i8, i16, i32, i64, u8, u16, u32, u64, &i32, &i64, &u32, &u64;
    Number: f32, f64, &f64;
    Currency: crate::Decimal, &crate::Decimal;
    DateTime: crate::DateTime, crate::Date;
    YesNo: bool, &bool;
}

#[cfg(feature = "chrono")]
raw_values! { DateTime: chrono::NaiveDateTime, chrono::NaiveDate; }

#[cfg(feature = "time")]
raw_values! { DateTime: time::PrimitiveDateTime, time::Date; }

#[cfg(feature = "uuid")]
raw_values! { Guid: uuid::Uuid; }

impl BindValues for () {
    fn literals(&self) -> Vec<Literal> {
        Vec::new()
    }
}

impl<T: BindValue> BindValues for &[T] {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

impl<T: BindValue> BindValues for Vec<T> {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

impl<T: BindValue> BindValues for &Vec<T> {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

impl<T: BindValue, const N: usize> BindValues for &[T; N] {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

impl<T: BindValue, const N: usize> BindValues for [T; N] {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        impl<$($name: BindValue),+> BindValues for ($($name,)+) {
            #[allow(non_snake_case, reason = "the macro names bindings after their types")]
            fn literals(&self) -> Vec<Literal> {
                let ($($name,)+) = self;
                vec![$($name.literal()),+]
            }
        }
    )*};
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }
