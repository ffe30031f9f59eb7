//! `caspio count`: counts records. One call.

use crate::context::Context;
use crate::error::CliError;
use crate::source::{near_columns, table_or_view};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// Count the records for which this T-SQL condition holds
    #[arg(long = "where", value_name = "T-SQL")]
    condition: Option<String>,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let count = table_or_view(&caspio, arguments.view, &arguments.name, async |source| {
        let query = source.query(&caspio);
        let query = match &arguments.condition {
            Some(condition) => query.filter_raw(condition, ()),
            None => query,
        };
        match query.count().await.map_err(CliError::from) {
            Err(error) => Err(near_columns(&caspio, &source, error, &[]).await),
            count => count,
        }
    })
    .await?;
    if context.out.json {
        return context.out.json(&serde_json::json!({ "count": count }));
    }
    context.out.line(format_args!("{count}"))
}
