//! The path of the file that refused rows are written to, and checks of it.

use super::members::Members;
use super::part_file;
use super::reading::read_line;
use super::refused_columns::{AddedColumns, is_refused_file};
use crate::error::CliError;
use crate::export::FileFormat;
use caspio_schema::is_same_name;
use caspio_support::file::resolved;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// How many characters of a first line an error shows.
const SHOWN_OF_LINE: usize = 200;

/// The bytes with which some programs begin a file of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the path of the file of refused rows: the given one, or that next to an input file; `None` is standard
/// input.
pub(crate) fn refused_path(given: Option<&Path>, input: &Path, format: FileFormat) -> PathBuf {
    match given {
        Some(given) => given.to_owned(),
        None => default_path(input, format),
    }
}

/// Returns the path of the file of a dry run, which does not replace that of an import.
pub(super) fn dry_run_path(target: &Path) -> PathBuf {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    let stem = match stem.strip_suffix(".refused") {
        Some(stem) => format!("{stem}.dry-run.refused"),
        None => format!("{stem}.dry-run.refused"),
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

/// Checks that a path can be that of the file of refused rows.
pub(super) fn check_target(target: &Path, input: &Path, csv: bool) -> Result<(), CliError> {
    if part_file::is_same_file(target, input) {
        return Err(CliError::usage(format!(
            "the file of refused rows {} is the file to import, which it would replace",
            target.display()
        ))
        .with_hint("choose another one with --refused"));
    }
    let extension = if csv { "csv" } else { "jsonl" };
    let fits = FileFormat::of(target).is_ok_and(|format| match format {
        FileFormat::Csv => csv,
        FileFormat::Jsonl => !csv,
        FileFormat::Parquet => false,
    });
    if !fits || !is_refused_file(target) {
        return Err(CliError::usage(format!(
            "the file of refused rows of this import must have a name that ends with .refused.{extension}, not {}",
            target.display()
        ))
        .with_hint("when it is imported, its rows are known by this name, and its columns Line and Reason are not values"));
    }
    if target.is_dir() {
        let message = format!(
            "{} is a directory, which the file of refused rows cannot replace",
            target.display()
        );
        return Err(CliError::usage(message)
            .with_hint("choose another file of refused rows with --refused"));
    }
    if let Err(error) = resolved(target) {
        return Err(CliError::file("write", target, &error)
            .with_hint("choose another file of refused rows with --refused"));
    }
    Ok(())
}

/// Checks that a CSV file that rows are added to has their columns: below other columns, they would be read as other
/// values.
pub(super) fn check_first_line(
    target: &Path,
    wanted: &[u8],
    is_resumed: bool,
) -> Result<(), CliError> {
    let mut first = Vec::new();
    File::open(target)
        .and_then(|file| read_line(&mut BufReader::new(file), &mut first))
        .map_err(|error| CliError::file("read", target, &error))?;
    let first = first.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&first);
    if first.trim_ascii_end() == wanted {
        return Ok(());
    }
    let text = |line| -> String {
        let line = String::from_utf8_lossy(line);
        line.trim_end().chars().take(SHOWN_OF_LINE).collect()
    };
    let message = format!(
        "no row can be added to {}: its first line is `{}`, and that of this import `{}`",
        target.display(),
        text(first),
        text(wanted)
    );
    Err(CliError::usage(message).with_hint(match is_resumed {
        true => "the stopped import wrote its refused rows to it: restore its first line",
        false => "choose another file of refused rows with --refused",
    }))
}

/// Checks that the rows of a JSONL file that rows are added to have the members of this import's rows: others are of
/// another table or file.
pub(super) fn check_members(
    target: &Path,
    columns: &[String],
    added: &AddedColumns,
    is_resumed: bool,
) -> Result<(), CliError> {
    let failed = |error| CliError::file("read", target, &error);
    let mut file = BufReader::new(File::open(target).map_err(failed)?);
    let mut line = Vec::new();
    let mut number = 0;
    while read_line(&mut file, &mut line).map_err(failed)? {
        number += 1;
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
        let members = std::str::from_utf8(text)
            .ok()
            .and_then(|text| Members::of(text).ok());
        let names = members
            .iter()
            .flat_map(|members| &members.0)
            .map(|(name, _)| name);
        let mut others = names.filter(|name| {
            let is_added = [&added.line, &added.reason, &added.unreadable].contains(name);
            !is_added && !columns.iter().any(|column| is_same_name(column, name))
        });
        if let Some(other) = others.next() {
            let message = format!(
                "no row can be added to {}: its line {number} has the member {other:?}, which no row of this import has",
                target.display()
            );
            return Err(CliError::usage(message).with_hint(match is_resumed {
                true => "the stopped import wrote its refused rows to it: restore this line",
                false => "choose another file of refused rows with --refused",
            }));
        }
        line.clear();
    }
    Ok(())
}
