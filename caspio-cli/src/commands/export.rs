//! `caspio export`: writes a table or view to a file. One call for every 1,000 records, plus at most three.

use crate::column::names;
use crate::concurrency;
use crate::context::Context;
use crate::cost::calls;
use crate::error::CliError;
use crate::export::{self, Compression, FileFormat, Job, Outcome, Request, is_standard};
use crate::folders::with_suffix;
use crate::import::table_of_journal;
use crate::output::message;
use crate::progress::Progress;
use caspio::{Client, Concurrency};
use caspio_support::file::resolved;
use clap::Args;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The number of records in a row group, unless another is given.
const ROW_GROUP: u32 = 50_000;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// The file to write: .csv, .jsonl or .parquet; `-` for standard output, with --format
    file: PathBuf,
    /// The format of the file; by default that of its extension
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Write CSV for spreadsheets: with a byte order mark, and an apostrophe before texts that would be formulas
    #[arg(long)]
    excel: bool,
    /// The columns, separated by commas; by default all
    #[arg(long, value_name = "COLUMNS")]
    select: Option<String>,
    /// Only records that match this T-SQL condition
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// The maximum number of records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// The number of concurrent calls, or `auto`; more than one costs one extra call
    #[arg(long, value_name = "N", default_value = "1", value_parser = concurrency::parse)]
    concurrency: Concurrency,
    /// The number of records in a row group of a Parquet file; by default 50000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    row_group: Option<u32>,
    /// The compression of a Parquet file; by default snappy
    #[arg(long, value_enum)]
    compression: Option<Compression>,
    /// Print how many calls the export takes, and write nothing
    #[arg(long)]
    cost: bool,
    /// Start over and discard the unfinished export
    #[arg(long)]
    restart: bool,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let format = FileFormat::chosen(arguments.format, &arguments.file)?;
    check_options(&arguments, format)?;
    let select = arguments.select.as_deref().map(names).transpose()?;
    let caspio = context.connect().await?;
    let request = Request {
        account: caspio.account().host().to_owned(),
        api_version: caspio.api_version().to_string(),
        name: arguments.name.clone(),
        view: arguments.view,
        select,
        condition: arguments.condition.clone(),
        limit: arguments.limit,
        format,
        excel: arguments.excel,
        row_group: arguments.row_group.unwrap_or(ROW_GROUP),
        compression: arguments.compression.unwrap_or_default(),
    };
    if arguments.cost {
        let unfinished = (!arguments.restart).then_some(&*arguments.file);
        let cost = export::cost(&caspio, &request, unfinished, arguments.concurrency).await?;
        return cost.print(context, calls(&caspio));
    }
    if is_standard(&arguments.file) {
        return print(context, &caspio, request, &arguments).await;
    }
    check_journal(&arguments.file)?;
    let job = Job {
        request,
        target: arguments.file.clone(),
        concurrency: arguments.concurrency,
        restart: arguments.restart,
        progress: Progress::new(
            format!("exporting {}", arguments.name),
            context.global.hides_progress(),
        ),
    };
    let outcome = export::run(&caspio, job).await?;
    if context.out.json {
        let calls = caspio.meter().snapshot().calls;
        return context.out.json(&json(&arguments, outcome, calls));
    }
    let earlier = match outcome.resumed {
        0 => String::new(),
        records => format!(
            ", {records} of them written by an earlier run{}",
            outcome.age.map(ago).unwrap_or_default()
        ),
    };
    context.out.note(format_args!(
        "{} in {}{earlier}.",
        records(outcome.records),
        arguments.file.display()
    ));
    note_cut(context, &arguments, outcome.records);
    Ok(())
}

/// Refuses options that are for files of another format.
fn check_options(arguments: &Arguments, format: FileFormat) -> Result<(), CliError> {
    if arguments.excel && format != FileFormat::Csv {
        return Err(CliError::usage("--excel is for CSV files")
            .with_hint("name a .csv file, or leave out --excel"));
    }
    let of_parquet = [
        ("--compression", arguments.compression.is_some()),
        ("--row-group", arguments.row_group.is_some()),
    ];
    for (option, is_given) in of_parquet {
        if is_given && format != FileFormat::Parquet {
            return Err(CliError::usage(format!("{option} is for Parquet files"))
                .with_hint(format!("name a .parquet file, or leave out {option}")));
        }
    }
    Ok(())
}

/// Refuses to write over the journal of a stopped import. Without it, the import would insert its rows again.
fn check_journal(file: &Path) -> Result<(), CliError> {
    let target = resolved(file).unwrap_or_else(|_| file.to_owned());
    let journal = with_suffix(&target, ".resume");
    match table_of_journal(&journal)? {
        None => Ok(()),
        Some(table) => {
            let journal = journal.display();
            let message = format!("{journal} records how far a stopped import into {table} came");
            Err(CliError::usage(message)
                .with_hint("run that import again first, or choose another file"))
        }
    }
}

/// Exports to standard output. The summary goes to standard error.
async fn print(
    context: &mut Context,
    caspio: &Client,
    request: Request,
    arguments: &Arguments,
) -> Result<(), CliError> {
    if arguments.restart {
        return Err(CliError::usage("--restart needs a file")
            .with_hint("an export to standard output always begins at the start"));
    }
    // A bar between the lines of a terminal would be confusing.
    let quiet = context.global.hides_progress() || io::stdout().is_terminal();
    let mut progress = Progress::new(format!("exporting {}", arguments.name), quiet);
    let concurrency = arguments.concurrency;
    let out = &mut context.out;
    let printed = export::print(caspio, &request, concurrency, &mut progress, out).await?;
    drop(progress);
    if context.out.json {
        let outcome = Outcome {
            records: printed,
            resumed: 0,
            age: None,
        };
        let calls = caspio.meter().snapshot().calls;
        message(format_args!("{}", json(arguments, outcome, calls)));
        return Ok(());
    }
    context.out.note(format_args!("{}.", records(printed)));
    note_cut(context, arguments, printed);
    Ok(())
}

fn json(arguments: &Arguments, outcome: Outcome, calls: u64) -> serde_json::Value {
    serde_json::json!({
        "file": arguments.file.display().to_string(),
        "records": outcome.records,
        "resumed_after": outcome.resumed,
        "stopped_seconds_ago": outcome.age.map(|age| age.as_secs()),
        "cut_at_limit": is_cut(arguments, outcome.records),
        "calls": calls,
    })
}

fn note_cut(context: &mut Context, arguments: &Arguments, records: u64) {
    if is_cut(arguments, records) {
        context.out.note(format_args!(
            "It was cut there by --limit; {} may have more records.",
            arguments.name
        ));
    }
}

fn is_cut(arguments: &Arguments, records: u64) -> bool {
    arguments.limit.is_some_and(|limit| records >= limit)
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}

/// Returns how long ago something was, in words: ` 3 hours ago`.
fn ago(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    let (count, unit) = match minutes {
        0 => return String::new(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!(", which was stopped {count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_shown_in_its_largest_unit() {
        let ages = [30, 90, 7200, 200_000].map(|seconds| ago(Duration::from_secs(seconds)));
        let ages = ages
            .each_ref()
            .map(|text| text.trim_start_matches(", which was stopped "));
        assert_eq!(ages, ["", "1 minute ago", "2 hours ago", "2 days ago"]);
    }
}
