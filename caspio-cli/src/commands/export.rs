//! `caspio export`: writes a table or view to a file. One call for every 1,000 records, plus at most three.

use crate::column::names;
use crate::context::Context;
use crate::error::CliError;
use crate::export::{self, FileFormat, Job, Request};
use crate::progress::Progress;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// The file to write: .csv, .jsonl or .parquet
    file: PathBuf,
    /// The columns, separated by commas; by default all
    #[arg(long, value_name = "COLUMNS")]
    select: Option<String>,
    /// Only records that match this T-SQL condition
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// The number of concurrent calls; more than one costs one extra call
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=32))]
    concurrency: u8,
    /// The number of records in a row group of a Parquet file
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    row_group: u32,
    /// Start over and discard the unfinished export
    #[arg(long)]
    restart: bool,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let format = FileFormat::of(&arguments.file)?;
    let select = arguments.select.as_deref().map(names).transpose()?;
    let caspio = context.connect().await?;
    let job = Job {
        request: Request {
            account: caspio.account().host().to_owned(),
            api_version: caspio.api_version().to_string(),
            name: arguments.name.clone(),
            view: arguments.view,
            select,
            condition: arguments.condition,
            format,
            row_group: arguments.row_group,
        },
        target: arguments.file.clone(),
        concurrency: arguments.concurrency.into(),
        restart: arguments.restart,
        progress: Progress::new(format!("exporting {}", arguments.name), context.out.quiet),
    };
    let outcome = export::run(&caspio, job).await?;
    if context.out.json {
        return context.out.json(&serde_json::json!({
            "file": arguments.file,
            "records": outcome.records,
            "resumed_after": outcome.resumed,
            "calls": caspio.meter().snapshot().calls,
        }));
    }
    let earlier = match outcome.resumed {
        0 => String::new(),
        records => format!(", {records} of them written by an earlier run"),
    };
    context.out.note(format_args!(
        "{} records in {}{earlier}.",
        outcome.records,
        arguments.file.display()
    ));
    Ok(())
}
