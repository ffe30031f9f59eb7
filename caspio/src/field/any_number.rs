//! Numbers whose Rust type is decided by the response.
//!
//! With the feature `arbitrary_precision` of `serde_json`, which any crate of a program can turn on, a number of
//! unknown type comes as a map with its digits.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Error, MapAccess, Unexpected, Visitor};
use serde_json::Number;

/// Passes a number that comes as a map to a visitor.
///
/// # Errors
///
/// The map is not a number, or the visitor does not accept it.
pub(crate) fn visit<'de, A, V>(map: A, visitor: V) -> Result<V::Value, A::Error>
where
    A: MapAccess<'de>,
    V: Visitor<'de>,
{
    let Ok(number) = Number::deserialize(MapAccessDeserializer::new(map)) else {
        return Err(A::Error::invalid_type(Unexpected::Map, &visitor));
    };
    if let Some(number) = number.as_i64() {
        return visitor.visit_i64(number);
    }
    if let Some(number) = number.as_u64() {
        return visitor.visit_u64(number);
    }
    match number.as_f64() {
        Some(number) => visitor.visit_f64(number),
        None => Err(A::Error::custom(format_args!("{number} is out of range"))),
    }
}
