//! Runs the program: from the command line to the exit code.

use crate::cli::{Cli, Command, ListKind};
use crate::commands;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::output::report;
use clap::CommandFactory;

/// Runs the program and returns its exit code.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let (json, done) = match Cli::read() {
        Ok(cli) => (cli.global.json, run(cli)),
        Err(error) => (true, Err(error)),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) if error.silent => std::process::ExitCode::SUCCESS,
        Err(error) => {
            report(&error, json);
            std::process::ExitCode::from(error.exit as u8)
        }
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            CliError::new(
                ExitCode::General,
                format!("cannot start the runtime: {error}"),
            )
        })?;
    runtime.block_on(async {
        let mut context = Context::new(cli.global);
        let done = dispatch(cli.command, &mut context).await;
        context.settle().await;
        context.report_recording();
        if let Err(error) = context.record_usage() {
            // The command succeeded; only its calls were not counted.
            context.out.note(format_args!("warning: {error}"));
        }
        done.and(context.out.flush())
    })
}

async fn dispatch(command: Command, context: &mut Context) -> Result<(), CliError> {
    match command {
        Command::Login(arguments) => commands::login::run(context, arguments).await,
        Command::Logout => commands::logout::run(context),
        Command::Whoami => commands::whoami::run(context),
        Command::Profiles => commands::profiles::run(context),
        Command::Doctor(arguments) => commands::doctor::run(context, arguments).await,
        Command::Tables => commands::list::run(context, ListKind::Tables).await,
        Command::Views => commands::list::run(context, ListKind::Views).await,
        Command::Describe(arguments) => commands::describe::run(context, arguments).await,
        Command::Query(arguments) => commands::query::run(context, arguments).await,
        Command::Count(arguments) => commands::count::run(context, arguments).await,
        Command::Get(arguments) => commands::get::run(context, arguments).await,
        Command::Export(arguments) => commands::export::run(context, arguments).await,
        Command::Import(arguments) => commands::import::run(context, arguments).await,
        Command::Insert(arguments) => commands::write::insert(context, arguments).await,
        Command::Update(arguments) => commands::write::update(context, arguments).await,
        Command::Delete(arguments) => commands::write::delete(context, arguments).await,
        Command::Raw(arguments) => commands::raw::run(context, arguments).await,
        Command::Schema(arguments) => commands::schema::run(context, arguments).await,
        Command::Codegen(arguments) => commands::codegen::run(context, arguments).await,
        #[cfg(feature = "conform")]
        Command::Conform(arguments) => commands::conform::run(context, arguments).await,
        // The command line of the command that is recorded has replaced it.
        Command::Record(_) => Err(CliError::usage("`record` is followed by another command")),
        Command::Usage(arguments) => commands::usage::run(context, &arguments),
        Command::Emulator(arguments) => commands::emulator::run(&arguments).await,
        Command::Completions(arguments) => {
            commands::completions::run(context, &arguments, Cli::command())
        }
        Command::Names(arguments) => commands::names::run(context, &arguments, Cli::command()),
        Command::Man(arguments) => commands::man::run(context, &arguments, Cli::command()),
    }
}
