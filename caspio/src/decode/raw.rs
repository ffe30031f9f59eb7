//! Rows whose values stay raw JSON, for values that are needed only in rare cases.

use crate::dialect::Dialect;
use crate::record::{Key, PK_ID};
use caspio_schema::is_same_name;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Returns the rows of a response.
pub(super) fn rows<'a>(body: &'a [u8], member: &str) -> Option<Vec<&'a RawValue>> {
    let members: BTreeMap<Cow<'a, str>, &'a RawValue> = serde_json::from_slice(body).ok()?;
    let mut members = members.iter();
    let (_, rows) = members.find(|(name, _)| name.eq_ignore_ascii_case(member))?;
    serde_json::from_str(rows.get()).ok()
}

/// Returns all rows of a response; `None` if it is not what the service documents.
pub(crate) fn raw_rows<'a>(body: &'a [u8], dialect: &dyn Dialect) -> Option<Vec<RawRow<'a>>> {
    let rows = rows(body, dialect.rows_member())?;
    rows.into_iter().map(RawRow::read).collect()
}

/// Returns the row at `index` of a response.
pub(crate) fn raw_row<'a>(
    body: &'a [u8],
    dialect: &dyn Dialect,
    index: usize,
) -> Option<RawRow<'a>> {
    let rows = rows(body, dialect.rows_member())?;
    RawRow::read(rows.get(index)?)
}

/// A row as its columns' raw JSON.
pub(crate) struct RawRow<'a>(Vec<(String, &'a RawValue)>);

impl<'a> RawRow<'a> {
    pub(crate) fn read(row: &'a RawValue) -> Option<Self> {
        serde_json::from_str(row.get()).ok()
    }

    /// Returns the value of a column. Names are compared without case.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut columns = self.0.iter();
        let found = columns.find(|(column, _)| is_same_name(column, name));
        found.map(|(_, value)| *value)
    }

    /// Returns the name of a column as the account spells it.
    pub(super) fn spelling(&self, name: &str) -> Option<&str> {
        let mut names = self.names();
        names.find(|column| is_same_name(column, name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the columns with their values.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// Returns the row's `PK_ID`, if it has one that is a number or a text.
    pub(crate) fn key(&self) -> Option<Key> {
        serde_json::from_str(self.get(PK_ID)?.get()).ok()
    }

    /// Returns the first column whose value no type can hold, with the value.
    pub(super) fn malformed(&self) -> Option<(&str, &'a RawValue)> {
        let mut columns = self.0.iter();
        let is_malformed = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).is_err();
        let found = columns.find(|(_, value)| is_malformed(value))?;
        Some((&found.0, found.1))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawRow<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor).map(RawRow)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut columns = Vec::new();
        while let Some(column) = map.next_entry()? {
            columns.push(column);
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_is_spelled_as_in_the_response() {
        let json = r#"{"Contact_ID":7}"#.to_owned();
        let raw = RawValue::from_string(json).expect("JSON");

        let row = RawRow::read(&raw).expect("a row");

        assert_eq!(row.spelling("Contact_Id"), Some("Contact_ID"));
        assert_eq!(row.spelling("Contact"), None);
    }

    #[test]
    fn escapes_in_a_key_are_decoded() {
        let key = |json: &str| {
            let raw = RawValue::from_string(json.to_owned()).expect("JSON");
            RawRow::read(&raw).expect("a row").key()
        };

        assert_eq!(key(r#"{"pk_id":7}"#), Some(Key::Id(7)));
        assert_eq!(
            key(r#"{"PK_ID":"12\u002c\"7\""}"#),
            Some(Key::from("12,\"7\""))
        );
        assert_eq!(key(r#"{"PK_ID":true}"#), None);
        assert_eq!(key(r#"{"PK_ID":null}"#), None);
    }
}
