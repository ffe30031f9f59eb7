//! `caspio schema`: keeps the account's schema in a file, and exports it.

mod diff;
mod difference;
mod export;
mod pull;
mod push;
mod scope;

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use caspio::schema::Schema;
use caspio_schema::SchemaError;
use clap::{Args, Subcommand};
use std::error::Error as _;
use std::path::{Path, PathBuf};

/// The file's usual name.
const FILE: &str = "caspio.schema.json";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the account's tables and views to the file
    Pull(pull::Arguments),
    /// Compare the file with the account; exit with code 7 if they differ
    Diff(diff::Arguments),
    /// Write the tables and views as SQL, as a diagram, as JSON Schema or as TypeScript
    Export(export::Arguments),
    /// Change the account's tables to match the file: shows a plan, asks, and applies it
    Push(push::Arguments),
}

#[derive(Debug, Args)]
struct File {
    /// The schema file
    #[arg(long, value_name = "FILE", default_value = FILE)]
    file: PathBuf,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    match arguments.command {
        Command::Pull(arguments) => pull::run(context, arguments).await,
        Command::Diff(arguments) => diff::run(context, arguments).await,
        Command::Export(arguments) => export::run(context, arguments).await,
        Command::Push(arguments) => push::run(context, arguments).await,
    }
}

/// Reads the schema in a file.
pub(crate) fn load(path: &Path) -> Result<Schema, CliError> {
    Schema::load(path).map_err(|error| {
        let failure = failed(&error);
        if error.is_missing() {
            failure.with_hint("write it with `caspio schema pull`")
        } else {
            failure
        }
    })
}

fn failed(error: &SchemaError) -> CliError {
    let message = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    CliError::new(ExitCode::Usage, message)
}
