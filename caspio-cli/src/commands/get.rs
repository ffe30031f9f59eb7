//! `caspio get`: prints one record by its key. One call.

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::format::csv::list;
use crate::format::{Align, Format, Printer, table};
use crate::row::Row;
use crate::source::{Source, table_or_view};
use caspio::record::ObjectKind;
use caspio::{Client, Page};
use clap::Args;
use futures::TryStreamExt;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// The record's PK_ID: a number in a table, a text in a view
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The output format; by default fields and values below each other, or JSON with --json
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let page = table_or_view(&caspio, arguments.view, &arguments.name, async |source| {
        find(&caspio, &source, &arguments.key).await
    })
    .await?;
    let rows = match &page {
        Some(page) => page.records()?,
        None => Vec::new(),
    };
    let Some(row) = rows.first() else {
        let message = format!("{} has no record {}", arguments.name, arguments.key);
        return Err(CliError::new(ExitCode::NotFound, message));
    };
    let json = context.out.json.then_some(Format::Json);
    match arguments.format.or(json) {
        None | Some(Format::Table) => show(context, row),
        // One record is printed as an object, not as an array of one.
        Some(Format::Json | Format::Jsonl) => print(context, Format::Jsonl, &rows),
        Some(Format::Csv) => print(context, Format::Csv, &rows),
    }
}

fn print(context: &mut Context, format: Format, rows: &[Row<'_>]) -> Result<(), CliError> {
    let mut printer = Printer::new(format, None);
    printer.print(rows, &mut context.out)?;
    printer.finish(&mut context.out)
}

async fn find(
    caspio: &Client,
    source: &Source,
    key: &str,
) -> Result<Option<Page<Row<'static>>>, CliError> {
    let query = source.query(caspio);
    let query = match source.kind {
        ObjectKind::Table => {
            let id: i64 = key.parse().map_err(|_| {
                CliError::usage(format!("{key:?} is not a table key (PK_ID is a number)"))
                    .with_hint("for a view's text key add --view")
            })?;
            query.filter_raw("PK_ID = ?", (id,))
        }
        ObjectKind::View => query.filter_raw("PK_ID = ?", (key,)),
    };
    Ok(query.limit(1).pages().try_next().await?)
}

fn show(context: &mut Context, row: &Row<'_>) -> Result<(), CliError> {
    let header = [("Field", Align::Left), ("Value", Align::Left)];
    let fields = row.names().map(|name| {
        let value = row
            .get(name)
            .map(|cell| match (cell.is_null(), cell.is_list()) {
                (true, _) => String::new(),
                (_, true) => list(cell),
                _ => cell.text().into_owned(),
            });
        [name.to_owned(), value.unwrap_or_default()]
    });
    context.out.line(format_args!("{}", table(&header, fields)))
}
