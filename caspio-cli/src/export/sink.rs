//! The interface that records are written to.

use super::state::{Compression, FileFormat, Paths, State};
use super::text::TextSink;
use crate::error::CliError;
use crate::row::Row;
use std::fs::File;

/// Writes records to a file.
pub(super) trait Sink: Send {
    fn write(&mut self, row: &Row<'_>) -> Result<(), CliError>;

    /// Returns whether the records so far must be committed before the next one.
    fn is_full(&self) -> bool;

    /// Returns whether the records so far can be committed without changing the bytes of the file.
    fn may_commit(&self) -> bool;

    /// Flushes the records so far to the disk, and records in `state` how much of the part file is complete.
    fn commit(&mut self, state: &mut State) -> Result<(), CliError>;

    /// Turns the part file, which contains every record, into the requested file.
    fn finish(self: Box<Self>, state: &State, paths: &Paths) -> Result<(), CliError>;
}

/// Returns the sink of an export, which resumes from its state.
pub(super) fn sink(part: File, state: &State, paths: &Paths) -> Result<Box<dyn Sink>, CliError> {
    match state.request.format.lines(state.request.excel) {
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

/// Checks that this build supports a format and its compression.
pub(super) fn check(format: FileFormat, compression: Compression) -> Result<(), CliError> {
    let has_codec = compression.is_built_in() || cfg!(feature = "parquet-codecs");
    match format {
        FileFormat::Parquet if !cfg!(feature = "parquet") => Err(no_parquet()),
        FileFormat::Parquet if !has_codec => Err(CliError::usage(
            "this program was built without this compression",
        )
        .with_hint("build it with `--features parquet-codecs`, or use snappy or none")),
        _ => Ok(()),
    }
}

fn no_parquet() -> CliError {
    CliError::usage("this program was built without Parquet")
        .with_hint("build it with `--features parquet`, or export to .csv or .jsonl")
}
