//! `caspio schema pull`: writes the account's schema to the file.

use super::{FILE, load};
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::suggest::near_objects;
use caspio::Client;
use caspio::record::ObjectKind;
use caspio::schema::Schema;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Update only this table in the file; may be repeated
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// Update only this view in the file; may be repeated
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<String>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = FILE)]
    out: PathBuf,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let Arguments { tables, views, out } = arguments;
    let caspio = context.connect().await?;
    let selected = !tables.is_empty() || !views.is_empty();
    let schema = if selected {
        let mut schema = if out.exists() {
            load(&out)?
        } else {
            Schema::default()
        };
        replace(&mut schema, pull(&caspio, tables, views).await?);
        schema
    } else {
        let schema = caspio.schema().await?;
        context.keep_names_of(&schema);
        schema
    };
    schema.save(&out).map_err(|error| super::failed(&error))?;
    if context.out.json {
        return context.out.json(&serde_json::json!({
            "file": out.display().to_string(),
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

/// Reads the selected tables and views.
pub(super) async fn pull(
    caspio: &Client,
    tables: Vec<String>,
    views: Vec<String>,
) -> Result<Schema, CliError> {
    let schema = caspio.schema().tables(tables.clone()).views(views.clone());
    match schema.await.map_err(CliError::from) {
        Err(error) if error.exit == ExitCode::NotFound => {
            let tables = tables.iter().map(|name| (ObjectKind::Table, &**name));
            let views = views.iter().map(|name| (ObjectKind::View, &**name));
            let asked: Vec<_> = tables.chain(views).collect();
            Err(near_objects(caspio, error, &asked).await)
        }
        done => done,
    }
}

/// Replaces tables and views by those pulled, by their names.
fn replace(schema: &mut Schema, pulled: Schema) {
    schema
        .tables
        .retain(|table| pulled.table(&table.name).is_none());
    schema
        .views
        .retain(|view| pulled.view(&view.name).is_none());
    for property in pulled.unreported {
        if !schema.unreported.contains(&property) {
            schema.unreported.push(property);
        }
    }
    schema.tables.extend(pulled.tables);
    schema.views.extend(pulled.views);
    schema.sort();
}
