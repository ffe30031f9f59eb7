//! `caspio import`: inserts a file's rows into a table. One call for every 1,000 rows, plus at most three.

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::export::FileFormat;
use crate::import::{self, Encoding, Job, Reading, Summary};
use crate::interrupt::Interrupts;
use crate::progress::Progress;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table
    table: String,
    /// The file to read: .csv, .jsonl or .parquet
    file: PathBuf,
    /// A column with unique values; without --sync, rows are looked up by it after a lost response
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Insert new rows and update rows that differ, matching records by --key
    #[arg(long, requires = "key")]
    sync: bool,
    /// Also delete records that are not in the file, unless a row was refused
    #[arg(long, requires = "sync")]
    delete_missing: bool,
    /// Read and check all rows, and write nothing to the table
    #[arg(long)]
    dry_run: bool,
    /// The reject file, for refused rows: .csv or .jsonl; by default NAME.refused.csv next to the file
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// What separates the cells of a CSV file, such as ";" or "\\t"; by default it is found out from the first line
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// The encoding of the file
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// The number of concurrent calls
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    concurrency: u8,
    /// Read an empty CSV cell as null for text columns too, as exports write it, and "" as an empty text
    #[arg(long)]
    nulls: bool,
    /// Start at the row of this line, to resume a stopped import
    #[arg(
        long,
        value_name = "LINE",
        default_value_t = 1,
        conflicts_with = "sync"
    )]
    from_line: u64,
    /// Discard what is known of a stopped import, and insert all rows again
    #[arg(long, conflicts_with = "sync")]
    restart: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let format = FileFormat::of(&arguments.file)?;
    let caspio = context.connect().await?;
    let dry_run = arguments.dry_run;
    let job = Job {
        progress: Progress::new(format!("importing {}", arguments.table), context.out.quiet),
        quiet: context.out.quiet,
        table: arguments.table.clone(),
        file: arguments.file,
        format,
        reading: Reading {
            encoding: arguments.encoding,
            delimiter: arguments.delimiter,
        },
        key: arguments.key,
        sync: arguments.sync,
        delete_missing: arguments.delete_missing,
        dry_run,
        refused: arguments.refused,
        concurrency: arguments.concurrency.into(),
        nulls: arguments.nulls,
        from_line: arguments.from_line,
        restart: arguments.restart,
        gate: context.gate.clone(),
        interrupts: Interrupts::listen(),
    };
    let summary = import::run(&caspio, job).await?;
    if context.out.json {
        let calls = caspio.meter().snapshot().calls;
        context.out.json(&json(&summary, dry_run, calls))?;
    } else {
        print(context, &summary, &arguments.table, arguments.sync, dry_run);
    }
    context.out.flush()?;
    if let Some(journal) = &summary.journal {
        journal.remove();
    }
    outcome(summary, dry_run)
}

/// Parses a delimiter.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] | [] => Err("it cannot separate cells".to_owned()),
        [delimiter] if delimiter.is_ascii() => Ok(*delimiter),
        _ => Err("use one ASCII character, such as `;`, or \\t for a tab".to_owned()),
    }
}

fn json(summary: &Summary, dry_run: bool, calls: u64) -> serde_json::Value {
    serde_json::json!({
        "rows": summary.rows,
        "inserted": summary.inserted,
        "already_there": summary.already_there,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "deleted": summary.deleted,
        "refused": summary.refused,
        "in_doubt": summary.in_doubt,
        "not_sent": summary.not_sent,
        "refused_file": summary.refused_file,
        "left_out": summary.skipped,
        "shortened": summary.shortened,
        "next_line": summary.next_line,
        "resumed": summary.resumed,
        "dry_run": dry_run,
        "calls": calls,
    })
}

fn print(context: &mut Context, summary: &Summary, table: &str, sync: bool, dry_run: bool) {
    let out = &mut context.out;
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
    for (column, count) in &summary.shortened {
        let times = if *count == 1 {
            "time was"
        } else {
            "times were"
        };
        out.note(format_args!(
            "{column}: {count} {times} shortened to milliseconds, which is what Caspio stores."
        ));
    }
    if summary.nothing_deleted || summary.held_back > 0 {
        out.note(format_args!(
            "No record was deleted, because rows were refused."
        ));
    }
    let would = if dry_run { " would be" } else { "" };
    let Summary {
        inserted,
        updated,
        unchanged,
        deleted,
        ..
    } = summary;
    if sync {
        out.note(format_args!(
            "{table}:{would} {inserted} inserted, {updated} updated, {unchanged} unchanged, {deleted} deleted."
        ));
        if summary.not_sent > 0 {
            out.note(format_args!("{} not sent.", rows_were(summary.not_sent)));
        }
    } else {
        out.note(format_args!(
            "{}{would} inserted into {table}.",
            rows(*inserted)
        ));
        if summary.already_there > 0 {
            out.note(format_args!(
                "{} in the table already.",
                rows_were(summary.already_there)
            ));
        }
        if let Some(line) = summary.resumed {
            out.note(format_args!(
                "A stopped import was resumed at line {line}; its rows are counted too."
            ));
        }
    }
}

/// Returns the error that the program ends with, if the import was not complete.
fn outcome(summary: Summary, dry_run: bool) -> Result<(), CliError> {
    let refused = refused(&summary, dry_run);
    let Some(mut failure) = summary.stopped else {
        return refused.map_or(Ok(()), Err);
    };
    let mut hints: Vec<String> = failure.hint.take().into_iter().collect();
    if let Some(refused) = refused {
        hints.push(refused.to_string());
    }
    if let Some(line) = summary.next_line {
        hints.push(format!(
            "the rows from line {line} on were not sent: run the same command again to resume there (--from-line {line})"
        ));
    }
    failure.hint = (!hints.is_empty()).then(|| hints.join("; "));
    Err(failure)
}

/// What to do about rows with an unknown outcome.
const UNRESOLVED: &str = "rows with an unknown outcome are sent again only with --key COLUMN, which looks them up first, or when you have checked them and removed their Reason";

fn refused(summary: &Summary, dry_run: bool) -> Option<CliError> {
    let file = summary.refused_file.as_ref()?;
    let were = match (dry_run, summary.refused) {
        (true, _) => "would be",
        (false, 1) => "was",
        (false, _) => "were",
    };
    let unresolved = match summary.in_doubt {
        0 => String::new(),
        rows => format!(", {rows} of them with an unknown outcome"),
    };
    let message = format!(
        "{} of {} {were} refused{unresolved}; they are in {} with the reasons",
        summary.refused,
        rows(summary.rows),
        file.display()
    );
    let hint = match summary.in_doubt {
        0 => "fix them in that file and import it",
        rows if rows == summary.refused => UNRESOLVED,
        _ => {
            return Some(
                CliError::new(ExitCode::Incomplete, message)
                    .with_hint(format!("fix them in that file and import it; {UNRESOLVED}")),
            );
        }
    };
    Some(CliError::new(ExitCode::Incomplete, message).with_hint(hint))
}

fn rows_were(count: u64) -> String {
    match count {
        1 => "1 row was".to_owned(),
        _ => format!("{count} rows were"),
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ => format!("{count} rows"),
    }
}
