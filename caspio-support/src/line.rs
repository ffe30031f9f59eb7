//! Text as one line.

use std::fmt::{self, Write};

/// Escapes the control characters of what is written to it: line breaks, which could break a log into lines that nobody
/// wrote, and the escapes of a terminal.
///
/// ```
/// use caspio_support::line::OneLine;
/// use std::fmt::Write;
///
/// let mut line = String::new();
/// write!(OneLine(&mut line), "{}", "a\nb")?;
/// assert_eq!(line, "a\\nb");
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct OneLine<W>(pub W);

impl<W: Write> Write for OneLine<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|sign| match sign.is_control() {
            true => write!(self.0, "{}", sign.escape_default()),
            false => self.0.write_char(sign),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, expected) in [
            ("", ""),
            ("Zürich 🟢", "Zürich 🟢"),
            ("\n", "\\n"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{1b}[31mé\u{9b}\u{7f}é", "\\u{1b}[31mé\\u{9b}\\u{7f}é"),
        ] {
            let mut line = String::new();
            OneLine(&mut line).write_str(text).expect("a text");
            assert_eq!(line, expected);
        }
    }
}
