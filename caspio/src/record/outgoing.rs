//! Records on their way to Caspio.

use super::{FieldInfo, RecordMap, Source};
use crate::field::FieldValue;
use std::borrow::Cow;

/// A struct whose fields can be written to a table or view.
///
/// `#[derive(CaspioTable)]` and `#[derive(CaspioView)]` implement it with every column that is not read
/// only; `#[derive(CaspioInsert)]` with those that the struct has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to a table",
    label = "not a record that can be written",
    note = "add `#[derive(CaspioInsert)]` with `#[caspio(table = ...)]`, the struct of the table",
    note = "a struct with `#[derive(CaspioTable)]` can be written when each of its fields can, or is `read_only`; a field `with` functions of its own needs `to = \"function\"`"
)]
pub trait ToRow {
    /// Where it is written.
    type Source: Source;
    /// The columns that it may write.
    const WRITES: &'static [FieldInfo];

    /// The columns with their values.
    fn to_row(&self) -> Row<'_>;
}

/// Columns with values to be written, in an order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row<'a> {
    columns: Vec<(Cow<'a, str>, FieldValue<'a>)>,
}

impl<'a> Row<'a> {
    /// A row with room for some columns.
    #[must_use]
    pub fn with_capacity(columns: usize) -> Self {
        Self {
            columns: Vec::with_capacity(columns),
        }
    }

    /// Adds a column; one whose value is absent is left out.
    pub fn push(&mut self, column: impl Into<Cow<'a, str>>, value: FieldValue<'a>) {
        if !matches!(value, FieldValue::Absent) {
            self.columns.push((column.into(), value));
        }
    }

    /// The value of a column, its name compared without case as Caspio does.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&FieldValue<'a>> {
        self.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(column))
            .map(|(_, value)| value)
    }

    /// The columns with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue<'a>)> {
        self.columns.iter().map(|(name, value)| (&**name, value))
    }

    /// How many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The row without some of its columns.
    pub(crate) fn without(mut self, leave_out: impl Fn(&str, &FieldValue<'a>) -> bool) -> Self {
        self.columns.retain(|(name, value)| !leave_out(name, value));
        self
    }

    /// The columns with their values, taken out.
    pub(crate) fn into_columns(self) -> impl Iterator<Item = (Cow<'a, str>, FieldValue<'a>)> {
        self.columns.into_iter()
    }

    /// The row with other values.
    pub(crate) fn map(
        mut self,
        mut change: impl FnMut(&str, FieldValue<'a>) -> FieldValue<'a>,
    ) -> Self {
        for (name, value) in &mut self.columns {
            *value = change(name, std::mem::replace(value, FieldValue::Absent));
        }
        self
    }

    /// The same row, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Row<'static> {
        let columns = self.columns.into_iter();
        Row {
            columns: columns
                .map(|(name, value)| (name.into_owned().into(), value.into_owned()))
                .collect(),
        }
    }
}

/// All columns but the key. Read-only ones must be left out by the program: only the table knows them.
impl ToRow for RecordMap {
    type Source = Self;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        let mut row = Row::with_capacity(self.len());
        for (name, value) in self.iter() {
            if !name.eq_ignore_ascii_case(super::PK_ID) {
                row.push(name, value.into());
            }
        }
        row
    }
}

impl<T: ToRow + ?Sized> ToRow for &T {
    type Source = T::Source;
    const WRITES: &'static [FieldInfo] = T::WRITES;

    fn to_row(&self) -> Row<'_> {
        (**self).to_row()
    }
}
