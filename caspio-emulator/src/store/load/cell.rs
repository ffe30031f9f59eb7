//! Converts one cell of a CSV file to the stored form of its field.

use crate::store::field::Field;
use crate::store::input::{Input, Record};
use crate::store::value::{self, InvalidValue};
use caspio_schema::DataType;
use rusqlite::types::Value;

/// Converts a cell. Values that Caspio generates are kept as the file has them; an attachment has
/// no content here and stays empty.
pub(super) fn read(field: &Field, text: &str) -> Result<Value, InvalidValue> {
    if text.is_empty() {
        return Ok(value::default_value(&field.ty));
    }
    match field.ty {
        DataType::Attachment => Ok(Value::Null),
        DataType::Autonumber => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| InvalidValue),
        DataType::PrefixedAutonumber | DataType::RandomId | DataType::Guid => {
            Ok(Value::Text(text.to_owned()))
        }
        DataType::YesNo => yes_no(text),
        DataType::ListText | DataType::ListNumber | DataType::ListDateTime => {
            value::coerce(field, &list(field, text)?)
        }
        _ => value::coerce(field, &Input::Text(text.to_owned())),
    }
}

fn yes_no(text: &str) -> Result<Value, InvalidValue> {
    let is = |words: &[&str]| {
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(text.trim()))
    };
    match (is(&["true", "yes", "1"]), is(&["false", "no", "0"])) {
        (true, _) => Ok(Value::Integer(1)),
        (_, true) => Ok(Value::Integer(0)),
        _ => Err(InvalidValue),
    }
}

/// Accepts the object of a record, `{"1":"Cat"}`, an array of keys, one value, or several values
/// separated by commas.
fn list(field: &Field, text: &str) -> Result<Input, InvalidValue> {
    let text = text.trim();
    if text.starts_with('{') {
        let record: Record = serde_json::from_str(text).map_err(|_| InvalidValue)?;
        let keys = record.0.into_iter().map(|(key, _)| Input::Number(key));
        return Ok(Input::Array(keys.collect()));
    }
    if text.starts_with('[') {
        let keys: Result<Vec<u32>, _> = serde_json::from_str(text);
        return Ok(match keys {
            Ok(keys) => Input::Array(
                keys.iter()
                    .map(|key| Input::Number(key.to_string()))
                    .collect(),
            ),
            Err(_) => Input::Text(text.to_owned()),
        });
    }
    let values = match field.list.key_of(text) {
        Some(_) => vec![text],
        None => text.split(',').map(str::trim).collect(),
    };
    let values = values.into_iter().map(|value| Input::Text(value.into()));
    Ok(Input::Array(values.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_however_it_was_exported() {
        let mut field = Field::new("Kinds", DataType::ListText);
        field
            .list
            .redefine(["Cat", "Dog", "Frog, green"].map(serde_json::Value::from));

        for (text, stored) in [
            (r#"{"1":"Cat","3":"Frog, green"}"#, "[1,3]"),
            ("[1, 3]", "[1,3]"),
            ("[1], [3]", "[1,3]"),
            ("Cat, Dog", "[1,2]"),
            ("Frog, green", "[3]"),
        ] {
            assert_eq!(read(&field, text), Ok(Value::Text(stored.into())), "{text}");
        }
        assert_eq!(read(&field, "Emu"), Err(InvalidValue));
    }

    #[test]
    fn yes_and_no_are_read_in_any_spelling() {
        let field = Field::new("Active", DataType::YesNo);

        for (text, held) in [("Yes", 1), ("true", 1), ("1", 1), ("NO", 0), ("", 0)] {
            assert_eq!(read(&field, text), Ok(Value::Integer(held)), "{text}");
        }
        assert_eq!(read(&field, "maybe"), Err(InvalidValue));
    }
}
