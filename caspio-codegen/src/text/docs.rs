//! Descriptions of the account as documentation comments, which rustdoc shows unchanged.

use super::literal::is_invisible;
use caspio_support::hash::fnv1a_32;

/// The width at which lines are broken between two words.
const WIDTH: usize = 90;

/// Returns the lines of a documentation comment for a text from the account.
///
/// Markdown in the text is escaped: no line is a heading, a list or code. Empty text has no lines.
pub(crate) fn doc_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let words: Vec<String> = paragraph
            .split(|c: char| c.is_whitespace() || c.is_control())
            .map(|word| word.chars().filter(|c| !is_invisible(*c)).collect())
            .filter(|word: &String| !word.is_empty())
            .map(|word: String| escaped(&word))
            .collect();
        if words.is_empty() {
            if lines.last().is_some_and(|line| !line.is_empty()) {
                lines.push(String::new());
            }
            continue;
        }
        lines.extend(filled(&words));
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Returns a sentence with a column's label, if the label differs from the name.
pub(crate) fn shown_as(label: &str, name: &str) -> Option<String> {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '_');
        kept.flat_map(char::to_lowercase).collect()
    };
    let says_more = !label.trim().is_empty() && letters(label) != letters(name);
    says_more.then(|| format!("Shown as “{}”.", label.trim()))
}

/// Returns a hash of a documentation text as eight hex digits.
pub(crate) fn doc_hash(lines: &[String]) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let hash = fnv1a_32(lines.join("\n").bytes());
    Some(format!("{hash:08x}"))
}

/// Joins words to lines of at most [`WIDTH`].
fn filled(words: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if line.is_empty() {
            line = line_start(word);
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.push(line);
    lines
}

/// Escapes the first word of a line, which Markdown could read as the start of a list or a heading.
fn line_start(word: &str) -> String {
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    let rest = &word[digits..];
    if digits > 0 && rest.starts_with(['.', ')']) {
        return format!("{}\\{rest}", &word[..digits]);
    }
    if word.starts_with(['-', '+', '=']) {
        return format!("\\{word}");
    }
    word.to_owned()
}

/// Escapes the characters of a word that Markdown would interpret; a URL becomes a link.
fn escaped(word: &str) -> String {
    let mut code = String::new();
    let mut rest = word;
    while let Some(start) = url_start(rest) {
        let (before, url) = rest.split_at(start);
        code.push_str(&escaped_signs(before));
        let end = url
            .find(|c: char| "<>\"'`()[]{}|\\*".contains(c))
            .unwrap_or(url.len());
        let end = url[..end]
            .trim_end_matches(['.', ',', ';', ':', '!', '?'])
            .len();
        if url[..end].ends_with('/') && url[..end].matches('/').count() == 2 || end < 8 {
            code.push_str(&url[..4]);
            code.push_str("\\:");
            rest = url[4..].trim_start_matches('s').trim_start_matches(':');
            continue;
        }
        code.push('<');
        code.push_str(&url[..end]);
        code.push('>');
        rest = &url[end..];
    }
    code + &escaped_signs(rest)
}

fn url_start(text: &str) -> Option<usize> {
    let starts = ["http://", "https://"].map(|scheme| text.find(scheme));
    starts.into_iter().flatten().min()
}

fn escaped_signs(text: &str) -> String {
    let mut code = String::new();
    let entity = text.contains(';');
    for (index, c) in text.char_indices() {
        let at_edge = index == 0 || index + c.len_utf8() == text.len();
        let sign = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' => true,
            '_' => at_edge,
            '&' => entity,
            _ => false,
        };
        if sign {
            code.push('\\');
        }
        code.push(c);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_escaped() {
        for (text, line) in [
            ("plain words", "plain words"),
            ("    fn main() {}", "fn main() {}"),
            ("see [Total] and <b>", "see \\[Total\\] and \\<b\\>"),
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("```rust", "\\`\\`\\`rust"),
            ("snake_case _soft_", "snake_case \\_soft\\_"),
            ("*/ a /*", "\\*/ a /\\*"),
            ("R&D &lt;", "R&D \\&lt;"),
            ("a\u{202e}b\tc", "ab c"),
        ] {
            assert_eq!(doc_lines(text), [line], "{text}");
        }
    }

    #[test]
    fn a_url_is_a_link() {
        for (text, line) in [
            (
                "see https://a.example/x_y_z.",
                "see <https://a.example/x_y_z>.",
            ),
            ("(http://a.example)", "(<http://a.example>)"),
            ("http://a.b,http://c.d", "<http://a.b,http://c.d>"),
            ("<http://a.example>", "\\<<http://a.example>\\>"),
        ] {
            assert_eq!(doc_lines(text), [line], "{text}");
        }
        assert!(!doc_lines("http:// and https://")[0].contains('<'));
    }

    #[test]
    fn lines_are_kept_and_long_ones_broken() {
        assert_eq!(doc_lines("\n a\n\n\n b \r\n\n"), ["a", "", "b"]);
        assert_eq!(doc_lines(" \n "), Vec::<String>::new());

        let long = "word ".repeat(800);
        assert!(doc_lines(&long).iter().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn a_label_that_repeats_the_name_is_omitted() {
        assert_eq!(shown_as("First name", "First_Name"), None);
        assert_eq!(shown_as("", "First_Name"), None);
        assert!(shown_as("Given name", "First_Name").is_some());
    }

    #[test]
    fn different_texts_have_different_hashes() {
        let lines = |text: &str| vec![text.to_owned()];
        assert_eq!(doc_hash(&[]), None);
        assert_ne!(doc_hash(&lines("a")), doc_hash(&lines("b")));
        assert_eq!(doc_hash(&lines("a")).as_deref(), Some("e40c292c"));
    }
}
