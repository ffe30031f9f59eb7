//! Where results and words go: results to standard output, everything else to standard error.

use crate::error::CliError;
use serde::Serialize;
use std::fmt::Arguments;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Standard output, and a word beside it on standard error.
#[derive(Debug)]
pub(crate) struct Out {
    stdout: BufWriter<io::Stdout>,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
}

impl Out {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self {
            stdout: BufWriter::with_capacity(64 * 1024, io::stdout()),
            json,
            quiet,
        }
    }

    /// Prints one line of a result.
    pub(crate) fn line(&mut self, text: Arguments<'_>) -> Result<(), CliError> {
        writeln!(self.stdout, "{text}").map_err(|error| CliError::printing(&error))
    }

    /// Prints a result as JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        serde_json::to_writer_pretty(&mut self.stdout, value)
            .map_err(|error| CliError::printing(&error.into()))?;
        self.line(format_args!(""))
    }

    /// What results are written to as they come.
    pub(crate) fn writer(&mut self) -> &mut dyn Write {
        &mut self.stdout
    }

    /// Says something beside the results, after those so far, unless it was asked to be quiet.
    pub(crate) fn note(&mut self, text: Arguments<'_>) {
        if !self.quiet {
            let _ = self.stdout.flush();
            say(text);
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.stdout
            .flush()
            .map_err(|error| CliError::printing(&error))
    }
}

/// A line on standard error. That nobody can read it is no reason to stop.
pub(crate) fn say(text: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says why the program failed.
pub(crate) fn report(failure: &CliError, json: bool) {
    if json {
        let error = serde_json::json!({
            "error": { "exit": failure.exit as u8, "message": failure.to_string() }
        });
        return say(format_args!("{error}"));
    }
    let word = paint(Colour::Red, "error:", colours(&io::stderr()));
    say(format_args!("{word} {failure}"));
}

/// The colours the program knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    Red = 31,
    Green = 32,
    Yellow = 33,
}

/// Whether a stream takes colours: a terminal does, unless `NO_COLOR` says otherwise.
pub(crate) fn colours(stream: &impl IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !refused && !dumb
}

pub(crate) fn paint(colour: Colour, text: &str, on: bool) -> String {
    match on {
        true => format!("\x1b[{}m{text}\x1b[0m", colour as u8),
        false => text.to_owned(),
    }
}

/// Text of an account for a terminal: control characters would move its cursor or worse.
pub(crate) fn printable(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    let shown = text.chars().map(|character| match character {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        control if control.is_control() => control.escape_unicode().to_string(),
        other => other.to_string(),
    });
    shown.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\x1b[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(printable("Zürich"), "Zürich");
    }

    #[test]
    fn text_is_painted_only_where_colours_are_on() {
        assert_eq!(paint(Colour::Green, "ok", false), "ok");
        assert_eq!(paint(Colour::Green, "ok", true), "\x1b[32mok\x1b[0m");
    }
}
