//! Caspio's field types.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The type of a field, one for each that Caspio has.
///
/// An unknown name is kept unchanged, so that a new type of Caspio breaks nothing.
///
/// ```
/// use caspio_schema::DataType;
///
/// assert_eq!(DataType::from_name("TEXT255"), DataType::Text255);
/// assert_eq!(DataType::Text255.to_string(), "STRING");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// Text (255): `STRING`, on v4 `TEXT255`.
    Text255,
    /// Text (64000): `TEXT`, on v4 `TEXT64K`.
    Text64000,
    /// Number, a float: `NUMBER`.
    Number,
    /// Integer, 32 bits: `INTEGER`.
    Integer,
    /// Currency, exact to four places: `CURRENCY`.
    Currency,
    /// Date/Time, wall-clock time without a zone: `DATE/TIME`.
    DateTime,
    /// Yes/No: `YES/NO`.
    YesNo,
    /// File, a path in the account's files: `FILE`.
    File,
    /// Attachment, a file of the record's own: `ATTACHMENT`.
    Attachment,
    /// Password, never read: `PASSWORD`.
    Password,
    /// Autonumber: `AUTONUMBER`.
    Autonumber,
    /// Prefixed Autonumber: `PREFIXED AUTONUMBER`, on v4 `SEQUENCE`.
    PrefixedAutonumber,
    /// Random ID: `RANDOM ID`, on v4 `RANDOM_ID`.
    RandomId,
    /// GUID: `GUID`.
    Guid,
    /// Timestamp, stamped by Caspio: `TIMESTAMP`.
    Timestamp,
    /// A list of texts: `LIST-STRING`.
    ListText,
    /// A list of numbers: `LIST-NUMBER`.
    ListNumber,
    /// A list of dates: `LIST-DATE/TIME`.
    ListDateTime,
    /// A formula whose result type is unknown, as on v4: `FORMULA`. v2 and v3 report the result type and set
    /// [`FieldDefinition::formula`](crate::FieldDefinition::formula).
    Formula,
    /// Any other, by its name.
    Unknown(String),
}

/// Every type with v3's name and, where it differs, v4's.
const NAMES: &[(DataType, &str, &str)] = &[
    (DataType::Text255, "STRING", "TEXT255"),
    (DataType::Text64000, "TEXT", "TEXT64K"),
    (DataType::Number, "NUMBER", "NUMBER"),
    (DataType::Integer, "INTEGER", "INTEGER"),
    (DataType::Currency, "CURRENCY", "CURRENCY"),
    (DataType::DateTime, "DATE/TIME", "DATE/TIME"),
    (DataType::YesNo, "YES/NO", "YES/NO"),
    (DataType::File, "FILE", "FILE"),
    (DataType::Attachment, "ATTACHMENT", "ATTACHMENT"),
    (DataType::Password, "PASSWORD", "PASSWORD"),
    (DataType::Autonumber, "AUTONUMBER", "AUTONUMBER"),
    (
        DataType::PrefixedAutonumber,
        "PREFIXED AUTONUMBER",
        "SEQUENCE",
    ),
    (DataType::RandomId, "RANDOM ID", "RANDOM_ID"),
    (DataType::Guid, "GUID", "GUID"),
    (DataType::Timestamp, "TIMESTAMP", "TIMESTAMP"),
    (DataType::ListText, "LIST-STRING", "LIST-STRING"),
    (DataType::ListNumber, "LIST-NUMBER", "LIST-NUMBER"),
    (DataType::ListDateTime, "LIST-DATE/TIME", "LIST-DATE/TIME"),
    (DataType::Formula, "FORMULA", "FORMULA"),
];

impl DataType {
    /// Returns the type with this name, as any version spells it, in any case.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert_eq!(DataType::from_name("random_id"), DataType::RandomId);
    /// assert_eq!(DataType::from_name("GEO-POINT"), DataType::Unknown("GEO-POINT".to_owned()));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let same = |known: &str| {
            let letters = |text: &str| -> Vec<u8> {
                text.bytes()
                    .filter(|byte| !matches!(byte, b' ' | b'_'))
                    .map(|byte| byte.to_ascii_uppercase())
                    .collect()
            };
            letters(known) == letters(name)
        };
        NAMES
            .iter()
            .find(|(_, v3, v4)| same(v3) || same(v4))
            .map_or_else(|| Self::Unknown(name.to_owned()), |(ty, ..)| ty.clone())
    }

    /// Returns its name on v2 and v3, which is also its name in the schema file.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert_eq!(DataType::RandomId.name(), "RANDOM ID");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            known => Self::names(known).0,
        }
    }

    /// Returns its name on v4.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert_eq!(DataType::RandomId.v4_name(), "RANDOM_ID");
    /// ```
    #[must_use]
    pub fn v4_name(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            known => Self::names(known).1,
        }
    }

    fn names(&self) -> (&'static str, &'static str) {
        NAMES
            .iter()
            .find(|(ty, ..)| ty == self)
            .map_or(("", ""), |(_, v3, v4)| (*v3, *v4))
    }

    /// Returns whether Caspio generates its values, so that they cannot be written.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert!(DataType::Timestamp.is_generated());
    /// assert!(!DataType::DateTime.is_generated());
    /// ```
    #[must_use]
    pub fn is_generated(&self) -> bool {
        matches!(
            self,
            Self::Autonumber
                | Self::PrefixedAutonumber
                | Self::RandomId
                | Self::Guid
                | Self::Timestamp
                | Self::Formula
        )
    }

    /// Returns whether it is one of the three list types.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert!(DataType::ListText.is_list());
    /// ```
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self, Self::ListText | Self::ListNumber | Self::ListDateTime)
    }

    /// Returns whether it is a text type.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert!(DataType::Text64000.is_text());
    /// ```
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text255 | Self::Text64000)
    }

    /// Returns the maximum length of its texts, if Caspio documents one. It is inferred that it counts UTF-16 units,
    /// as SQL Server does: fact `text-length-in-utf-16` of `caspio-conform`.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert_eq!(DataType::Text255.max_length(), Some(255));
    /// assert_eq!(DataType::Integer.max_length(), None);
    /// ```
    #[must_use]
    pub fn max_length(&self) -> Option<usize> {
        match self {
            Self::Text255 => Some(255),
            Self::Text64000 => Some(64_000),
            _ => None,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for DataType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for DataType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::from_name(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_type_is_the_same_type() {
        for name in ["RANDOM ID", "RANDOM_ID", "RandomID"] {
            assert_eq!(DataType::from_name(name), DataType::RandomId, "{name}");
        }
        for (ty, v3, v4) in NAMES {
            assert_eq!(DataType::from_name(v3), *ty);
            assert_eq!(DataType::from_name(v4), *ty);
            assert_eq!((ty.name(), ty.v4_name()), (*v3, *v4));
        }
    }

    #[test]
    fn an_unknown_type_keeps_its_name() {
        assert_eq!(DataType::from_name("GEO-POINT").name(), "GEO-POINT");
    }
}
