//! `caspio emulator`: runs the emulator until Ctrl-C.

use crate::error::{CliError, ExitCode};
use caspio_emulator::program;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    program: program::Arguments,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<(), CliError> {
    program::run(&arguments.program).await.map_err(|error| {
        let failure = CliError::new(ExitCode::General, error.message());
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })
}
