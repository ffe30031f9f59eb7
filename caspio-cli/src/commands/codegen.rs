//! `caspio codegen`: Rust structs for tables and views, merged into what is there.

use super::schema;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use caspio::Client;
use caspio::schema::Schema;
use caspio_codegen::Generator;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A table to generate structs for; may be repeated
    #[arg(long = "table", value_name = "TABLE", required_unless_present_any = ["views", "all"])]
    tables: Vec<String>,
    /// A view to generate a struct for; may be repeated
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<String>,
    /// Every table and view
    #[arg(long, conflicts_with_all = ["tables", "views"])]
    all: bool,
    /// The folder to write; what is there is merged with
    #[arg(long, value_name = "FOLDER", default_value = "src/caspio")]
    out: PathBuf,
    /// Take the shape from a schema file, without a call, in place of the account
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Write nothing; exit code 7 when something would change
    #[arg(long)]
    check: bool,
    /// Make an enum of each text list's values
    #[arg(long)]
    list_enums: bool,
    /// Use uuid::Uuid for GUIDs, which takes the feature `uuid` of caspio
    #[arg(long)]
    uuid: bool,
    /// Make no structs for inserts
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
    let report = match arguments.check {
        true => generator.check(&arguments.out),
        false => generator.write_to(&arguments.out),
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
            context.out.line(format_args!("{line}"))?;
        }
        if report.is_current() {
            context
                .out
                .note(format_args!("Everything is as it is to be."));
        }
    }
    match arguments.check && !report.is_current() {
        true => Err(CliError::new(
            ExitCode::Different,
            format!("{} files are not as generated", report.changes.len()),
        )
        .with_hint("run the same command without --check")),
        false => Ok(()),
    }
}

/// The shape of what was named; a view needs the tables behind it, for what may be null.
async fn from_account(caspio: &Client, arguments: &Arguments) -> Result<Schema, CliError> {
    if arguments.all || !arguments.views.is_empty() {
        return Ok(caspio.schema().await?);
    }
    Ok(caspio.schema().tables(arguments.tables.clone()).await?)
}

fn generator<'s>(schema: &'s Schema, arguments: &Arguments) -> Generator<'s> {
    let mut generator = Generator::new(schema)
        .list_enums(arguments.list_enums)
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
