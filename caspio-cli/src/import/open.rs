//! Opens a file of rows by its format.

use super::reading::Reading;
use super::refused_columns::RefusedColumns;
use super::source_file::Input;
use super::source_row::Rows;
use super::{csv, lines};
use crate::error::CliError;
use crate::export::FileFormat;
use caspio::schema::FieldDefinition;

/// Opens a file of rows for a table with these fields.
pub(super) fn open(
    input: &Input,
    format: FileFormat,
    reading: Reading,
    fields: &[FieldDefinition],
) -> Result<Box<dyn Rows>, CliError> {
    let refused_columns = RefusedColumns::new(input.name(), fields);
    let encoding = match refused_columns.is_refused_file() {
        true => input.refused_encoding(reading.encoding)?,
        false => reading.encoding,
    };
    Ok(match format {
        FileFormat::Csv => {
            let text = input.text(encoding)?;
            Box::new(csv::Reader::new(
                input.name(),
                text,
                reading,
                &refused_columns,
            )?)
        }
        FileFormat::Jsonl => Box::new(lines::Reader::new(
            input,
            encoding,
            reading.encoding,
            refused_columns,
        )?),
        #[cfg(feature = "parquet")]
        FileFormat::Parquet => Box::new(super::parquet::Reader::new(input)?),
        #[cfg(not(feature = "parquet"))]
        FileFormat::Parquet => {
            return Err(CliError::usage("this program was built without Parquet")
                .with_hint("build it with `--features parquet`, or import from .csv or .jsonl"));
        }
    })
}
