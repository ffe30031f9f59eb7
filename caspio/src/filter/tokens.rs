//! Splits T-SQL into tokens.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Space,
    Comment,
    /// A constant in quotes, `'..'` or `N'..'`.
    Text,
    /// A name in brackets or double quotes.
    QuotedName,
    /// A name, keyword or variable.
    Word,
    /// A number, an amount such as `$5`, or a binary constant such as `0x1F`.
    Number,
    /// Any other character.
    Sign,
}

/// A part of a condition in T-SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: TokenKind,
    pub(crate) sql: &'t str,
    /// Whether it has an end: a quotation or comment can lack it, at the end of the condition.
    pub(crate) is_closed: bool,
}

impl Token<'_> {
    /// Whether it separates other tokens and has no other meaning.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }

    /// Returns the text of a constant in quotes, as SQL Server reads it.
    ///
    /// A `\` and a line break after it continue the constant in the next line, see
    /// <https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-backslash>.
    pub(crate) fn text(&self) -> Option<String> {
        let inner = self.inner().filter(|_| self.kind == TokenKind::Text)?;
        Some(joined_lines(inner).replace("''", "'"))
    }

    /// Returns the name that is in brackets or double quotes.
    pub(crate) fn quoted_name(&self) -> Option<String> {
        let inner = self
            .inner()
            .filter(|_| self.kind == TokenKind::QuotedName)?;
        Some(match self.sql.starts_with('[') {
            true => inner.replace("]]", "]"),
            false => inner.replace("\"\"", "\""),
        })
    }

    /// Returns what a quotation contains.
    fn inner(&self) -> Option<&str> {
        let (_, inner) = self.sql.split_once(['\'', '[', '"'])?;
        let end = inner.len() - usize::from(self.is_closed);
        Some(&inner[..end])
    }
}

/// Splits T-SQL into its tokens. Joined, they are the text again.
pub(crate) fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let (kind, length) = first_token(rest)?;
        let (token, after) = rest.split_at(length.unwrap_or(rest.len()));
        rest = after;
        Some(Token {
            kind,
            sql: token,
            is_closed: length.is_some(),
        })
    })
}

/// Whether T-SQL contains a comment.
pub(crate) fn has_comment(sql: &str) -> bool {
    tokens(sql).any(|token| token.kind == TokenKind::Comment)
}

/// Whether a character can be the sign of an amount, such as `$5`.
pub(super) fn is_currency(sign: char) -> bool {
    matches!(sign, '$' | '¢'..='¥' | '\u{20A0}'..='\u{20CF}')
}

/// Returns the kind and the length of the token that a text begins with. The length is `None` if the end of a quotation
/// or comment is missing.
fn first_token(text: &str) -> Option<(TokenKind, Option<usize>)> {
    let first = text.chars().next()?;
    let token = match first {
        '\'' => (TokenKind::Text, quoted(text, '\'')),
        'n' | 'N' if text[1..].starts_with('\'') => {
            let quoted = quoted(&text[1..], '\'');
            (TokenKind::Text, quoted.map(|length| length + 1))
        }
        '[' => (TokenKind::QuotedName, quoted(text, ']')),
        '"' => (TokenKind::QuotedName, quoted(text, '"')),
        '-' if text.starts_with("--") => (
            TokenKind::Comment,
            Some(text.find('\n').unwrap_or(text.len())),
        ),
        '/' if text.starts_with("/*") => (TokenKind::Comment, comment(text)),
        _ if is_space(first) => (TokenKind::Space, Some(while_each(text, is_space))),
        _ => match number(text) {
            0 if is_word(first) => (TokenKind::Word, Some(while_each(text, is_word))),
            0 => (TokenKind::Sign, Some(first.len_utf8())),
            length => (TokenKind::Number, Some(length)),
        },
    };
    Some(token)
}

/// SQL Server treats control characters as blanks, too.
fn is_space(sign: char) -> bool {
    sign.is_whitespace() || sign.is_control()
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '@' | '#' | '$')
}

/// Returns the length of the part in which all characters are of a kind.
fn while_each(text: &str, is_of_kind: impl Fn(char) -> bool) -> usize {
    text.find(|sign| !is_of_kind(sign)).unwrap_or(text.len())
}

/// Returns the length of a quotation, in which the character that ends it is doubled.
fn quoted(text: &str, end: char) -> Option<usize> {
    let mut signs = text.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == end && signs.next_if(|(_, next)| *next == end).is_none() {
            return Some(at + end.len_utf8());
        }
    }
    None
}

/// Returns the length of a comment; T-SQL's comments can contain others.
fn comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
        } else {
            at += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns the length of a number; 0 if the text does not begin with one.
fn number(text: &str) -> usize {
    if text.starts_with("0x") || text.starts_with("0X") {
        return 2 + hexadecimal(&text[2..]);
    }
    let unsigned = text.strip_prefix(is_currency).unwrap_or(text);
    let before_point = digits(unsigned);
    let after_point = unsigned[before_point..].strip_prefix('.').map(digits);
    if before_point + after_point.unwrap_or(0) == 0 {
        return 0;
    }
    let mantissa = before_point + after_point.map_or(0, |digits| digits + 1);
    let length = mantissa + exponent(&unsigned[mantissa..]);
    text.len() - unsigned.len() + length
}

fn digits(text: &str) -> usize {
    while_each(text, |sign| sign.is_ascii_digit())
}

/// Returns the length of the digits of a binary constant, which can be continued in the next line as a text can.
fn hexadecimal(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        match while_each(rest, |sign| sign.is_ascii_hexdigit()) {
            0 if rest.starts_with("\\\n") => length += 2,
            0 if rest.starts_with("\\\r\n") => length += 3,
            0 => return length,
            digits => length += digits,
        }
    }
}

/// Returns the length of an exponent; 0 if the text does not begin with one.
fn exponent(text: &str) -> usize {
    let Some(signed) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let unsigned = signed.strip_prefix(['-', '+']).unwrap_or(signed);
    match digits(unsigned) {
        0 => 0,
        digits => text.len() - unsigned.len() + digits,
    }
}

/// Returns a constant without each `\` and line break that only continue it.
fn joined_lines(text: &str) -> String {
    text.replace("\\\r\n", "").replace("\\\n", "")
}

#[cfg(test)]
mod tests {
    use super::TokenKind::{Comment, Number, QuotedName, Sign, Space, Text, Word};
    use super::*;
    use proptest::prelude::*;

    /// The kinds and texts of the tokens, without blanks between them.
    fn split(sql: &str) -> Vec<(TokenKind, &str)> {
        let all = tokens(sql).filter(|token| token.kind != Space);
        all.map(|token| (token.kind, token.sql)).collect()
    }

    /// The only token of a text.
    fn only(sql: &str) -> Token<'_> {
        let all: Vec<_> = tokens(sql).collect();
        assert_eq!(all.len(), 1, "{sql:?}: {all:?}");
        all[0]
    }

    #[test]
    fn quotations_end_at_a_sign_that_is_not_doubled() {
        for (sql, kind) in [
            ("'it''s'", Text),
            ("''''", Text),
            ("N'a'", Text),
            ("n''", Text),
            ("'-- /* [\"'", Text),
            ("[a]]b]", QuotedName),
            ("[a'b\"c]", QuotedName),
            ("\"a\"\"b\"", QuotedName),
            ("\"a]'--\"", QuotedName),
            ("'Zoë 🟢'", Text),
        ] {
            let token = only(sql);
            assert_eq!((token.kind, token.is_closed), (kind, true), "{sql}");
        }
        assert_eq!(split("'a'N'b'"), [(Text, "'a'"), (Text, "N'b'")]);
        assert_eq!(split("an'b'"), [(Word, "an"), (Text, "'b'")]);
        assert_eq!(split("[a][b]"), [(QuotedName, "[a]"), (QuotedName, "[b]")]);
    }

    #[test]
    fn a_text_is_read_as_sql_server_reads_it() {
        for (sql, text) in [
            ("'it''s'", "it's"),
            ("N''", ""),
            ("''''", "'"),
            ("'n'", "n"),
            ("'a\\\nb'", "ab"),
            ("N'a\\\r\nb'", "ab"),
            ("'a\\\n\nb'", "a\nb"),
            ("'a\\b\nc'", "a\\b\nc"),
            ("'a\\\rb'", "a\\\rb"),
        ] {
            assert_eq!(only(sql).text().as_deref(), Some(text), "{sql}");
        }
        assert_eq!(only("[a]").text(), None);
        assert_eq!(only("n").text(), None);
    }

    #[test]
    fn a_quoted_name_is_read_as_sql_server_reads_it() {
        for (sql, name) in [
            ("[a b]", "a b"),
            ("[a]]b]", "a]b"),
            ("[a\"\"'b]", "a\"\"'b"),
            ("\"a\"\"b\"", "a\"b"),
            ("\"a]]b\"", "a]]b"),
            ("[]", ""),
            ("[Zoë", "Zoë"),
        ] {
            assert_eq!(only(sql).quoted_name().as_deref(), Some(name), "{sql}");
        }
        assert_eq!(only("a").quoted_name(), None);
        assert_eq!(only("'a'").quoted_name(), None);
    }

    #[test]
    fn a_quotation_or_comment_without_an_end_is_open() {
        for sql in [
            "'a", "'a''", "'", "N'", "[a", "[a]]", "\"a", "/* a", "/*/", "/* /* */",
        ] {
            assert!(!only(sql).is_closed, "{sql}");
        }
        assert_eq!(only("'it''s").text().as_deref(), Some("it's"));
        assert_eq!(only("N'").text().as_deref(), Some(""));
    }

    #[test]
    fn comments_end_with_their_line_or_the_outermost() {
        for sql in ["-- a ' [", "/* a */", "/* /* ' */ -- */", "/**/", "--"] {
            assert_eq!(only(sql).kind, Comment, "{sql}");
            assert!(has_comment(&format!("A{sql}")), "{sql}");
        }
        assert_eq!(
            split("--a\nB"),
            [(Comment, "--a"), (Word, "B")],
            "the line break is not part of the comment"
        );
        assert_eq!(split("/*a*/*"), [(Comment, "/*a*/"), (Sign, "*")]);
        for sql in ["'--'", "[/*]", "\"--\"", "- -", "A - B", "* /", "/ *"] {
            assert!(!has_comment(sql), "{sql}");
        }
    }

    #[test]
    fn numbers_are_of_one_token() {
        for sql in [
            "1",
            "12.5",
            ".5",
            "1.",
            "1e5",
            "1.5E-3",
            ".5e+2",
            "0x",
            "0x1F",
            "0XaB",
            "$5",
            "$1.25",
            "$.5",
            "€3",
            "£0",
            "¥7",
            "0xAB\\\ncd",
            "0x\\\r\n1",
        ] {
            assert_eq!(only(sql).kind, Number, "{sql}");
        }
        for (sql, parts) in [
            ("1OR", [(Number, "1"), (Word, "OR")].as_slice()),
            ("5e", &[(Number, "5"), (Word, "e")]),
            ("2e+", &[(Number, "2"), (Word, "e"), (Sign, "+")]),
            ("0x1G", &[(Number, "0x1"), (Word, "G")]),
            ("1-2", &[(Number, "1"), (Sign, "-"), (Number, "2")]),
            ("1..5", &[(Number, "1."), (Number, ".5")]),
            ("$a", &[(Word, "$a")]),
            ("€", &[(Sign, "€")]),
            (".", &[(Sign, ".")]),
        ] {
            assert_eq!(split(sql), parts, "{sql}");
        }
    }

    #[test]
    fn words_end_at_signs_and_points() {
        assert_eq!(
            split("t.Stra\u{df}e_1>=@x"),
            [
                (Word, "t"),
                (Sign, "."),
                (Word, "Stra\u{df}e_1"),
                (Sign, ">"),
                (Sign, "="),
                (Word, "@x"),
            ]
        );
        assert_eq!(
            split("a\u{a0}b\u{1}c"),
            [(Word, "a"), (Word, "b"), (Word, "c")]
        );
    }

    /// Parts of conditions that begin, end and cross tokens.
    fn fragments() -> impl Strategy<Value = String> {
        let parts = proptest::sample::select(vec![
            "'", "''", "N'", "n", "[", "]", "]]", "\"", "--", "-", "/*", "*/", "/", "*", "\n",
            "\r", "\\", "0x", "1", ".", "e", "E", "+", "$", "€", "A", "ß", "🟢", "\u{a0}", "\u{0}",
            " ", "(", ")", "=", "<", ">", "!", "?", "@", "#", "_",
        ]);
        proptest::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn joined_tokens_are_the_text(sql in prop_oneof![fragments(), any::<String>()]) {
            let all: Vec<_> = tokens(&sql).collect();
            prop_assert_eq!(all.iter().map(|token| token.sql).collect::<String>(), sql.as_str());
            prop_assert!(all.iter().all(|token| !token.sql.is_empty()));
            let open = all.iter().position(|token| !token.is_closed);
            prop_assert!(open.is_none_or(|open| open + 1 == all.len()));
        }

        #[test]
        fn a_token_is_read_alone_as_in_the_text(sql in fragments()) {
            for token in tokens(&sql) {
                prop_assert_eq!(only(token.sql), token);
            }
        }

        #[test]
        fn a_literal_is_read_as_its_text(text in prop_oneof![fragments(), any::<String>()]) {
            let literal = crate::filter::literal::Literal::text(&text).to_string();
            let read: String = tokens(&literal).filter_map(|token| token.text()).collect();
            prop_assert_eq!(read, text);
        }
    }
}
