//! Values and parsers' messages in errors.

use std::borrow::Cow;

/// The number of characters of a value that a message contains.
const SHOWN: usize = 80;

/// Returns the parser's message without its position, which counts within the text that was parsed.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Returns the beginning of a value, for messages.
pub(crate) fn shown(raw: &str) -> Cow<'_, str> {
    match raw.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}... ({} bytes)", &raw[..end], raw.len())),
        None => Cow::Borrowed(raw),
    }
}
