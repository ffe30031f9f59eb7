//! The path of a call that the SDK has no method for.

use caspio_core::__private::percent;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::fmt;

/// The characters that a segment of a path may contain besides the unreserved ones, by RFC 3986.
const SUB_DELIMITERS: &[u8] = b"!$&'()*+,;=:@";

/// The path of a [`RawCall`](super::RawCall), below the URL of the API: a list of segments, or a text.
///
/// - An array, slice or `Vec` of texts is a list of segments: `["tables", name, "records"]`. Each is encoded as a
///   whole, so that any name can be a segment. A segment that is empty, `.` or `..`, or that contains a backslash, is
///   refused.
/// - A text is a whole path: `"tables/Contacts/records"`. Characters that a path cannot contain are encoded, for
///   example blanks. **A `%` with two hexadecimal digits after it is an encoded character**: `%2F` is a slash in a
///   name, and `50%20off` is the name `50 off`. So a name that may contain `%` or `/` must not be inserted into a text;
///   give it as a segment. The parts between slashes are refused as segments are.
///
/// ```
/// use caspio::raw::RawPath;
///
/// let path = RawPath::from(["tables", "50%20off", "records"]);
/// assert_eq!(path.to_string(), "tables/50%2520off/records");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawPath(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Text(String),
    Segments(Vec<String>),
}

impl RawPath {
    fn of_segments<S: AsRef<str>>(segments: &[S]) -> Self {
        let segments = segments.iter().map(|segment| segment.as_ref().to_owned());
        Self(Form::Segments(segments.collect()))
    }

    /// Returns the path as it is sent, without a slash at its start.
    pub(super) fn encoded(&self) -> Result<String> {
        match &self.0 {
            Form::Text(text) => encoded_text(text),
            Form::Segments(segments) => {
                // Some servers treat a backslash as a slash, even an encoded one.
                let is_refused =
                    |segment: &String| segment.contains('\\') || is_dots_or_empty(segment);
                if segments.is_empty() || segments.iter().any(is_refused) {
                    return Err(bad_part());
                }
                Ok(self.to_string())
            }
        }
    }

    /// Returns whether the path leads to a part of a table or view.
    pub(super) fn is_of_table_or_view(&self) -> bool {
        let path = self.to_string();
        let mut segments = path.trim_start_matches('/').split('/');
        matches!(segments.next(), Some("tables" | "views")) && segments.next().is_some()
    }
}

impl fmt::Display for RawPath {
    /// Shows a text as it was given, and segments as they are sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = match &self.0 {
            Form::Text(text) => return f.write_str(text),
            Form::Segments(segments) => segments,
        };
        for (index, segment) in segments.iter().enumerate() {
            let slash = if index == 0 { "" } else { "/" };
            write!(f, "{slash}{}", percent::encode(segment))?;
        }
        Ok(())
    }
}

impl From<&str> for RawPath {
    fn from(text: &str) -> Self {
        Self(Form::Text(text.to_owned()))
    }
}

impl From<String> for RawPath {
    fn from(text: String) -> Self {
        Self(Form::Text(text))
    }
}

impl From<&String> for RawPath {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl<S: AsRef<str>> From<&[S]> for RawPath {
    fn from(segments: &[S]) -> Self {
        Self::of_segments(segments)
    }
}

impl<S: AsRef<str>> From<Vec<S>> for RawPath {
    fn from(segments: Vec<S>) -> Self {
        Self::of_segments(&segments)
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for RawPath {
    fn from(segments: [S; N]) -> Self {
        Self::of_segments(&segments)
    }
}

impl<S: AsRef<str>, const N: usize> From<&[S; N]> for RawPath {
    fn from(segments: &[S; N]) -> Self {
        Self::of_segments(segments)
    }
}

fn encoded_text(text: &str) -> Result<String> {
    if text.contains(['?', '#']) {
        let error = Error::new(ErrorKind::Refused, "the path of a call contains `?` or `#`");
        return Err(error.with_hint(
            "add parameters with `.query(..)`, and give a name as a segment: `[\"tables\", name, \"fields\"]`",
        ));
    }
    let path = text.strip_prefix('/').unwrap_or(text);
    if path.contains('\\') || path.split('/').any(is_dots_or_empty_encoded) {
        return Err(bad_part());
    }
    Ok(with_codes(path))
}

fn bad_part() -> Error {
    Error::new(
        ErrorKind::Refused,
        "a part of the path is empty, `.` or `..`, or contains a backslash",
    )
    .with_hint("give a path such as `[\"tables\", name, \"fields\"]` or `\"outgoingWebhooks\"`")
}

/// Returns whether a segment would be dropped, or would lead to another part of the account's host.
fn is_dots_or_empty(segment: &str) -> bool {
    matches!(segment, "" | "." | "..")
}

/// Returns the same of a part of a text, which may be encoded.
fn is_dots_or_empty_encoded(part: &str) -> bool {
    is_dots_or_empty(&part.to_ascii_lowercase().replace("%2e", "."))
}

/// Returns the path with every character encoded that a URL cannot contain, or that its parser drops or replaces. A
/// character that is encoded already stays.
fn with_codes(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for (index, byte) in path.bytes().enumerate() {
        let follows = path.as_bytes().get(index + 1..index + 3);
        let is_code = follows.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if is_code => encoded.push('%'),
            b'/' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() || SUB_DELIMITERS.contains(&byte) => {
                encoded.push(byte.into());
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
