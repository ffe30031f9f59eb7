//! Fields: data type and definition.

use super::list::ListItems;
use caspio_schema::DataType;
use caspio_tsql::Type;
use serde::{Deserialize, Serialize};

/// Returns the data type that v2 and v3 call `name`, in any case.
pub(crate) fn data_type(name: &str) -> Option<DataType> {
    let ty = DataType::from_name(name.trim());
    (is_stored(&ty) && ty.name().eq_ignore_ascii_case(name.trim())).then_some(ty)
}

/// Whether a field can have this type: `Formula` and unknown types occur only in definitions that
/// were read from Caspio.
pub(crate) fn is_stored(ty: &DataType) -> bool {
    !matches!(ty, DataType::Formula | DataType::Unknown(_))
}

/// Which files an attachment field accepts, and how they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AttachmentRules {
    pub(crate) permitted: Vec<String>,
    pub(crate) min_size: Option<i32>,
    pub(crate) max_size: Option<i32>,
    pub(crate) smart_resizer: bool,
    pub(crate) smart_resizer_for_retina: bool,
    pub(crate) alt_text: String,
    pub(crate) title: String,
}

/// A T-SQL text of a definition with its translation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Translated {
    pub(crate) text: String,
    pub(crate) sql: String,
}

/// One field of a table. Its position in the table is its display order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Field {
    /// Unique in the table and never reused; names the column.
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) ty: DataType,
    pub(crate) unique: bool,
    pub(crate) unique_allow_nulls: bool,
    pub(crate) label: String,
    pub(crate) description: String,
    /// The expression of a formula field; the field's type is that of its result.
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
    pub(crate) fn new(name: impl Into<String>, ty: DataType) -> Self {
        let mut field = Self {
            id: 0,
            name: name.into(),
            ty,
            unique: false,
            unique_allow_nulls: false,
            label: String::new(),
            description: String::new(),
            formula: None,
            format: String::new(),
            prefix: String::new(),
            length: 0,
            on_insert: false,
            on_update: false,
            time_zone: String::new(),
            list: ListItems::default(),
            attachment: AttachmentRules::default(),
        };
        field.set_defaults();
        field
    }

    /// Sets the defaults of the type.
    fn set_defaults(&mut self) {
        self.unique = self.is_generated();
        match self.ty {
            DataType::RandomId => {
                self.format = "0U".into();
                self.length = 12;
            }
            DataType::PrefixedAutonumber => self.format = "1".into(),
            DataType::Timestamp => self.time_zone = "UTC".into(),
            _ => {}
        }
    }

    /// Returns the SQLite column, which never is the user's name.
    pub(crate) fn column(&self) -> String {
        format!("c{}", self.id)
    }

    pub(crate) fn is_formula(&self) -> bool {
        self.formula.is_some()
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        same_name(&self.name, name)
    }

    /// Whether writes may set the field at all.
    pub(crate) fn is_editable(&self) -> bool {
        !self.is_formula() && !self.is_generated() && self.ty != DataType::Timestamp
    }

    /// Whether Caspio fills the field once, on insert, with a value that must be unique.
    pub(crate) fn is_generated(&self) -> bool {
        matches!(
            self.ty,
            DataType::Autonumber
                | DataType::PrefixedAutonumber
                | DataType::RandomId
                | DataType::Guid
        )
    }

    pub(crate) fn is_date(&self) -> bool {
        matches!(self.ty, DataType::DateTime | DataType::Timestamp)
    }

    /// Returns the type of the SQLite column.
    pub(crate) fn column_type(&self) -> &'static str {
        match self.ty {
            DataType::Number => "REAL",
            DataType::Integer | DataType::Autonumber | DataType::Currency | DataType::YesNo => {
                "INTEGER"
            }
            _ => "TEXT",
        }
    }

    /// Returns the type of the field in T-SQL.
    pub(crate) fn tsql_type(&self) -> Type {
        match self.ty {
            DataType::Number => Type::Number,
            DataType::Integer | DataType::Autonumber => Type::Integer,
            DataType::Currency => Type::Currency,
            DataType::DateTime | DataType::Timestamp => Type::DateTime,
            DataType::YesNo => Type::YesNo,
            DataType::Guid => Type::Guid,
            DataType::Password => Type::Password,
            DataType::Attachment => Type::Attachment,
            DataType::ListText | DataType::ListNumber | DataType::ListDateTime => Type::List,
            _ => Type::Text,
        }
    }
}

/// Compares two names of tables, views or fields without case.
pub(crate) fn same_name(left: &str, right: &str) -> bool {
    left == right || left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
}
