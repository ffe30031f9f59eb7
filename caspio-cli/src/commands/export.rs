//! `caspio export`: writes a table or view to a file. One call for every 1,000 records, plus at most three.

use crate::column::names;
use crate::context::Context;
use crate::error::CliError;
use crate::export::{self, FileFormat, Job, Request};
use crate::progress::Progress;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

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
    /// The maximum number of records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
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
            limit: arguments.limit,
            format,
            row_group: arguments.row_group,
        },
        target: arguments.file.clone(),
        concurrency: arguments.concurrency.into(),
        restart: arguments.restart,
        progress: Progress::new(format!("exporting {}", arguments.name), context.out.quiet),
    };
    let outcome = export::run(&caspio, job).await?;
    let cut = arguments
        .limit
        .is_some_and(|limit| outcome.records >= limit);
    if context.out.json {
        return context.out.json(&serde_json::json!({
            "file": arguments.file,
            "records": outcome.records,
            "resumed_after": outcome.resumed,
            "stopped_seconds_ago": outcome.age.map(|age| age.as_secs()),
            "cut_at_limit": cut,
            "calls": caspio.meter().snapshot().calls,
        }));
    }
    let earlier = match outcome.resumed {
        0 => String::new(),
        records => format!(
            ", {records} of them written by an earlier run{}",
            outcome.age.map(ago).unwrap_or_default()
        ),
    };
    context.out.note(format_args!(
        "{} records in {}{earlier}.",
        outcome.records,
        arguments.file.display()
    ));
    if cut {
        context.out.note(format_args!(
            "It was cut there by --limit; {} may have more records.",
            arguments.name
        ));
    }
    Ok(())
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
    fn an_age_is_told_in_its_largest_unit() {
        let told = [30, 90, 7200, 200_000].map(|seconds| ago(Duration::from_secs(seconds)));
        let told = told
            .each_ref()
            .map(|text| text.trim_start_matches(", which was stopped "));
        assert_eq!(told, ["", "1 minute ago", "2 hours ago", "2 days ago"]);
    }
}
