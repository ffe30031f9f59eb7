//! The columns that an update sets.

use super::Assignment;
use crate::record::Row;
use crate::target::Target;
use crate::value::FieldValue;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// Columns with their new values; a column that is set twice gets the later one.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    row: Row<'static>,
    /// Two names of one row that are one column, so that its value is not known.
    repeated: Option<(String, String)>,
}

impl Changes {
    pub(crate) fn of(row: Row<'_>) -> Self {
        Self {
            repeated: repeated(&row),
            row: row.into_owned(),
        }
    }

    pub(super) fn set<S>(&mut self, assignment: Assignment<S>) {
        assignment.set_in(&mut self.row);
    }

    pub(crate) fn set_all(&mut self, row: Row<'_>) {
        self.repeated = self.repeated.take().or_else(|| repeated(&row));
        let row = row.into_owned();
        let refused_null = row.refused_null().map(str::to_owned);
        if row.is_untyped() {
            self.row.set_untyped();
        }
        for (name, value) in row.into_columns() {
            self.put(name, value);
        }
        if let Some(column) = refused_null {
            self.row.refuse_null(column);
        }
    }

    pub(super) fn put(&mut self, name: Cow<'static, str>, value: FieldValue<'static>) {
        self.row.set(name, value);
    }

    /// Sets a column whose type the program does not know.
    pub(super) fn put_untyped(&mut self, name: String, value: FieldValue<'static>) {
        self.row.set_untyped();
        self.put(name.into(), value);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// The columns for a table or view; see [`into_row`](Self::into_row).
    pub(super) fn into_row_of(self, target: &Target) -> Result<Row<'static>> {
        self.into_row()
            .map_err(|error| error.with_resource(target.to_string()))
    }

    /// The columns.
    ///
    /// # Errors
    ///
    /// `Refused`: there are none, because the row of `set_row` leaves all of them out; or a row has a column twice.
    pub(crate) fn into_row(self) -> Result<Row<'static>> {
        if let Some((one, other)) = self.repeated {
            let message = format!("the row has `{one}` and `{other}`, which are one column");
            return Err(Error::new(ErrorKind::Refused, message).with_field(one));
        }
        if self.row.is_empty() {
            return Err(Error::new(ErrorKind::Refused, "the update sets nothing")
                .with_hint("set a column, `.set(|c| c.column.to(value))`"));
        }
        Ok(self.row)
    }
}

fn repeated(row: &Row<'_>) -> Option<(String, String)> {
    let (one, other) = row.repeated()?;
    Some((one.to_owned(), other.to_owned()))
}
