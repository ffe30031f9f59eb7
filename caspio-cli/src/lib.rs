//! The program `caspio`, as a library whose parts can be tested without starting a process.
//!
//! ```text
//! cli (command line) -> run -> context (settings, client, output) -> commands::* -> format::*
//!                                                                               \-> export::*
//!                                                                               \-> import::*
//! ```
//!
//! The manual is `docs/cli.md`.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call_log;
mod cli;
mod clock;
mod column;
mod commands;
mod concurrency;
mod context;
mod cost;
mod credentials;
mod error;
mod export;
mod folders;
mod format;
mod gate;
mod global;
mod import;
mod interrupt;
mod last_write;
mod locked_file;
mod object_names;
mod output;
mod progress;
mod row;
mod run;
mod source;
mod suggest;
mod usage;

pub use run::main;

/// The parsers that the program has for itself, for the targets in `fuzz`; not part of the public API.
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::import::fuzzing::*;
}
