//! Records as maps, for tables whose columns are only known at run time.

mod collect;
mod typed;

use super::{
    ColumnsByName, Decode, FieldInfo, Key, ObjectKind, Record, RowAccess, Source, SourceOfMaps,
};
use crate::field::{self, FieldValue, ToValue, kind};
use crate::record::PK_ID;
use caspio_schema::is_same_name;
use rust_decimal::Decimal;
use serde::de::{Error as _, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;
use std::marker::PhantomData;

/// A record as a map from column to JSON value, in the order of the response.
///
/// Numbers are `f64` unless they are integers. An amount of which an `f64` would lose digits is text instead, with
/// every digit: [`decimal`](Self::decimal) returns any number exactly, and a record that is written back keeps its
/// amounts. A Currency column also takes an amount as text.
///
/// [`get_as`](Self::get_as) returns a value as a Rust type, such as `DateTime`, `Uuid` or an `Option`, from the JSON of
/// the response: a `Decimal` with every digit, and a `List` in its order.
///
/// A new record takes every value that [can be written](ToValue), JSON among them. A `Decimal` keeps every digit, and a
/// date is shown as text.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let orders = caspio.table_named("Orders");
/// let mut order = RecordMap::new();
/// order.insert("Status", "Open");
/// order.insert("Total", dec!(12.50));
/// order.insert("Placed", date!("2024-01-31"));
/// orders.insert(&order).await?;
///
/// for order in orders.filter(|c| c.column::<String>("Status").eq("Open")).collect().await? {
///     let placed: Option<DateTime> = order.get_as("Placed")?;
///     println!("{:?} {placed:?} {:?}", order.key(), order.decimal("Total"));
/// }
/// # Ok(())
/// # }
/// ```
///
/// A map that is made from JSON of another program has floats for its numbers: a parser has already rounded those with
/// more than 15 digits. The program should send amounts as text. A float that may be a rounded amount is refused for a
/// Currency column.
#[derive(Clone, Debug, Default)]
pub struct RecordMap {
    columns: Vec<(String, Value)>,
    /// The values that are written otherwise than their JSON, by the indices of their columns.
    exact: Vec<(usize, FieldValue<'static>)>,
    /// How the response spells the values that the map's JSON spells otherwise, by the indices of their columns.
    spelled: Vec<(usize, Box<str>)>,
}

impl RecordMap {
    /// Creates a map without columns.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            columns: Vec::new(),
            exact: Vec::new(),
            spelled: Vec::new(),
        }
    }

    /// Creates a map without columns, with capacity for some.
    fn with_capacity(columns: usize) -> Self {
        Self {
            columns: Vec::with_capacity(columns),
            ..Self::new()
        }
    }

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
        match (self.exact(index), &self.columns[index].1) {
            (Some(FieldValue::Decimal(amount)), _) => Some(*amount),
            (_, Value::Number(number)) => {
                let spelled = self.spelled(index).and_then(field::exact);
                let of_json = || field::exact(&number.to_string());
                // The JSON has every digit with serde_json's feature `arbitrary_precision`.
                let of_float = || field::exact(&number.as_f64()?.to_string());
                spelled.or_else(of_json).or_else(of_float)
            }
            (_, Value::String(text)) => field::spelled(text),
            _ => None,
        }
    }

    /// Returns the record's `PK_ID`: a number in a table, a text in a view; `None` if the map does not have it.
    #[must_use]
    pub fn key(&self) -> Option<Key> {
        match self.get(PK_ID)? {
            Value::Number(_) => self.get_as(PK_ID).ok().map(Key::Id),
            Value::String(text) => Some(Key::Text(text.clone())),
            _ => None,
        }
    }

    fn index_of(&self, column: &str) -> Option<usize> {
        self.iter().position(|(name, _)| is_same_name(name, column))
    }

    /// Returns the value that is written for the column at an index, if it is not that of the JSON.
    pub(super) fn exact(&self, index: usize) -> Option<&FieldValue<'static>> {
        at(&self.exact, index)
    }

    /// Returns how the response spells the value of the column at an index, if the JSON is spelled otherwise.
    fn spelled(&self, index: usize) -> Option<&str> {
        at(&self.spelled, index).map(|json| &**json)
    }

    /// Sets a column, and returns its earlier value. A column that is new comes last.
    /// [`Patch::Absent`](crate::Patch::Absent) leaves the column as it is.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let mut record = RecordMap::from([("Name", "Ada"), ("City", "Rome")]);
    /// assert_eq!(record.insert("city", "Lima"), Some("Rome".into()));
    /// assert_eq!(record.remove("Name"), Some("Ada".into()));
    /// assert_eq!(record, RecordMap::from([("City", "Lima")]));
    ///
    /// record.insert("Balance", dec!(922337203685477.5807));
    /// assert_eq!(record.decimal("Balance"), Some(dec!(922337203685477.5807)));
    /// ```
    pub fn insert(&mut self, column: impl Into<String>, value: impl MapValue) -> Option<Value> {
        let column = column.into();
        let (json, exact) = parts(&value)?;
        match self.index_of(&column) {
            Some(index) => {
                self.forget(index);
                self.exact.extend(exact.map(|value| (index, value)));
                Some(std::mem::replace(&mut self.columns[index].1, json))
            }
            None => {
                self.push(column, json, exact);
                None
            }
        }
    }

    /// Adds a column, even if there is one of this name.
    fn push(&mut self, column: String, json: Value, exact: Option<FieldValue<'static>>) {
        self.exact
            .extend(exact.map(|value| (self.columns.len(), value)));
        self.columns.push((column, json));
    }

    /// Removes a column, and returns its value.
    pub fn remove(&mut self, column: &str) -> Option<Value> {
        let index = self.index_of(column)?;
        self.forget(index);
        let exact = self.exact.iter_mut().map(|(at, _)| at);
        let spelled = self.spelled.iter_mut().map(|(at, _)| at);
        for at in exact.chain(spelled) {
            *at -= usize::from(*at > index);
        }
        Some(self.columns.remove(index).1)
    }

    /// Forgets what is kept of the value of the column at an index besides its JSON.
    fn forget(&mut self, index: usize) {
        self.exact.retain(|(at, _)| *at != index);
        self.spelled.retain(|(at, _)| *at != index);
    }

    /// Returns the columns with their values, in the order of the response.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.into_iter()
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

/// A table or view that is named at run time.
impl Source for RecordMap {
    const KIND: ObjectKind = ObjectKind::Table;
    const NAME: &'static str = "";
    type Columns = ColumnsByName;
    const COLUMNS: Self::Columns = ColumnsByName(());
}

impl SourceOfMaps for RecordMap {}

impl Record for RecordMap {
    type Source = Self;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[];

    fn key(&self) -> Option<Key> {
        Self::key(self)
    }
}

impl<'de> Decode<'de> for RecordMap {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut map = Self::default();
        while let Some(name) = row.next_column()? {
            let raw = row.value_with(PhantomData::<&'de RawValue>)?.get();
            if is_same_name(&name, PK_ID) {
                row.check_key(raw)?;
            }
            let mut value = serde_json::from_str(raw).map_err(A::Error::custom)?;
            let exact = lost(&value, raw).map(FieldValue::Decimal);
            if exact.is_some() {
                value = Value::String(raw.to_owned());
            } else if is_spelled_otherwise(&value, raw) {
                map.spelled.push((map.columns.len(), raw.into()));
            }
            map.push(name.into_owned(), value, exact);
        }
        Ok(map)
    }
}

/// A value that a map takes: every value that can be written, except passwords, which a map would show.
#[diagnostic::on_unimplemented(
    message = "a map does not take a value of type `{Self}`",
    label = "not a value of a map",
    note = "a map takes text, numbers (a `usize` as `i64::try_from(n)?`), `bool`, `Decimal`, `DateTime`, `Date`, lists (a slice as `.to_vec()`), an `Option` of one of these, JSON, and types that implement `caspio::field::ToValue`",
    note = "a map would show a password; write its text, or set it by `set_password`"
)]
pub trait MapValue: ToValue {}

#[diagnostic::do_not_recommend]
impl<V: ToValue<Kind: kind::Readable>> MapValue for V {}

/// Returns a value as JSON, and what is written if the JSON is not that value; `None` if the column is absent.
fn parts(value: &impl ToValue) -> Option<(Value, Option<FieldValue<'static>>)> {
    let written = value.to_value();
    let is_json = match &written {
        FieldValue::Absent => return None,
        FieldValue::Null | FieldValue::Bool(_) | FieldValue::Integer(_) | FieldValue::Text(_) => {
            true
        }
        FieldValue::Number(number) => number.is_finite(),
        _ => false,
    };
    let exact = (!is_json).then(|| written.into_owned());
    Some((value.to_json(), exact))
}

fn at<T>(values: &[(usize, T)], index: usize) -> Option<&T> {
    let found = values.iter().find(|(at, _)| *at == index);
    found.map(|(_, value)| value)
}

/// Returns whether JSON is spelled otherwise than in the response, such as with fewer digits, so that another value may
/// be read from it. Texts and whole numbers are always the same.
fn is_spelled_otherwise(value: &Value, raw: &str) -> bool {
    let may_be = match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(_) | Value::Object(_) => true,
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    };
    // A `Value` equals a text only if it is one.
    let spelled = may_be.then(|| value.to_string());
    spelled.is_some_and(|json| json != raw)
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
    (amount.scale() <= 4 && !field::is_amount(float, amount)).then_some(amount)
}
