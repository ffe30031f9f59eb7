//! The file of refused rows: the rows that were not imported, each with its line and the reason.

use super::journal::Progress;
use super::members::Members;
use super::part_file;
use super::reading::read_line;
use super::refused_columns::{LINE, REASON, is_refused_file};
use super::refused_row::{csv_row, json_row, reason};
use super::source_row::SourceRow;
use crate::error::CliError;
use crate::export::FileFormat;
use crate::folders::with_suffix;
use crate::format::csv::text;
use caspio::Error;
use caspio_support::file::resolved;
use std::fs::{self, File};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Returns the path of the file of refused rows: the given one, or that next to an input file; `None` is standard
/// input.
pub(crate) fn refused_path(given: Option<&Path>, input: &Path, format: FileFormat) -> PathBuf {
    match given {
        Some(given) => given.to_owned(),
        None => default_path(input, format),
    }
}

/// Returns the path of the file of a dry run, which does not replace that of an import.
fn dry_run_path(target: &Path) -> PathBuf {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    let stem = match stem.strip_suffix(".refused") {
        Some(stem) => format!("{stem}.dry-run.refused"),
        None => format!("{stem}.dry-run"),
    };
    target.with_file_name(format!("{stem}.{extension}"))
}

/// Returns the default path of the file of refused rows of an input file.
fn default_path(input: &Path, format: FileFormat) -> PathBuf {
    let extension = match format {
        FileFormat::Csv => "refused.csv",
        FileFormat::Jsonl | FileFormat::Parquet => "refused.jsonl",
    };
    input.with_extension(extension)
}

/// What a file of refused rows begins with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    /// No rows.
    New,
    /// The rows of the file of refused rows that is there.
    Append,
    /// The rows of an import that is resumed.
    Resume(Progress),
}

/// How many rows are shown with their reasons at the end of an import.
const SHOWN: usize = 3;

/// Writes the file of refused rows, which gets its name when it is finished. Until then its rows are in a part file,
/// each as soon as it is refused.
#[derive(Debug)]
pub(super) struct RefusedFile {
    target: PathBuf,
    part: PathBuf,
    /// The path of the journal of an import with the same file of refused rows.
    journal: PathBuf,
    /// Whether it is of a dry run.
    dry_run: bool,
    file: File,
    /// The number of columns of a CSV file; `None` for a JSONL file.
    columns: Option<usize>,
    /// The length that an earlier run left, which was killed.
    left: Option<u64>,
    /// The number of bytes of complete rows.
    length: u64,
    pub(super) rows: u64,
    /// How many of the rows may be in the table anyway.
    pub(super) unresolved: u64,
    /// The lines of the first rows, with their reasons.
    pub(super) first: Vec<(u64, String)>,
    failure: Option<io::Error>,
    /// The lines of refused rows that could not be written.
    missing: Vec<u64>,
}

impl RefusedFile {
    /// Opens the part file, which other imports cannot write until this one ends. What it contains is kept until
    /// [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// The file cannot be written, is the input file, or is written by another import.
    pub(super) fn open(
        target: PathBuf,
        input: &Path,
        format: FileFormat,
        columns: usize,
        dry_run: bool,
    ) -> Result<Self, CliError> {
        let csv = format == FileFormat::Csv;
        check_target(&target, input, csv)?;
        let journal = with_suffix(&target, ".resume");
        let target = if dry_run {
            dry_run_path(&target)
        } else {
            target
        };
        let part = with_suffix(&target, ".part");
        let existed = part.exists();
        let file = part_file::open(&part, &target)?;
        let left = file.metadata().map(|part| part.len());
        Ok(Self {
            left: left.ok().filter(|_| existed && !dry_run),
            journal,
            dry_run,
            file,
            target,
            part,
            columns: csv.then_some(columns),
            length: 0,
            rows: 0,
            unresolved: 0,
            first: Vec::new(),
            failure: None,
            missing: Vec::new(),
        })
    }

    /// Returns the path of the journal of this import.
    pub(super) fn journal(&self) -> PathBuf {
        self.journal.clone()
    }

    /// Returns the file of refused rows of an earlier import, which this one leaves as it is because it refused no row.
    pub(super) fn of_earlier_import(&self) -> Option<PathBuf> {
        let is_left = self.rows == 0 && !self.dry_run && self.target.exists();
        is_left.then(|| self.target.clone())
    }

    /// Returns how many bytes an earlier run left, which was killed.
    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Returns how many bytes are complete.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Writes what precedes the rows: those of an earlier run, or the columns' names.
    pub(super) fn start(&mut self, columns: &[String], start: Start) -> Result<(), CliError> {
        let started = self.begin(columns, start);
        started.map_err(|error| {
            self.discard();
            CliError::file("write", &self.part, &error)
        })
    }

    /// Removes the part file of an import that does not start, unless an earlier run left it.
    pub(super) fn discard(&self) {
        if self.left.is_none() {
            let _ = fs::remove_file(&self.part);
        }
    }

    fn begin(&mut self, columns: &[String], start: Start) -> io::Result<()> {
        let append = match start {
            Start::New => false,
            Start::Append => true,
            Start::Resume(earlier) => {
                self.rows = earlier.refused;
                self.unresolved = earlier.unresolved;
                if self.left.is_some() {
                    self.length = earlier.refused_bytes;
                    self.file.set_len(self.length)?;
                    self.file.seek(SeekFrom::End(0))?;
                    return Ok(());
                }
                earlier.refused > 0
            }
        };
        self.file.set_len(0)?;
        if append && self.target.exists() {
            self.length = io::copy(&mut File::open(&self.target)?, &mut self.file)?;
            return Ok(());
        }
        if self.columns.is_none() {
            return Ok(());
        }
        let mut line = Vec::new();
        for column in columns {
            text(&mut line, column);
            line.push(b',');
        }
        line.extend_from_slice(format!("{LINE},{REASON}\n").as_bytes());
        self.write(&line)
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(line) {
            // A part of a row must not precede the next one.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }

    /// Adds a row that was refused, or whose outcome is unknown.
    pub(super) fn add(&mut self, source_row: &SourceRow, error: &Error) {
        self.rows += 1;
        self.unresolved += u64::from(error.maybe_applied());
        let reason = reason(source_row, error);
        if self.first.len() < SHOWN {
            self.first.push((source_row.line, reason.clone()));
        }
        let mut line = match self.columns {
            Some(columns) => csv_row(source_row, columns, &reason),
            None => json_row(source_row, &reason).into_bytes(),
        };
        line.push(b'\n');
        if self.failure.is_none() {
            self.failure = self.write(&line).err();
        }
        if self.failure.is_some() {
            self.missing.push(source_row.line);
        }
    }

    /// Returns how many of the rows could not be written.
    pub(super) fn missing(&self) -> u64 {
        self.missing.len() as u64
    }

    /// Returns whether a row could not be written.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Gives the file its name; returns `None` if it has no rows.
    ///
    /// # Errors
    ///
    /// Some of the rows are not in the file. The error names their lines.
    pub(super) fn finish(&mut self) -> (Option<PathBuf>, Option<CliError>) {
        if self.rows == self.missing.len() as u64 {
            let _ = fs::remove_file(&self.part);
            return (None, self.failure.take().map(|error| self.failed(&error)));
        }
        let named = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.part, &self.target));
        let file = match &named {
            Ok(()) => self.target.clone(),
            Err(_) => self.part.clone(),
        };
        let error = self.failure.take().or(named.err());
        (Some(file), error.map(|error| self.failed(&error)))
    }

    fn failed(&self, error: &io::Error) -> CliError {
        let error = CliError::file("write", &self.target, error);
        if self.missing.is_empty() {
            return error;
        }
        error.with_hint(format!(
            "the refused rows of these lines are not in it: {}",
            ranges(&self.missing)
        ))
    }
}

/// Checks that a path can be that of the file of refused rows.
fn check_target(target: &Path, input: &Path, csv: bool) -> Result<(), CliError> {
    let fits = match FileFormat::of(target)? {
        FileFormat::Csv => csv,
        FileFormat::Jsonl => !csv,
        FileFormat::Parquet => false,
    };
    if !fits {
        let right = if csv { ".csv" } else { ".jsonl" };
        return Err(CliError::usage(format!(
            "the file of refused rows of this import must be a {right} file, not {}",
            target.display()
        )));
    }
    if let Err(error) = resolved(target) {
        return Err(CliError::file("write", target, &error)
            .with_hint("choose another file of refused rows with --refused"));
    }
    if !is_refused_file(target) && is_other_file(target, csv) {
        return Err(CliError::usage(format!(
            "{} exists, and was not written by an import",
            target.display()
        ))
        .with_hint("choose another file of refused rows with --refused"));
    }
    if part_file::is_same_file(target, input) {
        return Err(CliError::usage(format!(
            "the file of refused rows {} is the file to import, which it would replace",
            target.display()
        ))
        .with_hint("choose another one with --refused"));
    }
    Ok(())
}

/// Returns whether a file has content that is not of refused rows, which have a line and a reason.
fn is_other_file(path: &Path, csv: bool) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    let mut first = Vec::new();
    // A longer line is not needed: what was read of it is of another file.
    if read_line(&mut BufReader::new(file), &mut first).is_err() {
        return true;
    }
    let first = String::from_utf8_lossy(&first);
    let first = first.trim_end();
    let is_refused = match csv {
        true => first.ends_with(&format!("{LINE},{REASON}")),
        false => Members::of(first).is_ok_and(|members| {
            let mut names = members.0.iter().map(|(name, _)| name.as_str());
            names.any(|name| name == REASON)
        }),
    };
    !first.is_empty() && !is_refused
}

/// Returns ascending numbers as text, consecutive ones as a range.
fn ranges(numbers: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let texts = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_lines_are_a_range() {
        assert_eq!(ranges(&[2, 3, 4, 9, 11, 12]), "2-4, 9, 11-12");
    }
}
