//! The rows of a file before conversion.

use super::encoding::Encoding;
use super::reject_file::is_reject_file;
use super::reject_row::Mark;
use super::source_file::Input;
use super::{csv, lines};
use crate::error::CliError;
use crate::export::FileFormat;
use crate::row::Cell;
use caspio::schema::FieldDefinition;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The column of a reject file with the row's line.
pub(super) const LINE: &str = "Line";
/// The column of a reject file with the reason.
pub(super) const REASON: &str = "Reason";
/// The member of a reject file with a line that is not a JSON object.
pub(super) const UNREADABLE: &str = "Unreadable";

/// The maximum size of a row. A longer one is an unclosed quote, or the file does not contain rows.
const MAX_ROW: usize = 64 * 1024 * 1024;

/// A row of the file.
#[derive(Debug)]
pub(super) struct SourceRow {
    /// Its first line in the file, from 1; in a Parquet file the number of the row.
    pub(super) line: u64,
    /// How many rows are before it in the file.
    pub(super) index: u64,
    pub(super) content: RowContent,
    /// What an earlier import found out, in a reject file.
    pub(super) mark: Option<Mark>,
}

/// The content of a row.
#[derive(Debug)]
pub(super) enum RowContent {
    /// The cells of a CSV row; `None` for an empty cell.
    Cells(Vec<Option<String>>),
    /// A line that should be a JSON object.
    Json(String),
    /// The bytes of a row that could not be read, and the reason.
    Unreadable(Vec<u8>, String),
}

/// Reads the rows of a file one after the other.
pub(super) trait Rows: Send {
    /// Returns the columns' names.
    fn columns(&self) -> &[String];

    /// Returns the line where the next row begins, at the earliest.
    fn next_line(&self) -> u64;

    /// Returns what separates the cells of a CSV file.
    fn delimiter(&self) -> Option<u8> {
        None
    }

    /// Returns the count of blank lines that are no rows, which grows while the file is read.
    fn skipped(&self) -> SkippedLines {
        SkippedLines::default()
    }

    /// Reads the next row. An error ends the file.
    fn next(&mut self) -> Option<Result<SourceRow, CliError>>;
}

/// A count of lines at the end of a file that are no rows.
#[derive(Clone, Debug, Default)]
pub(super) struct SkippedLines(Arc<AtomicU64>);

impl SkippedLines {
    pub(super) fn add(&self, lines: usize) {
        self.0.fetch_add(lines as u64, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How a file of text is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) encoding: Encoding,
    /// What separates the cells of a CSV file; by default it is found out.
    pub(crate) delimiter: Option<u8>,
    /// Whether an empty CSV cell is null for a text, and a blank line a row.
    pub(crate) nulls: bool,
    /// Whether the cells of a CSV file are as `export --excel` writes them.
    pub(crate) excel: bool,
}

/// Opens a file of rows for a table with these fields.
pub(super) fn open(
    input: &Input,
    format: FileFormat,
    reading: Reading,
    fields: &[FieldDefinition],
) -> Result<Box<dyn Rows>, CliError> {
    let reject_columns = RejectColumns::new(input.name(), fields);
    Ok(match format {
        FileFormat::Csv => {
            let text = input.text(reading.encoding)?;
            Box::new(csv::Reader::new(
                input.name(),
                text,
                reading,
                &reject_columns,
            )?)
        }
        FileFormat::Jsonl => Box::new(lines::Reader::new(input, reading.encoding, reject_columns)?),
        #[cfg(feature = "parquet")]
        FileFormat::Parquet => Box::new(super::parquet::Reader::new(input)?),
        #[cfg(not(feature = "parquet"))]
        FileFormat::Parquet => {
            return Err(CliError::usage("this program was built without Parquet")
                .with_hint("build it with `--features parquet`, or import from .csv or .jsonl"));
        }
    })
}

/// The columns that a reject file has in addition to those of the rows.
#[derive(Debug, Default)]
pub(super) struct RejectColumns {
    is_reject_file: bool,
    /// The table's own fields with the same names.
    fields: Vec<String>,
}

impl RejectColumns {
    fn new(path: &Path, fields: &[FieldDefinition]) -> Self {
        let names = fields.iter().map(|field| field.name.clone());
        Self {
            is_reject_file: is_reject_file(path),
            fields: names
                .filter(|name| name == LINE || name == REASON)
                .collect(),
        }
    }

    /// Returns how many of them are at the end of these columns.
    pub(super) fn count<'n>(&self, columns: impl DoubleEndedIterator<Item = &'n str>) -> usize {
        let mut last = columns.rev();
        let (last, before) = (last.next(), last.next());
        let is_own = |name: &str| self.fields.iter().any(|field| field == name);
        match last {
            _ if !self.is_reject_file => 0,
            Some(REASON) if before == Some(LINE) => 2,
            Some(name @ (LINE | REASON)) if !is_own(name) => 1,
            _ => 0,
        }
    }

    /// Returns whether the file is a reject file.
    pub(super) fn is_reject_file(&self) -> bool {
        self.is_reject_file
    }
}

/// Appends a line with its line break; returns `false` at the end of the file.
pub(super) fn read_line(input: &mut impl BufRead, to: &mut Vec<u8>) -> io::Result<bool> {
    let most = MAX_ROW.saturating_sub(to.len()) as u64;
    let read = io::Read::take(&mut *input, most).read_until(b'\n', to)?;
    if read as u64 == most && to.last() != Some(&b'\n') {
        return Err(io::Error::other(format!(
            "a row is longer than {MAX_ROW} bytes; is a quote opened and not closed?"
        )));
    }
    Ok(read > 0)
}

/// The members of a JSON object in order, with raw values.
#[derive(Debug)]
pub(super) struct Members<'j>(pub(super) Vec<(String, &'j RawValue)>);

impl<'j> Members<'j> {
    /// Parses an object, or returns the error in it.
    pub(super) fn of(json: &'j str) -> Result<Self, String> {
        serde_json::from_str(json)
            .map_err(|error| format!("the line is not a JSON object: {error}"))
    }

    /// Returns the value of a member, its name compared without case. `index` is where it probably is.
    pub(super) fn get(&self, index: usize, name: &str) -> Option<Cell<'j>> {
        let is_it = |(found, _): &&(String, &RawValue)| found.trim().eq_ignore_ascii_case(name);
        let guessed = self.0.get(index).filter(is_it);
        let found = guessed.or_else(|| self.0.iter().find(is_it));
        found.map(|(_, raw)| Cell::new(raw))
    }
}

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        json.deserialize_map(Object).map(Members)
    }
}
