//! The body of a call: JSON of the command line, of a file, or of standard input.

use crate::error::CliError;
use serde_json::value::RawValue;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Reads the body. It stays as it was written, so that no number loses a digit.
///
/// A text that is JSON is the body; another one is the name of a file.
pub(super) fn read(text: &str) -> Result<Box<RawValue>, CliError> {
    if text == "-" {
        let mut input = String::new();
        let read = io::stdin().lock().read_to_string(&mut input);
        read.map_err(|error| {
            CliError::usage(format!("cannot read the body from standard input: {error}"))
        })?;
        return json(&input, "standard input");
    }
    match serde_json::from_str(text) {
        Ok(body) => Ok(body),
        Err(_) if text.trim_start().starts_with(['{', '[', '"']) => json(text, "--body"),
        Err(_) => {
            let path = Path::new(text);
            let content = fs::read_to_string(path)
                .map_err(|error| CliError::file("read the body from", path, &error))?;
            json(&content, text)
        }
    }
}

fn json(text: &str, source: &str) -> Result<Box<RawValue>, CliError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text)
        .map_err(|error| CliError::usage(format!("the body of {source} is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_as_it_was_written() {
        for text in [
            r#"{"b": 12.50, "a": 922337203685477.5807}"#,
            "[]",
            "null",
            "-1",
            r#""x""#,
        ] {
            assert_eq!(read(text).expect(text).get(), text);
        }
    }

    #[test]
    fn a_file_is_read_and_its_mark_of_the_encoding_is_not_part_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("{body}.json");
        fs::write(&path, "\u{feff}{\"a\": 1}\n").expect("written");

        let body = read(path.to_str().expect("text")).expect("JSON");

        assert_eq!(body.get(), r#"{"a": 1}"#);
    }

    #[test]
    fn text_that_begins_as_json_is_not_taken_for_a_file() {
        for text in [r#"{"a":}"#, "[1,", r#""x"#] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains("--body is not JSON"), "{error}");
        }
        let error = read("none.json").expect_err("no file").to_string();
        assert!(error.contains("none.json"), "{error}");
    }
}
