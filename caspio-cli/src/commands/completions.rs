//! `caspio completions`: prints a shell's completion script.

use crate::cli::Cli;
use crate::context::Context;
use crate::error::CliError;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(context: &mut Context, arguments: &Arguments) -> Result<(), CliError> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "caspio", &mut script);
    context.out.write(&script)
}
