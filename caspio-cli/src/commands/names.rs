//! `caspio names`: the names that complete a command line, for the scripts of `caspio completions`. No call.

use crate::context::{Context, names_file};
use crate::credentials::{ProfileFile, identify};
use crate::error::CliError;
use crate::global::Global;
use crate::object_names::ObjectNames;
use crate::output::is_unsafe;
use caspio_schema::folded_name;
use clap::{Arg, Args, Command};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The words of the command line after the program's name, up to the one to complete
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "WORD"
    )]
    words: Vec<String>,
}

/// What can be at a place of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Tables,
    Views,
    TablesAndViews,
    Profiles,
}

/// A command line up to the word to complete.
#[derive(Debug, Default)]
struct Line {
    wanted: Option<Wanted>,
    account: Option<String>,
    profile: Option<String>,
    emulator: bool,
}

/// Prints the names, one a line. A command line without names, and a failure, print none.
pub(crate) fn run(
    context: &mut Context,
    arguments: &Arguments,
    mut program: Command,
) -> Result<(), CliError> {
    program.build();
    let Some((last, before)) = arguments.words.split_last() else {
        return Ok(());
    };
    let line = Line::read(&program, before, last);
    let start = folded_name(last);
    for name in names(&context.global, &line).unwrap_or_default() {
        let fits = folded_name(&name).starts_with(&start) && !name.contains(is_unsafe);
        if fits {
            context.out.line(format_args!("{name}"))?;
        }
    }
    Ok(())
}

fn names(global: &Global, line: &Line) -> Option<Vec<String>> {
    let wanted = line.wanted?;
    let profiles = ProfileFile::open().ok()?;
    if wanted == Wanted::Profiles {
        return Some(profiles.iter().map(|(name, _)| name.to_owned()).collect());
    }
    if line.emulator {
        return None;
    }
    let mut global = global.clone();
    global.account = line.account.clone().or(global.account);
    global.profile = line.profile.clone().or(global.profile);
    let settings = identify(&global, &|name| std::env::var_os(name), &profiles).ok()??;
    let known = ObjectNames::load(&names_file(&settings).ok()?);
    Some(match wanted {
        Wanted::Tables => known.tables,
        Wanted::Views => known.views,
        _ => known.tables.into_iter().chain(known.views).collect(),
    })
}

impl Line {
    fn read(program: &Command, before: &[String], last: &str) -> Self {
        let mut line = Self::default();
        let mut command = program;
        let mut option: Option<&Arg> = None;
        let mut takes_options = true;
        let mut places = 0;
        for word in before {
            if let Some(option) = option.take() {
                line.set(option, word);
            } else if takes_options && word == "--" {
                takes_options = false;
            } else if takes_options && word.starts_with('-') {
                option = line.option(command, word);
            } else if let (0, Some(next)) = (places, next_command(program, command, word)) {
                // The options of a recorded command follow it.
                (command, takes_options) = (next, true);
            } else {
                places += 1;
            }
        }
        let place = match option {
            Some(option) => Some(option),
            None if takes_options && last.starts_with('-') => None,
            None => command.get_positionals().nth(places),
        };
        line.wanted = place.and_then(wanted);
        line
    }

    /// Reads an option, and returns it if its value is the next word.
    fn option<'c>(&mut self, command: &'c Command, word: &str) -> Option<&'c Arg> {
        let word = word.strip_prefix("--")?;
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let mut options = command.get_arguments();
        let option = options.find(|option| option.get_long() == Some(name))?;
        match value {
            Some(value) => self.set(option, value),
            None if option.get_action().takes_values() => return Some(option),
            None => self.emulator |= name == "emulator",
        }
        None
    }

    fn set(&mut self, option: &Arg, value: &str) {
        match option.get_id().as_str() {
            "account" => self.account = Some(value.to_owned()),
            "profile" => self.profile = Some(value.to_owned()),
            _ => {}
        }
    }
}

/// Returns the command that a word names: one of the command's own, or after `record` one of the program.
fn next_command<'c>(program: &'c Command, command: &'c Command, word: &str) -> Option<&'c Command> {
    let command = match command.get_name() {
        "record" => program,
        _ => command,
    };
    command.find_subcommand(word)
}

/// Returns what an argument takes, by its id, which the commands share.
fn wanted(argument: &Arg) -> Option<Wanted> {
    match argument.get_id().as_str() {
        "name" => Some(Wanted::TablesAndViews),
        "table" | "tables" => Some(Wanted::Tables),
        "view" | "views" => Some(Wanted::Views),
        "profile" => Some(Wanted::Profiles),
        _ => None,
    }
}
