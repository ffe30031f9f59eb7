//! `caspio query`: prints records. One call for every 1,000, plus at most one.

use crate::column::{names, sorted, terms};
use crate::context::Context;
use crate::error::CliError;
use crate::format::{Format, Printer};
use crate::progress::Progress;
use crate::source::{Source, table_or_view};
use caspio::Client;
use clap::Args;
use futures::TryStreamExt;

/// How many records a table for people shows unless it is told.
const SHOWN: u64 = 100;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// The columns, separated by commas; all unless said
    #[arg(long, value_name = "COLUMNS")]
    select: Option<String>,
    /// Only the records for which this T-SQL condition holds
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// The order, as in "Total desc,City"; by key unless said
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// The most records to print; 100 in a table unless said, all in the other formats
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// How to print; a table unless --json is given
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// It is a view; by itself a table is looked for first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let name = arguments.name.clone();
    table_or_view(arguments.view, &name, async |source| {
        print(context, &caspio, &source, &arguments).await
    })
    .await
}

async fn print(
    context: &mut Context,
    caspio: &Client,
    source: &Source,
    arguments: &Arguments,
) -> Result<(), CliError> {
    let format = arguments.format.unwrap_or(match context.out.json {
        true => Format::Json,
        false => Format::Table,
    });
    let selected = arguments.select.as_deref().map(names).transpose()?;
    let mut query = source.query(caspio);
    if let Some(condition) = &arguments.condition {
        query = query.filter_raw(condition, ());
    }
    if let Some(order) = &arguments.order {
        let columns = source.columns(caspio).await?;
        query = sorted(query, &columns, &terms(order)?)?;
    }
    if let Some(columns) = &selected {
        query = query.columns(columns);
    }
    let unasked = (format == Format::Table && arguments.limit.is_none()).then_some(SHOWN);
    // One more than is shown tells whether there are more.
    if let Some(limit) = arguments.limit.or(unasked.map(|shown| shown + 1)) {
        query = query.limit(limit);
    }
    let mut printer = Printer::new(format, selected);
    let mut progress = Progress::new(format!("reading {}", arguments.name), context.out.quiet);
    let mut pages = query.pages();
    let mut more = false;
    while let Some(page) = pages.try_next().await? {
        let mut rows = page.records()?;
        let room = unasked.map_or(u64::MAX, |shown| shown - printer.records());
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        more |= rows.len() > room;
        rows.truncate(room);
        printer.print(&rows, &mut context.out)?;
        progress.reached(printer.records());
    }
    drop(progress);
    printer.finish(&mut context.out)?;
    if format == Format::Table {
        tell(context, printer.records(), more);
    }
    Ok(())
}

fn tell(context: &mut Context, records: u64, more: bool) {
    let out = &mut context.out;
    match (records, more) {
        (_, true) => out.note(format_args!(
            "The first {records} records; there are more. Use --limit, or `caspio export`."
        )),
        (1, _) => out.note(format_args!("1 record.")),
        (records, _) => out.note(format_args!("{records} records.")),
    }
}
