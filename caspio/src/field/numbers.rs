//! Integers and floats.

use super::{Field, FieldType, blank, kind};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl FieldType for $ty {
            type Kind = kind::Integer;
    type Value = Self;
            const EXPECTED: &'static str = concat!("a whole number (", stringify!($ty), ")");
        }

        impl<'de> Field<'de> for $ty {
            #[inline]
            fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                value.deserialize_i64(IntegerVisitor(PhantomData))
            }

            #[inline]
            fn read_nullable<D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
                blank::read(value, IntegerVisitor(PhantomData))
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

/// Accepts whole numbers in both forms: Caspio's Number is a float, so 5 may be sent as `5.0`.
struct IntegerVisitor<T>(PhantomData<T>);

impl<T: TryFrom<i64> + TryFrom<u64> + FieldType> Visitor<'_> for IntegerVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    #[inline]
    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number).map_err(|_| out_of_range(number))
    }

    #[inline]
    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::try_from(number).map_err(|_| out_of_range(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        /// From here on several whole numbers are the same `f64`.
        const INEXACT: f64 = 9_007_199_254_740_992.0;
        if number.abs() >= INEXACT {
            return Err(out_of_range(number));
        }
        if number.fract() != 0.0 {
            return Err(E::custom(format_args!("{number} is not a whole number")));
        }
        #[allow(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        self.visit_i64(number as i64)
    }
}

#[cold]
fn out_of_range<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format_args!("{number} is out of range"))
}

macro_rules! floats {
    ($($ty:ty),*) => {$(
        impl FieldType for $ty {
            type Kind = kind::Number;
    type Value = Self;
            const EXPECTED: &'static str = concat!("a number (", stringify!($ty), ")");
        }

        impl<'de> Field<'de> for $ty {
            #[inline]
            fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                value.deserialize_f64(FloatVisitor(PhantomData))
            }

            #[inline]
            fn read_nullable<D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
                blank::read(value, FloatVisitor(PhantomData))
            }
        }
    )*};
}

floats!(f32, f64);

struct FloatVisitor<T>(PhantomData<T>);

impl<T: FromFloat> Visitor<'_> for FloatVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    #[inline]
    #[allow(clippy::cast_precision_loss, reason = "Caspio's Number is an `f64`")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    #[inline]
    #[allow(clippy::cast_precision_loss, reason = "Caspio's Number is an `f64`")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    #[inline]
    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::from_float(number).ok_or_else(|| out_of_range(number))
    }
}

trait FromFloat: FieldType + Sized {
    /// Returns the number, rounded; `None` if it is out of range.
    fn from_float(number: f64) -> Option<Self>;
}

impl FromFloat for f64 {
    #[inline]
    fn from_float(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl FromFloat for f32 {
    #[inline]
    fn from_float(number: f64) -> Option<Self> {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "an `f32` holds rounded numbers"
        )]
        let rounded = number as f32;
        rounded.is_finite().then_some(rounded)
    }
}
