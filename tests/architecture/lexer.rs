//! Rust source as identifiers and punctuation, without comments, literals and tests.

/// One token, with the number of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Ident(String),
    Punct(char),
}

impl Token {
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Ident(name) => Some(name),
            TokenKind::Punct(_) => None,
        }
    }

    pub(crate) fn is(&self, punct: char) -> bool {
        self.kind == TokenKind::Punct(punct)
    }
}

/// The tokens of a file, items under `#[cfg(test)]` left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    without_tests(Lexer::new(text).run())
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            tokens: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Token> {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.skip_while(|c| c != '\n'),
                '/' if self.peek(1) == Some('*') => self.skip_block_comment(),
                '"' => self.skip_string(),
                '\'' => self.skip_char_or_lifetime(),
                c if c.is_whitespace() => self.advance(),
                c if c.is_alphanumeric() || c == '_' => self.word(),
                c => {
                    self.push(TokenKind::Punct(c));
                    self.advance();
                }
            }
        }
        self.tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn push(&mut self, kind: TokenKind) {
        self.tokens.push(Token {
            kind,
            line: self.line,
        });
    }

    fn skip_while(&mut self, holds: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&holds) {
            self.advance();
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.advance();
                    continue;
                }
            }
            self.advance();
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.advance();
        while let Some(c) = self.peek(0) {
            self.advance();
            match c {
                '\\' => self.advance(),
                '"' => return,
                _ => {}
            }
        }
    }

    /// `'a'` and `'\n'` are characters; `'a` is a lifetime, whose name is not a path.
    fn skip_char_or_lifetime(&mut self) {
        self.advance();
        if self.peek(0) == Some('\\') {
            self.advance();
            self.advance();
            self.skip_while(|c| c != '\'');
            self.advance();
        } else if self.peek(1) == Some('\'') {
            self.advance();
            self.advance();
        } else {
            self.skip_while(|c| c.is_alphanumeric() || c == '_');
        }
    }

    /// An identifier, a number, or the prefix of a raw or byte string.
    fn word(&mut self) {
        let start = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let word: String = self.chars[start..self.at].iter().collect();
        match (word.as_str(), self.peek(0)) {
            ("r" | "br" | "cr", Some('"' | '#')) => self.skip_raw_string(),
            ("b" | "c", Some('"')) => self.skip_string(),
            ("b", Some('\'')) => self.skip_char_or_lifetime(),
            _ => self.push(TokenKind::Ident(word)),
        }
    }

    /// `r#name` is an identifier, `r#".."#` a string.
    fn skip_raw_string(&mut self) {
        let start = self.at;
        self.skip_while(|c| c == '#');
        let hashes = self.at - start;
        if self.peek(0) != Some('"') {
            return;
        }
        self.advance();
        while let Some(c) = self.peek(0) {
            self.advance();
            if c == '"' && (0..hashes).all(|i| self.peek(i) == Some('#')) {
                self.at += hashes;
                return;
            }
        }
    }
}

/// Leaves out every item that has an attribute `#[cfg(test)]`.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = end_of_item(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    let [hash, open, cfg, ..] = tokens else {
        return false;
    };
    let is_cfg = hash.is('#') && open.is('[') && cfg.ident() == Some("cfg");
    is_cfg
        && tokens
            .iter()
            .take_while(|token| !token.is(']'))
            .any(|token| matches!(token.ident(), Some("test" | "doctest")))
}

/// The position after an item that begins with its attributes.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            TokenKind::Punct('(' | '[' | '{') => depth += 1,
            TokenKind::Punct(closing @ (')' | ']' | '}')) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && closing == '}' {
                    return at + 1;
                }
            }
            TokenKind::Punct(';' | ',') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

#[test]
fn comments_literals_and_tests_are_left_out() {
    let text = r##"
        // crate::a
        /* crate::b /* crate::c */ crate::d */
        fn f<'a>(x: &'a str) -> char { let y = "crate::e \" crate::f"; r#"crate::g"#; '"' }
        #[cfg(test)]
        mod tests { fn g() { crate::h } }
        #[cfg(test)]
        use crate::i;
        use crate::kept;
    "##;

    let names: Vec<String> = tokens(text)
        .iter()
        .filter_map(|token| token.ident().map(str::to_owned))
        .collect();

    let expected = [
        "fn", "f", "x", "str", "char", "let", "y", "use", "crate", "kept",
    ];
    assert_eq!(names, expected);
}
