//! Benchmarks, each against hand-written code or a peer in the same run.
//!
//! `cargo run --release -p caspio-benches -- NAME`, with `read`, `write`, `auth`, `emulator`, `export`,
//! `derive` or `transport`; without a name, all of them. Every metric is a line
//! `figure NAME VALUE UNIT goal >=|<= TARGET`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a person to read"
)]

mod auth;
mod derive;
mod emulator;
mod export;
mod generated;
mod instructions;
mod metric;
mod read;
mod server;
mod table;
mod transport;
mod write;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next();
    match name.as_deref() {
        Some("read") => read::run(),
        Some("write") => write::run(),
        Some("auth") => auth::run(),
        Some("emulator") => emulator::run(),
        Some("export") => export::run(),
        Some("derive") => derive::run(),
        Some("transport") => transport::run(),
        Some(read::CHILD) => read::child(arguments),
        Some(write::CHILD) => write::child(arguments),
        Some(transport::CHILD) => transport::child(arguments),
        Some(instructions::CHILD) => instructions::child(arguments),
        Some(other) => {
            eprintln!(
                "unknown benchmark {other:?}; use one of: read write auth emulator export derive transport"
            );
            return ExitCode::FAILURE;
        }
        None => {
            read::run();
            write::run();
            auth::run();
            emulator::run();
            export::run();
            derive::run();
            transport::run();
        }
    }
    ExitCode::SUCCESS
}
