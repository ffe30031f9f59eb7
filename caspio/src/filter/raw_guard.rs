//! Conditions in the user's own T-SQL that no write takes.

/// Words of T-SQL that are not the names of columns.
const WORDS: [&str; 22] = [
    "and", "or", "not", "in", "is", "null", "like", "between", "exists", "select", "case", "when",
    "then", "else", "end", "as", "cast", "convert", "all", "any", "some", "distinct",
];

/// Returns why a write does not take a condition: a comment can hide what it holds for, and a condition without any column
/// holds for every record or for none.
pub(crate) fn refusal(sql: &str) -> Option<&'static str> {
    let mut names_column = false;
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("--") || rest.starts_with("/*") {
            return Some("the condition contains a comment");
        }
        let length = match first {
            '\'' => quoted(rest, '\''),
            '[' => quoted(rest, ']'),
            '"' => quoted(rest, '"'),
            _ if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let is_text = first == '\'' || matches!(token, "N" | "n") && after.starts_with('\'');
        let is_name = matches!(first, '[' | '"') || is_word(first) && !first.is_ascii_digit();
        let is_call = after.trim_start().starts_with('(');
        let is_known = WORDS.contains(&token.to_lowercase().as_str());
        names_column |= is_name && !is_text && !is_call && !is_known;
        rest = after;
    }
    (!names_column)
        .then_some("the condition names no column, so it holds for every record or for none")
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '@' | '#' | '$')
}

/// The length of a quoted text or name, in which the sign that ends it is doubled.
fn quoted(text: &str, end: char) -> usize {
    let mut signs = text.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == end && signs.next_if(|(_, next)| *next == end).is_none() {
            return at + end.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_without_a_column_and_with_a_comment_are_refused() {
        for sql in [
            "/* x */ 1=1",
            "City = 'a' -- all",
            "1 IN (1)",
            "EXISTS(SELECT 1)",
            "LEN('x')=1",
            "NULL IS NULL",
            "N'City' = N'City'",
            "(1)=(1) OR 0.5 < 1e3",
            "",
        ] {
            assert!(refusal(sql).is_some(), "{sql}");
        }
        for sql in [
            "City = '-- no comment /* */'",
            "LEN([Order No]) < 5",
            "Active=1 AND a-b > 0",
            "N = 1",
            "\"Order\" IN ('a''b', N'c')",
        ] {
            assert_eq!(refusal(sql), None, "{sql}");
        }
    }
}
