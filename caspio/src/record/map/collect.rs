//! Maps from other collections, and their iterators.

use super::{MapValue, RecordMap, parts};
use caspio_core::{Error, ErrorKind};
use serde_json::Value;
use std::iter::Map;
use std::ops::Index;
use std::slice;
use std::vec;

/// Collects columns with values, in their order. A column that is [absent](crate::Patch::Absent) is left out.
impl<N: Into<String>, V: MapValue> FromIterator<(N, V)> for RecordMap {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(columns: I) -> Self {
        let columns = columns.into_iter();
        let mut map = Self::with_capacity(columns.size_hint().0);
        for (name, value) in columns {
            if let Some((json, exact)) = parts(&value) {
                map.push(name.into(), json, exact);
            }
        }
        map
    }
}

/// Sets columns, as [`insert`](RecordMap::insert) does.
impl<N: Into<String>, V: MapValue> Extend<(N, V)> for RecordMap {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, columns: I) {
        for (name, value) in columns {
            self.insert(name, value);
        }
    }
}

impl<N: Into<String>, V: MapValue, const LEN: usize> From<[(N, V); LEN]> for RecordMap {
    fn from(columns: [(N, V); LEN]) -> Self {
        columns.into_iter().collect()
    }
}

impl From<serde_json::Map<String, Value>> for RecordMap {
    fn from(object: serde_json::Map<String, Value>) -> Self {
        object.into_iter().collect()
    }
}

/// Converts a JSON object.
///
/// ```
/// use caspio::RecordMap;
/// use serde_json::json;
///
/// let record = RecordMap::try_from(json!({ "Name": "Ada", "Age": 36 }))?;
/// assert_eq!(record.get("Age"), Some(&json!(36)));
/// # Ok::<(), caspio::Error>(())
/// ```
///
/// # Errors
///
/// `Refused`: it is not an object.
impl TryFrom<Value> for RecordMap {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self, Error> {
        let found = match json {
            Value::Object(object) => return Ok(object.into()),
            Value::Array(_) => "an array",
            Value::String(_) => "text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Null => "null",
        };
        let message = format!("a record is a JSON object of columns and values, found {found}");
        Err(Error::new(ErrorKind::Refused, message))
    }
}

impl IntoIterator for RecordMap {
    type Item = (String, Value);
    type IntoIter = vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.columns.into_iter()
    }
}

/// The columns with their values, in the order of the response.
impl<'a> IntoIterator for &'a RecordMap {
    type Item = (&'a str, &'a Value);
    type IntoIter = Map<slice::Iter<'a, (String, Value)>, fn(&'a (String, Value)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.columns.iter().map(|(name, value)| (name, value))
    }
}

/// Does not compile: a column may be missing, and a read should not panic. The bound's message names
/// [`RecordMap::get`].
#[doc(hidden)]
impl<N: CertainName> Index<N> for RecordMap {
    type Output = N::Value;

    fn index(&self, name: N) -> &N::Value {
        name.value()
    }
}

/// The name of a column that every map has: no type is one.
#[diagnostic::on_unimplemented(
    message = "a map may not have the column",
    label = "a column that may be missing",
    note = "write `record.get(\"City\")`, which returns `None` for a column that is missing; `record.get_as::<DateTime>(\"Placed\")?` returns it as a Rust type"
)]
pub trait CertainName {
    /// The value.
    type Value: ?Sized;

    /// Returns the value.
    fn value<'v>(self) -> &'v Self::Value;
}
