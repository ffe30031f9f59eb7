//! String literals.

/// Returns a string literal on one line, with control and invisible characters escaped.
pub(crate) fn literal(text: &str) -> String {
    let mut code = String::with_capacity(text.len() + 2);
    code.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => code.extend(['\\', c]),
            c if c.is_control() || is_invisible(c) => code.extend(c.escape_unicode()),
            c => code.push(c),
        }
    }
    code.push('"');
    code
}

/// Returns whether a character is invisible, or changes how others are displayed.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_parses_back_to_its_text() {
        for text in [
            "",
            "a\"b\\c",
            "\n\t\r\0",
            "*/ // 😀 é",
            "\u{202e}abc",
            "{}#\u{7f}",
        ] {
            let code = literal(text);

            let parsed: syn::LitStr = syn::parse_str(&code).expect(&code);
            assert_eq!(parsed.value(), text);
            assert!(!code.contains(['\n', '\r', '\u{202e}']));
        }
    }
}
