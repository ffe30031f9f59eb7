//! What a form has for one field of a record.

use crate::http::params::Params;
use crate::store::field::Field;
use crate::store::input::Input;
use crate::store::write::{self, WriteKind};
use caspio_schema::DataType;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// How a form shows a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// Text of several lines.
    Text,
    /// A number, a date or a path.
    Line,
    YesNo,
    List,
    Password,
    /// A value that Caspio fills or that another operation writes.
    ReadOnly,
}

impl Control {
    pub(super) fn of(field: &Field, kind: WriteKind) -> Self {
        match field.ty {
            DataType::Password => Self::Password,
            _ if !write::accepts(field, kind) => Self::ReadOnly,
            DataType::Text255 | DataType::Text64000 => Self::Text,
            DataType::YesNo => Self::YesNo,
            _ if field.ty.is_list() => Self::List,
            _ => Self::Line,
        }
    }
}

/// The content of a field's control.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) text: String,
    /// Whether an empty text stands for null.
    pub(super) is_null: bool,
    /// The chosen keys of a list, in their order.
    pub(super) keys: Vec<u32>,
}

impl Entry {
    /// Reads a value of a record.
    pub(super) fn of_value(raw: &RawValue) -> Self {
        let mut entry = Self::default();
        match serde_json::from_str(raw.get()) {
            Ok(Value::Null) => entry.is_null = true,
            Ok(Value::String(text)) => entry.text = text,
            Ok(Value::Bool(yes)) => entry.text = if yes { "yes" } else { "no" }.to_owned(),
            Ok(Value::Object(list)) => entry.keys = keys(&list),
            // The digits of a number stay as they are.
            _ => entry.text = raw.get().to_owned(),
        }
        entry
    }

    /// Reads what was typed. Browsers send every line break as `\r\n`.
    pub(super) fn of_form(field: &Field, form: &Params) -> Self {
        let name = entry_name(field);
        let text = form.values(&name).next().unwrap_or_default();
        let mut keys: Vec<u32> = match field.ty.is_list() {
            true => form.values(&name).flat_map(str::parse).collect(),
            false => Vec::new(),
        };
        keys.sort_unstable();
        Self {
            text: text.replace("\r\n", "\n"),
            is_null: form.has(&format!("n{}", field.id)),
            keys,
        }
    }

    /// Whether a browser would send the same for both.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_empty = self.text.is_empty();
        as_sent(&self.text) == as_sent(&other.text)
            && self.keys == other.keys
            && (!is_empty || self.is_null == other.is_null)
    }

    /// Returns the value to write.
    pub(super) fn input(&self, control: Control) -> Input {
        let line = self.text.trim();
        match control {
            Control::YesNo => Input::Bool(line == "yes"),
            Control::List => {
                let keys = self.keys.iter().map(|key| Input::Number(key.to_string()));
                Input::Array(keys.collect())
            }
            Control::Text if !self.text.is_empty() || !self.is_null => {
                Input::Text(self.text.clone())
            }
            Control::Line if !line.is_empty() => Input::Text(line.to_owned()),
            _ => Input::Null,
        }
    }
}

/// Returns the name of a field in a sent form. The names of fields could have line breaks, which browsers change.
pub(super) fn entry_name(field: &Field) -> String {
    format!("f{}", field.id)
}

fn keys(list: &Map<String, Value>) -> Vec<u32> {
    let mut keys: Vec<u32> = list.keys().flat_map(|key| key.parse()).collect();
    keys.sort_unstable();
    keys
}

/// HTML has one kind of line break, and no character U+0000.
fn as_sent(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_value(json: &str) -> Entry {
        Entry::of_value(serde_json::from_str(json).expect("JSON"))
    }

    #[test]
    fn a_value_that_nobody_changed_is_the_same() {
        let field = Field::new("Name", DataType::Text64000);
        for (stored, sent) in [
            (r#""a\nb""#, "f0=a%0D%0Ab"),
            (r#""a\rb\r\nc""#, "f0=a%0D%0Ab%0D%0Ac"),
            (r#""""#, "f0="),
            ("null", "f0=&n0=on"),
            (r#""a""#, "f0=a&n0=on"),
        ] {
            let typed = Entry::of_form(&field, &Params::parse(sent));
            assert!(typed.is_same(&of_value(stored)), "{stored} {sent}");
        }
        let typed = Entry::of_form(&field, &Params::parse("f0="));
        assert!(!typed.is_same(&of_value("null")));
    }

    #[test]
    fn an_empty_text_is_null_only_if_the_box_is_ticked() {
        let field = Field::new("Name", DataType::Text255);
        for (sent, input) in [
            ("f0=", Input::Text(String::new())),
            ("f0=&n0=on", Input::Null),
            ("f0=+a&n0=on", Input::Text(" a".into())),
        ] {
            let typed = Entry::of_form(&field, &Params::parse(sent));
            assert_eq!(typed.input(Control::Text), input, "{sent}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(
            of_value("922337203685477.5807").text,
            "922337203685477.5807"
        );
    }
}
