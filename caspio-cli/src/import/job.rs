//! The import to run.

use super::deletions::Deletions;
use super::reading::Reading;
use super::source_file::Input;
use crate::export::FileFormat;
use crate::gate::Gate;
use crate::interrupt::Interrupts;
use crate::progress::Progress;
use caspio::{Concurrency, Meter};
use std::path::PathBuf;

/// An import to run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) table: String,
    pub(crate) input: Input,
    pub(crate) format: FileFormat,
    pub(crate) reading: Reading,
    /// The key column.
    pub(crate) key: Option<String>,
    /// Synchronize the table with the rows, instead of inserting them all.
    pub(crate) sync: bool,
    pub(crate) delete_missing: bool,
    /// The records that may be deleted.
    pub(crate) deletions: Deletions,
    pub(crate) dry_run: bool,
    /// The path of the file of refused rows, if given.
    pub(crate) refused: Option<PathBuf>,
    pub(crate) concurrency: Concurrency,
    /// The first line to read.
    pub(crate) from_line: u64,
    /// Discard the state of a stopped import.
    pub(crate) restart: bool,
    pub(crate) quiet: bool,
    pub(crate) progress: Progress,
    /// The calls so far.
    pub(crate) meter: Meter,
    pub(crate) gate: Gate,
    pub(crate) interrupts: Interrupts,
}

impl Job {
    /// Returns the options with which the file of refused rows is imported. Most rows of a sync are updates, which must
    /// not be inserted.
    pub(super) fn options_of_refused(&self) -> Vec<String> {
        let mut options = Vec::new();
        if let (true, Some(key)) = (self.sync, &self.key) {
            options.push(format!("--sync --key {key}"));
        }
        let of_reading = self.reading.options_of_refused().into_iter();
        options.extend(of_reading.map(str::to_owned));
        options
    }
}
