//! `caspio codegen`: generates Rust structs for tables and views, merged into existing files.

use super::schema;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::output::printable;
use crate::suggest::near_objects;
use caspio::Client;
use caspio::record::ObjectKind;
use caspio::schema::{ObjectDefinition, Schema};
use caspio_codegen::Generator;
use clap::{ArgGroup, Args};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("selection").args(["tables", "views", "all"]).required(true).multiple(true))]
pub(crate) struct Arguments {
    /// A table to generate structs for; may be repeated
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// A view to generate a struct for; may be repeated
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<String>,
    /// Every table and view
    #[arg(long, conflicts_with_all = ["tables", "views"])]
    all: bool,
    /// The folder to write; existing files are merged with the generated code
    #[arg(long, value_name = "FOLDER", default_value = "src/caspio")]
    out: PathBuf,
    /// Read the schema from a file instead of the account, without any call
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Write nothing; exit with code 7 if something would change
    #[arg(long)]
    check: bool,
    /// Generate an enum for the values of each text list
    #[arg(long)]
    list_enums: bool,
    /// Generate a type for the keys of each table and view
    #[arg(long)]
    key_types: bool,
    /// Use uuid::Uuid for GUIDs, which requires the feature `uuid` of the crate caspio
    #[arg(long)]
    uuid: bool,
    /// Generate no structs for inserts
    #[arg(long)]
    no_inserts: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let schema = match &arguments.schema {
        Some(file) => schema::load(file)?,
        None => {
            let caspio = context.connect().await?;
            from_account(&caspio, &arguments).await?
        }
    };
    let generator = generator(&schema, &arguments);
    let report = if arguments.check {
        generator.check(&arguments.out)
    } else {
        generator.write_to(&arguments.out)
    };
    let report = report.map_err(|error| CliError::new(ExitCode::Usage, error.to_string()))?;
    if context.out.json {
        let files: Vec<_> = report.changes.iter().map(|change| &change.path).collect();
        context
            .out
            .json(&serde_json::json!({ "changed": files, "notes": report.notes }))?;
    } else {
        let lines = report.to_string();
        for line in lines.lines() {
            context.out.line(format_args!("{}", printable(line)))?;
        }
        if report.is_current() {
            context.out.note(format_args!("Everything is up to date."));
        }
    }
    if !arguments.check || report.is_current() {
        return Ok(());
    }
    let message = match report.changes.len() {
        1 => "1 file is not up to date".to_owned(),
        files => format!("{files} files are not up to date"),
    };
    Err(CliError::new(ExitCode::Different, message)
        .with_hint("run the same command without --check to update"))
}

/// Reads the schema of the selection. A view needs the tables behind it, which define the nullable fields.
async fn from_account(caspio: &Client, arguments: &Arguments) -> Result<Schema, CliError> {
    if arguments.all || !arguments.views.is_empty() {
        return Ok(caspio.schema().await?);
    }
    let schema = caspio.schema().tables(arguments.tables.clone()).await;
    match schema.map_err(CliError::from) {
        Err(error) if error.exit == ExitCode::NotFound => {
            let asked = arguments.tables.iter();
            let asked: Vec<_> = asked.map(|name| (ObjectKind::Table, &**name)).collect();
            Err(near_objects(caspio, error, &asked).await)
        }
        Err(error) => Err(error),
        Ok(mut schema) => {
            add_names(caspio, &mut schema).await?;
            Ok(schema)
        }
    }
}

/// Adds the names of all other tables and views, so that generated names differ from theirs, and their files are known.
/// Two calls.
async fn add_names(caspio: &Client, schema: &mut Schema) -> Result<(), CliError> {
    for name in caspio.tables().await? {
        if schema.table(&name).is_none() {
            schema.tables.push(ObjectDefinition::new(name, Vec::new()));
        }
    }
    for name in caspio.views().await? {
        schema.views.push(ObjectDefinition::new(name, Vec::new()));
    }
    schema.sort();
    Ok(())
}

fn generator<'s>(schema: &'s Schema, arguments: &Arguments) -> Generator<'s> {
    let mut generator = Generator::new(schema)
        .list_enums(arguments.list_enums)
        .key_types(arguments.key_types)
        .uuid(arguments.uuid)
        .inserts(!arguments.no_inserts);
    if arguments.all {
        generator = generator.all();
    }
    for table in &arguments.tables {
        generator = generator.table(table);
    }
    for view in &arguments.views {
        generator = generator.view(view);
    }
    generator
}
