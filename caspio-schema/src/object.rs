//! Tables, views, and all of them together.

use crate::FieldDefinition;
use serde::{Deserialize, Serialize};

/// Everything an account, or a chosen part of it, holds: tables and views by name.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition, Schema, ObjectDefinition};
///
/// let name = FieldDefinition::new("Name", DataType::Text255);
/// let schema = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
/// for table in &schema.tables {
///     println!("{}: {} fields", table.name, table.fields.len());
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Schema {
    /// The tables, sorted by name.
    #[serde(default)]
    pub tables: Vec<ObjectDefinition>,
    /// The views, sorted by name.
    #[serde(default)]
    pub views: Vec<ObjectDefinition>,
}

/// A table with its fields.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
///
/// let name = FieldDefinition::new("Name", DataType::Text255);
/// let mut pets = ObjectDefinition::new("Pets", vec![name]);
/// pets.note = "The pets of our members".to_owned();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectDefinition {
    /// Its name. Names are compared without case.
    pub name: String,
    /// What it is for; empty when nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Its fields in their order, `PK_ID` left out.
    pub fields: Vec<FieldDefinition>,
    /// How it is joined to other tables, where the account says so: v4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<Relationship>,
}

/// A view with its fields.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
///
/// let name = FieldDefinition::new("Name", DataType::Text255);
/// let view = ObjectDefinition::new("Pet_Names", vec![name]);
/// assert_eq!(view.fields.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectDefinition {
    /// Its name. Names are compared without case.
    pub name: String,
    /// What it is for; empty when nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Its fields in their order, `PK_ID` left out.
    pub fields: Vec<FieldDefinition>,
}

/// How a table is joined to another. Caspio does not document the members, so they are kept as they came.
///
/// ```
/// # fn example(table: &caspio_schema::ObjectDefinition) {
/// for relationship in &table.relationships {
///     println!("{:?}", relationship.members);
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Relationship {
    /// The members as the account told them.
    pub members: serde_json::Map<String, serde_json::Value>,
}

impl Schema {
    /// Tables and views, which are sorted by name.
    ///
    /// ```
    /// use caspio_schema::{Schema, ObjectDefinition};
    ///
    /// let tables = ["Vets", "Pets"].map(|name| ObjectDefinition::new(name, vec![]));
    /// let schema = Schema::new(tables.to_vec(), vec![]);
    /// assert_eq!(schema.tables[0].name, "Pets");
    /// ```
    #[must_use]
    pub fn new(tables: Vec<ObjectDefinition>, views: Vec<ObjectDefinition>) -> Self {
        let mut schema = Self { tables, views };
        schema.sort();
        schema
    }

    /// The table of that name.
    ///
    /// ```
    /// use caspio_schema::{Schema, ObjectDefinition};
    ///
    /// let schema = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
    /// assert!(schema.table("pets").is_some());
    /// ```
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&ObjectDefinition> {
        self.tables
            .iter()
            .find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The view of that name.
    ///
    /// ```
    /// use caspio_schema::{Schema, ObjectDefinition};
    ///
    /// let schema = Schema::new(vec![], vec![ObjectDefinition::new("Pet_Names", vec![])]);
    /// assert!(schema.view("pet_names").is_some());
    /// ```
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&ObjectDefinition> {
        self.views
            .iter()
            .find(|view| view.name.eq_ignore_ascii_case(name))
    }
}

impl ObjectDefinition {
    /// A table with a name and fields.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let pets = ObjectDefinition::new("Pets", vec![name]);
    /// assert_eq!(pets.name, "Pets");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, fields: Vec<FieldDefinition>) -> Self {
        Self {
            name: name.into(),
            fields,
            ..Self::default()
        }
    }

    /// The field of that name.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let pets = ObjectDefinition::new("Pets", vec![name]);
    /// assert!(pets.field("NAME").is_some());
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        find(&self.fields, name)
    }
}

impl ObjectDefinition {
    /// A view with a name and fields.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let view = ObjectDefinition::new("Pet_Names", vec![name]);
    /// assert_eq!(view.name, "Pet_Names");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, fields: Vec<FieldDefinition>) -> Self {
        Self {
            name: name.into(),
            fields,
            ..Self::default()
        }
    }

    /// The field of that name.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let view = ObjectDefinition::new("Pet_Names", vec![name]);
    /// assert!(view.field("NAME").is_some());
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        find(&self.fields, name)
    }
}

fn find<'a>(fields: &'a [FieldDefinition], name: &str) -> Option<&'a FieldDefinition> {
    fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}
