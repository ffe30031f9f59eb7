//! Definitions of tables and views as a test writes them.

use super::field::{Field, Translated};
use caspio_schema::DataType;
use serde_json::Value;

/// A table to be created with [`Emulator::create_table`](crate::Emulator::create_table).
///
/// ```
/// use caspio_emulator::{FieldDef, DataType, TableDef};
///
/// let table = TableDef::new("Pets")
///     .field(FieldDef::new("Name", DataType::Text255).unique())
///     .field(FieldDef::new("Kind", DataType::ListText).list(["Cat", "Dog"]))
///     .field(FieldDef::new("Greeting", DataType::Text64000).formula("'Hello ' + Name"));
/// ```
#[derive(Debug, Clone)]
pub struct TableDef {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
}

impl TableDef {
    /// Starts the definition of a table; every table has `PK_ID` by itself.
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
#[derive(Debug, Clone)]
pub struct FieldDef(Field);

impl FieldDef {
    /// Starts the definition of a field. Types that Caspio fills in are unique by themselves.
    pub fn new(name: impl Into<String>, ty: DataType) -> Self {
        Self(Field::new(name, ty))
    }

    /// Refuses a value that another record holds already; one null is let in.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.0.unique = true;
        self
    }

    /// Sets the label that people see in place of the name.
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

    /// Sets the format: `0`, `U` or `0U` of a random id, `1` to `0000001` of a prefixed
    /// autonumber.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.0.format = format.into();
        self
    }

    /// Sets how many random characters a random id has.
    #[must_use]
    pub fn length(mut self, length: u32) -> Self {
        self.0.length = length;
        self
    }

    /// Stamps a timestamp field when a record is inserted.
    #[must_use]
    pub fn on_insert(mut self) -> Self {
        self.0.on_insert = true;
        self
    }

    /// Sets the time zone of a timestamp field by its Windows name, such as
    /// `Pacific Standard Time`; UTC otherwise.
    #[must_use]
    pub fn time_zone(mut self, windows_name: impl Into<String>) -> Self {
        self.0.time_zone = windows_name.into();
        self
    }

    /// Sets the extensions of the files that an attachment field takes; all when there are none.
    #[must_use]
    pub fn permitted_file_types<T: Into<String>>(
        mut self,
        types: impl IntoIterator<Item = T>,
    ) -> Self {
        self.0.attachment.permitted = types.into_iter().map(Into::into).collect();
        self
    }

    /// Stamps a timestamp field when a record is updated.
    #[must_use]
    pub fn on_update(mut self) -> Self {
        self.0.on_update = true;
        self
    }
}

/// A view to be created with [`Emulator::create_view`](crate::Emulator::create_view).
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
#[derive(Debug, Clone)]
pub struct ViewDef {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) tables: Vec<ViewTable>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) filter: Option<String>,
    pub(crate) editable: Option<String>,
}

/// One table of a [`ViewDef`] with the two fields that tie it to an earlier one.
#[derive(Debug, Clone)]
pub(crate) struct ViewTable {
    pub(crate) name: String,
    pub(crate) on: Option<(String, String)>,
    pub(crate) outer: bool,
}

impl ViewDef {
    /// Starts the definition of a view over `table`.
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

    /// Adds a table where `earlier` (`Table.Field`) equals its `field`.
    #[must_use]
    pub fn join(self, table: &str, earlier: &str, field: &str) -> Self {
        self.tie(table, earlier, field, false)
    }

    /// Adds a table like [`join`](Self::join), keeping rows that find no partner.
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

    /// BodyKind a field, `Table.Field`, under its own name.
    #[must_use]
    pub fn field(self, field: &str) -> Self {
        let name = field.rsplit_once('.').map_or(field, |(_, name)| name);
        self.field_as(field, name)
    }

    /// BodyKind a field, `Table.Field`, under another name.
    #[must_use]
    pub fn field_as(mut self, field: &str, name: &str) -> Self {
        self.fields.push((field.into(), name.into()));
        self
    }

    /// Keeps only records that meet a condition over the view's fields.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// Lets writes through the view reach this one of its tables.
    #[must_use]
    pub fn editable(mut self, table: impl Into<String>) -> Self {
        self.editable = Some(table.into());
        self
    }
}
