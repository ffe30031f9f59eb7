//! Records as maps, for tables whose shape is only known at run time.

use super::{Decode, FieldInfo, Key, ObjectKind, Record, RowAccess, Source};
use crate::record::PK_ID;
use serde::de::MapAccess;
use serde_json::Value;

/// A record as a map from column to JSON value, in the order of the response.
///
/// Numbers are `f64` unless they are integers, so amounts are exact to about 15 digits only. For exact amounts use a
/// typed record.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let contacts = caspio.table_named("Contacts").limit(5).collect().await?;
/// for contact in contacts {
///     println!("{:?}", contact.get("Email"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordMap {
    columns: Vec<(String, Value)>,
}

impl RecordMap {
    /// Returns the value of a column. Names are compared without case, as Caspio does.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let record = RecordMap::from([("Name", "Ada"), ("City", "Rome")]);
    /// assert_eq!(record.get("city").and_then(|city| city.as_str()), Some("Rome"));
    /// assert!(record.get("Age").is_none());
    /// ```
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(column))
            .map(|(_, value)| value)
    }

    /// Returns the columns with their values, in the order of the response.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.columns
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Returns whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// Collects columns with values, in their order.
impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for RecordMap {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(columns: I) -> Self {
        let columns = columns.into_iter();
        Self {
            columns: columns
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}

impl<N: Into<String>, V: Into<Value>, const LEN: usize> From<[(N, V); LEN]> for RecordMap {
    fn from(columns: [(N, V); LEN]) -> Self {
        columns.into_iter().collect()
    }
}

impl IntoIterator for RecordMap {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.columns.into_iter()
    }
}

/// A table or view that is named at run time.
impl Source for RecordMap {
    const KIND: ObjectKind = ObjectKind::Table;
    const NAME: &'static str = "";
    type Columns = ();
    const COLUMNS: Self::Columns = ();
}

impl Record for RecordMap {
    type Source = Self;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[];

    fn key(&self) -> Option<Key> {
        match self.get(PK_ID)? {
            Value::Number(id) => id.as_i64().map(Key::Id),
            Value::String(text) => Some(Key::Text(text.clone())),
            _ => None,
        }
    }
}

impl<'de> Decode<'de> for RecordMap {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut columns = Vec::new();
        while let Some(entry) = row.next_entry()? {
            columns.push(entry);
        }
        Ok(Self { columns })
    }
}
