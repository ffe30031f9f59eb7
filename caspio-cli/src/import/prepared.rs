//! A row of a file, as it is sent.

use caspio::RecordMap;
use caspio::field::FieldValue;
use caspio::record::{FieldInfo, Row, ToRow};
use caspio_schema::is_same_name;
use std::sync::Arc;

/// A row to send.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// The rows share the names of their columns.
    values: Vec<(Arc<str>, FieldValue<'static>)>,
}

impl Prepared {
    pub(super) fn new(values: Vec<(Arc<str>, FieldValue<'static>)>) -> Self {
        Self { values }
    }

    /// Returns the value of a column.
    pub(super) fn get(&self, column: &str) -> Option<&FieldValue<'static>> {
        let mut values = self.iter();
        values.find_map(|(name, value)| is_same_name(name, column).then_some(value))
    }

    /// Returns the columns with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue<'static>)> {
        self.values.iter().map(|(name, value)| (&**name, value))
    }
}

impl ToRow for Prepared {
    type Source = RecordMap;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        let mut row = Row::with_capacity(self.values.len());
        for (name, value) in self.iter() {
            row.push(name, value.clone());
        }
        row
    }
}
