//! From the arguments to the exit code.

use crate::cli::{Cli, Command, ListKind};
use crate::commands;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::output::report;
use clap::Parser;

/// The whole program.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    match run(cli) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) if failure.silent => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure, json);
            std::process::ExitCode::from(failure.exit as u8)
        }
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CliError::new(ExitCode::General, format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let mut context = Context::new(cli.global);
        let done = dispatch(cli.command, &mut context).await;
        if let Err(failure) = context.keep_usage() {
            // The command did what it should all the same.
            context.out.note(format_args!("warning: {failure}"));
        }
        done.and(context.out.flush())
    })
}

async fn dispatch(command: Command, context: &mut Context) -> Result<(), CliError> {
    match command {
        Command::Login(arguments) => commands::login::run(context, arguments).await,
        Command::Logout => commands::logout::run(context),
        Command::Whoami => commands::whoami::run(context),
        Command::Doctor(arguments) => commands::doctor::run(context, arguments).await,
        Command::Tables => commands::list::run(context, ListKind::Tables).await,
        Command::Views => commands::list::run(context, ListKind::Views).await,
        Command::Describe(arguments) => commands::describe::run(context, arguments).await,
        Command::Query(arguments) => commands::query::run(context, arguments).await,
        Command::Count(arguments) => commands::count::run(context, arguments).await,
        Command::Get(arguments) => commands::get::run(context, arguments).await,
        Command::Export(arguments) => commands::export::run(context, arguments).await,
        Command::Import(arguments) => commands::import::run(context, arguments).await,
        Command::Schema(arguments) => commands::schema::run(context, arguments).await,
        Command::Codegen(arguments) => commands::codegen::run(context, arguments).await,
        Command::Usage(arguments) => commands::usage::run(context, &arguments),
        Command::Emulator(arguments) => commands::emulator::run(&arguments).await,
        Command::Completions(arguments) => commands::completions::run(context, &arguments),
    }
}
