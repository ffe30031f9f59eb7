//! Reads and writes the schema file.

use super::layout;
use crate::error::{Fault, SchemaError};
use crate::names::folded_name;
use crate::{ObjectDefinition, Property, Schema};
use caspio_support::file::{Access, replace};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fs, io};

/// The format that is written. A file with a higher one is refused.
const FORMAT: u64 = 1;

/// The content of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    caspio_schema: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unreported: Vec<Property>,
    tables: Vec<ObjectDefinition>,
    views: Vec<ObjectDefinition>,
}

/// The member that identifies the format.
#[derive(Deserialize)]
struct Head {
    caspio_schema: Option<serde_json::Value>,
}

impl Schema {
    /// Parses the text of a `caspio.schema.json`. Tables and views are sorted by name.
    ///
    /// # Errors
    ///
    /// It is not JSON, has a newer format, or is not a schema: an unknown member, a name twice.
    ///
    /// ```
    /// use caspio_schema::Schema;
    ///
    /// let schema = Schema::from_json(r#"{
    ///     "caspio_schema": 1,
    ///     "tables": [{"name": "Pets", "fields": [{"name": "Name", "type": "STRING"}]}],
    ///     "views": []
    /// }"#)?;
    /// assert!(schema.table("pets").is_some());
    /// # Ok::<(), caspio_schema::SchemaError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, SchemaError> {
        // Some editors begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let head: Head = serde_json::from_str(text).map_err(|error| SchemaError::json(&error))?;
        let format = head
            .caspio_schema
            .as_ref()
            .and_then(|format| format.as_u64());
        match format {
            Some(1..=FORMAT) => {}
            Some(format @ 2..) => {
                return Err(Fault::TooNew {
                    format,
                    known: FORMAT,
                }
                .into());
            }
            _ => {
                return Err(SchemaError::invalid(
                    "it does not begin with `\"caspio_schema\": 1`",
                ));
            }
        }
        let file: File = serde_json::from_str(text).map_err(|error| SchemaError::json(&error))?;
        let mut schema = Self {
            tables: file.tables,
            views: file.views,
            unreported: file.unreported,
        };
        schema.check_names()?;
        schema.check_views()?;
        schema.sort();
        Ok(schema)
    }

    /// Returns the text of a `caspio.schema.json`: tables and views sorted by name, one line per field. The same schema
    /// always has the same text.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, Schema, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let schema = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
    /// assert!(schema.to_json().contains(r#"{"name": "Name", "type": "STRING"}"#));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut schema = self.clone();
        schema.sort();
        schema.sort_relationships();
        layout::write(&File {
            caspio_schema: FORMAT,
            unreported: schema.unreported,
            tables: schema.tables,
            views: schema.views,
        })
    }

    /// Reads a file.
    ///
    /// ```no_run
    /// use caspio_schema::Schema;
    ///
    /// let schema = Schema::load("caspio.schema.json")?;
    /// # Ok::<(), caspio_schema::SchemaError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The file does not exist or cannot be read, or as for [`from_json`](Self::from_json).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SchemaError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| {
            let fault = match error.kind() {
                io::ErrorKind::NotFound => Fault::Missing,
                _ => Fault::Unreadable(error),
            };
            SchemaError::from(fault).at(path)
        })?;
        Self::from_json(&text).map_err(|error| error.at(path))
    }

    /// Writes a file, replacing it in one step: readers see the old file or the new one.
    ///
    /// ```no_run
    /// # fn example(schema: caspio_schema::Schema) -> Result<(), caspio_schema::SchemaError> {
    /// schema.save("caspio.schema.json")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The file cannot be written; the old one is unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SchemaError> {
        let path = path.as_ref();
        replace(path, self.to_json().as_bytes(), Access::Default)
            .map_err(|error| SchemaError::from(Fault::Unwritable(error)).at(path))
    }

    /// Sorts tables and views by name, without case.
    ///
    /// ```
    /// use caspio_schema::{Schema, ObjectDefinition};
    ///
    /// let mut schema = Schema::default();
    /// schema.tables = ["Vets", "Pets"].map(|name| ObjectDefinition::new(name, vec![])).to_vec();
    /// schema.sort();
    /// assert_eq!(schema.tables[0].name, "Pets");
    /// ```
    pub fn sort(&mut self) {
        let key = |name: &str| (folded_name(name), name.to_owned());
        self.tables.sort_by_cached_key(|table| key(&table.name));
        self.views.sort_by_cached_key(|view| key(&view.name));
    }

    /// A feature of serde_json keeps the order of members; this makes the text independent of it.
    fn sort_relationships(&mut self) {
        let relationships = self
            .tables
            .iter_mut()
            .flat_map(|table| &mut table.relationships);
        for relationship in relationships {
            relationship.members.sort_keys();
            let values = relationship.members.values_mut();
            values.for_each(serde_json::Value::sort_all_objects);
        }
    }

    fn check_views(&self) -> Result<(), SchemaError> {
        let related = |view: &&ObjectDefinition| !view.relationships.is_empty();
        let Some(view) = self.views.iter().find(related) else {
            return Ok(());
        };
        let name = &view.name;
        Err(SchemaError::invalid(format!(
            "the view {name:?} has `relationships`, which only tables have"
        )))
    }

    fn check_names(&self) -> Result<(), SchemaError> {
        let twice = |object: &str, name: &str| {
            SchemaError::invalid(format!("{object} {name:?} is there twice"))
        };
        // An account may have tables whose names differ in case only.
        let tables = self.tables.iter().map(|table| table.name.clone());
        let views = self.views.iter().map(|view| view.name.clone());
        if let Some(name) = doubled(tables) {
            return Err(twice("the table", &name));
        }
        if let Some(name) = doubled(views) {
            return Err(twice("the view", &name));
        }
        for object in self.tables.iter().chain(&self.views) {
            let fields = object.fields.iter().map(|field| folded_name(&field.name));
            if let Some(name) = doubled(fields) {
                return Err(twice(&format!("in {:?} the field", object.name), &name));
            }
        }
        Ok(())
    }
}

/// Returns the first name that occurs twice.
fn doubled(mut names: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    names.find(|name| !seen.insert(name.clone()))
}
