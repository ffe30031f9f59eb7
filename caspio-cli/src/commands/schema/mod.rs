//! `caspio schema`: the file that keeps the account's shape.

mod diff;
mod pull;
mod push;
mod scope;

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use caspio::schema::Schema;
use caspio_schema::SchemaError;
use clap::{Args, Subcommand};
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
    /// Compare the file with the account; exit code 7 when they differ
    Diff(diff::Arguments),
    /// Change the account's tables to what the file says: shows a plan, asks, applies
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
        Command::Push(arguments) => push::run(context, arguments).await,
    }
}

/// The schema in a file.
pub(crate) fn load(path: &Path) -> Result<Schema, CliError> {
    Schema::load(path).map_err(|error| {
        let failure = failed(&error);
        match error.is_missing() {
            true => failure.with_hint("write it with `caspio schema pull`"),
            false => failure,
        }
    })
}

fn failed(error: &SchemaError) -> CliError {
    CliError::new(ExitCode::Usage, error.to_string())
}
