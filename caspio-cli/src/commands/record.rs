//! `caspio record`: runs another command and records its calls.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// The words of another command, which are parsed as a command line of their own.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file; a recording that exists is continued
    #[arg(long, value_name = "FILE", default_value = "caspio-calls.jsonl")]
    pub(crate) to: PathBuf,
    /// The command, with its options
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "COMMAND"
    )]
    pub(crate) command: Vec<OsString>,
}
