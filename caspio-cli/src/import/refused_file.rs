//! The file of refused rows: the rows that were not imported, each with its line and the reason.

use super::job::Job;
use super::part_file;
use super::progress::Progress;
use super::reason::{OF_SYNC, is_of_sync};
use super::refused_columns::AddedColumns;
use super::refused_row::{csv_row, json_row, reason};
use super::refused_target::{check_first_line, check_members, check_target, dry_run_path};
use super::source_row::SourceRow;
use super::stopped::Kept;
use crate::error::CliError;
use crate::export::FileFormat;
use crate::folders::with_suffix;
use caspio::Error;
use caspio_support::hash::Fnv64;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What a file of refused rows begins with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    /// No rows.
    New,
    /// The rows of the file of refused rows that is there.
    Append,
    /// The rows of an import that is resumed.
    Resume(Progress, Kept),
}

/// How many rows are shown with their reasons at the end of an import.
const SHOWN: usize = 3;

/// How many bytes of a file are copied at once.
const CHUNK: usize = 64 * 1024;

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
    /// Whether it is of a sync, whose rows are not to be inserted.
    of_sync: bool,
    file: File,
    /// The number of columns of a CSV file; `None` for a JSONL file.
    columns: Option<usize>,
    /// The names of the columns that are added.
    added: AddedColumns,
    /// Whether an earlier run left the part file, because it was killed.
    is_left: bool,
    /// The number of bytes of complete rows, and their hash.
    length: u64,
    hash: Fnv64,
    pub(super) rows: u64,
    /// How many of the rows may be in the table anyway.
    pub(super) unresolved: u64,
    /// The lines of the first rows, with their reasons.
    pub(super) first: Vec<(u64, String)>,
    failure: Option<io::Error>,
    /// Whether it could not get its name.
    is_unnamed: bool,
    /// The lines of refused rows that could not be written.
    missing: Vec<u64>,
}

impl RefusedFile {
    /// Opens the part file of the import of a file with this many columns, which other imports cannot write until this
    /// one ends. What it contains is kept until [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// The file cannot be written, is the input file, or is written by another import.
    pub(super) fn open(
        job: &Job,
        target: PathBuf,
        columns: usize,
        added: AddedColumns,
    ) -> Result<Self, CliError> {
        let csv = job.format == FileFormat::Csv;
        check_target(&target, job.input.path(), csv)?;
        let journal = journal_path(&target);
        let target = match job.dry_run {
            true => dry_run_path(&target),
            false => target,
        };
        let part = with_suffix(&target, ".part");
        let existed = part.exists();
        let file = part_file::open(&part, &target)?;
        Ok(Self {
            is_left: existed && !job.dry_run,
            journal,
            dry_run: job.dry_run,
            of_sync: job.sync,
            file,
            target,
            part,
            columns: csv.then_some(columns),
            added,
            length: 0,
            hash: Fnv64::default(),
            rows: 0,
            unresolved: 0,
            first: Vec::new(),
            failure: None,
            is_unnamed: false,
            missing: Vec::new(),
        })
    }

    /// Returns the path of the journal of this import.
    pub(super) fn journal(&self) -> PathBuf {
        self.journal.clone()
    }

    /// Returns the file of refused rows of an earlier import, which this one leaves unchanged because it refused no
    /// row.
    pub(super) fn of_earlier_import(&self) -> Option<PathBuf> {
        let is_left = self.rows == 0 && !self.dry_run && self.target.exists();
        is_left.then(|| self.target.clone())
    }

    /// Returns the part file that an earlier run left, which was killed.
    pub(super) fn left(&self) -> Option<&Path> {
        self.is_left.then_some(&*self.part)
    }

    /// Returns the path of the finished file.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Returns another handle of the open file.
    pub(super) fn handle(&self) -> Result<File, CliError> {
        let handle = self.file.try_clone();
        handle.map_err(|error| CliError::file("write", &self.part, &error))
    }

    /// Returns how many bytes are complete, and their hash.
    pub(super) fn written(&self) -> (u64, u64) {
        (self.length, self.hash.value())
    }

    /// Writes what precedes the rows: those of an earlier run, or the columns' names.
    pub(super) fn start(&mut self, columns: &[String], start: Start) -> Result<(), CliError> {
        let first_line = self.columns.map(|_| self.added.first_line(columns));
        let is_resumed = matches!(start, Start::Resume(..));
        let checked = match &first_line {
            _ if !self.appends(start) => Ok(()),
            Some(wanted) => check_first_line(&self.target, wanted, is_resumed),
            None => check_members(&self.target, columns, &self.added, is_resumed),
        };
        let started = checked.and_then(|()| {
            let begun = self.begin(first_line.as_deref(), start);
            begun.map_err(|error| CliError::file("write", &self.part, &error))
        });
        started.inspect_err(|_| self.discard())
    }

    /// Removes the part file of an import that does not start, unless an earlier run left it.
    pub(super) fn discard(&self) {
        if !self.is_left {
            let _ = fs::remove_file(&self.part);
        }
    }

    /// Returns whether rows are added to those of the file of refused rows that is there.
    fn appends(&self, start: Start) -> bool {
        let appends = match start {
            Start::New | Start::Resume(_, Kept::Part) => false,
            Start::Append | Start::Resume(_, Kept::Named | Kept::Whole) => true,
            // It started as one that appends.
            Start::Resume(earlier, Kept::Nothing) => earlier.from_line > 1,
        };
        appends && fs::metadata(&self.target).is_ok_and(|file| file.len() > 0)
    }

    fn begin(&mut self, first_line: Option<&[u8]>, start: Start) -> io::Result<()> {
        let mut most = u64::MAX;
        if let Start::Resume(earlier, kept) = start {
            self.rows = earlier.refused;
            self.unresolved = earlier.unresolved;
            match kept {
                Kept::Part => {
                    self.length = earlier.refused_bytes;
                    self.hash = Fnv64::after(earlier.refused_hash);
                    self.file.set_len(self.length)?;
                    self.file.seek(SeekFrom::End(0))?;
                    return Ok(());
                }
                // The rows after these are refused or sent once more.
                Kept::Named => most = earlier.refused_bytes,
                Kept::Whole | Kept::Nothing => {}
            }
        }
        self.file.set_len(0)?;
        if self.appends(start) {
            return self.copy_named(most);
        }
        let Some(first_line) = first_line else {
            return Ok(());
        };
        self.write(&[first_line, b"\n"].concat())
    }

    /// Copies the rows of the file of refused rows that is there, up to a length.
    fn copy_named(&mut self, most: u64) -> io::Result<()> {
        let mut named = File::open(&self.target)?.take(most);
        let mut chunk = vec![0; CHUNK];
        let mut last = None;
        loop {
            let read = named.read(&mut chunk)?;
            let Some(at) = read.checked_sub(1) else {
                break;
            };
            last = Some(chunk[at]);
            self.write(&chunk[..read])?;
        }
        // An editor may have removed the last line break.
        match last {
            None | Some(b'\n') => Ok(()),
            _ => self.write(b"\n"),
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(line) {
            // A part of a row must not precede the next one.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += line.len() as u64;
        self.hash.write_all(line)
    }

    /// Adds a row that was refused, or whose outcome is unknown.
    pub(super) fn add(&mut self, source_row: &SourceRow, error: &Error) {
        self.rows += 1;
        self.unresolved += u64::from(error.maybe_applied());
        let reason = reason(source_row, error);
        if self.first.len() < SHOWN {
            self.first.push((source_row.line, reason.clone()));
        }
        let reason = match self.of_sync && !is_of_sync(&reason) {
            true => reason + OF_SYNC,
            false => reason,
        };
        let mut line = match self.columns {
            Some(columns) => csv_row(source_row, columns, &reason),
            None => json_row(source_row, &self.added, &reason).into_bytes(),
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

    /// Returns whether the file could not get its name.
    pub(super) fn is_unnamed(&self) -> bool {
        self.is_unnamed
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
        self.is_unnamed = named.is_err();
        let file = match self.is_unnamed {
            true => &self.part,
            false => &self.target,
        };
        let file = file.exists().then(|| file.clone());
        let error = self.failure.take().or(named.err());
        (file, error.map(|error| self.failed(&error)))
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

/// Returns the path of the journal of an import with this file of refused rows.
pub(super) fn journal_path(target: &Path) -> PathBuf {
    with_suffix(target, ".resume")
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
