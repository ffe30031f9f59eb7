//! Records without a fixed shape as JSON of the program's own API.

use super::RecordMap;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// Serializes the columns as a map, in their order.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for RecordMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Deserializes the columns from a map, in its order.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for RecordMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Columns)
    }
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = RecordMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record: a map from column to value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RecordMap, A::Error> {
        let mut columns: Vec<(String, Value)> = Vec::new();
        while let Some(column) = map.next_entry()? {
            columns.push(column);
        }
        Ok(columns.into_iter().collect())
    }
}
