//! The properties of a field that can differ between two schemas.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A property of a field that can differ.
///
/// ```
/// use caspio_schema::Property;
///
/// assert_eq!(Property::TimeZone.to_string(), "time zone");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Property {
    /// The case of its name.
    Name,
    /// Its type.
    Type,
    /// Whether it is a formula.
    Formula,
    /// Whether its values are unique.
    Unique,
    /// Whether several nulls are allowed although values are unique.
    UniqueAllowNulls,
    /// Whether it can be written.
    Editable,
    /// Its label.
    Label,
    /// Its description.
    Description,
    /// The table's field behind a view's field.
    TableField,
    /// Whether an insert stamps it.
    OnInsert,
    /// Whether an update stamps it.
    OnUpdate,
    /// The time zone of its stamps.
    TimeZone,
    /// The format of generated values.
    Format,
    /// The prefix of generated values.
    Prefix,
    /// The length of generated values.
    Length,
    /// Which files it accepts.
    Attachment,
}

impl Property {
    /// Returns its name in words: `time zone`.
    ///
    /// ```
    /// use caspio_schema::Property;
    ///
    /// assert_eq!(Property::OnInsert.as_str(), "stamped by inserts");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Formula => "formula",
            Self::Unique => "unique",
            Self::UniqueAllowNulls => "unique, nulls allowed",
            Self::Editable => "editable",
            Self::Label => "label",
            Self::Description => "description",
            Self::TableField => "table's field",
            Self::OnInsert => "stamped by inserts",
            Self::OnUpdate => "stamped by updates",
            Self::TimeZone => "time zone",
            Self::Format => "format",
            Self::Prefix => "prefix",
            Self::Length => "length",
            Self::Attachment => "rules of attachments",
        }
    }

    /// Returns the phrase for a field that has the property now, or no longer has it.
    pub(crate) fn phrase(self, has: bool) -> Option<&'static str> {
        let (now, no_longer) = match self {
            Self::Formula => ("is now a formula", "is no longer a formula"),
            Self::Unique => ("is now unique", "is no longer unique"),
            Self::UniqueAllowNulls => (
                "now allows several nulls in addition to unique values",
                "no longer allows several nulls in addition to unique values",
            ),
            Self::Editable => ("can now be written", "can no longer be written"),
            Self::OnInsert => (
                "is now stamped by inserts",
                "is no longer stamped by inserts",
            ),
            Self::OnUpdate => (
                "is now stamped by updates",
                "is no longer stamped by updates",
            ),
            _ => return None,
        };
        Some(if has { now } else { no_longer })
    }

    /// Returns whether its values are text to be quoted.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Label | Self::Description | Self::Prefix
        )
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
