//! Prompts for settings on a terminal, or reads them as lines from a pipe.

use crate::error::{CliError, ExitCode};
use crate::output::printable;
use caspio_core::secrecy::SecretString;
use std::io::{self, BufRead, IsTerminal, Write};

/// The source of answers: a terminal or a pipe.
#[derive(Debug)]
pub(crate) struct Answers {
    terminal: bool,
}

impl Answers {
    pub(crate) fn new() -> Self {
        Self {
            terminal: io::stdin().is_terminal(),
        }
    }

    /// Reads one line, with a prompt on a terminal.
    pub(crate) fn line(&self, question: &str) -> Result<String, CliError> {
        if self.terminal {
            let mut stderr = io::stderr();
            let _ = write!(stderr, "{question}: ").and_then(|()| stderr.flush());
        }
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        match (read, line.trim()) {
            (Ok(_), "") => Err(missing(question)),
            (Ok(_), answer) => Ok(answer.to_owned()),
            (Err(error), _) => Err(unreadable(&error)),
        }
    }

    /// Reads one line that is not shown while it is typed.
    pub(crate) fn secret(&self, question: &str) -> Result<SecretString, CliError> {
        if !self.terminal {
            return self.line(question).map(SecretString::from);
        }
        let typed = rpassword::prompt_password(format!("{question}: "));
        let typed = typed.map_err(|error| unreadable(&error))?;
        match typed.trim() {
            "" => Err(missing(question)),
            secret => Ok(SecretString::from(secret)),
        }
    }
}

/// Asks whether to make a change, and returns an error if the answer is not yes.
pub(crate) fn agreed(question: &str) -> Result<(), CliError> {
    let question = format!("{}? Type yes", printable(question));
    let answer = Answers::new()
        .line(&question)
        .map_err(|_| CliError::usage("nothing was changed, because `yes` was not typed"))
        .map_err(|failure| {
            failure.with_hint("pass --yes to make the change without being asked")
        })?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::usage("nothing was changed")),
    }
}

fn missing(question: &str) -> CliError {
    CliError::usage(format!("no {} was given", question.to_lowercase())).with_hint(
        "answer at a terminal, or pipe in the account, the client id and the client secret, one per line",
    )
}

fn unreadable(error: &io::Error) -> CliError {
    CliError::new(
        ExitCode::General,
        format!("cannot read the answer: {error}"),
    )
}
