//! `caspio query`: prints records. One call for every 1,000, plus at most one.

use crate::column::{names, sorted, terms};
use crate::context::Context;
use crate::error::CliError;
use crate::format::{Format, Printer};
use crate::progress::Progress;
use crate::source::{Source, near_columns, table_or_view};
use caspio::Client;
use clap::Args;
use futures::TryStreamExt;

/// How many records a table shows by default.
const SHOWN: u64 = 100;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// The columns, separated by commas; by default all
    #[arg(long, value_name = "COLUMNS")]
    select: Option<String>,
    /// Only records that match this T-SQL condition
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// The order, as in "Total desc,City"; by default by key
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// The maximum number of records; by default 100 in a table, and all in other formats
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// The output format; by default a table, or JSON with --json
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Print each record of a table below the other, as tables wider than the terminal are
    #[arg(short = 'x', long)]
    expanded: bool,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
    /// Only print the calls that the query makes, with their clauses
    #[arg(long)]
    explain: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let name = arguments.name.clone();
    let select = arguments.select.as_deref().map(names).transpose()?;
    table_or_view(&caspio, arguments.view, &name, async |source| {
        let printed = print(context, &caspio, &source, &arguments, select.as_deref()).await;
        match printed {
            Err(error) => {
                let select = select.as_deref().unwrap_or_default();
                Err(near_columns(&caspio, &source, error, select).await)
            }
            printed => printed,
        }
    })
    .await
}

async fn print(
    context: &mut Context,
    caspio: &Client,
    source: &Source,
    arguments: &Arguments,
    select: Option<&[String]>,
) -> Result<(), CliError> {
    let default = if context.out.json {
        Format::Json
    } else {
        Format::Table
    };
    let format = arguments.format.unwrap_or(default);

    let mut query = source.query(caspio);
    if let Some(condition) = &arguments.condition {
        query = query.filter_raw(condition, ());
    }
    if let Some(order) = &arguments.order {
        let columns = source.columns(caspio).await?;
        query = sorted(query, &columns, &terms(order)?)?;
    }
    if let Some(columns) = select {
        query = query.columns(columns);
    }
    let shown = (format == Format::Table && arguments.limit.is_none()).then_some(SHOWN);
    // One more record than is shown reveals whether there are more.
    if let Some(limit) = arguments.limit.or(shown.map(|shown| shown + 1)) {
        query = query.limit(limit);
    }
    if arguments.explain {
        let explained = query.explain()?.to_string();
        return match context.out.json {
            true => {
                let lines: Vec<&str> = explained.lines().collect();
                context.out.json(&serde_json::json!({ "explain": lines }))
            }
            false => context.out.line(format_args!("{explained}")),
        };
    }
    let mut printer =
        Printer::new(format, select.map(<[String]>::to_vec)).expanded(arguments.expanded);
    let mut progress = Progress::new(
        format!("reading {}", arguments.name),
        context.global.hides_progress(),
    );
    let mut pages = query.pages();
    let mut more = false;
    while let Some(page) = pages.try_next().await? {
        let mut rows = page.records()?;
        let room = shown.map_or(u64::MAX, |shown| shown - printer.records());
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        more |= rows.len() > room;
        rows.truncate(room);
        printer.print(&rows, &mut context.out)?;
        progress.reached(printer.records());
    }
    drop(progress);
    printer.finish(&mut context.out)?;
    if format == Format::Table {
        summarize(context, printer.records(), more);
    }
    Ok(())
}

fn summarize(context: &mut Context, records: u64, more: bool) {
    let out = &mut context.out;
    match (records, more) {
        (_, true) => out.note(format_args!(
            "The first {records} records; there are more. Use --limit, or `caspio export`."
        )),
        (1, _) => out.note(format_args!("1 record.")),
        (records, _) => out.note(format_args!("{records} records.")),
    }
}
