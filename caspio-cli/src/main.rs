//! The program `caspio`: see `caspio --help`.

fn main() -> std::process::ExitCode {
    caspio_cli::main()
}
