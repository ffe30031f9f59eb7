//! The account's tables and views by name.

use super::StoreError;
use super::field::{Field, Translated, same_name};
use crate::store::webhook::derived_id;
use serde::{Deserialize, Serialize};

/// A table. Each is a SQLite table with a generated name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
    /// The id of the next new field.
    pub(crate) next_field: u32,
    /// Whether its records are the users of a directory.
    pub(crate) directory: bool,
}

impl Table {
    pub(crate) fn physical(&self) -> String {
        format!("t_{}", self.id)
    }

    /// Returns the six characters that identify the table on v4 and in events.
    pub(crate) fn short_id(&self, account: &str) -> String {
        derived_id(&[account, "table", &self.name])
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.is_called(name))
    }

    /// Returns the fields in their order.
    pub(crate) fn shown(&self) -> Vec<VisibleField<'_>> {
        let shown = self
            .fields
            .iter()
            .zip(1..)
            .map(|(field, place)| VisibleField {
                field,
                name: &field.name,
                origin: None,
                place,
                editable: field.is_editable(),
            });
        shown.collect()
    }

    pub(crate) fn field_by_id(&self, id: u32) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// A field as a table or a view shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisibleField<'s> {
    pub(crate) field: &'s Field,
    /// The name of the field in the table or view.
    pub(crate) name: &'s str,
    /// The table that a view takes it from.
    pub(crate) origin: Option<&'s str>,
    /// The position, from 1.
    pub(crate) place: usize,
    /// Whether it can be written through the table or view.
    pub(crate) editable: bool,
}

impl<'s> VisibleField<'s> {
    /// Finds a field by its name.
    pub(crate) fn find<'l>(shown: &'l [Self], name: &str) -> Result<&'l Self, StoreError> {
        shown
            .iter()
            .find(|field| same_name(field.name, name))
            .ok_or_else(|| StoreError::fields_not_found(&[name]))
    }
}

/// How one table of a view joins an earlier one: `earlier.field = this.field`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Join {
    /// Whether rows of the earlier table without a match are kept.
    pub(crate) outer: bool,
    pub(crate) earlier: usize,
    pub(crate) earlier_key: Key,
    pub(crate) key: Key,
}

/// What a join compares: a field by its id, or the key of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Key {
    Primary,
    Field(u32),
}

impl Key {
    pub(crate) fn column(self) -> String {
        match self {
            Self::Primary => "pk".into(),
            Self::Field(id) => format!("c{id}"),
        }
    }
}

/// One table of a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) table: u32,
    pub(crate) join: Option<Join>,
}

/// A field of a view: a field of one of its tables, with a name of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ViewField {
    /// Unique in the view; names the column even if other fields are added or removed.
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) part: usize,
    pub(crate) field: u32,
}

/// A view over one or several tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) fields: Vec<ViewField>,
    /// A T-SQL condition on the view's own fields.
    pub(crate) filter: Option<Translated>,
    /// The table that writes go to; a view of one table is always editable.
    pub(crate) editable: Option<usize>,
}

impl ViewField {
    pub(crate) fn column(&self) -> String {
        format!("v{}", self.id)
    }
}

impl View {
    /// Returns the six characters that identify the view on v4.
    pub(crate) fn short_id(&self, account: &str) -> String {
        derived_id(&[account, "view", &self.name])
    }

    pub(crate) fn editable_part(&self) -> Option<usize> {
        match self.parts.len() {
            1 => Some(0),
            _ => self.editable,
        }
    }
}

/// All tables and views. It is shared, and replaced as a whole when something changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
}

impl Schema {
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| same_name(&table.name, name))
    }

    pub(crate) fn table_by_id(&self, id: u32) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    pub(crate) fn table_by_short_id(&self, id: &str, account: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| table.short_id(account) == id)
    }

    pub(crate) fn view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|view| same_name(&view.name, name))
    }

    /// Returns the fields of a view in their order.
    pub(crate) fn shown<'s>(&'s self, view: &'s View) -> Vec<VisibleField<'s>> {
        let shown = view.fields.iter().zip(1..).filter_map(|(field, place)| {
            let (table, origin) = self.origin(view, field)?;
            Some(VisibleField {
                field: origin,
                name: &field.name,
                origin: Some(&table.name),
                place,
                editable: origin.is_editable() && view.editable_part() == Some(field.part),
            })
        });
        shown.collect()
    }

    /// Returns the table and the field behind a view's field.
    pub(crate) fn origin(&self, view: &View, field: &ViewField) -> Option<(&Table, &Field)> {
        let table = self.table_by_id(view.parts.get(field.part)?.table)?;
        Some((table, table.field_by_id(field.field)?))
    }

    /// Returns an id that no table or view has. The id of a dropped one is not reused while a newer
    /// one exists, which is enough for the generated names.
    pub(crate) fn next_id(&self) -> u32 {
        let tables = self.tables.iter().map(|table| table.id);
        let views = self.views.iter().map(|view| view.id);
        tables.chain(views).max().unwrap_or(0) + 1
    }
}
