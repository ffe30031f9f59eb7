//! Checks of the file that refused rows are written to.

use super::members::Members;
use super::part_file;
use super::reading::read_line;
use super::refused_columns::{LINE, REASON, is_refused_file};
use crate::error::CliError;
use crate::export::FileFormat;
use caspio_support::file::resolved;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// How many characters of a first line an error shows.
const SHOWN_OF_LINE: usize = 200;

/// The bytes with which some programs begin a file of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Checks that a path can be that of the file of refused rows.
pub(super) fn check_target(target: &Path, input: &Path, csv: bool) -> Result<(), CliError> {
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
