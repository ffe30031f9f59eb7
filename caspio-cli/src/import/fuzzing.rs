//! Reads a file of rows as an import does that refuses all of them, and then the file of refused rows.

use super::Encoding;
use super::bytes::written;
use super::column_mapping::ColumnMapping;
use super::members::Members;
use super::open::open;
use super::reading::Reading;
use super::refused_columns::AddedColumns;
use super::refused_row::{csv_row, json_row, reason};
use super::source_file::Input;
use super::source_row::{RowContent, SourceRow};
use crate::error::CliError;
use crate::export::FileFormat;
use caspio::schema::{DataType, FieldDefinition};
use caspio::{Error, ErrorKind};
use std::fs;
use std::path::Path;

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether it is a CSV file, and not one of JSON lines.
    pub csv: bool,
    /// Whether bytes that are not UTF-8 are Windows-1252.
    pub windows_1252: bool,
    /// Whether an empty cell is null.
    pub nulls: bool,
    /// Whether the cells are as `export --excel` writes them.
    pub excel: bool,
}

impl Options {
    /// Takes each option from one of the four lowest bits.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        let has = |bit: u8| bits & bit != 0;
        Self {
            csv: !has(1),
            windows_1252: has(2),
            nulls: has(4),
            excel: has(8),
        }
    }
}

/// The rows of a file.
pub type Rows = Vec<String>;

/// Returns the rows of a file, and those of the file of refused rows that an import writes which refuses all of them;
/// `None` if the file cannot be imported. Both are written to the folder.
///
/// # Panics
///
/// The folder cannot be written, or the file of refused rows cannot be imported.
pub fn rows_and_refused(folder: &Path, content: &[u8], options: Options) -> Option<(Rows, Rows)> {
    let reading = Reading {
        encoding: match options.windows_1252 {
            true => Encoding::Windows1252,
            false => Encoding::Utf8,
        },
        delimiter: None,
        nulls: options.nulls,
        excel: options.excel,
    };
    let (format, extension) = match options.csv {
        true => (FileFormat::Csv, "csv"),
        false => (FileFormat::Jsonl, "jsonl"),
    };
    let input = |name: &str, content: &[u8]| {
        let path = folder.join(format!("{name}.{extension}"));
        fs::write(&path, content).expect("a folder that can be written");
        Input::file(path)
    };
    let (rows, refused) = refuse_all(input("rows", content), format, reading).ok()?;
    let encoding = Encoding::Utf8;
    let reading = Reading {
        encoding,
        ..reading
    };
    let again = refuse_all(input("rows.refused", &refused), format, reading);
    let (again, _) = again.expect("a file of refused rows that can be imported");
    Some((rows, again))
}

/// Returns the rows of a file, and the file of refused rows.
fn refuse_all(
    input: Input,
    format: FileFormat,
    reading: Reading,
) -> Result<(Rows, Vec<u8>), CliError> {
    let fields = fields();
    let mut file = open(&input, format, reading, &fields)?;
    let columns = file.columns().to_vec();
    let mapping = ColumnMapping::new("Pets", &columns, &fields, reading)?;
    let added = AddedColumns::of(&fields);
    let (mut rows, mut refused) = (Rows::new(), Vec::new());
    if format == FileFormat::Csv {
        refused = [added.first_line(&columns), b"\n".to_vec()].concat();
    }
    while let Some(row) = file.next().transpose()? {
        let error = match mapping.row(&row) {
            Ok(_) => Error::new(ErrorKind::Refused, "the table is full"),
            Err(error) => error,
        };
        let reason = reason(&row, &error);
        refused.extend(match format {
            FileFormat::Csv => csv_row(&row, columns.len(), &reason),
            _ => json_row(&row, &added, &reason).into_bytes(),
        });
        refused.push(b'\n');
        rows.push(shown(&row, columns.len()));
    }
    Ok((rows, refused))
}

/// Returns the content of a row. Empty cells at the end of one that is too short are left out: it is refused with each
/// number of them.
fn shown(row: &SourceRow, columns: usize) -> String {
    match &row.content {
        RowContent::Cells(cells) if cells.len() < columns => {
            let end = cells.iter().rposition(Option::is_some);
            format!("{:?}", &cells[..end.map_or(0, |end| end + 1)])
        }
        RowContent::Cells(cells) => format!("{cells:?}"),
        RowContent::Unreadable(raw, _) => written(raw),
        RowContent::Json(json) => match Members::of(json) {
            Ok(members) => format!("{:?}", members.0),
            Err(_) => json.clone(),
        },
    }
}

/// A field of each type that a file can have values of.
fn fields() -> Vec<FieldDefinition> {
    [
        ("Text", DataType::Text255),
        ("Secret", DataType::Password),
        ("Number", DataType::Number),
        ("Integer", DataType::Integer),
        ("Amount", DataType::Currency),
        ("Yes", DataType::YesNo),
        ("At", DataType::DateTime),
        ("Texts", DataType::ListText),
        ("Numbers", DataType::ListNumber),
        ("Times", DataType::ListDateTime),
    ]
    .map(|(name, data_type)| FieldDefinition::new(name, data_type))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parts of files that begin, end and cross cells, rows and texts.
    const PARTS: [&[u8]; 26] = [
        b"\"",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"\\",
        b"\\xe9",
        b"\xe9",
        b"\x81",
        b"\xff",
        b"\xc3\xbc",
        b"a",
        b"1.234",
        b"1,5",
        b"'=1",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"\"Text\":",
        b"null",
        b"Line",
        b"UNREADABLE: ",
    ];

    fn content() -> impl Strategy<Value = Vec<u8>> {
        let first = proptest::sample::select(vec![
            &b"Text\n"[..],
            b"Text,Number\n",
            b"Text;Amount;Texts\r\n",
            b"sep=;\nText;Number\n",
            b"\xef\xbb\xbfText,Yes\n",
            b"{\"Text\":1}\n",
            b"",
        ]);
        let parts = proptest::collection::vec(proptest::sample::select(PARTS.to_vec()), 0..40);
        (first, parts).prop_map(|(first, parts)| [first, &parts.concat()].concat())
    }

    proptest! {
        #[test]
        fn an_import_that_refuses_every_row_loses_none(content in content(), bits in 0_u8..16) {
            let folder = tempfile::tempdir().expect("a folder");

            let read = rows_and_refused(folder.path(), &content, Options::from_bits(bits));

            if let Some((rows, refused)) = read {
                prop_assert_eq!(rows, refused);
            }
        }
    }
}
