//! One field of a table or view.

use crate::DataType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A field of a table or view, as Caspio defines it.
///
/// `PK_ID` is in no list of fields, and can always be read. Members that do not belong to the type
/// are at their defaults; in the file they are left out.
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
    /// Its name, by which it is addressed. Names are compared without case.
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
    /// Whether several records may be null all the same, where values are unique.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique_allow_nulls: bool,
    /// Whether it can be written, where the account says so: v3 and v4, of a view's field above all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editable: Option<bool>,
    /// What people see in place of the name; empty when nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What it is for; empty when nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Of a view's field, where it comes from: `Orders.Total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_field: Option<String>,
    /// Of a Timestamp, whether it is stamped when a record is inserted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_insert: bool,
    /// Of a Timestamp, whether it is stamped when a record is updated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_update: bool,
    /// Of a Timestamp, the Windows name of its time zone: `Pacific Standard Time`, `UTC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Of a Random ID or Prefixed Autonumber, what it is made of: `0U`, `0001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Of a Random ID or Prefixed Autonumber, what it begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Of a Random ID, how many characters it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Of a list, its values by their keys: texts, numbers or dates as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub list: BTreeMap<i64, Value>,
    /// Of an Attachment, what may be uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentRules>,
}

/// What an Attachment field takes.
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
    /// The extensions of the files it takes; empty stands for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permitted_file_types: Vec<String>,
    /// The least size. Caspio does not document the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_file_size: Option<u64>,
    /// The greatest size. Caspio does not document the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_file_size: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl FieldDefinition {
    /// A field with a name and a type, everything else at its default.
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

    /// Whether an insert or update may carry it.
    ///
    /// A password may be inserted; attachments have operations of their own.
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

    /// Whether its value may be null when a record is read.
    ///
    /// Caspio has no such mark of its own; this is what its types allow. A list is never null in Rust, and
    /// a view may join nothing, so a field of a view with several tables may be null in any case.
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
