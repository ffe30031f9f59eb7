//! `caspio man`: the manual pages, one for each command. No call.

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::suggest::near_or_all;
use clap::{Args, Command};
use clap_mangen::Man;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The command whose page is printed, such as schema pull; by default the page of the program
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the page of every command to this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Prints or writes the pages of the program with this command line.
pub(crate) fn run(
    context: &mut Context,
    arguments: &Arguments,
    program: Command,
) -> Result<(), CliError> {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let Some(folder) = &arguments.out else {
        let page = page_of(&program, &arguments.command)?;
        return context.out.write(&page);
    };
    let mut pages = Vec::new();
    fs::create_dir_all(folder)
        .and_then(|()| write(&program, folder, &mut pages))
        .map_err(|error| CliError::file("write the pages to", folder, &error))?;
    if context.out.json {
        let folder = folder.display().to_string();
        return context
            .out
            .json(&serde_json::json!({ "folder": folder, "pages": pages }));
    }
    let count = pages.len();
    context
        .out
        .note(format_args!("{count} pages in {}.", folder.display()));
    Ok(())
}

fn page_of(program: &Command, words: &[String]) -> Result<Vec<u8>, CliError> {
    let mut command = program;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
            let message = format!("there is no command {:?}", words.join(" "));
            CliError::usage(message).with_hint(near_or_all(
                word,
                known.into_iter(),
                "the commands are",
            ))
        })?;
    }
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| {
            CliError::new(ExitCode::General, format!("cannot make the page: {error}"))
        })?;
    Ok(page)
}

/// Writes the page of a command and those of its own commands.
fn write(command: &Command, folder: &Path, pages: &mut Vec<String>) -> io::Result<()> {
    for command in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        write(command, folder, pages)?;
    }
    let page = Man::new(command.clone());
    page.generate_to(folder)?;
    pages.push(page.get_filename());
    Ok(())
}
