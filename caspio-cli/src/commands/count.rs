//! `caspio count`: how many records there are. One call.

use crate::context::Context;
use crate::error::CliError;
use crate::source::table_or_view;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// Count the records for which this T-SQL condition holds
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// It is a view; by itself a table is looked for first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let count = table_or_view(arguments.view, &arguments.name, async |source| {
        let query = source.query(&caspio);
        let query = match &arguments.condition {
            Some(condition) => query.filter_raw(condition, ()),
            None => query,
        };
        Ok(query.count().await?)
    })
    .await?;
    match context.out.json {
        true => context.out.json(&serde_json::json!({ "count": count })),
        false => context.out.line(format_args!("{count}")),
    }
}
