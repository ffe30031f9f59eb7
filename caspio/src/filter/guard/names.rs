//! The words of a condition, each in one spelling, and which of them are names.

use crate::filter::tokens::{Token, TokenKind, tokens};

/// Words of T-SQL that are not the names of columns: some are functions without parentheses.
const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "like",
    "between",
    "exists",
    "select",
    "case",
    "when",
    "then",
    "else",
    "end",
    "as",
    "cast",
    "convert",
    "all",
    "any",
    "some",
    "distinct",
    "escape",
    "from",
    "where",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "outer",
    "cross",
    "on",
    "group",
    "by",
    "having",
    "order",
    "top",
    "collate",
    "current_date",
    "current_timestamp",
    "current_user",
    "session_user",
    "system_user",
    "user",
];

/// Words with which a value ends.
const ENDS: &[&str] = &[
    ")",
    "end",
    "null",
    "current_date",
    "current_timestamp",
    "current_user",
    "session_user",
    "system_user",
    "user",
];

/// Functions whose first argument is a type or a part of dates.
const OF_KEYWORDS: &[&str] = &[
    "convert",
    "try_convert",
    "dateadd",
    "datediff",
    "datediff_big",
    "datename",
    "datepart",
    "datetrunc",
    "date_bucket",
];

/// Returns the words of T-SQL in lower case, as Caspio compares them: names without brackets and without the name of
/// their table, unless they would be something else without brackets; texts in quotes; comparison signs together.
pub(super) fn words_of(sql: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut all = tokens(sql).filter(|token| !token.is_blank()).peekable();
    let mut is_after_comparison = false;
    while let Some(token) = all.next() {
        let is_comparison = matches!(token.sql, "<" | ">" | "!" | "=");
        match words.last_mut() {
            // SQL Server takes `> =` for `>=`.
            Some(last) if is_comparison && is_after_comparison => last.push_str(token.sql),
            _ if all.peek().is_some_and(|next| next.sql == ".") => {}
            _ if token.sql == "." => {}
            _ => words.push(word_of(&token)),
        }
        is_after_comparison = is_comparison;
    }
    words
}

fn word_of(token: &Token<'_>) -> String {
    if let Some(text) = token.text() {
        return text_word(&text);
    }
    match token.quoted_name() {
        Some(name) => name_word(&name),
        None => token.sql.to_lowercase(),
    }
}

/// The word of a constant in quotes.
fn text_word(text: &str) -> String {
    format!("'{}'", text.to_lowercase().replace('\'', "''"))
}

/// The word of a name: in brackets if it is something else without them.
pub(super) fn name_word(name: &str) -> String {
    let name = name.to_lowercase();
    match kind_of(&name) == Some(TokenKind::Word) && is_name(&name) {
        true => name,
        false => format!("[{}]", name.replace(']', "]]")),
    }
}

/// Whether any of the words is the name of a column.
pub(super) fn names_column(words: &[impl AsRef<str>]) -> bool {
    let mut is_table = false;
    // For each open parenthesis, whether it is that of a subquery: `TRIM('.' FROM City)` names no table.
    let mut selects = vec![false];
    words.iter().enumerate().any(|(at, word)| {
        match word.as_ref() {
            "(" => selects.push(false),
            ")" => drop(selects.pop()),
            "select" => selects
                .last_mut()
                .into_iter()
                .for_each(|select| *select = true),
            "from" | "join" => is_table = selects.last() == Some(&true) && !is_distinct(words, at),
            "," | "as" | "inner" | "left" | "right" | "full" | "outer" | "cross" => {}
            word if !is_name(word) => is_table = false,
            _ => {}
        }
        !is_table && is_name(word.as_ref()) && is_of_record(words, at)
    })
}

/// Whether `FROM` is that of `IS DISTINCT FROM`.
fn is_distinct(words: &[impl AsRef<str>], at: usize) -> bool {
    let is = |before: usize, word: &str| {
        at.checked_sub(before)
            .is_some_and(|at| words[at].as_ref() == word)
    };
    is(1, "distinct") && (is(2, "is") || is(2, "not") && is(3, "is"))
}

/// Whether a name has a value for each record: that of a function, a type, a collation or a part of dates has none.
fn is_of_record(words: &[impl AsRef<str>], at: usize) -> bool {
    let word = |at: usize| words.get(at).map_or("", AsRef::as_ref);
    let before = |count: usize| at.checked_sub(count).map_or("", word);
    if word(at + 1) == "(" {
        // `NEWID()` is another value for each record, so it selects some of them.
        return word(at) == "newid";
    }
    match before(1) {
        "as" | "collate" => false,
        // A constant follows no column: `LEADING '0'`, `USING 'en-US'`.
        _ if is_constant(word(at + 1)) => false,
        "(" => !OF_KEYWORDS.contains(&before(2)),
        // What follows a value is no other value: `GETDATE() AT TIME ZONE 'UTC'`, `CAST(1 AS double precision)`.
        "zone" if (before(2), before(3)) == ("time", "at") => true,
        before => !is_constant(before) && !is_name(before) && !ENDS.contains(&before),
    }
}

fn is_constant(word: &str) -> bool {
    word.starts_with(['\'', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
}

/// Whether a word is a name, and not a keyword.
pub(super) fn is_name(word: &str) -> bool {
    match kind_of(word) {
        Some(TokenKind::QuotedName) => true,
        // `@@SPID` is one value for all records.
        Some(TokenKind::Word) => !KEYWORDS.contains(&word) && !word.starts_with("@@"),
        _ => false,
    }
}

/// Returns the kind of a text that is a single token.
fn kind_of(text: &str) -> Option<TokenKind> {
    let mut all = tokens(text);
    let first = all.next()?;
    all.next().is_none().then_some(first.kind)
}
