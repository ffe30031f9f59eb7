//! Records as maps, for tables whose columns are only known at run time.

use super::{Decode, FieldInfo, Key, ObjectKind, Record, RowAccess, Source};
use crate::field;
use crate::record::PK_ID;
use caspio_schema::is_same_name;
use rust_decimal::Decimal;
use serde::de::{Error as _, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;
use std::marker::PhantomData;

/// A record as a map from column to JSON value, in the order of the response.
///
/// Numbers are `f64` unless they are integers. An amount of which an `f64` would lose digits is text instead, with every
/// digit: [`decimal`](Self::decimal) returns any number exactly, and a record that is written back keeps its amounts.
/// A Currency column also takes an amount as text.
///
/// A map that is made from JSON of another program has floats for its numbers: a parser has already rounded those with
/// more than 15 digits. The program should send amounts as text. A float that may be a rounded amount is refused for a
/// Currency column.
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
#[derive(Clone, Debug, Default)]
pub struct RecordMap {
    columns: Vec<(String, Value)>,
    /// The amounts that are text, by the indices of their columns.
    amounts: Vec<(usize, Decimal)>,
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
            .find(|(name, _)| is_same_name(name, column))
            .map(|(_, value)| value)
    }

    /// Returns the number in a column, exactly; `None` if the column is missing or does not hold one. A text holds a
    /// number if it spells nothing else, without blanks, leading zeros or an exponent: an amount is text where a
    /// float would lose digits.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let record = RecordMap::from([("Total", 12.5)]);
    /// assert_eq!(record.decimal("total"), Some(dec!(12.5)));
    ///
    /// let record = RecordMap::from([("Total", "922337203685477.5807"), ("City", "Rome")]);
    /// assert_eq!(record.decimal("Total"), Some(dec!(922337203685477.5807)));
    /// assert_eq!(record.decimal("City"), None);
    /// ```
    #[must_use]
    pub fn decimal(&self, column: &str) -> Option<Decimal> {
        let index = self.index_of(column)?;
        match &self.columns[index].1 {
            Value::Number(number) => field::exact(&number.to_string()),
            Value::String(text) => self.amount(index).or_else(|| field::spelled(text)),
            _ => None,
        }
    }

    fn index_of(&self, column: &str) -> Option<usize> {
        self.iter().position(|(name, _)| is_same_name(name, column))
    }

    /// Returns the amount in the column at an index, if an `f64` would lose digits of it.
    pub(super) fn amount(&self, index: usize) -> Option<Decimal> {
        let mut amounts = self.amounts.iter();
        let found = amounts.find(|(at, _)| *at == index);
        found.map(|(_, amount)| *amount)
    }

    /// Sets a column, and returns its earlier value. A column that is new comes last.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let mut record = RecordMap::from([("Name", "Ada"), ("City", "Rome")]);
    /// assert_eq!(record.insert("city", "Lima"), Some("Rome".into()));
    /// assert_eq!(record.remove("Name"), Some("Ada".into()));
    /// assert_eq!(record, RecordMap::from([("City", "Lima")]));
    /// ```
    pub fn insert(&mut self, column: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let (column, value) = (column.into(), value.into());
        match self.index_of(&column) {
            Some(index) => {
                self.amounts.retain(|(at, _)| *at != index);
                Some(std::mem::replace(&mut self.columns[index].1, value))
            }
            None => {
                self.columns.push((column, value));
                None
            }
        }
    }

    /// Removes a column, and returns its value.
    pub fn remove(&mut self, column: &str) -> Option<Value> {
        let index = self.index_of(column)?;
        self.amounts.retain(|(at, _)| *at != index);
        for (at, _) in &mut self.amounts {
            *at -= usize::from(*at > index);
        }
        Some(self.columns.remove(index).1)
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

/// Equal columns and values, in the same order.
impl PartialEq for RecordMap {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
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
            amounts: Vec::new(),
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
        let mut map = Self::default();
        while let Some(name) = row.next_column()? {
            let raw = row.value_with(PhantomData::<&'de RawValue>)?.get();
            let mut value = serde_json::from_str(raw).map_err(A::Error::custom)?;
            if let Some(amount) = lost(&value, raw) {
                map.amounts.push((map.columns.len(), amount));
                value = Value::String(raw.to_owned());
            }
            map.columns.push((name.into_owned(), value));
        }
        Ok(map)
    }
}

/// Returns the amount that a number's digits spell, if its `f64` differs from it.
///
/// Only money has that many digits and up to four decimal places. A float may come with more digits than its value
/// needs, and is a number.
fn lost(value: &Value, digits: &str) -> Option<Decimal> {
    let number = value.as_number().filter(|number| number.is_f64())?;
    let amount = Decimal::from_str_exact(digits).ok()?;
    // Not the number's own text: with `arbitrary_precision` that has all digits, but `as_f64` has not.
    let float = number.as_f64()?;
    // Where two texts of the same length are as near to the float, one or the other is its text.
    let texts = [float.to_string(), serde_json::to_string(&float).ok()?];
    let is_other = texts.iter().any(|text| field::exact(text) != Some(amount));
    (amount.scale() <= 4 && is_other).then_some(amount)
}
