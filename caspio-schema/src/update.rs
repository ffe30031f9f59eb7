//! Changes of a field.

use crate::{AttachmentRules, DataType, FieldDefinition, Property};
use serde_json::Value;

/// A change of a field; properties that are not set stay unchanged.
///
/// ```
/// use caspio_schema::{DataType, FieldUpdate};
///
/// let update = FieldUpdate::new().rename("Phone_1").label("Phone").data_type(DataType::Text255);
/// assert!(!update.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
#[must_use = "a change does nothing until it is sent"]
pub struct FieldUpdate {
    /// Its new name.
    pub name: Option<String>,
    /// Its new type. Caspio converts the values; those that do not convert are lost.
    pub data_type: Option<DataType>,
    /// Whether no two records may hold the same value.
    pub unique: Option<bool>,
    /// Whether several records may be null although values are unique.
    pub unique_allow_nulls: Option<bool>,
    /// The label that people see instead of the name.
    pub label: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// For a Timestamp: whether an insert sets it.
    pub on_insert: Option<bool>,
    /// For a Timestamp: whether an update sets it.
    pub on_update: Option<bool>,
    /// For a Timestamp: the Windows name of its time zone.
    pub time_zone: Option<String>,
    /// For a Random ID or Prefixed Autonumber: its format.
    pub format: Option<String>,
    /// For a Random ID or Prefixed Autonumber: its prefix.
    pub prefix: Option<String>,
    /// For a Random ID: its length.
    pub length: Option<u32>,
    /// For a list, all its values. A value that stays keeps its key; one that is left out is removed from every
    /// record.
    pub list: Option<Vec<Value>>,
    /// For an Attachment: which files can be uploaded.
    pub attachment: Option<AttachmentRules>,
}

impl FieldUpdate {
    /// A change that changes nothing.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// assert!(FieldUpdate::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives it another name.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// let update = FieldUpdate::new().rename("Phone_1");
    /// assert_eq!(update.name.as_deref(), Some("Phone_1"));
    /// ```
    pub fn rename(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives it another type. Caspio converts the values; those that do not convert are lost.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldUpdate};
    ///
    /// let update = FieldUpdate::new().data_type(DataType::Text64000);
    /// assert_eq!(update.data_type, Some(DataType::Text64000));
    /// ```
    pub fn data_type(mut self, data_type: DataType) -> Self {
        self.data_type = Some(data_type);
        self
    }

    /// Sets whether no two records may hold the same value.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// assert_eq!(FieldUpdate::new().unique(true).unique, Some(true));
    /// ```
    pub fn unique(mut self, unique: bool) -> Self {
        self.unique = Some(unique);
        self
    }

    /// Sets whether several records may be null although values are unique.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// let update = FieldUpdate::new().unique(true).unique_allow_nulls(true);
    /// assert_eq!(update.unique_allow_nulls, Some(true));
    /// ```
    pub fn unique_allow_nulls(mut self, allow: bool) -> Self {
        self.unique_allow_nulls = Some(allow);
        self
    }

    /// Sets the label that people see instead of the name.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// let update = FieldUpdate::new().label("Phone");
    /// assert_eq!(update.label.as_deref(), Some("Phone"));
    /// ```
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets its description.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// let update = FieldUpdate::new().description("At work");
    /// assert_eq!(update.description.as_deref(), Some("At work"));
    /// ```
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets all values of a list. A value that is left out is removed from every record.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// let update = FieldUpdate::new().list(["Cat", "Dog"]);
    /// assert_eq!(update.list.map(|values| values.len()), Some(2));
    /// ```
    pub fn list<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.list = Some(values.into_iter().map(Into::into).collect());
        self
    }

    /// The change that makes `have` the same as `want`, as far as Caspio can: a formula cannot be set, and the
    /// position of a field does not change.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, FieldUpdate};
    ///
    /// let have = FieldDefinition::new("Age", DataType::Integer);
    /// let want = FieldDefinition::new("Age", DataType::Number);
    /// let update = FieldUpdate::between(&have, &want);
    /// assert_eq!(update, FieldUpdate::new().data_type(DataType::Number));
    /// ```
    pub fn between(have: &FieldDefinition, want: &FieldDefinition) -> Self {
        fn changed<T: PartialEq + Clone>(have: &T, want: &T) -> Option<T> {
            (have != want).then(|| want.clone())
        }
        fn reported<T: PartialEq + Clone + Default>(
            have: &Option<T>,
            want: &Option<T>,
        ) -> Option<T> {
            (have != want).then(|| want.clone().unwrap_or_default())
        }
        let values =
            |field: &FieldDefinition| -> Vec<Value> { field.list.values().cloned().collect() };
        let same_values = values(have).len() == values(want).len()
            && values(have)
                .iter()
                .all(|value| values(want).contains(value));
        Self {
            name: changed(&have.name, &want.name),
            data_type: changed(&have.data_type, &want.data_type),
            unique: changed(&have.unique, &want.unique),
            unique_allow_nulls: changed(&have.unique_allow_nulls, &want.unique_allow_nulls),
            label: changed(&have.label, &want.label),
            description: changed(&have.description, &want.description),
            on_insert: changed(&have.on_insert, &want.on_insert),
            on_update: changed(&have.on_update, &want.on_update),
            time_zone: reported(&have.time_zone, &want.time_zone),
            format: reported(&have.format, &want.format),
            prefix: reported(&have.prefix, &want.prefix),
            length: changed(&have.length, &want.length).flatten(),
            list: (!same_values).then(|| values(want)),
            attachment: reported(&have.attachment, &want.attachment),
        }
    }

    /// Leaves properties unchanged.
    pub(crate) fn without(mut self, properties: &[Property]) -> Self {
        for property in properties {
            match property {
                Property::Name => self.name = None,
                Property::Type => self.data_type = None,
                Property::Unique => self.unique = None,
                Property::UniqueAllowNulls => self.unique_allow_nulls = None,
                Property::Label => self.label = None,
                Property::Description => self.description = None,
                Property::OnInsert => self.on_insert = None,
                Property::OnUpdate => self.on_update = None,
                Property::TimeZone => self.time_zone = None,
                Property::Format => self.format = None,
                Property::Prefix => self.prefix = None,
                Property::Length => self.length = None,
                Property::Attachment => self.attachment = None,
                // These cannot be changed.
                Property::Formula | Property::Editable | Property::TableField => {}
            }
        }
        self
    }

    /// Returns whether it changes nothing.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// assert!(!FieldUpdate::new().label("Phone").is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
