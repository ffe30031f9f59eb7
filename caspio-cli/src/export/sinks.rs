//! Chooses the sink of an export by the format of its file.

use super::sink::Sink;
use super::state::{Compression, FileFormat, Paths, State};
use super::text::TextSink;
use crate::error::CliError;
use std::fs::File;

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
