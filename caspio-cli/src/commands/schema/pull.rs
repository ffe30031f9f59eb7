//! `caspio schema pull`: from the account to the file.

use super::{FILE, load};
use crate::context::Context;
use crate::error::CliError;
use caspio::schema::Schema;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only this table, all else in the file staying as it is; may be repeated
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// Only this view, all else in the file staying as it is; may be repeated
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<String>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = FILE)]
    out: PathBuf,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let Arguments { tables, views, out } = arguments;
    let caspio = context.connect().await?;
    let chosen = !tables.is_empty() || !views.is_empty();
    let schema = match chosen {
        false => caspio.schema().await?,
        true => {
            let mut schema = match out.exists() {
                true => load(&out)?,
                false => Schema::default(),
            };
            let pulled = caspio.schema().tables(tables).views(views).await?;
            put(&mut schema, pulled);
            schema
        }
    };
    schema.save(&out).map_err(|error| super::failed(&error))?;
    if context.out.json {
        return context.out.json(&serde_json::json!({
            "file": out,
            "tables": schema.tables.len(),
            "views": schema.views.len(),
        }));
    }
    context.out.note(format_args!(
        "{} tables and {} views in {}.",
        schema.tables.len(),
        schema.views.len(),
        out.display()
    ));
    Ok(())
}

/// Puts what was pulled in the place of what was known of the same name.
fn put(schema: &mut Schema, pulled: Schema) {
    schema
        .tables
        .retain(|table| pulled.table(&table.name).is_none());
    schema
        .views
        .retain(|view| pulled.view(&view.name).is_none());
    schema.tables.extend(pulled.tables);
    schema.views.extend(pulled.views);
    schema.sort();
}
