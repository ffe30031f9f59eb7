//! Any value as JSON, for columns of an unknown type.

use super::{Field, FieldType, kind};
use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads any value. Numbers are `f64` unless they are integers.
impl FieldType for Value {
    type Kind = kind::Opaque;
    type Value = Self;
    const EXPECTED: &'static str = "any value";
    const NULLABLE: bool = true;
}

impl<'de> Field<'de> for Value {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        Self::deserialize(value)
    }
}
