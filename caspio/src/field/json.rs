//! Any value as JSON, for columns of an unknown type.

use super::{Field, FieldType, exact, kind};
use crate::value::{FieldValue, Spelled, as_sent};
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer};
use serde_json::{Number, Value};

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

/// Returns a value as a map shows it: what JSON does not have is text.
pub(super) fn to_json(value: &FieldValue<'_>) -> Value {
    match value {
        FieldValue::Absent | FieldValue::Null => Value::Null,
        FieldValue::Bool(yes) => Value::Bool(*yes),
        FieldValue::Integer(number) => Value::from(*number),
        FieldValue::Number(number) if number.is_finite() => Value::from(*number),
        FieldValue::Number(_) | FieldValue::Digits(_) => Value::String(value.shown()),
        FieldValue::Decimal(amount) => of_decimal(*amount),
        FieldValue::Text(text) => Value::String(text.as_ref().to_owned()),
        FieldValue::DateTime(at) => Value::String(Spelled(as_sent(*at)).to_string()),
        FieldValue::List(values) => values.iter().map(to_json).collect(),
        FieldValue::Secret(_) => Value::String("***".to_owned()),
    }
}

/// Returns a number, or the text of its digits if an `f64` would lose some of them.
fn of_decimal(amount: Decimal) -> Value {
    let digits = amount.to_string();
    let number: Option<Number> = serde_json::from_str(&digits).ok();
    let is_whole = |number: &Number| number.is_i64() || number.is_u64();
    let is_kept = |number: &Number| {
        is_whole(number)
            || number
                .as_f64()
                .is_some_and(|float| is_amount(float, amount))
    };
    match number.filter(is_kept) {
        Some(number) => Value::Number(number),
        None => Value::String(digits),
    }
}

/// Returns whether a float stands for this amount.
pub(crate) fn is_amount(float: f64, amount: Decimal) -> bool {
    // Where two texts of the same length are as near to the float, one or the other is its text.
    let texts = [float.to_string(), Value::from(float).to_string()];
    texts.iter().all(|text| exact(text) == Some(amount))
}
