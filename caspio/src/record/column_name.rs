//! Names of columns in a row: the expected name first, then a search.

use super::{FieldInfo, PK_ID};
use caspio_schema::is_same_name;
use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;

pub(super) enum Name {
    Field(usize),
    Key,
    Other,
}

/// Finds a column by its name, starting with the expected one.
pub(super) struct NameSeed {
    pub(super) fields: &'static [FieldInfo],
    pub(super) next: usize,
}

impl NameSeed {
    fn find(&self, name: &str) -> Name {
        if let Some(field) = self.fields.get(self.next)
            && field.name == name
        {
            return Name::Field(self.next);
        }
        self.search(name)
    }

    #[cold]
    fn search(&self, name: &str) -> Name {
        let mut fields = self.fields.iter();
        match fields.position(|field| is_same_name(field.name, name)) {
            Some(index) => Name::Field(index),
            None if is_same_name(name, PK_ID) => Name::Key,
            None => Name::Other,
        }
    }
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(self.find(name))
    }
}

/// Reads a column's name, borrowed from the page where it has no escapes.
pub(super) struct ColumnSeed;

impl<'de> DeserializeSeed<'de> for ColumnSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for ColumnSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
