//! The program's command line.

#[cfg(feature = "conform")]
use crate::commands::conform;
use crate::commands::{
    codegen, completions, count, describe, doctor, emulator, export, get, import, list, login, man,
    names, query, raw, record, schema, usage, write,
};
use crate::error::CliError;
use crate::global::Global;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  failed for another reason
  2  the command line, a file or a setting on this machine is wrong
  3  there is no such table, view, record or profile
  4  not authenticated, or not permitted
  5  stopped before the end, or rows of an import were refused; run an export again to resume it
  6  the service could not be reached, was overloaded, failed, or sent an incomplete response;
     try again later
  7  `schema diff`, `codegen --check` or `conform` found differences

Settings come from CASPIO_ACCOUNT, CASPIO_CLIENT_ID and CASPIO_CLIENT_SECRET, or from the profile
that `caspio login` saved. Without an account, try any command with --emulator.";

/// Work with a Caspio account from the command line.
#[derive(Debug, Parser)]
#[command(name = "caspio", version, after_help = AFTER_HELP, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Parses the command line.
    ///
    /// `CASPIO_PROFILE` is read here: if clap read it, its usage lines would list `--profile` as required.
    ///
    /// # Errors
    ///
    /// The command line is wrong, and asks for errors as JSON. Otherwise the process ends with clap's message.
    pub(crate) fn read() -> Result<Self, CliError> {
        let mut cli = match Self::try_parse().and_then(Self::of_recorded_command) {
            Ok(cli) => cli,
            Err(error)
                if error.use_stderr() && std::env::args_os().any(|word| word == "--json") =>
            {
                return Err(as_error(&error));
            }
            Err(error) => error.exit(),
        };
        if cli.global.profile.is_none() {
            let profile = std::env::var("CASPIO_PROFILE").ok();
            cli.global.profile = profile.filter(|name| !name.is_empty());
        }
        Ok(cli)
    }
}

impl Cli {
    /// Returns the command line of the command that `record` runs; another command line stays as it is.
    fn of_recorded_command(self) -> Result<Self, clap::Error> {
        let Command::Record(arguments) = self.command else {
            return Ok(self);
        };
        let program = std::iter::once("caspio".into());
        let mut cli = Self::try_parse_from(program.chain(arguments.command))?;
        if matches!(cli.command, Command::Record(_)) {
            let message = "`record` is followed by another command, such as `query`";
            return Err(Self::command().error(ErrorKind::InvalidSubcommand, message));
        }
        cli.global.inherit(self.global);
        cli.global.record_to = Some(arguments.to);
        Ok(cli)
    }
}

/// Returns clap's error, without the usage that it prints after an empty line.
fn as_error(error: &clap::Error) -> CliError {
    let text = error.render().to_string();
    let message = text.split("\n\n").next().unwrap_or_default();
    CliError::usage(message.trim_start_matches("error: ").trim())
}

/// The commands. Only `import`, `insert`, `update`, `delete`, `raw`, `schema push` and `conform --scratch` change the
/// account.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an account's credentials and save them as a profile
    Login(login::Arguments),
    /// Remove a saved profile and its token
    Logout,
    /// Show which account and credentials would be used
    Whoami,
    /// List the saved profiles
    Profiles,
    /// Find out why a connection does not work, without changing anything
    Doctor(doctor::Arguments),
    /// List the account's tables
    Tables,
    /// List the account's views
    Views,
    /// Show the fields of a table or view
    Describe(describe::Arguments),
    /// Print records
    Query(query::Arguments),
    /// Count records
    Count(count::Arguments),
    /// Print one record by its key
    Get(get::Arguments),
    /// Write records to a file; resumes where it stopped
    Export(export::Arguments),
    /// Insert the rows of a file into a table, or synchronize the table with them
    Import(import::Arguments),
    /// Insert one record
    Insert(write::Insert),
    /// Update the records that match a condition, after showing how many
    Update(write::Update),
    /// Delete the records that match a condition, after showing how many
    Delete(write::Delete),
    /// Make a call that there is no command for, and print its response
    Raw(raw::Arguments),
    /// Keep the account's schema in a file, and export it: pull, diff, export, push
    Schema(schema::Arguments),
    /// Generate Rust structs for tables and views, merged into existing files
    Codegen(codegen::Arguments),
    /// Compare the account with what the SDK and the emulator rest on
    #[cfg(feature = "conform")]
    Conform(conform::Arguments),
    /// Run a command and record its calls for an issue, without values and names
    Record(record::Arguments),
    /// Show how many calls this program made, by day and operation
    Usage(usage::Arguments),
    /// Run an emulator of Caspio until Ctrl-C
    Emulator(emulator::Arguments),
    /// Print a shell's completions, which know the names of tables, views and profiles
    Completions(completions::Arguments),
    /// Print the names that complete a command line
    #[command(hide = true)]
    Names(names::Arguments),
    /// Print a command's manual page, or write those of all commands
    Man(man::Arguments),
}

pub(crate) use list::Kind as ListKind;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    fn recorded(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' ')).and_then(Cli::of_recorded_command)
    }

    #[test]
    fn a_recorded_command_keeps_its_options_and_those_before_it() {
        let cli =
            recorded("caspio --profile work record --to a.jsonl query Contacts --limit 5 --json");

        let cli = cli.expect("a command line");
        assert!(matches!(cli.command, Command::Query(_)));
        assert_eq!(cli.global.profile.as_deref(), Some("work"));
        assert_eq!(cli.global.record_to, Some("a.jsonl".into()));
        assert!(cli.global.json);
    }

    #[test]
    fn record_needs_another_command() {
        for line in [
            "caspio record",
            "caspio record record tables",
            "caspio record --to a.jsonl",
        ] {
            assert!(recorded(line).is_err(), "{line}");
        }
        let cli = recorded("caspio record -- tables").expect("a command line");
        assert_eq!(cli.global.record_to, Some("caspio-calls.jsonl".into()));
        assert!(
            recorded("caspio tables")
                .expect("a command line")
                .global
                .record_to
                .is_none()
        );
    }
}
