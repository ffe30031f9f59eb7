//! The members of a JSON object in their order.

use crate::row::Cell;
use caspio_schema::is_same_name;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The members of a JSON object in order, with raw values.
#[derive(Debug)]
pub(super) struct Members<'j>(pub(super) Vec<(String, &'j RawValue)>);

impl<'j> Members<'j> {
    /// Parses an object, or returns the error in it.
    pub(super) fn of(json: &'j str) -> Result<Self, String> {
        serde_json::from_str(json)
            .map_err(|error| format!("the line is not a JSON object: {error}"))
    }

    /// Returns the value of a member, its name compared without case. `index` is where it probably is.
    pub(super) fn get(&self, index: usize, name: &str) -> Option<Cell<'j>> {
        let is_it = |(found, _): &&(String, &RawValue)| is_same_name(found.trim(), name);
        let guessed = self.0.get(index).filter(is_it);
        let found = guessed.or_else(|| self.0.iter().find(is_it));
        found.map(|(_, raw)| Cell::new(raw))
    }
}

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        json.deserialize_map(Object).map(Members)
    }
}

/// Returns an object of these members.
pub(super) fn object(members: &[(String, &RawValue)]) -> String {
    let members = members.iter().map(|(name, value)| {
        let name = serde_json::Value::from(name.as_str());
        format!("{name}:{}", value.get())
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
