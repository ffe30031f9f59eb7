//! Text and Yes/No.

use super::{Field, FieldType, kind};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;

const TEXT: &str = "text";

macro_rules! owned_text {
    ($($ty:ty),*) => {$(
        impl FieldType for $ty {
            type Kind = kind::Text;
    type Value = Self;
            const EXPECTED: &'static str = TEXT;
        }

        impl<'de> Field<'de> for $ty {
            #[inline]
            fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                String::deserialize(value).map(Into::into)
            }
        }
    )*};
}

owned_text!(String, Box<str>, std::sync::Arc<str>);

impl FieldType for &str {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "text without escapes, to borrow it from the page";
}

impl<'de: 'a, 'a> Field<'de> for &'a str {
    #[inline]
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        <&'a str>::deserialize(value)
    }
}

impl FieldType for Cow<'_, str> {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = TEXT;
}

impl<'de: 'a, 'a> Field<'de> for Cow<'a, str> {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_str(CowVisitor)
    }
}

/// Borrows where the JSON text has no escapes, and copies otherwise.
struct CowVisitor;

impl<'de> Visitor<'de> for CowVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TEXT)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl FieldType for bool {
    type Kind = kind::YesNo;
    type Value = Self;
    const EXPECTED: &'static str = "true or false";
}

impl<'de> Field<'de> for bool {
    #[inline]
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        bool::deserialize(value)
    }
}
