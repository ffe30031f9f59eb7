//! `caspio import`: a file's rows into a table. One call for every 1,000 rows, plus at most three.

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::export::FileFormat;
use crate::import::{self, Job, Summary};
use crate::progress::Progress;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table
    table: String,
    /// The file to read: .csv, .jsonl or .parquet
    file: PathBuf,
    /// The column that tells rows apart; without --sync it resolves the doubt after a lost answer
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Insert what is not there, update what differs, leave alone what is equal
    #[arg(long, requires = "key")]
    sync: bool,
    /// Also delete the records that the file has no row for; none where a row was refused
    #[arg(long, requires = "sync")]
    delete_missing: bool,
    /// Read and check everything, and write nothing to the table
    #[arg(long)]
    dry_run: bool,
    /// Where refused rows go: *.refused.csv or .jsonl; beside the file, as NAME.refused.csv, unless said
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// How many calls may be under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    concurrency: u8,
    /// An empty CSV cell is null for texts too, and only "" is an empty text: as exports have it
    #[arg(long)]
    nulls: bool,
    /// Begin with the row of this line: where an import was stopped
    #[arg(
        long,
        value_name = "LINE",
        default_value_t = 1,
        conflicts_with = "sync"
    )]
    from_line: u64,
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
        key: arguments.key,
        sync: arguments.sync,
        delete_missing: arguments.delete_missing,
        dry_run,
        refused: arguments.refused,
        concurrency: arguments.concurrency.into(),
        nulls: arguments.nulls,
        from_line: arguments.from_line,
    };
    let summary = import::run(&caspio, job).await?;
    match context.out.json {
        true => {
            let calls = caspio.meter().snapshot().calls;
            context.out.json(&json(&summary, dry_run, calls))?;
        }
        false => say(context, &summary, &arguments.table, arguments.sync, dry_run),
    }
    fate(summary, dry_run)
}

fn json(summary: &Summary, dry_run: bool, calls: u64) -> serde_json::Value {
    serde_json::json!({
        "rows": summary.rows,
        "inserted": summary.inserted,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "deleted": summary.deleted,
        "refused": summary.refused,
        "in_doubt": summary.in_doubt,
        "refused_file": summary.refused_file,
        "left_out": summary.left_out,
        "next_line": summary.next_line,
        "dry_run": dry_run,
        "calls": calls,
    })
}

fn say(context: &mut Context, summary: &Summary, table: &str, sync: bool, dry_run: bool) {
    let out = &mut context.out;
    if !summary.left_out.is_empty() {
        let names = summary.left_out.join(", ");
        out.note(format_args!(
            "Not written, since Caspio fills them or takes them elsewhere: {names}."
        ));
    }
    if summary.nothing_deleted || summary.held_back > 0 {
        out.note(format_args!(
            "No record was deleted, since rows were refused."
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
    match sync {
        true => out.note(format_args!(
            "{table}:{would} {inserted} inserted, {updated} updated, {unchanged} unchanged, {deleted} deleted."
        )),
        false => out.note(format_args!("{}{would} inserted into {table}.", rows(*inserted))),
    }
}

/// What the program ends with.
fn fate(summary: Summary, dry_run: bool) -> Result<(), CliError> {
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
            "the rows from line {line} on were not sent: go on with --from-line {line}"
        ));
    }
    failure.hint = (!hints.is_empty()).then(|| hints.join("; "));
    Err(failure)
}

fn refused(summary: &Summary, dry_run: bool) -> Option<CliError> {
    let file = summary.refused_file.as_ref()?;
    let were = if dry_run { "would be" } else { "were" };
    let doubt = match summary.in_doubt {
        0 => String::new(),
        rows => format!(", {rows} of them in doubt"),
    };
    let what = format!(
        "{} of {} {were} refused{doubt}; they are in {} with the reasons",
        summary.refused,
        rows(summary.rows),
        file.display()
    );
    Some(
        CliError::new(ExitCode::Incomplete, what).with_hint("mend them there and import that file"),
    )
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ => format!("{count} rows"),
    }
}
