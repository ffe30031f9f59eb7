//! Date/Time and Timestamp: wall-clock time without a zone.

use super::{Field, FieldType, kind};
use crate::value::parse;
use jiff::civil::{Date, DateTime, Time};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

const MOMENT: &str = "a date and time without a zone, such as 2022-01-24T20:30:51";
const DAY: &str = "a date, or a date and time at midnight";

macro_rules! dates {
    ($($(#[$attribute:meta])* $ty:ty: $expected:expr;)*) => {$(
        $(#[$attribute])*
        impl FieldType for $ty {
            type Kind = kind::DateTime;
            type Value = Self;
            const EXPECTED: &'static str = $expected;
        }

        $(#[$attribute])*
        impl<'de> Field<'de> for $ty {
            #[inline]
            fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                value.deserialize_str(WallClock(PhantomData))
            }
        }
    )*};
}

dates! {
    DateTime: MOMENT;
    Date: DAY;
}

#[cfg(feature = "chrono")]
dates! {
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    chrono::NaiveDateTime: MOMENT;
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    chrono::NaiveDate: DAY;
}

#[cfg(feature = "time")]
dates! {
    #[cfg_attr(docsrs, doc(cfg(feature = "time")))]
    time::PrimitiveDateTime: MOMENT;
    #[cfg_attr(docsrs, doc(cfg(feature = "time")))]
    time::Date: DAY;
}

/// A type that is made from wall-clock time.
pub(super) trait FromWallClock: FieldType + Sized {
    /// Returns the value, or why the type has none for this time.
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str>;
}

impl FromWallClock for DateTime {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        Ok(at)
    }
}

impl FromWallClock for Date {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        if at.time() == Time::midnight() {
            Ok(at.date())
        } else {
            Err("has a time of day, which a `Date` would lose: use `DateTime`")
        }
    }
}

struct WallClock<T>(PhantomData<T>);

impl<T: FromWallClock> Visitor<'_> for WallClock<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        parse(text)
            .and_then(T::from_wall_clock)
            .map_err(|fault| E::custom(format_args!("{text:?} {fault}")))
    }
}
