//! Any value as JSON, for columns whose type nobody knows.

use super::{Field, FieldType, kind};
use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads whatever the column holds. Numbers keep their digits only as far as `f64` does.
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
