//! Converts one value of a CSV or JSON file to the stored form of its field.

use crate::store::field::Field;
use crate::store::input::{Input, Record};
use crate::store::value::{self, InvalidValue};
use caspio_schema::DataType;
use rusqlite::types::Value;
use std::borrow::Cow;
use std::fmt;

/// The most characters of a value that a message shows.
const MOST_SHOWN: usize = 60;

/// What a file has for one field of a record.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    Text(Cow<'a, str>),
    /// A value of JSON that is not a text, as it was written.
    Json(&'a str),
}

impl Cell<'_> {
    /// Whether a field that Caspio fills gets its value from Caspio.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Json(text) => *text == "null",
        }
    }

    /// Reads a `PK_ID`; without one SQLite assigns the next.
    pub(super) fn read_key(&self) -> Result<Value, InvalidValue> {
        if self.is_empty() {
            return Ok(Value::Null);
        }
        let key = self.text().trim().parse();
        key.map(Value::Integer).map_err(|_| InvalidValue)
    }

    /// Converts the value. Values that Caspio generates are kept as the file has them; an attachment
    /// has no content here and stays empty.
    pub(super) fn read(&self, field: &Field) -> Result<Value, InvalidValue> {
        match self {
            Self::Json("null") => value::coerce(field, &Input::Null),
            Self::Json("true") => value::coerce(field, &Input::Bool(true)),
            Self::Json("false") => value::coerce(field, &Input::Bool(false)),
            Self::Json(nested) if nested.starts_with(['[', '{']) && !field.ty.is_list() => {
                Err(InvalidValue)
            }
            _ => of_text(field, self.text()),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(text) => text,
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        let shown: String = text.chars().take(MOST_SHOWN).collect();
        let rest = if shown.len() < text.len() { "…" } else { "" };
        match self {
            Self::Text(_) => write!(f, "'{shown}{rest}'"),
            Self::Json(_) => write!(f, "{shown}{rest}"),
        }
    }
}

fn of_text(field: &Field, text: &str) -> Result<Value, InvalidValue> {
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

/// Accepts the object of a record, `{"1":"Cat"}`, an array of keys or of texts, one value, or several
/// values separated by commas.
fn list(field: &Field, text: &str) -> Result<Input, InvalidValue> {
    let text = text.trim();
    if text.starts_with('{') {
        let record: Record = serde_json::from_str(text).map_err(|_| InvalidValue)?;
        let keys = record.0.into_iter().map(|(key, _)| Input::Number(key));
        return Ok(Input::Array(keys.collect()));
    }
    if text.starts_with('[') {
        let items: Result<Vec<serde_json::Value>, _> = serde_json::from_str(text);
        return Ok(match items {
            Ok(items) => Input::Array(items.into_iter().map(item).collect()),
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

fn item(value: serde_json::Value) -> Input {
    match value {
        serde_json::Value::Number(key) => Input::Number(key.to_string()),
        serde_json::Value::String(label) => Input::Text(label),
        _ => Input::Nested,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &Field, text: &str) -> Result<Value, InvalidValue> {
        Cell::Text(text.into()).read(field)
    }

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
            (r#"["cat", "Frog, green"]"#, "[1,3]"),
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

    #[test]
    fn values_of_json_are_not_taken_for_texts() {
        let text = Field::new("Name", DataType::Text255);
        let number = Field::new("Age", DataType::Integer);

        assert_eq!(Cell::Json("null").read(&text), Ok(Value::Null));
        assert_eq!(Cell::Json("7").read(&number), Ok(Value::Integer(7)));
        for wrong in ["true", "{}", "[1]"] {
            assert_eq!(Cell::Json(wrong).read(&text), Err(InvalidValue), "{wrong}");
        }
        assert_eq!(Cell::Json("1.5").read(&number), Err(InvalidValue));
    }

    #[test]
    fn a_message_shows_the_beginning_of_a_long_value() {
        let long = "ü".repeat(100);

        assert_eq!(Cell::Text("old".into()).to_string(), "'old'");
        assert_eq!(Cell::Json("{\"a\": 1}").to_string(), "{\"a\": 1}");
        assert_eq!(
            Cell::Text(long.into()).to_string(),
            format!("'{}…'", "ü".repeat(60))
        );
    }
}
