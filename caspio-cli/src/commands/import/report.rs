//! The report of an import: what was written, and what to do about the rest.

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::import::Summary;
use crate::output::Out;
use std::path::Path;

pub(super) fn json(summary: &Summary, dry_run: bool, calls: u64) -> serde_json::Value {
    serde_json::json!({
        "rows": summary.rows,
        "inserted": summary.inserted,
        "already_there": summary.already_there,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "deleted": summary.deleted,
        "refused": summary.refused,
        "unresolved": summary.unresolved,
        "first_refused": first_refused(summary),
        "not_sent": summary.not_sent,
        "refused_file": path(summary.refused_file.as_deref()),
        "earlier_refused_file": path(summary.earlier_refused_file.as_deref()),
        "left_out": summary.skipped,
        "not_compared": summary.not_compared,
        "shortened": summary.shortened,
        "blank_lines": summary.blank_lines,
        "apostrophes": summary.apostrophes,
        "next_line": summary.next_line,
        "resumed": summary.resumed,
        "may_change": summary.may_change,
        "dry_run": dry_run,
        "calls": calls,
    })
}

/// Returns a path as text, also one that is not UTF-8.
fn path(of: Option<&Path>) -> Option<String> {
    of.map(|path| path.to_string_lossy().into_owned())
}

fn first_refused(summary: &Summary) -> Vec<serde_json::Value> {
    let rows = summary.first_refused.iter();
    rows.map(|(line, reason)| serde_json::json!({ "line": line, "reason": reason }))
        .collect()
}

pub(super) fn print(
    context: &mut Context,
    summary: &Summary,
    table: &str,
    sync: bool,
    dry_run: bool,
) {
    let out = &mut context.out;
    print_reading(out, summary);
    print_refused(out, summary);
    let would = if dry_run { " would be" } else { "" };
    match sync {
        true => print_synchronized(out, summary, table, would),
        false => print_inserted(out, summary, table, would),
    }
}

/// Prints how the file was read.
fn print_reading(out: &mut Out, summary: &Summary) {
    if let Some(delimiter) = summary.delimiter.filter(|delimiter| *delimiter != b',') {
        let delimiter = char::from(delimiter).escape_default();
        out.note(format_args!(
            "The cells were read as separated by `{delimiter}`."
        ));
    }
    if !summary.skipped.is_empty() {
        let names = summary.skipped.join(", ");
        out.note(format_args!(
            "Skipped (filled by Caspio, or not writable this way): {names}."
        ));
    }
    for column in &summary.not_compared {
        out.note(format_args!(
            "{column}: a password cannot be read, so it is sent with new records only, and not compared."
        ));
    }
    for (column, count) in &summary.shortened {
        let times = counted(*count, "time was", "times were");
        out.note(format_args!("{column}: {times} shortened to milliseconds."));
    }
    if summary.blank_lines > 0 {
        let lines = counted(summary.blank_lines, "blank line", "blank lines");
        out.note(format_args!(
            "{lines} at the end of the file not read as rows; with --nulls they are."
        ));
    }
    if summary.apostrophes > 0 {
        let cells = counted(summary.apostrophes, "cell", "cells");
        out.note(format_args!(
            "{cells} begin with an apostrophe before a formula; if `export --excel` wrote the file, import it with --excel."
        ));
    }
}

/// Prints which rows were refused, and what was not done because of them.
fn print_refused(out: &mut Out, summary: &Summary) {
    if let Some(file) = &summary.earlier_refused_file {
        out.note(format_args!(
            "No row was refused; {} is from an earlier import.",
            file.display()
        ));
    }
    for (line, reason) in &summary.first_refused {
        out.note(format_args!("line {line}: {reason}"));
    }
    if summary.nothing_deleted || summary.held_back > 0 {
        let reason = match summary.refused {
            0 => "the sync was stopped",
            _ => "rows were refused",
        };
        out.note(format_args!("No record was deleted, because {reason}."));
    }
    if summary.may_change {
        out.note(format_args!(
            "An update or delete of a sync that was killed may still be executed: run this command again in 5 minutes."
        ));
    }
}

fn print_synchronized(out: &mut Out, summary: &Summary, table: &str, would: &str) {
    let Summary {
        inserted,
        updated,
        unchanged,
        deleted,
        ..
    } = summary;
    out.note(format_args!(
        "{table}:{would} {inserted} inserted, {updated} updated, {unchanged} unchanged, {deleted} deleted."
    ));
    if summary.not_sent > 0 {
        out.note(format_args!("{} not sent.", rows_were(summary.not_sent)));
    }
}

fn print_inserted(out: &mut Out, summary: &Summary, table: &str, would: &str) {
    out.note(format_args!(
        "{}{would} inserted into {table}.",
        rows(summary.inserted)
    ));
    if summary.already_there > 0 {
        out.note(format_args!(
            "{} in the table already.",
            rows_were(summary.already_there)
        ));
    }
    if let Some(line) = summary.resumed.filter(|line| *line > 0) {
        out.note(format_args!(
            "A stopped import was resumed at line {line}; its rows are counted too."
        ));
    }
}

/// Returns the error that the program ends with, if the import was not complete.
pub(super) fn outcome(summary: Summary, dry_run: bool) -> Result<(), CliError> {
    let refused = refused(&summary, dry_run);
    let by_this_run = match summary.resumed {
        Some(_) => " by this run",
        None => "",
    };
    let is_resumed = summary.next_line.is_some()
        || summary.missing > 0
        || summary.not_sent > 0
        || summary.unnamed;
    let Some(mut failure) = summary.stopped else {
        return refused.map_or(Ok(()), Err);
    };
    let mut hints: Vec<String> = failure.hint.take().into_iter().collect();
    if let Some(refused) = refused {
        // Until the import has ended, its refused rows are not to be imported.
        hints.push(match is_resumed {
            true => refused.message,
            false => refused.to_string(),
        });
    }
    if summary.missing > 0 {
        hints.push(
            "make room on the disk and run the same command again, which writes the other refused rows".to_owned(),
        );
    }
    let is_lost = summary.refused > summary.missing && summary.refused_file.is_none();
    if summary.unnamed || is_lost {
        hints.push(
            "run the same command again when the file of refused rows can be written".to_owned(),
        );
    }
    if let Some(line) = summary.next_line.filter(|_| summary.changed) {
        hints.push(format!(
            "the rows from line {line} on were not sent{by_this_run}: restore the file and run the same command again; or, if the rows before \
             line {line} are on the same lines as before, start there with --restart --from-line {line}"
        ));
    } else if let Some(line) = summary.next_line {
        hints.push(format!(
            "the rows from line {line} on were not sent{by_this_run}: run the same command again to resume there (--from-line {line})"
        ));
    }
    failure.hint = (!hints.is_empty()).then(|| hints.join("; "));
    Err(failure)
}

/// What to do about rows with an unknown outcome.
const UNRESOLVED: &str = "rows with an unknown outcome are sent again only with --key COLUMN, which looks them up first, or when you have checked them and removed their Reason";

/// What to do about rows of a sync with an unknown outcome.
const SYNC_AGAIN: &str = "for rows with an unknown outcome, run the same command again: it compares them with their records";

fn refused(summary: &Summary, dry_run: bool) -> Option<CliError> {
    let file = summary.refused_file.as_ref()?;
    let were = match (dry_run, summary.refused) {
        (true, _) => "would be",
        (false, 1) => "was",
        (false, _) => "were",
    };
    let of_them = match summary.unresolved {
        0 => String::new(),
        rows => format!(", {rows} of them with an unknown outcome"),
    };
    let they = match (summary.missing, summary.refused - summary.missing) {
        (0, 1) => "it is".to_owned(),
        (0, _) => "they are".to_owned(),
        (_, 1) => "only 1 of them is".to_owned(),
        (_, kept) => format!("only {kept} of them are"),
    };
    let message = format!(
        "{} of {} {were} refused{of_them}; {they} in {} with the reason",
        summary.refused,
        rows(summary.rows),
        file.display()
    );
    let mut fix = "fix what is wrong in that file and import it".to_owned();
    if !summary.again.is_empty() {
        fix += &format!(" with {}", summary.again.join(" "));
    }
    if summary.nothing_deleted || summary.held_back > 0 {
        // Only the whole file shows which records are to be deleted.
        fix = "correct these rows in the file that was imported, and run the same command again"
            .to_owned();
    }
    let unresolved = if summary.is_sync {
        SYNC_AGAIN
    } else {
        UNRESOLVED
    };
    let hint = match summary.unresolved {
        0 => fix,
        rows if rows == summary.refused => unresolved.to_owned(),
        _ => format!("{fix}; {unresolved}"),
    };
    Some(CliError::new(ExitCode::Incomplete, message).with_hint(hint))
}

fn rows_were(count: u64) -> String {
    counted(count, "row was", "rows were")
}

fn rows(count: u64) -> String {
    counted(count, "row", "rows")
}

fn counted(count: u64, one: &str, several: &str) -> String {
    let what = if count == 1 { one } else { several };
    format!("{count} {what}")
}
