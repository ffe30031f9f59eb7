//! Prints the response of a call, or writes its body to a file.

use super::indent::indented;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::output::printable;
use caspio::raw::RawResponse;
use caspio_support::file::{Access, replace, resolved};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{self, IsTerminal};
use std::path::Path;

/// A response as `--json` prints it.
#[derive(Serialize)]
struct Printed<'r> {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'r str>,
    /// Where a new record or object is.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// Null if it is empty or in a file.
    body: Option<Body<'r>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'r> {
    Json(&'r RawValue),
    Text(&'r str),
}

/// Refuses a file that cannot be written, before the call.
pub(super) fn check(out: &Path) -> Result<(), CliError> {
    let failed = |error: io::Error| CliError::file("write", out, &error);
    let path = resolved(out).map_err(failed)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match folder.is_dir() {
        true => Ok(()),
        false => Err(CliError::usage(format!(
            "there is no folder {}",
            folder.display()
        ))),
    }
}

/// Prints the response, or writes its body to `out`. An error tells that the call was made.
pub(super) fn print(
    context: &mut Context,
    response: &RawResponse,
    out: Option<&Path>,
) -> Result<(), CliError> {
    let printed = match out {
        Some(out) => save(context, response, out),
        None if context.out.json => as_json(context, response),
        None => body(context, response),
    };
    let printed = printed.and_then(|()| context.out.flush());
    printed.map_err(|error| {
        let made = format!("the call was made: {}", response.status());
        let hint = match &error.hint {
            Some(hint) => format!("{made}; {hint}"),
            None => made,
        };
        error.with_hint(hint)
    })
}

fn save(context: &mut Context, response: &RawResponse, out: &Path) -> Result<(), CliError> {
    let content = response.body();
    replace(out, content, Access::Default).map_err(|error| CliError::file("write", out, &error))?;
    if context.out.json {
        let mut printed = head(response);
        printed.file = Some(out.display().to_string());
        printed.bytes = Some(content.len());
        return context.out.json(&printed);
    }
    context.out.note(format_args!(
        "{}: {} bytes in {}.",
        response.status(),
        content.len(),
        out.display()
    ));
    Ok(())
}

fn as_json(context: &mut Context, response: &RawResponse) -> Result<(), CliError> {
    let mut printed = head(response);
    if !response.body().is_empty() {
        let text = str::from_utf8(response.body()).map_err(|_| is_binary(response))?;
        printed.body = Some(match serde_json::from_str(text) {
            Ok(json) => Body::Json(json),
            Err(_) => Body::Text(text),
        });
    }
    context.out.json(&printed)
}

/// Prints the body: as it came, or laid out for a terminal.
fn body(context: &mut Context, response: &RawResponse) -> Result<(), CliError> {
    if response.body().is_empty() {
        let location = header(response, "location");
        let location = location.map_or_else(String::new, |at| format!(", location {at}"));
        let status = response.status();
        context
            .out
            .note(format_args!("{status}, without a body{location}."));
        return Ok(());
    }
    if !io::stdout().is_terminal() {
        return context.out.write(response.body());
    }
    let shown = shown(response.body()).ok_or_else(|| is_binary(response))?;
    context.out.line(format_args!("{shown}"))
}

/// Returns what a terminal shows of a body; `None` if it is binary.
fn shown(body: &[u8]) -> Option<String> {
    let text = str::from_utf8(body).ok()?;
    if serde_json::from_str::<&RawValue>(text).is_ok() {
        return Some(indented(text));
    }
    let lines: Vec<_> = text.lines().map(printable).collect();
    Some(lines.join("\n"))
}

fn is_binary(response: &RawResponse) -> CliError {
    let content_type = header(response, "content-type").unwrap_or("an unknown type");
    let message = format!(
        "the response is not text: {} bytes of {}",
        response.body().len(),
        printable(content_type)
    );
    CliError::new(ExitCode::Usage, message).with_hint("write it to a file with --out FILE")
}

fn head(response: &RawResponse) -> Printed<'_> {
    Printed {
        status: response.status().as_u16(),
        content_type: header(response, "content-type"),
        location: header(response, "location"),
        request_id: header(response, "x-caspio-request-id"),
        file: None,
        bytes: None,
        body: None,
    }
}

fn header<'r>(response: &'r RawResponse, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_text_and_no_bytes() {
        assert_eq!(shown(b"[1.50]").as_deref(), Some("[\n  1.50\n]"));
        assert_eq!(
            shown(b"<html>\x1b[2J\n</html>").as_deref(),
            Some("<html>\\u{1b}[2J\n</html>")
        );
        assert_eq!(shown(b"\x89PNG\xff"), None);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_found_before_the_call() {
        let folder = tempfile::tempdir().expect("a folder");

        assert!(check(&folder.path().join("new")).is_ok());
        assert!(check(folder.path()).is_err(), "a folder");
        assert!(check(&folder.path().join("none/new")).is_err());
    }
}
