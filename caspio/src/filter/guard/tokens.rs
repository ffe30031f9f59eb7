//! Splits T-SQL into words, texts, names and signs.

/// Words of T-SQL that are not the names of columns.
const WORDS: [&str; 38] = [
    "and", "or", "not", "in", "is", "null", "like", "between", "exists", "select", "case", "when",
    "then", "else", "end", "as", "cast", "convert", "all", "any", "some", "distinct", "escape",
    "from", "where", "join", "inner", "left", "right", "full", "outer", "cross", "on", "group",
    "by", "having", "order", "top",
];

/// A condition, split.
#[derive(Debug)]
pub(super) struct Tokens {
    /// Words and names in lower case, without brackets and without the name of their table; a name that would read as
    /// something else keeps its brackets. Texts in lower case, as Caspio compares them, in quotes.
    pub(super) all: Vec<String>,
    pub(super) has_comment: bool,
}

impl Tokens {
    pub(super) fn of(sql: &str) -> Self {
        let mut tokens = Self {
            all: Vec::new(),
            has_comment: false,
        };
        let mut rest = sql.trim_start();
        while let Some(first) = rest.chars().next() {
            tokens.has_comment |= rest.starts_with("--") || rest.starts_with("/*");
            let length = length(rest, first);
            let (token, after) = rest.split_at(length);
            tokens.push(first, token);
            rest = after.trim_start();
        }
        tokens
    }

    fn push(&mut self, first: char, token: &str) {
        let lower = token.to_lowercase();
        match first {
            '\'' => self.all.push(lower),
            'n' | 'N' if token.ends_with('\'') => self.all.push(lower[1..].to_owned()),
            '[' | '"' => self.all.push(plain_name(lower)),
            // The name of a table before that of a column.
            _ if token == "." => drop(self.all.pop()),
            _ if is_word(first) && !starts_number(token) => {
                let name = lower.rsplit('.').next().unwrap_or_default();
                if !name.is_empty() {
                    self.all.push(name.to_owned());
                }
            }
            _ => self.all.push(lower),
        }
    }
}

/// Whether any of the tokens is the name of a column.
pub(super) fn names_column(tokens: &[impl AsRef<str>]) -> bool {
    let mut following = tokens.iter().skip(1);
    let mut is_table = false;
    tokens.iter().any(|token| {
        let next = following.next();
        match token.as_ref() {
            "from" | "join" => is_table = true,
            "," | "as" | "inner" | "left" | "right" | "full" | "outer" | "cross" => {}
            word if !is_name(word) => is_table = false,
            _ => {}
        }
        let is_call = next.is_some_and(|next| next.as_ref() == "(");
        // `NEWID()` is another value for each record, so it selects some of them.
        let is_of_record = !is_call || token.as_ref() == "newid";
        !is_table && is_name(token.as_ref()) && is_of_record
    })
}

/// Whether a token is a name, and not a word of T-SQL.
pub(super) fn is_name(token: &str) -> bool {
    let first = token.chars().next().unwrap_or_default();
    first == '[' || is_word(first) && !starts_number(token) && !WORDS.contains(&token)
}

fn length(rest: &str, first: char) -> usize {
    let signs = |signs: &[u8]| {
        rest[1..]
            .bytes()
            .take_while(|byte| signs.contains(byte))
            .count()
    };
    match first {
        '\'' => quoted(rest, '\''),
        '[' => quoted(rest, ']'),
        '"' => quoted(rest, '"'),
        'n' | 'N' if rest[1..].starts_with('\'') => 1 + quoted(&rest[1..], '\''),
        '<' | '>' | '!' => 1 + signs(b"=>"),
        _ if is_word(first) => {
            let word = rest.find(|next| !is_word(next)).unwrap_or(rest.len());
            exponent(rest, word)
        }
        other => other.len_utf8(),
    }
}

/// The length of a word, with the sign and digits that follow the `e` of a number.
fn exponent(rest: &str, word: usize) -> usize {
    let is_open = starts_number(rest) && rest[..word].ends_with(['e', 'E']);
    let Some(digits) = rest[word..].strip_prefix(['-', '+']).filter(|_| is_open) else {
        return word;
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 { word } else { word + 1 + count }
}

fn starts_number(token: &str) -> bool {
    let token = token.strip_prefix(['.', '$']).unwrap_or(token);
    token.starts_with(|first: char| first.is_ascii_digit())
}

/// The token of a column's name in T-SQL.
pub(super) fn name_token(name: &str) -> String {
    plain_name(format!("[{}]", name.to_lowercase().replace(']', "]]")))
}

/// A quoted name as a word, where it can be one.
fn plain_name(quoted: String) -> String {
    let inner = &quoted[1..quoted.len().saturating_sub(1).max(1)];
    let is_plain = !inner.is_empty()
        && inner.chars().all(|sign| is_word(sign) && sign != '.')
        && is_name(inner);
    match is_plain {
        true => inner.to_owned(),
        false => format!("[{inner}]"),
    }
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
