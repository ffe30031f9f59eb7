//! Lists, patches and passwords as JSON of the program's own API. Caspio's JSON is read elsewhere.

use super::{List, Password, Patch};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Error, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Serializes a list as a sequence of its values.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

/// Deserializes a list from a sequence of its values.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

/// The name of the newtype that stands for a patch, which formats like JSON do not write.
const PATCH: &str = "Patch";

/// Serializes null or the value.
///
/// # Errors
///
/// A patch that is absent has no representation: leave it out with
/// `#[serde(default, skip_serializing_if = "Patch::is_absent")]`.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = match self {
            Self::Absent => {
                return Err(S::Error::custom(
                    "an absent `Patch` has no value: mark the field \
                     `#[serde(default, skip_serializing_if = \"Patch::is_absent\")]`",
                ));
            }
            Self::Null => None,
            Self::Value(value) => Some(value),
        };
        serializer.serialize_newtype_struct(PATCH, &value)
    }
}

/// Deserializes null or a value. With `#[serde(default)]` a field that is missing is absent.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_option`: serde's derive takes that for "may be missing" and would make a missing
        // field null, which clears a column.
        deserializer.deserialize_newtype_struct(PATCH, PatchVisitor(PhantomData))
    }
}

struct PatchVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PatchVisitor<T> {
    type Value = Patch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        Option::deserialize(value).map(Patch::from)
    }
}

/// Deserializes a password from text, as in the body of a sign-up. A password cannot be serialized.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
