//! Values and parsers' messages in errors.

use std::borrow::Cow;

/// The number of characters of a value that a message contains.
const SHOWN: usize = 80;

/// The number of characters of a parser's message that an error contains. The message quotes texts of the response.
const REASON_SHOWN: usize = 300;

/// Returns the parser's message without its position, which counts within the text that was parsed.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    shortened(split(&text).0)
}

/// Returns the parser's message with the line and column of the response.
pub(crate) fn reason_and_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (reason, place) = split(&text);
    shortened(reason) + place
}

/// Splits a parser's message before the position.
fn split(message: &str) -> (&str, &str) {
    message.split_at(message.rfind(" at line ").unwrap_or(message.len()))
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(REASON_SHOWN) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}

/// Returns the beginning of a value, for messages.
pub(crate) fn shown(raw: &str) -> Cow<'_, str> {
    match raw.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}... ({} bytes)", &raw[..end], raw.len())),
        None => Cow::Borrowed(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_that_the_parser_quotes_is_shortened() {
        let text = format!("\n\"{}\"", "é".repeat(10_000));
        let error = serde_json::from_str::<bool>(&text).expect_err("a text is no Yes/No");

        assert_eq!(reason(&error).chars().count(), REASON_SHOWN + 3);
        assert!(
            reason_and_place(&error).ends_with("... at line 2 column 20002"),
            "{error:.400}"
        );
    }

    #[test]
    fn a_short_message_is_whole() {
        let error = serde_json::from_str::<bool>("7").expect_err("a number is no Yes/No");

        let whole = "invalid type: integer `7`, expected a boolean";
        assert_eq!(reason(&error), whole);
        assert_eq!(
            reason_and_place(&error),
            format!("{whole} at line 1 column 1")
        );
    }
}
