//! The columns an update sets.

use super::Assignment;
use crate::record::Row;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// Columns with their new values; a column that is set twice gets the later one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(pub(crate) Row<'static>);

impl Changes {
    pub(crate) fn of(row: Row<'_>) -> Self {
        Self(row.into_owned())
    }

    pub(crate) fn set<S>(&mut self, assignment: Assignment<S>) {
        self.put(assignment.name.into(), assignment.value);
    }

    pub(crate) fn set_all(&mut self, row: Row<'_>) {
        for (name, value) in row.into_owned().into_columns() {
            self.put(name, value);
        }
    }

    pub(crate) fn put(
        &mut self,
        name: std::borrow::Cow<'static, str>,
        value: crate::field::FieldValue<'static>,
    ) {
        let row = std::mem::take(&mut self.0);
        self.0 = row.without(|column, _| column.eq_ignore_ascii_case(&name));
        self.0.push(name, value);
    }

    /// The columns, of which there has to be one.
    pub(crate) fn into_row(self) -> Result<Row<'static>> {
        match self.0.is_empty() {
            false => Ok(self.0),
            true => Err(Error::new(ErrorKind::Refused, "the update sets nothing")
                .with_hint("say what to set, `.set(|c| c.column.to(value))`")),
        }
    }
}
