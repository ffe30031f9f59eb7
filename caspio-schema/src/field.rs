//! One field of a table or view.

use crate::DataType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A field of a table or view, as Caspio defines it.
///
/// No list of fields contains `PK_ID`, which can always be read. Members that do not apply to the type have their
/// defaults, and the file omits them.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition};
///
/// let mut name = FieldDefinition::new("Name", DataType::Text255);
/// name.unique = true;
/// name.label = "What it is called".to_owned();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldDefinition {
    /// Its name. Names are compared without case.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// Whether Caspio computes it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub formula: bool,
    /// Whether no two records may hold the same value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    /// Whether several records may be null although values are unique.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique_allow_nulls: bool,
    /// Whether it can be written, if the API reports it: v3 and v4, mainly for fields of views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editable: Option<bool>,
    /// The label that people see instead of the name; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Its description; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The table's field behind a field of a view: `Orders.Total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_field: Option<String>,
    /// For a Timestamp: whether an insert sets it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_insert: bool,
    /// For a Timestamp: whether an update sets it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_update: bool,
    /// For a Timestamp: the Windows name of its time zone, `Pacific Standard Time`, `UTC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// For a Random ID or Prefixed Autonumber: its format, `0U`, `0001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// For a Random ID or Prefixed Autonumber: its prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// For a Random ID: its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// For a list: its values by key. Dates are text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub list: BTreeMap<i64, Value>,
    /// For an Attachment: which files can be uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentRules>,
}

/// Which files an Attachment field accepts.
///
/// ```
/// use caspio_schema::{AttachmentRules, DataType, FieldDefinition};
///
/// let mut rules = AttachmentRules::default();
/// rules.permitted_file_types = vec!["pdf".to_owned()];
/// let mut contract = FieldDefinition::new("Contract", DataType::Attachment);
/// contract.attachment = Some(rules);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AttachmentRules {
    /// The extensions of accepted files; empty for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permitted_file_types: Vec<String>,
    /// The minimum size. Caspio does not document the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_file_size: Option<u64>,
    /// The maximum size. Caspio does not document the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_file_size: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl FieldDefinition {
    /// Creates a field with a name and a type, and defaults for everything else.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition};
    ///
    /// let age = FieldDefinition::new("Age", DataType::Integer);
    /// assert!(!age.unique);
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            data_type,
            formula: false,
            unique: false,
            unique_allow_nulls: false,
            editable: None,
            label: String::new(),
            description: String::new(),
            table_field: None,
            on_insert: false,
            on_update: false,
            time_zone: None,
            format: None,
            prefix: None,
            length: None,
            list: BTreeMap::new(),
            attachment: None,
        }
    }

    /// Returns whether inserts or updates can write it.
    ///
    /// A password can be inserted; attachments have operations of their own.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition};
    ///
    /// assert!(FieldDefinition::new("Age", DataType::Integer).is_writable());
    /// assert!(!FieldDefinition::new("Number", DataType::Autonumber).is_writable());
    /// ```
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.formula
            && !self.data_type.is_generated()
            && self.data_type != DataType::Attachment
            && self.editable != Some(false)
    }

    /// Returns whether its value may be null when a record is read.
    ///
    /// Caspio has no such property; this follows from its types. A list is never null in Rust. A view may join
    /// nothing, so any field of a view of several tables may be null.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition};
    ///
    /// assert!(FieldDefinition::new("Age", DataType::Integer).is_nullable());
    /// assert!(!FieldDefinition::new("Active", DataType::YesNo).is_nullable());
    /// ```
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        if self.formula {
            return true;
        }
        match self.data_type {
            DataType::YesNo
            | DataType::Autonumber
            | DataType::PrefixedAutonumber
            | DataType::RandomId
            | DataType::Guid
            | DataType::ListText
            | DataType::ListNumber
            | DataType::ListDateTime => false,
            DataType::Timestamp => !self.on_insert,
            _ => !self.unique || self.unique_allow_nulls,
        }
    }
}
