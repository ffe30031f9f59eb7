//! The reject file: the rows that were not imported, each with its line and the reason.

use super::input::{LINE, Members, REASON, RowContent, SourceRow, UNREADABLE};
use super::lines::object;
use crate::error::CliError;
use crate::export::FileFormat;
use crate::folders::with_suffix;
use crate::format::csv::text;
use caspio::Error;
use caspio_support::file::{Access, restrict};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Returns whether a file is a reject file by its name: `contacts.refused.csv`.
pub(super) fn is_reject_file(path: &Path) -> bool {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    stem.is_some_and(|stem| stem.ends_with(".refused"))
}

/// Returns the default path of the reject file of an input file.
pub(super) fn default_path(input: &Path, format: FileFormat) -> PathBuf {
    let extension = match format {
        FileFormat::Csv => "refused.csv",
        FileFormat::Jsonl | FileFormat::Parquet => "refused.jsonl",
    };
    input.with_extension(extension)
}

/// Writes the reject file, which gets its name when it is finished.
#[derive(Debug)]
pub(super) struct RejectFile {
    target: PathBuf,
    part: PathBuf,
    /// The columns of a CSV file; `None` for a JSONL file.
    columns: Option<Vec<String>>,
    /// Whether the rows of an earlier run are kept.
    append: bool,
    out: Option<BufWriter<File>>,
    pub(super) rows: u64,
    /// How many of the rows may be in the table anyway.
    pub(super) in_doubt: u64,
}

impl RejectFile {
    pub(super) fn new(
        target: PathBuf,
        format: FileFormat,
        columns: &[String],
        append: bool,
    ) -> Result<Self, CliError> {
        let csv = format == FileFormat::Csv;
        let fits = match FileFormat::of(&target)? {
            FileFormat::Csv => csv,
            FileFormat::Jsonl => !csv,
            FileFormat::Parquet => false,
        };
        if !fits {
            let right = if csv { ".csv" } else { ".jsonl" };
            return Err(CliError::usage(format!(
                "the reject file of this import must be a {right} file, not {}",
                target.display()
            )));
        }
        Ok(Self {
            part: with_suffix(&target, ".part"),
            target,
            columns: csv.then(|| columns.to_vec()),
            append,
            out: None,
            rows: 0,
            in_doubt: 0,
        })
    }

    /// Adds a row that was refused, or whose outcome is unknown.
    pub(super) fn add(&mut self, source_row: &SourceRow, error: &Error) -> Result<(), CliError> {
        self.in_doubt += u64::from(error.maybe_applied());
        self.add_because(source_row, &reason(error))
    }

    fn add_because(&mut self, source_row: &SourceRow, reason: &str) -> Result<(), CliError> {
        let mut line = Vec::new();
        match self.columns {
            Some(_) => csv_row(&mut line, source_row, reason),
            None => line.extend(json_row(source_row, reason).into_bytes()),
        }
        line.push(b'\n');
        let written = self.open().and_then(|out| out.write_all(&line));
        written.map_err(|error| CliError::file("write", &self.part, &error))?;
        self.rows += 1;
        Ok(())
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.out.is_none() {
            let mut out = BufWriter::new(create(&self.part)?);
            if self.append && self.target.exists() {
                io::copy(&mut File::open(&self.target)?, &mut out)?;
            } else {
                self.header(&mut out)?;
            }
            self.out = Some(out);
        }
        self.out
            .as_mut()
            .ok_or_else(|| io::Error::other("not open"))
    }

    fn header(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(columns) = &self.columns else {
            return Ok(());
        };
        let mut line = Vec::new();
        for column in columns {
            text(&mut line, column);
            line.push(b',');
        }
        line.extend_from_slice(format!("{LINE},{REASON}\n").as_bytes());
        out.write_all(&line)
    }

    /// Gives the file its name; returns `None` if it has no rows.
    pub(super) fn finish(&mut self) -> Result<Option<PathBuf>, CliError> {
        let Some(mut out) = self.out.take() else {
            return Ok(None);
        };
        let written = out.flush().and_then(|()| {
            out.get_ref().sync_all()?;
            fs::rename(&self.part, &self.target)
        });
        written.map_err(|error| CliError::file("write", &self.target, &error))?;
        Ok(Some(self.target.clone()))
    }
}

/// Creates a file that only its owner can read, because it may contain passwords.
fn create(path: &Path) -> io::Result<File> {
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    restrict(&mut options, Access::OwnerOnly);
    options.open(path)
}

/// Returns the reason why a row is in the file.
fn reason(error: &Error) -> String {
    let mut words = error.message().to_owned();
    if let Some(hint) = error.hint() {
        words = format!("{words}; {hint}");
    }
    if error.maybe_applied() {
        return format!(
            "IN DOUBT: the row may be in the table already, so check before importing it again ({words})"
        );
    }
    words
}

fn csv_row(out: &mut Vec<u8>, source_row: &SourceRow, reason: &str) {
    match &source_row.content {
        RowContent::Cells(cells) => {
            for cell in cells {
                if let Some(cell) = cell {
                    text(out, cell);
                }
                out.push(b',');
            }
        }
        RowContent::Unreadable(raw, _) => {
            out.extend_from_slice(raw);
            out.push(b',');
        }
        RowContent::Json(json) => {
            text(out, json);
            out.push(b',');
        }
    }
    out.extend_from_slice(format!("{},", source_row.line).as_bytes());
    text(out, reason);
}

fn json_row(source_row: &SourceRow, reason: &str) -> String {
    let unreadable = |text: &str| format!("{:?}:{}", UNREADABLE, serde_json::Value::from(text));
    let row = match &source_row.content {
        RowContent::Json(json) => match Members::of(json) {
            Ok(members) => {
                let object = object(&members.0);
                object[1..object.len() - 1].to_owned()
            }
            Err(_) => unreadable(json),
        },
        RowContent::Unreadable(raw, _) => unreadable(&String::from_utf8_lossy(raw)),
        RowContent::Cells(cells) => unreadable(&format!("{cells:?}")),
    };
    let comma = if row.is_empty() { "" } else { "," };
    let reason = serde_json::Value::from(reason);
    format!(
        "{{{row}{comma}\"{LINE}\":{},\"{REASON}\":{reason}}}",
        source_row.line
    )
}
