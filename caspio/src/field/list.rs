//! List fields: several of the values that the field's definition allows.

use super::{Field, FieldType, kind};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// The chosen values of a list field.
///
/// Caspio returns an object from key to value, `{"1":"Cat","3":"Frog"}`; a list holds the values,
/// `["Cat", "Frog"]`, in the order of the response. Null is an empty list.
///
/// With the feature `serde` it is a sequence of its values.
///
/// ```
/// use caspio::List;
///
/// let interests: List<String> = List::from(["Cat", "Frog"]);
/// assert!(interests.iter().any(|interest| interest == "Frog"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<T> {
    values: Vec<T>,
}

impl<T> List<T> {
    /// Creates an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// Returns the values.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.values
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(values: Vec<T>) -> Self {
        Self { values }
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(values: [T; N]) -> Self {
        Self {
            values: values.into(),
        }
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self {
            values: values.into_iter().collect(),
        }
    }
}

impl<const N: usize> From<[&str; N]> for List<String> {
    fn from(values: [&str; N]) -> Self {
        values.into_iter().collect()
    }
}

impl From<Vec<&str>> for List<String> {
    fn from(values: Vec<&str>) -> Self {
        values.into_iter().collect()
    }
}

impl<'a> FromIterator<&'a str> for List<String> {
    fn from_iter<I: IntoIterator<Item = &'a str>>(values: I) -> Self {
        values.into_iter().map(str::to_owned).collect()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

impl<T: FieldType> FieldType for List<T> {
    type Kind = kind::List;
    type Value = Self;
    const EXPECTED: &'static str = "a list: an object from key to value";
}

/// A list that is written: `c.interests.to(vec!["Cat"])`.
impl<T: FieldType> FieldType for Vec<T> {
    type Kind = kind::List;
    type Value = List<T>;
    const EXPECTED: &'static str = List::<T>::EXPECTED;
}

/// A list that is written: `c.interests.to(["Cat", "Frog"])`.
impl<T: FieldType, const N: usize> FieldType for [T; N] {
    type Kind = kind::List;
    type Value = List<T>;
    const EXPECTED: &'static str = List::<T>::EXPECTED;
}

impl<'de, T: Field<'de>> Field<'de> for List<T> {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Field<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(List::<T>::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(List::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while map.next_key::<serde::de::IgnoredAny>()?.is_some() {
            values.push(map.next_value_seed(ItemSeed(PhantomData))?);
        }
        Ok(List { values })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(ItemSeed(PhantomData))? {
            values.push(value);
        }
        Ok(List { values })
    }
}

struct ItemSeed<T>(PhantomData<T>);

impl<'de, T: Field<'de>> DeserializeSeed<'de> for ItemSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<T, D::Error> {
        T::read(value)
    }
}
