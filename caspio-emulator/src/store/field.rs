//! What a field is: its type and everything that its definition says.

use super::list::ListItems;
use serde::{Deserialize, Serialize};

/// The type of a field, by the names of v2 and v3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FieldType {
    /// `STRING`: text of at most 255 characters.
    String,
    /// `TEXT`: text of at most 64,000 characters.
    Text,
    /// `PASSWORD`: kept as a hash, never returned.
    Password,
    /// `NUMBER`: a float.
    Number,
    /// `INTEGER`: 32 bits.
    Integer,
    /// `CURRENCY`: exact, four decimal places.
    Currency,
    /// `DATE/TIME`: a wall clock's reading without a zone.
    DateTime,
    /// `YES/NO`.
    YesNo,
    /// `FILE`: a path in the account's files.
    File,
    /// `ATTACHMENT`: a file kept with the record.
    Attachment,
    /// `AUTONUMBER`.
    Autonumber,
    /// `PREFIXED AUTONUMBER`.
    PrefixedAutonumber,
    /// `RANDOM ID`.
    RandomId,
    /// `GUID`.
    Guid,
    /// `TIMESTAMP`: stamped on insert, update or both.
    Timestamp,
    /// `LIST-STRING`.
    ListString,
    /// `LIST-NUMBER`.
    ListNumber,
    /// `LIST-DATE/TIME`.
    ListDateTime,
}

impl FieldType {
    const NAMES: [(Self, &'static str); 18] = [
        (Self::String, "STRING"),
        (Self::Text, "TEXT"),
        (Self::Password, "PASSWORD"),
        (Self::Number, "NUMBER"),
        (Self::Integer, "INTEGER"),
        (Self::Currency, "CURRENCY"),
        (Self::DateTime, "DATE/TIME"),
        (Self::YesNo, "YES/NO"),
        (Self::File, "FILE"),
        (Self::Attachment, "ATTACHMENT"),
        (Self::Autonumber, "AUTONUMBER"),
        (Self::PrefixedAutonumber, "PREFIXED AUTONUMBER"),
        (Self::RandomId, "RANDOM ID"),
        (Self::Guid, "GUID"),
        (Self::Timestamp, "TIMESTAMP"),
        (Self::ListString, "LIST-STRING"),
        (Self::ListNumber, "LIST-NUMBER"),
        (Self::ListDateTime, "LIST-DATE/TIME"),
    ];

    /// Returns the name that v2 and v3 use.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(ty, _)| *ty == self)
            .map_or("", |(_, name)| name)
    }

    /// Reads a name as v2 and v3 take it, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name.trim()))
            .map(|(ty, _)| *ty)
    }

    /// Whether Caspio fills it in by itself, once, with a value that must be unique.
    pub(crate) fn is_generated(self) -> bool {
        matches!(
            self,
            Self::Autonumber | Self::PrefixedAutonumber | Self::RandomId | Self::Guid
        )
    }

    pub(crate) fn is_list(self) -> bool {
        matches!(
            self,
            Self::ListString | Self::ListNumber | Self::ListDateTime
        )
    }

    pub(crate) fn is_date(self) -> bool {
        matches!(self, Self::DateTime | Self::Timestamp)
    }

    /// The type of the SQLite column.
    pub(crate) fn column_type(self) -> &'static str {
        match self {
            Self::Number => "REAL",
            Self::Integer | Self::Autonumber | Self::Currency | Self::YesNo => "INTEGER",
            _ => "TEXT",
        }
    }

    pub(crate) fn tsql(self) -> caspio_tsql::Type {
        use caspio_tsql::Type;
        match self {
            Self::Number => Type::Number,
            Self::Integer | Self::Autonumber => Type::Integer,
            Self::Currency => Type::Currency,
            Self::DateTime | Self::Timestamp => Type::DateTime,
            Self::YesNo => Type::YesNo,
            Self::Guid => Type::Guid,
            Self::Password => Type::Password,
            Self::Attachment => Type::Attachment,
            Self::ListString | Self::ListNumber | Self::ListDateTime => Type::List,
            Self::String | Self::Text | Self::File | Self::PrefixedAutonumber | Self::RandomId => {
                Type::Text
            }
        }
    }
}

/// What an attachment field lets in, and how it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AttachmentRules {
    pub(crate) permitted: Vec<String>,
    pub(crate) min_size: Option<i32>,
    pub(crate) max_size: Option<i32>,
    pub(crate) smart_resizer: bool,
    pub(crate) smart_resizer_for_retina: bool,
    pub(crate) alt_text: String,
    pub(crate) title: String,
}

/// A T-SQL text of a definition beside its translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Translated {
    pub(crate) text: String,
    pub(crate) sql: String,
}

/// One field of a table. Its place in the table is its display order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Field {
    /// Unique in the table and never used again; names the column.
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) ty: FieldType,
    pub(crate) unique: bool,
    pub(crate) unique_allow_nulls: bool,
    pub(crate) label: String,
    pub(crate) description: String,
    /// The expression of a formula field; the type is its result's.
    pub(crate) formula: Option<Translated>,
    pub(crate) format: String,
    pub(crate) prefix: String,
    pub(crate) length: u32,
    pub(crate) on_insert: bool,
    pub(crate) on_update: bool,
    pub(crate) time_zone: String,
    pub(crate) list: ListItems,
    pub(crate) attachment: AttachmentRules,
}

impl Field {
    pub(crate) fn new(name: impl Into<String>, ty: FieldType) -> Self {
        Self {
            id: 0,
            name: name.into(),
            ty,
            unique: ty.is_generated(),
            unique_allow_nulls: false,
            label: String::new(),
            description: String::new(),
            formula: None,
            format: match ty {
                FieldType::RandomId => "0U".into(),
                FieldType::PrefixedAutonumber => "1".into(),
                _ => String::new(),
            },
            prefix: String::new(),
            length: if ty == FieldType::RandomId { 12 } else { 0 },
            on_insert: false,
            on_update: false,
            time_zone: match ty {
                FieldType::Timestamp => "UTC".into(),
                _ => String::new(),
            },
            list: ListItems::default(),
            attachment: AttachmentRules::default(),
        }
    }

    /// The SQLite column, never the user's name.
    pub(crate) fn column(&self) -> String {
        format!("c{}", self.id)
    }

    pub(crate) fn is_formula(&self) -> bool {
        self.formula.is_some()
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        same_name(&self.name, name)
    }

    /// Whether a record's writer may set it at all.
    pub(crate) fn is_editable(&self) -> bool {
        !self.is_formula() && !self.ty.is_generated() && self.ty != FieldType::Timestamp
    }
}

/// Compares two names of tables, views or fields: case does not count.
pub(crate) fn same_name(left: &str, right: &str) -> bool {
    left == right || left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
}
