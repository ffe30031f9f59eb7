//! `caspio completions`: prints a shell's completion script. In bash, zsh and fish it asks `caspio names` for names.

use crate::context::Context;
use crate::error::CliError;
use clap::{Args, Command};
use clap_complete::{Shell, generate};

const BASH: &str = include_str!("names.bash");
const ZSH: &str = include_str!("names.zsh");
const FISH: &str = include_str!("names.fish");

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
    let names = match arguments.shell {
        Shell::Bash => BASH,
        Shell::Zsh => ZSH,
        Shell::Fish => FISH,
        _ => "",
    };
    script.extend_from_slice(names.as_bytes());
    context.out.write(&script)
}
