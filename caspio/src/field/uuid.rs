//! GUIDs.

use super::{Field, FieldType, kind};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use uuid::Uuid;

impl FieldType for Uuid {
    type Kind = kind::Guid;
    type Value = Self;
    const EXPECTED: &'static str = "a GUID";
}

impl<'de> Field<'de> for Uuid {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_str(UuidVisitor)
    }
}

struct UuidVisitor;

impl Visitor<'_> for UuidVisitor {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Uuid::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Uuid, E> {
        Uuid::try_parse(text).map_err(|_| E::custom(format_args!("{text:?} is not a GUID")))
    }
}
