//! The program `caspio`, as a library so that its parts can be tested without a process.
//!
//! ```text
//! cli (arguments) -> run -> context (settings, client, output) -> commands::* -> format::*
//!                                                                            \-> export::*
//!                                                                            \-> import::*
//! ```
//!
//! `docs/cli.md` is its manual.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cli;
mod column;
mod commands;
mod context;
mod credentials;
mod error;
mod export;
mod folders;
mod format;
mod import;
mod output;
mod progress;
mod row;
mod run;
mod source;
mod stop;
mod usage;

pub use run::main;
