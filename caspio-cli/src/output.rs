//! Printing: results to standard output, everything else to standard error.

use crate::error::{CliError, Facts};
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use serde::Serialize;
use std::borrow::Cow;
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

    /// Writes a part of a result.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.stdout
            .write_all(bytes)
            .map_err(|error| CliError::printing(&error))
    }

    /// Prints a message after the results so far, unless `--quiet` is given.
    pub(crate) fn note(&mut self, text: Arguments<'_>) {
        if !self.quiet {
            let _ = self.stdout.flush();
            message(format_args!("{}", printable_lines(&text.to_string())));
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
    let error = printable_lines(&error.to_string());
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

/// Whether a stream supports colours: a terminal does, unless `NO_COLOR` or `TERM=dumb` is set.
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

/// Escapes the characters of a text from the account that could take over the terminal, or change how the text next
/// to them is shown.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return text.into();
    }
    let shown = text.chars().map(|character| match character {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        other if is_unsafe(other) => other.escape_unicode().to_string(),
        other => other.to_string(),
    });
    shown.collect::<String>().into()
}

/// Escapes a message as [`printable`] does, but keeps its line feeds.
fn printable_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

/// Returns whether a character is a control character, or sets the direction of the text that follows.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\x1b[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(printable("Zürich 👩‍🚀"), "Zürich 👩‍🚀");
        assert_eq!(printable("exe.\u{202e}gpj"), "exe.\\u{202e}gpj");
        assert_eq!(printable_lines("a\x1b[2J\nb"), "a\\u{1b}[2J\nb");
    }

    #[test]
    fn text_is_painted_only_if_colours_are_on() {
        assert_eq!(paint(AnsiColor::Green, "ok", false), "ok");
        assert_eq!(paint(AnsiColor::Green, "ok", true), "\x1b[32mok\x1b[0m");
    }
}
