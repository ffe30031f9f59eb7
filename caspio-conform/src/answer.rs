//! A response as probes see it, and its description without values.

use caspio::Bytes;
use caspio::raw::HeaderMap;
use serde_json::{Map, Value, json};

/// A response with its complete body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body, if it is JSON.
    pub(crate) json: Option<Value>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            json: serde_json::from_slice(&body).ok(),
            body,
        }
    }

    /// Returns the code of an error: Caspio's own, that of OAuth 2, or that of the rate limit.
    pub(crate) fn code(&self) -> Option<&str> {
        let json = self.json.as_ref()?;
        let of_array = json.get(0).and_then(|first| text(first, "name"));
        text(json, "code")
            .or_else(|| text(json, "error"))
            .or(of_array)
    }

    /// Returns the text of an error.
    pub(crate) fn message(&self) -> Option<&str> {
        let json = self.json.as_ref()?;
        text(json, "message").or_else(|| text(json, "error_description"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns whether the rate limit refused the call, which any call may meet.
    pub(crate) fn is_rate_limited(&self) -> bool {
        self.status == 429 || self.code() == Some("api-calls-rate")
    }

    /// Returns the code as a report shows it. What is not one word may be a value.
    pub(crate) fn shown_code(&self) -> Option<String> {
        let code = self.code()?;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let is_code = code.len() <= 60 && code.bytes().all(is_word);
        Some(if is_code { code } else { "(not a word)" }.to_owned())
    }

    /// Returns the types of the body's members. The names of others than `known` ones may be a user's columns.
    pub(crate) fn shape(&self, known: impl Fn(&str) -> bool + Copy) -> Value {
        match &self.json {
            Some(json) => shape(json, known),
            None if self.body.is_empty() => json!("empty"),
            None => json!("not JSON"),
        }
    }
}

/// Returns a member that is a text, whatever the case of its name.
fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    let mut members = value.as_object()?.iter();
    let (_, value) = members.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    value.as_str()
}

/// Returns the name of a value's type.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shape(value: &Value, known: impl Fn(&str) -> bool + Copy) -> Value {
    match value {
        Value::Array(items) => {
            let mut shapes: Vec<Value> = Vec::new();
            for item in items {
                let shape = shape(item, known);
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
            shapes.truncate(MOST_SHAPES);
            Value::Array(shapes)
        }
        Value::Object(members) => {
            let mut shown = Map::new();
            for (name, value) in members {
                if known(name) {
                    shown.insert(name.clone(), shape(value, known));
                }
            }
            if shown.len() < members.len() {
                let others = members.len() - shown.len();
                shown.insert("(others)".to_owned(), json!(others));
            }
            Value::Object(shown)
        }
        scalar => json!(kind(scalar)),
    }
}

/// How many different shapes of an array's elements are shown.
const MOST_SHAPES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_no_values_and_no_unknown_names() {
        let body = r#"{"Result":[{"PK_ID":1,"Salary":9},{"PK_ID":2,"Salary":8},{"PK_ID":null}]}"#;
        let answer = Answer::new(200, HeaderMap::new(), Bytes::from_static(body.as_bytes()));

        let shape = answer.shape(|name| ["Result", "PK_ID"].contains(&name));

        assert_eq!(
            shape,
            json!({ "Result": [{ "PK_ID": "number", "(others)": 1 }, { "PK_ID": "null" }] })
        );
    }
}
