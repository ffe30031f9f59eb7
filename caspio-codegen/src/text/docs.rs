//! Descriptions as documentation that rustdoc shows as the text it was.

use super::literal::is_invisible;

/// How long a line becomes before it is broken between two words.
const WIDTH: usize = 90;

/// The lines of a documentation comment, each with its space in front, for the words of a user.
///
/// Empty for empty text. No line is a heading, a list, code or a link.
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

/// What people see in place of a column's name, where that says more than the name.
pub(crate) fn shown_as(label: &str, name: &str) -> Option<String> {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '_');
        kept.flat_map(char::to_lowercase).collect()
    };
    let says_more = !label.trim().is_empty() && letters(label) != letters(name);
    says_more.then(|| format!("Shown as “{}”.", label.trim()))
}

/// Eight hex digits that tell a text from others.
pub(crate) fn doc_hash(lines: &[String]) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    // FNV-1a: short, and the same on every machine and with every compiler.
    let text = lines.join("\n");
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    Some(format!("{hash:08x}"))
}

/// Words as lines of about the same width.
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

/// The first word of a line, which Markdown would take for the start of a list or of a heading.
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

/// A word without any sign that Markdown knows; an address becomes a link.
fn escaped(word: &str) -> String {
    let mut code = String::new();
    let mut rest = word;
    while let Some(start) = address_start(rest) {
        let (before, address) = rest.split_at(start);
        code.push_str(&escaped_signs(before));
        let end = address
            .find(|c: char| "<>\"'`()[]{}|\\*".contains(c))
            .unwrap_or(address.len());
        let end = address[..end]
            .trim_end_matches(['.', ',', ';', ':', '!', '?'])
            .len();
        if address[..end].ends_with('/') && address[..end].matches('/').count() == 2 || end < 8 {
            code.push_str(&address[..4]);
            code.push_str("\\:");
            rest = address[4..].trim_start_matches('s').trim_start_matches(':');
            continue;
        }
        code.push('<');
        code.push_str(&address[..end]);
        code.push('>');
        rest = &address[end..];
    }
    code + &escaped_signs(rest)
}

fn address_start(text: &str) -> Option<usize> {
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
    fn signs_of_markdown_are_escaped() {
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
    fn an_address_is_a_link() {
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
    fn lines_stay_and_long_ones_are_broken() {
        assert_eq!(doc_lines("\n a\n\n\n b \r\n\n"), ["a", "", "b"]);
        assert_eq!(doc_lines(" \n "), Vec::<String>::new());

        let long = "word ".repeat(800);
        assert!(doc_lines(&long).iter().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn a_label_that_only_repeats_the_name_is_left_out() {
        assert_eq!(shown_as("First name", "First_Name"), None);
        assert_eq!(shown_as("", "First_Name"), None);
        assert!(shown_as("Given name", "First_Name").is_some());
    }

    #[test]
    fn marks_tell_texts_apart() {
        let lines = |text: &str| vec![text.to_owned()];
        assert_eq!(doc_hash(&[]), None);
        assert_ne!(doc_hash(&lines("a")), doc_hash(&lines("b")));
        assert_eq!(doc_hash(&lines("a")).as_deref(), Some("e40c292c"));
    }
}
