//! The column that identifies the rows of an insert.

use crate::record::ObjectKind;
use crate::schema::{DataType, FieldDefinition};
use caspio_schema::is_same_name;
use std::sync::Arc;

/// What is known about the column that identifies rows.
pub(super) struct KeyColumn {
    pub(super) name: String,
    /// The fields; none if they cannot be read.
    pub(super) definitions: Arc<Vec<FieldDefinition>>,
    /// Whether rows are inserted into a table or through a view.
    pub(super) kind: ObjectKind,
    /// Whether a record with a row's value may have been there before while the view hides the row's own record.
    pub(super) may_be_hidden: bool,
}

/// The columns that are empty in a record that is inserted without them. A view may show columns of other tables.
pub(super) fn left_empty(
    kind: ObjectKind,
    definitions: &[FieldDefinition],
) -> impl Iterator<Item = &str> {
    let fields = definitions.iter().filter(move |field| {
        let is_read = !matches!(field.data_type, DataType::Password | DataType::File);
        kind == ObjectKind::Table && is_read && field.is_writable()
    });
    fields.map(|field| field.name.as_str())
}

impl KeyColumn {
    fn definition(&self) -> Option<&FieldDefinition> {
        let mut fields = self.definitions.iter();
        fields.find(|field| is_same_name(&field.name, &self.name))
    }

    pub(super) fn data_type(&self) -> Option<&DataType> {
        self.definition().map(|field| &field.data_type)
    }

    pub(super) fn left_empty(&self) -> impl Iterator<Item = &str> {
        left_empty(self.kind, &self.definitions)
    }

    /// Whether Caspio refuses a second record with the same value. `false` if the definition cannot be read,
    /// so that nothing is sent again.
    pub(super) fn is_unique(&self) -> bool {
        self.definition().is_some_and(|field| field.unique)
    }
}
