//! Tables, views, and all of them together.

use crate::names::{folded_name, is_same_name, position_of_name};
use crate::{FieldDefinition, Property};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The key of every table and every view. No list of fields contains it, and it can always be read.
pub const PK_ID: &str = "PK_ID";

/// A table or a view.
///
/// ```
/// use caspio_schema::ObjectKind;
///
/// assert_eq!(ObjectKind::View.to_string(), "view");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A table: its `PK_ID` is a number.
    Table,
    /// A view: its `PK_ID` is text, the ids of its tables' records joined by commas.
    View,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::View => "view",
        })
    }
}

/// The tables and views of an account, or a selection of them.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition, Schema};
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
    /// The properties that the API does not report in the version by which the definitions were read. They have their
    /// defaults here, which are not the account's; [`diff`](Self::diff) ignores them, and a [`Plan`](crate::Plan) does
    /// not change them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreported: Vec<Property>,
}

/// A table or view with its fields.
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
    /// The note that describes it; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Its fields in their order, without `PK_ID`.
    pub fields: Vec<FieldDefinition>,
    /// The relationships of a table to others, where the API reports them: v4. Views have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<Relationship>,
}

/// A relationship of a table to another. Caspio does not document the members, so they are kept unchanged.
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
#[non_exhaustive]
pub struct Relationship {
    /// The members as the API returned them.
    pub members: serde_json::Map<String, serde_json::Value>,
}

impl Relationship {
    /// Creates a relationship with these members.
    #[must_use]
    pub fn new(members: serde_json::Map<String, serde_json::Value>) -> Self {
        Self { members }
    }
}

impl Schema {
    /// Creates a schema and sorts its tables and views by name.
    ///
    /// ```
    /// use caspio_schema::{ObjectDefinition, Schema};
    ///
    /// let tables = ["Vets", "Pets"].map(|name| ObjectDefinition::new(name, vec![]));
    /// let schema = Schema::new(tables.to_vec(), vec![]);
    /// assert_eq!(schema.tables[0].name, "Pets");
    /// ```
    #[must_use]
    pub fn new(tables: Vec<ObjectDefinition>, views: Vec<ObjectDefinition>) -> Self {
        let mut schema = Self {
            tables,
            views,
            unreported: Vec::new(),
        };
        schema.sort();
        schema
    }

    /// Returns the table with this name, in any case.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&ObjectDefinition> {
        self.object(ObjectKind::Table, name)
    }

    /// Returns the view with this name, in any case.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&ObjectDefinition> {
        self.object(ObjectKind::View, name)
    }

    /// Returns the table or view with this name; if there is none, one whose name differs in case only.
    ///
    /// ```
    /// use caspio_schema::{ObjectDefinition, ObjectKind, Schema};
    ///
    /// let schema = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
    /// assert!(schema.object(ObjectKind::Table, "pets").is_some());
    /// assert!(schema.object(ObjectKind::View, "pets").is_none());
    /// ```
    #[must_use]
    pub fn object(&self, kind: ObjectKind, name: &str) -> Option<&ObjectDefinition> {
        let objects = self.objects(kind);
        let names = objects.iter().map(|object| object.name.as_str());
        objects.get(position_of_name(names, name)?)
    }

    /// Returns all tables, or all views.
    #[must_use]
    pub fn objects(&self, kind: ObjectKind) -> &[ObjectDefinition] {
        match kind {
            ObjectKind::Table => &self.tables,
            ObjectKind::View => &self.views,
        }
    }
}

impl ObjectDefinition {
    /// Creates the definition of a table or view with these fields.
    #[must_use]
    pub fn new(name: impl Into<String>, fields: Vec<FieldDefinition>) -> Self {
        Self {
            name: name.into(),
            fields,
            ..Self::default()
        }
    }

    /// Returns the field with this name, in any case.
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
        self.fields
            .iter()
            .find(|field| is_same_name(&field.name, name))
    }

    /// Returns the names of two fields that Caspio takes for one, because they differ in case at most.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// let fields = ["Name", "Age", "NAME"].map(|name| FieldDefinition::new(name, DataType::Text255));
    /// let pets = ObjectDefinition::new("Pets", fields.to_vec());
    /// assert_eq!(pets.fields_of_one_name(), Some(("Name", "NAME")));
    /// ```
    #[must_use]
    pub fn fields_of_one_name(&self) -> Option<(&str, &str)> {
        let mut seen = BTreeMap::new();
        self.fields.iter().find_map(|field| {
            let name = field.name.as_str();
            let earlier = seen.insert(folded_name(name), name)?;
            Some((earlier, name))
        })
    }
}
