//! HTML output: text from outside is always escaped.

use std::fmt::{self, Display, Write};

/// A part of a page.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Appends literal HTML. Only the program's own text has the `'static` lifetime.
    pub(super) fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// Appends text, escaped for an element or a quoted attribute.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        let _ = write!(Escaped(&mut self.0), "{text}");
        self
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Browsers read it as a line feed unless it is escaped.
                '\r' => self.0.push_str("&#13;"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_html() {
        let mut html = Html::default();

        html.raw("<b title=\"").text("\"><script>'&").raw("\">");

        let written = String::from_utf8(html.into_bytes()).expect("UTF-8");
        assert_eq!(written, "<b title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">");
    }
}
