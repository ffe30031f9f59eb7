//! `caspio schema export`: the tables and views as SQL, as a diagram, as JSON Schema or as TypeScript.

mod json_schema;
mod mermaid;
mod returned;
mod sql;
mod typescript;

use super::{load, pull};
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::suggest::near_or_all;
use caspio::record::ObjectKind;
use caspio::schema::{ObjectDefinition, Schema};
use caspio_schema::position_of_name;
use caspio_support::file::{Access, replace};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The format
    #[arg(long, value_enum)]
    format: Format,
    /// Only this table; may be repeated
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// Only this view; may be repeated
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<String>,
    /// Read the schema from a file instead of the account, without any call
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The file to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Tables for SQL Server
    Sql,
    /// A diagram of tables and views, for Mermaid
    Mermaid,
    /// The records that the REST API returns, in JSON Schema 2020-12
    JsonSchema,
    /// Interfaces of the records that the REST API returns
    Typescript,
}

impl Format {
    fn text(self, schema: &Schema) -> Result<String, CliError> {
        match self {
            Self::Sql => Ok(sql::text(schema)),
            Self::Mermaid => Ok(mermaid::text(schema)),
            Self::JsonSchema => json_schema::text(schema),
            Self::Typescript => Ok(typescript::text(schema)),
        }
    }
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let schema = selected(context, &arguments).await?;
    if matches!(arguments.format, Format::Sql) {
        warn_of_similar_names(context, &schema);
    }
    let text = arguments.format.text(&schema)?;
    let Some(out) = &arguments.out else {
        return match context.out.json {
            true => context.out.json(&serde_json::json!({ "text": text })),
            false => context.out.write(text.as_bytes()),
        };
    };
    replace(out, text.as_bytes(), Access::Default)
        .map_err(|error| CliError::file("write", out, &error))?;
    let (tables, views) = (schema.tables.len(), schema.views.len());
    if context.out.json {
        let file = out.display().to_string();
        let counts = serde_json::json!({ "file": file, "tables": tables, "views": views });
        return context.out.json(&counts);
    }
    context.out.note(format_args!(
        "{tables} tables and {views} views in {}.",
        out.display()
    ));
    Ok(())
}

/// Reads the schema of the account or of a file, or the tables and views of it that are named.
async fn selected(context: &mut Context, arguments: &Arguments) -> Result<Schema, CliError> {
    let Arguments { tables, views, .. } = arguments;
    let is_whole = tables.is_empty() && views.is_empty();
    let Some(file) = &arguments.schema else {
        let caspio = context.connect().await?;
        if !is_whole {
            return pull::pull(&caspio, tables.clone(), views.clone()).await;
        }
        let schema = caspio.schema().await?;
        context.keep_names_of(&schema);
        return Ok(schema);
    };
    let mut schema = load(file)?;
    if !is_whole {
        keep(&mut schema.tables, ObjectKind::Table, tables, file)?;
        keep(&mut schema.views, ObjectKind::View, views, file)?;
    }
    Ok(schema)
}

/// Removes the tables or views that are not named.
fn keep(
    objects: &mut Vec<ObjectDefinition>,
    kind: ObjectKind,
    wanted: &[String],
    file: &Path,
) -> Result<(), CliError> {
    let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    let mut kept = BTreeSet::new();
    for name in wanted {
        let Some(at) = position_of_name(names.iter().copied(), name) else {
            let message = format!("{} has no {kind} {name:?}", file.display());
            let hint = near_or_all(name, names.iter().copied(), &format!("its {kind}s are"));
            return Err(CliError::new(ExitCode::NotFound, message).with_hint(hint));
        };
        kept.insert(at);
    }
    let mut at = 0..;
    objects.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    Ok(())
}

/// Caspio has tables whose names differ in case only; the usual collations of SQL Server have not.
fn warn_of_similar_names(context: &mut Context, schema: &Schema) {
    let mut names: Vec<_> = schema.tables.iter().map(|table| &table.name).collect();
    names.sort_by_key(|name| caspio_schema::folded_name(name));
    for pair in names.windows(2) {
        if let [one, other] = pair
            && caspio_schema::is_same_name(one, other)
        {
            context.out.note(format_args!(
                "warning: the tables {one} and {other} are one table for a server that ignores case."
            ));
        }
    }
}
