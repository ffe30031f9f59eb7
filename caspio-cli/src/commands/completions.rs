//! `caspio completions`: prints a shell's completion script.

use crate::context::Context;
use crate::error::CliError;
use clap::{Args, Command};
use clap_complete::{Shell, generate};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script for the program with this command line.
pub(crate) fn run(
    context: &mut Context,
    arguments: &Arguments,
    mut program: Command,
) -> Result<(), CliError> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut program, "caspio", &mut script);
    context.out.write(&script)
}
