//! Definitions of tables and views, for tests.

use super::field::{Field, Translated};
use caspio_schema::DataType;
use serde_json::Value;

/// A table to create with [`Emulator::create_table`](crate::Emulator::create_table).
///
/// ```
/// use caspio_emulator::{FieldDef, DataType, TableDef};
///
/// let table = TableDef::new("Pets")
///     .field(FieldDef::new("Name", DataType::Text255).unique())
///     .field(FieldDef::new("Kind", DataType::ListText).list(["Cat", "Dog"]))
///     .field(FieldDef::new("Greeting", DataType::Text64000).formula("'Hello ' + Name"));
/// ```
#[derive(Clone, Debug)]
pub struct TableDef {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
}

impl TableDef {
    /// Creates a definition without fields; every table has `PK_ID` automatically.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            note: String::new(),
            fields: Vec::new(),
        }
    }

    /// Sets the table's note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Appends a field.
    #[must_use]
    pub fn field(mut self, field: FieldDef) -> Self {
        self.fields.push(field.0);
        self
    }
}

/// A field of a [`TableDef`].
#[derive(Clone, Debug)]
pub struct FieldDef(Field);

impl FieldDef {
    /// Creates the definition of a field. Fields that Caspio fills are unique by default.
    pub fn new(name: impl Into<String>, ty: DataType) -> Self {
        Self(Field::new(name, ty))
    }

    /// Refuses values that another record has; one null is allowed.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.0.unique = true;
        self
    }

    /// Sets the label that people see instead of the name.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = description.into();
        self
    }

    /// Makes the field a formula: a T-SQL expression over the table's other fields.
    #[must_use]
    pub fn formula(mut self, expression: impl Into<String>) -> Self {
        self.0.formula = Some(Translated {
            text: expression.into(),
            sql: String::new(),
        });
        self
    }

    /// Sets the values of a list field.
    #[must_use]
    pub fn list<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.0.list.redefine(values.into_iter().map(Into::into));
        self
    }

    /// Sets the prefix of a random id or a prefixed autonumber.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.0.prefix = prefix.into();
        self
    }

    /// Sets the format: `0`, `U` or `0U` for a random id, `1` to `0000001` for a prefixed
    /// autonumber.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.0.format = format.into();
        self
    }

    /// Sets the number of random characters of a random id.
    #[must_use]
    pub fn length(mut self, length: u32) -> Self {
        self.0.length = length;
        self
    }

    /// Sets a timestamp field when a record is inserted.
    #[must_use]
    pub fn on_insert(mut self) -> Self {
        self.0.on_insert = true;
        self
    }

    /// Sets the time zone of a timestamp field by its Windows name, such as `Pacific Standard
    /// Time`; default: UTC.
    #[must_use]
    pub fn time_zone(mut self, windows_name: impl Into<String>) -> Self {
        self.0.time_zone = windows_name.into();
        self
    }

    /// Sets the file extensions that an attachment field accepts; default: all.
    #[must_use]
    pub fn permitted_file_types<T: Into<String>>(
        mut self,
        types: impl IntoIterator<Item = T>,
    ) -> Self {
        self.0.attachment.permitted = types.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a timestamp field when a record is updated.
    #[must_use]
    pub fn on_update(mut self) -> Self {
        self.0.on_update = true;
        self
    }
}

/// A view to create with [`Emulator::create_view`](crate::Emulator::create_view).
///
/// ```
/// use caspio_emulator::ViewDef;
///
/// let view = ViewDef::new("Order_Details", "Orders")
///     .join("Contacts", "Orders.Contact_ID", "Contact_ID")
///     .field("Orders.Total")
///     .field_as("Contacts.Email", "Customer_Email")
///     .filter("Total > 0");
/// ```
#[derive(Clone, Debug)]
pub struct ViewDef {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) tables: Vec<ViewTable>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) filter: Option<String>,
    pub(crate) editable: Option<String>,
}

/// One table of a [`ViewDef`] with the two fields that join it to an earlier one.
#[derive(Clone, Debug)]
pub(crate) struct ViewTable {
    pub(crate) name: String,
    pub(crate) on: Option<(String, String)>,
    pub(crate) outer: bool,
}

impl ViewDef {
    /// Creates the definition of a view over `table`.
    pub fn new(name: impl Into<String>, table: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            note: String::new(),
            tables: vec![ViewTable {
                name: table.into(),
                on: None,
                outer: false,
            }],
            fields: Vec::new(),
            filter: None,
            editable: None,
        }
    }

    /// Joins a table where `earlier` (`Table.Field`) equals its `field`.
    #[must_use]
    pub fn join(self, table: &str, earlier: &str, field: &str) -> Self {
        self.tie(table, earlier, field, false)
    }

    /// Joins a table like [`join`](Self::join), keeping rows without a match.
    #[must_use]
    pub fn left_join(self, table: &str, earlier: &str, field: &str) -> Self {
        self.tie(table, earlier, field, true)
    }

    fn tie(mut self, table: &str, earlier: &str, field: &str, outer: bool) -> Self {
        self.tables.push(ViewTable {
            name: table.into(),
            on: Some((earlier.into(), field.into())),
            outer,
        });
        self
    }

    /// Adds a field, `Table.Field`, with its own name.
    #[must_use]
    pub fn field(self, field: &str) -> Self {
        let name = field.rsplit_once('.').map_or(field, |(_, name)| name);
        self.field_as(field, name)
    }

    /// Adds a field, `Table.Field`, with another name.
    #[must_use]
    pub fn field_as(mut self, field: &str, name: &str) -> Self {
        self.fields.push((field.into(), name.into()));
        self
    }

    /// Keeps only records that meet a condition on the fields of the view.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// Makes this table of the view editable through it.
    #[must_use]
    pub fn editable(mut self, table: impl Into<String>) -> Self {
        self.editable = Some(table.into());
        self
    }
}
