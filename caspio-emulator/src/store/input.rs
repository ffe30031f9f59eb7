//! The body of a record write: field names and values, with the original digits of numbers.

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Null,
    Bool(bool),
    /// The original digits: money is never converted to a float.
    Number(String),
    Text(String),
    Array(Vec<Input>),
    /// An object, or an array within an array: no field holds one.
    Nested,
}

impl Input {
    fn read(raw: &RawValue) -> Result<Self, serde_json::Error> {
        let text = raw.get();
        if !text.starts_with('[') {
            return Self::plain(text);
        }
        let items: Vec<&RawValue> = serde_json::from_str(text)?;
        let items: Result<_, _> = items.iter().map(|item| Self::plain(item.get())).collect();
        items.map(Self::Array)
    }

    /// Reads a value without the values inside it, however deep they are.
    fn plain(text: &str) -> Result<Self, serde_json::Error> {
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[' | b'{') => Self::Nested,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number(text.to_owned()),
        })
    }
}

/// The members of a record in their original order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record(pub(crate) Vec<(String, Input)>);

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of field values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut members = Vec::new();
        while let Some((name, raw)) = map.next_entry::<String, Box<RawValue>>()? {
            members.push((name, Input::read(&raw).map_err(de::Error::custom)?));
        }
        Ok(Record(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let record: Record =
            serde_json::from_str(r#"{"Total": 0.1000000000000000055, "Tags": [1, "b"]}"#)
                .expect("a record");

        let tags = vec![Input::Number("1".into()), Input::Text("b".into())];
        assert_eq!(
            record.0,
            [
                (
                    "Total".to_owned(),
                    Input::Number("0.1000000000000000055".into())
                ),
                ("Tags".to_owned(), Input::Array(tags)),
            ]
        );
    }

    #[test]
    fn deep_values_are_read_without_recursion() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!(
                "{{\"Tags\":{}1{}}}",
                open.repeat(100_000),
                close.repeat(100_000)
            );

            let record: Record = serde_json::from_str(&deep).expect("a record");

            let nested = match open {
                "[" => Input::Array(vec![Input::Nested]),
                _ => Input::Nested,
            };
            assert_eq!(record.0, [("Tags".to_owned(), nested)]);
        }
    }

    #[test]
    fn array_is_not_a_record() {
        assert!(serde_json::from_str::<Record>("[{}]").is_err());
    }
}
