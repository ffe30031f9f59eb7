//! The values of a list field, each with a permanent key.

use crate::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value that a list field has or once had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    key: u32,
    value: Value,
    live: bool,
}

/// All values of one list field. A value that is removed and added again gets its old key; a new
/// one gets the highest key ever used plus one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ListItems {
    items: Vec<Item>,
}

impl ListItems {
    /// Replaces the list by `values`.
    pub(crate) fn redefine(&mut self, values: impl IntoIterator<Item = Value>) {
        for item in &mut self.items {
            item.live = false;
        }
        for value in values {
            match self.items.iter_mut().find(|item| item.value == value) {
                Some(item) => item.live = true,
                None => {
                    let key = self.items.iter().map(|item| item.key).max().unwrap_or(0) + 1;
                    self.items.push(Item {
                        key,
                        value,
                        live: true,
                    });
                }
            }
        }
    }

    /// Adds `value` with the given key.
    pub(crate) fn put(&mut self, key: u32, value: Value) {
        self.items.push(Item {
            key,
            value,
            live: true,
        });
        self.items.sort_by_key(|item| item.key);
    }

    /// Iterates over the current values with their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Value)> {
        self.items
            .iter()
            .filter(|item| item.live)
            .map(|item| (item.key, &item.value))
    }

    pub(crate) fn has_key(&self, key: u32) -> bool {
        self.iter().any(|(known, _)| known == key)
    }

    /// Returns the key of a value given as text, in any case.
    pub(crate) fn key_of(&self, text: &str) -> Option<u32> {
        self.iter()
            .find(|(_, value)| match value {
                Value::String(known) => known.to_lowercase() == text.to_lowercase(),
                other => {
                    let shown = other.to_string();
                    shown == text
                }
            })
            .map(|(key, _)| key)
    }

    /// Appends the JSON object from key to value for the stored array of keys.
    pub(crate) fn write_object(&self, out: &mut Vec<u8>, stored: &str) {
        out.push(b'{');
        let mut first = true;
        for key in keys(stored) {
            let Some((_, value)) = self.iter().find(|(known, _)| *known == key) else {
                continue;
            };
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.push(b'"');
            json::integer(out, i64::from(key));
            out.extend_from_slice(b"\":");
            match value {
                Value::String(text) => json::string(out, text),
                other => out.extend_from_slice(other.to_string().as_bytes()),
            }
        }
        out.push(b'}');
    }
}

/// Returns a value of a list as text.
pub(crate) fn label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The most names that a message lists.
const MOST_NAMES: usize = 20;

/// Joins names for a message.
pub(crate) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<_> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Reads the stored form: a JSON array of keys.
pub(crate) fn keys(stored: &str) -> impl Iterator<Item = u32> {
    stored
        .trim_matches(['[', ']'])
        .split(',')
        .filter_map(|key| key.trim().parse().ok())
}

/// Writes the stored form; an empty list is null.
pub(crate) fn stored(mut keys: Vec<u32>) -> Option<String> {
    keys.sort_unstable();
    keys.dedup();
    let texts: Vec<_> = keys.iter().map(u32::to_string).collect();
    (!texts.is_empty()).then(|| format!("[{}]", texts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> ListItems {
        let mut items = ListItems::default();
        items.redefine(values.iter().map(|&value| Value::from(value)));
        items
    }

    #[test]
    fn re_added_value_keeps_its_key_and_new_value_gets_a_new_key() {
        let mut items = list(&["Cat", "Dog", "Frog"]);

        items.redefine(["Dog", "Emu"].map(Value::from));
        items.redefine(["Emu", "Cat"].map(Value::from));

        let now: Vec<_> = items
            .iter()
            .map(|(key, value)| (key, value.clone()))
            .collect();
        assert_eq!(now, [(1, Value::from("Cat")), (4, Value::from("Emu"))]);
    }

    #[test]
    fn stored_list_becomes_an_object_from_key_to_value() {
        let mut out = Vec::new();

        list(&["Cat", "Dog", "Frog"]).write_object(&mut out, "[1,3]");

        assert_eq!(out, br#"{"1":"Cat","3":"Frog"}"#);
    }
}
