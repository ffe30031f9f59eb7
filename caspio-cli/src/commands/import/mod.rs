//! `caspio import`: inserts a file's rows into a table. One call for every 1,000 rows, plus at most three.

mod report;

use self::report::{json, outcome, print};
use crate::concurrency;
use crate::context::Context;
use crate::cost::calls;
use crate::error::CliError;
use crate::export::{FileFormat, is_standard};
use crate::import::{self, Deletions, Encoding, Input, Job, Pipe, Reading};
use crate::interrupt::Interrupts;
use crate::progress::Progress;
use caspio::{Capability, Client, Concurrency};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table
    table: String,
    /// The file to read: .csv, .jsonl or .parquet; `-` for standard input, with --format
    file: PathBuf,
    /// The format of the file; by default that of its extension
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// A column with unique values; without --sync, rows are looked up by it after a lost response
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Insert new rows and update rows that differ, matching records by --key
    #[arg(long, requires = "key")]
    sync: bool,
    /// Also delete records that are not in the file, unless a row was refused; asks first on a terminal, and without
    /// one deletes at most a tenth of the table (of a small one at most 10 records, and half of them)
    #[arg(long, requires = "sync")]
    delete_missing: bool,
    /// Delete at most this number of records, or this share of the table (such as 20%), and do not ask
    #[arg(
        long,
        value_name = "N or N%",
        requires = "delete_missing",
        conflicts_with = "yes"
    )]
    max_deletes: Option<Deletions>,
    /// Delete without asking, however many records are not in the file
    #[arg(short, long, requires = "delete_missing")]
    yes: bool,
    /// Read and check all rows, and write nothing to the table
    #[arg(long)]
    dry_run: bool,
    /// The file of refused rows, whose name ends with .refused.csv or .refused.jsonl; by default NAME.refused.csv next
    /// to the file
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// The character between the cells of a CSV file, such as ";" or "\\t"; by default detected from the first line
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// The encoding of the file
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Print how many calls the import takes, and import nothing
    #[arg(long)]
    cost: bool,
    /// The number of concurrent calls, or `auto`
    #[arg(long, value_name = "N", default_value = "4", value_parser = concurrency::parse)]
    concurrency: Concurrency,
    /// Read an empty CSV cell as null for text columns too, as exports write it, and "" as an empty text
    #[arg(long)]
    nulls: bool,
    /// Remove the apostrophes that `export --excel` added to the cells of a CSV file
    #[arg(long)]
    excel: bool,
    /// Start at the row of this line, to resume a stopped import
    #[arg(
        long,
        value_name = "LINE",
        default_value_t = 1,
        conflicts_with = "sync"
    )]
    from_line: u64,
    /// Discard the state of a stopped import, and insert its rows again, unless --from-line leaves them out
    #[arg(long, conflicts_with = "sync")]
    restart: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let format = FileFormat::chosen(arguments.format, &arguments.file)?;
    check_options(&arguments, format)?;
    let caspio = context.connect().await?;
    let dry_run = arguments.dry_run;
    let mut interrupts = Interrupts::listen();
    let input = input(&arguments, format, &mut interrupts).await?;
    let mut job = Job {
        progress: Progress::new(
            format!("importing {}", arguments.table),
            context.global.hides_progress(),
        ),
        meter: caspio.meter().clone(),
        quiet: context.out.quiet,
        table: arguments.table.clone(),
        input,
        format,
        reading: Reading {
            encoding: arguments.encoding,
            delimiter: arguments.delimiter,
            nulls: arguments.nulls,
            excel: arguments.excel,
        },
        key: arguments.key,
        sync: arguments.sync,
        delete_missing: arguments.delete_missing,
        deletions: match arguments.yes {
            true => Deletions::All,
            false => arguments.max_deletes.unwrap_or_default(),
        },
        dry_run,
        refused: arguments.refused,
        concurrency: arguments.concurrency,
        from_line: arguments.from_line,
        restart: arguments.restart,
        gate: context.gate.clone(),
        interrupts,
    };
    if arguments.cost {
        return print_cost(context, &caspio, &mut job).await;
    }
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

/// Prints the calls of an import, without making them.
async fn print_cost(context: &mut Context, caspio: &Client, job: &mut Job) -> Result<(), CliError> {
    let bulk = match Capability::BulkWrites.versions().next() {
        Some(version) if !caspio.supports(Capability::BulkWrites) => {
            Some(context.connect_as(version).await?)
        }
        _ => None,
    };
    let cost = import::cost(caspio, bulk.as_ref(), job).await?;
    let spent = calls(caspio) + bulk.as_ref().map_or(0, calls);
    cost.print(context, spent)
}

/// Refuses options that would have no effect on a file of this format.
fn check_options(arguments: &Arguments, format: FileFormat) -> Result<(), CliError> {
    let is_csv = format == FileFormat::Csv;
    let is_text = format != FileFormat::Parquet;
    for (option, given, fits) in [
        ("--excel", arguments.excel, is_csv),
        ("--nulls", arguments.nulls, is_csv),
        ("--delimiter", arguments.delimiter.is_some(), is_csv),
        (
            "--encoding",
            arguments.encoding != Encoding::default(),
            is_text,
        ),
    ] {
        if given && !fits {
            return Err(CliError::usage(format!(
                "{option} has no meaning for a file of this format"
            ))
            .with_hint(format!("leave out {option}")));
        }
    }
    Ok(())
}

/// Returns the file to read. Standard input, or a pipe, is copied next to the file of refused rows.
async fn input(
    arguments: &Arguments,
    format: FileFormat,
    interrupts: &mut Interrupts,
) -> Result<Input, CliError> {
    let pipe = match is_standard(&arguments.file) {
        true => Some(Pipe::StandardInput),
        false => Pipe::at(&arguments.file),
    };
    let Some(pipe) = pipe else {
        return Ok(Input::file(arguments.file.clone()));
    };
    let beside = import::refused_path(arguments.refused.as_deref(), pipe.name(), format);
    Input::copied(pipe, &beside, interrupts).await
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
