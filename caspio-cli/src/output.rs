//! Printing: results to standard output, everything else to standard error.

use crate::error::{CliError, Facts};
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use serde::Serialize;
use std::fmt::Arguments;
use std::io::{self, BufWriter, Write};

/// Standard output for results, and standard error for messages.
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

    /// Returns the writer of results.
    pub(crate) fn writer(&mut self) -> &mut dyn Write {
        &mut self.stdout
    }

    /// Prints a message after the results so far, unless `--quiet` is given.
    pub(crate) fn note(&mut self, text: Arguments<'_>) {
        if !self.quiet {
            let _ = self.stdout.flush();
            message(text);
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.stdout
            .flush()
            .map_err(|error| CliError::printing(&error))
    }
}

/// Prints a line to standard error. A closed standard error is ignored.
pub(crate) fn message(text: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints the error that the program ends with.
pub(crate) fn report(error: &CliError, json: bool) {
    if json {
        let error = serde_json::json!({ "error": Report::of(error) });
        return message(format_args!("{error}"));
    }
    let label = paint(AnsiColor::Red, "error:", takes_colours(&io::stderr()));
    message(format_args!("{label} {error}"));
}

/// An error as `--json` prints it.
#[derive(Serialize)]
struct Report<'e> {
    exit: u8,
    message: String,
    #[serde(flatten)]
    facts: Option<&'e Facts>,
}

impl<'e> Report<'e> {
    fn of(error: &'e CliError) -> Self {
        Self {
            exit: error.exit as u8,
            message: error.to_string(),
            facts: error.facts.as_deref(),
        }
    }
}

/// Whether a stream takes colours: a terminal does, unless `NO_COLOR` or `TERM=dumb` is set.
pub(crate) fn takes_colours(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Paints a text, if colours are on.
pub(crate) fn paint(colour: AnsiColor, text: &str, on: bool) -> String {
    if !on {
        return text.to_owned();
    }
    let style = colour.on_default();
    format!("{style}{text}{style:#}")
}

/// Escapes the control characters of a text from the account, which could take over the terminal.
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
    fn text_is_painted_only_if_colours_are_on() {
        assert_eq!(paint(AnsiColor::Green, "ok", false), "ok");
        assert_eq!(paint(AnsiColor::Green, "ok", true), "\x1b[32mok\x1b[0m");
    }
}
