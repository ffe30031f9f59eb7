//! Columns that may be null.

use super::{Field, FieldType};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

impl<T: FieldType> FieldType for Option<T> {
    type Kind = T::Kind;
    type Value = T::Value;
    const EXPECTED: &'static str = T::EXPECTED;
    const NULLABLE: bool = true;
}

impl<'de, T: Field<'de>> Field<'de> for Option<T> {
    #[inline]
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        T::read_nullable(value)
    }
}

/// Reads null as `None`, and any other value as `T`.
#[inline]
pub(super) fn read<'de, T: Field<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    value.deserialize_option(OptionVisitor(PhantomData))
}

struct OptionVisitor<T>(PhantomData<T>);

impl<'de, T: Field<'de>> Visitor<'de> for OptionVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or null", T::EXPECTED)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        T::read(value).map(Some)
    }
}
