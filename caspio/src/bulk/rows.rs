//! The sources of many rows.

use crate::record::{Row, ToRow};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use futures::stream::{BoxStream, Stream, StreamExt};

/// An item of a stream of rows: a row, or the result of reading one.
///
/// The error may be anything that converts to a `Box<dyn Error>`: a [`caspio::Error`](crate::Error) is kept, any other
/// becomes the source of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row that can be written to a table",
    label = "neither a record that can be written, nor a `Result` of one",
    note = "add `#[derive(CaspioInsert)]` with `#[caspio(table = ...)]`, the struct of the table"
)]
pub trait IntoRow {
    /// The row.
    type Row: ToRow;

    /// Returns the row, or why there is none.
    ///
    /// # Errors
    ///
    /// The row cannot be read.
    fn into_row(self) -> Result<Self::Row, Error>;
}

impl<T: ToRow> IntoRow for T {
    type Row = T;

    fn into_row(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T: ToRow, E: Into<Box<dyn std::error::Error + Send + Sync>>> IntoRow for Result<T, E> {
    type Row = T;

    fn into_row(self) -> Result<T, Error> {
        self.map_err(|error| match error.into().downcast::<Error>() {
            Ok(error) => *error,
            Err(other) => {
                let message = format!("cannot read the row: {other}");
                Error::new(ErrorKind::Refused, message).with_source(other)
            }
        })
    }
}

/// A row of any type: [`ToRow`] without its types, which a `dyn` trait cannot have.
pub(crate) trait ErasedRow {
    fn row(&self) -> Row<'_>;
}

impl<T: ToRow> ErasedRow for T {
    fn row(&self) -> Row<'_> {
        self.to_row()
    }
}

impl ErasedRow for Row<'static> {
    fn row(&self) -> Row<'_> {
        self.clone()
    }
}

/// A stream of rows of any type.
pub(crate) type Rows<'a> = BoxStream<'a, Result<Box<dyn ErasedRow + Send + 'a>, Error>>;

/// Boxes the rows of a stream.
pub(crate) fn rows<'a, S>(stream: S) -> Rows<'a>
where
    S: Stream + Send + 'a,
    S::Item: IntoRow,
    <S::Item as IntoRow>::Row: Send + 'a,
{
    let rows = stream.map(|item| {
        let row = item.into_row()?;
        Ok(Box::new(row) as Box<dyn ErasedRow + Send + 'a>)
    });
    rows.boxed()
}
