//! Conversion of values when a field changes its type.

use super::field::Field;
use super::input::Input;
use super::{date, value};
use crate::json;
use caspio_schema::DataType;
use rusqlite::types::Value;

/// Converts a stored value. A value that cannot be converted is lost, as Caspio warns: lists and
/// passwords become the default, long text and fractions are cut.
pub(crate) fn convert(before: &Field, after: &Field, held: Value) -> Value {
    let lost = || value::default_value(&after.ty);
    if held == Value::Null || is_closed(&before.ty) || is_closed(&after.ty) {
        return lost();
    }
    let text = as_text(before, &held);
    let input = match after.ty {
        DataType::Text255 => Input::Text(text.chars().take(255).collect()),
        DataType::Integer => Input::Number(whole_part(&text).to_owned()),
        DataType::Number | DataType::Currency => Input::Number(text),
        DataType::YesNo => Input::Bool(matches!(text.as_str(), "Yes" | "1" | "true")),
        _ => Input::Text(text),
    };
    value::coerce(after, &input).unwrap_or_else(|_| lost())
}

fn is_closed(ty: &DataType) -> bool {
    ty.is_list() || matches!(ty, DataType::Password | DataType::Attachment)
}

fn whole_part(text: &str) -> &str {
    text.split_once('.').map_or(text, |(whole, _)| whole)
}

fn as_text(field: &Field, held: &Value) -> String {
    let mut out = Vec::new();
    match held {
        Value::Integer(yes) if field.ty == DataType::YesNo => {
            return if *yes == 0 { "No" } else { "Yes" }.into();
        }
        Value::Integer(amount) if field.ty == DataType::Currency => {
            json::currency(&mut out, *amount)
        }
        Value::Integer(number) => json::integer(&mut out, *number),
        Value::Real(number) => json::number(&mut out, *number),
        Value::Text(text) if field.is_date() => return date::to_json(text).to_owned(),
        Value::Text(text) => return text.clone(),
        Value::Null | Value::Blob(_) => {}
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(from: DataType, to: DataType, held: Value) -> Value {
        convert(&Field::new("F", from), &Field::new("F", to), held)
    }

    #[test]
    fn fractions_and_long_texts_are_cut() {
        assert_eq!(
            converted(DataType::Number, DataType::Integer, Value::Real(2.9)),
            Value::Integer(2)
        );
        assert_eq!(
            converted(
                DataType::Text64000,
                DataType::Text255,
                Value::Text("x".repeat(300))
            ),
            Value::Text("x".repeat(255))
        );
    }

    #[test]
    fn list_converts_to_the_default() {
        assert_eq!(
            converted(
                DataType::ListText,
                DataType::Text255,
                Value::Text("[1]".into())
            ),
            Value::Text(String::new())
        );
    }

    #[test]
    fn yes_no_becomes_text() {
        assert_eq!(
            converted(DataType::YesNo, DataType::Text255, Value::Integer(1)),
            Value::Text("Yes".into())
        );
    }
}
