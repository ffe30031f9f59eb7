//! Columns that a write omits, sets to null, or sets to a value.

use super::{FieldType, FieldValue, ToValue};

/// A write's change to one column: none, null, or a value.
///
/// An `Option` cannot distinguish the first two: its `None` is null. A column that an insert omits gets Caspio's
/// default (text is empty, Yes/No is no, the rest is null); a column that an update omits is unchanged.
///
/// With the feature `serde`, mark a field with
/// `#[serde(default, skip_serializing_if = "Patch::is_absent")]`: then a field that is missing is absent.
///
/// ```
/// use caspio::Patch;
///
/// let keep: Patch<i32> = Patch::Absent; // the default
/// let clear: Patch<i32> = Patch::Null;
/// let set: Patch<i32> = 5.into();
/// let name: Patch<String> = "Ann".into();
/// let from_option: Patch<i32> = None.into(); // null
/// assert_eq!(from_option, clear);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The column is not sent.
    #[default]
    Absent,
    /// The column is set to null.
    Null,
    /// The column is set to this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Returns whether the column is not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Patch<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl<T: FieldType> FieldType for Patch<T> {
    type Kind = T::Kind;
    type Value = T::Value;
    const EXPECTED: &'static str = T::EXPECTED;
    const NULLABLE: bool = true;
}

impl<T: ToValue> ToValue for Patch<T> {
    fn to_value(&self) -> FieldValue<'_> {
        match self {
            Self::Absent => FieldValue::Absent,
            Self::Null => FieldValue::Null,
            Self::Value(value) => value.to_value(),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Absent | Self::Null => serde_json::Value::Null,
            Self::Value(value) => value.to_json(),
        }
    }
}
