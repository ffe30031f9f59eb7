//! The program `caspio-emulator`.

use caspio_emulator::program::{self, Arguments, ProgramError};
use clap::Parser;
use std::process::ExitCode;

/// An emulator of Caspio's REST API in one process, for tests and first steps.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let arguments = Program::parse().arguments;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(program::run(&arguments)),
        Err(error) => Err(ProgramError::new(format!(
            "no runtime for the program: {error}"
        ))),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print_failure(&failure);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the program reports why it does not start"
)]
fn print_failure(failure: &ProgramError) {
    eprintln!("{failure}");
}
