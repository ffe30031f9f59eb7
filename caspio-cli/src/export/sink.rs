//! What records are written to.

use super::state::{FileFormat, Paths, State};
use super::text::TextSink;
use crate::error::CliError;
use crate::row::Row;
use std::fs::File;

/// Takes records and makes them a file.
pub(super) trait Sink: Send {
    fn write(&mut self, row: &Row<'_>) -> Result<(), CliError>;

    /// Whether what was written now has to be committed, before the next record.
    fn is_full(&self) -> bool;

    /// Whether what was written may be committed without changing the file's bytes.
    fn may_commit(&self) -> bool;

    /// Puts everything that was written on the disk, and notes in `state` how much of the part file
    /// counts.
    fn commit(&mut self, state: &mut State) -> Result<(), CliError>;

    /// Makes the part file, which holds every record, the file that was asked for.
    fn finish(self: Box<Self>, state: &State, paths: &Paths) -> Result<(), CliError>;
}

/// The sink of an export, which goes on where its state says.
pub(super) fn sink(part: File, state: &State, paths: &Paths) -> Result<Box<dyn Sink>, CliError> {
    match state.request.format.lines() {
        Some(style) => Ok(Box::new(TextSink::new(style, part, state, paths)?)),
        None => columnar(part, state, paths),
    }
}

#[cfg(feature = "parquet")]
fn columnar(part: File, state: &State, paths: &Paths) -> Result<Box<dyn Sink>, CliError> {
    Ok(Box::new(super::groups::GroupSink::new(part, state, paths)?))
}

#[cfg(not(feature = "parquet"))]
fn columnar(_: File, _: &State, _: &Paths) -> Result<Box<dyn Sink>, CliError> {
    Err(no_parquet())
}

/// Refuses formats that this program was built without.
pub(super) fn check(format: FileFormat) -> Result<(), CliError> {
    match format {
        #[cfg(not(feature = "parquet"))]
        FileFormat::Parquet => Err(no_parquet()),
        _ => Ok(()),
    }
}

#[cfg(not(feature = "parquet"))]
fn no_parquet() -> CliError {
    CliError::usage("this program was built without Parquet")
        .with_hint("build it with `--features parquet`, or export to .csv or .jsonl")
}
