//! Values of fields that are given on the command line.

use super::column_mapping::ColumnMapping;
use super::prepared::Prepared;
use super::reading::Reading;
use super::source_row::{RowContent, SourceRow};
use crate::error::CliError;
use caspio::schema::FieldDefinition;
use caspio_schema::is_same_name;

/// Returns the row of `Field=value` texts. A value is read as a cell of a CSV file: nothing is an empty text, or null
/// if the field is not text.
///
/// # Errors
///
/// The table does not have a field, a field is named twice or cannot be written, or a value does not fit.
pub(crate) fn values(
    table: &str,
    fields: &[FieldDefinition],
    texts: &[String],
) -> Result<Prepared, CliError> {
    let (mut names, mut cells) = (Vec::<String>::new(), Vec::new());
    for text in texts {
        let Some((name, value)) = text.split_once('=') else {
            return Err(CliError::usage(format!("{text:?} is not `Field=value`")));
        };
        let name = name.trim();
        if names.iter().any(|other| is_same_name(other, name)) {
            return Err(CliError::usage(format!("{name:?} is given twice")));
        }
        names.push(name.to_owned());
        cells.push((!value.is_empty()).then(|| value.to_owned()));
    }
    let mapping = ColumnMapping::new(table, &names, fields, Reading::default())?;
    if let [skipped, ..] = &mapping.skipped()[..] {
        let message = format!("{skipped:?} is filled by Caspio, or not writable this way");
        return Err(CliError::usage(message));
    }
    let row = SourceRow {
        line: 1,
        index: 0,
        content: RowContent::Cells(cells),
        earlier: None,
        of_sync: false,
    };
    mapping.row(&row).map_err(CliError::from)
}
