//! T-SQL of the user's own, with bound values.

use super::literal::Literal;
use super::tokens::{Token, TokenKind, tokens};
use super::unsendable::unsendable;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

/// Replaces the question marks that stand outside of quotes and brackets by the values, and comments by
/// blanks: a comment could end or hide what follows the condition.
///
/// The text must stay one condition when it is put into parentheses: `a) OR (b` is refused.
pub(crate) fn bind(text: &str, values: &[Literal]) -> Result<String, Error> {
    if let Some(error) = values.iter().find_map(unsendable) {
        return Err(error);
    }
    let mut sql = String::with_capacity(text.len() + values.len() * 8);
    let mut marks = 0;
    let (mut depth, mut is_balanced) = (0, true);
    let mut rest = text;
    for token in tokens(text) {
        if !token.is_closed {
            return Err(not_closed(&token));
        }
        rest = &rest[token.sql.len()..];
        match token.sql {
            "?" => {
                if let Some(value) = values.get(marks) {
                    push_apart(&mut sql, &value.to_string(), rest);
                }
                marks += 1;
            }
            comment if token.kind == TokenKind::Comment => {
                if comment.contains('?') {
                    return Err(refused("a raw filter has a question mark in a comment")
                        .with_hint("remove the comment, or the question mark from it"));
                }
                sql.push(' ');
            }
            other => {
                depth += i32::from(other == "(") - i32::from(other == ")");
                is_balanced &= depth >= 0;
                sql.push_str(other);
            }
        }
    }
    if depth != 0 || !is_balanced {
        return Err(refused("a raw filter has unbalanced parentheses")
            .with_hint("close each parenthesis outside of quotes and brackets, in order"));
    }
    if marks != values.len() {
        let (marks, values) = (
            counted(marks, "question mark"),
            counted(values.len(), "value"),
        );
        return Err(refused(format!("a raw filter has {marks} and {values}"))
            .with_hint("give one value for each `?` outside of quotes and brackets"));
    }
    if sql.trim().is_empty() {
        return Err(refused("a raw filter is empty")
            .with_hint("give a condition; a read of all records has no filter, a write of all records is `update_all` or `delete_all`"));
    }
    Ok(sql)
}

fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, message.into())
}

/// Appends a value so that it stays a token of its own: `2-?` with -3 becomes `2- -3` and not a comment, and a text
/// does not continue the one before it.
fn push_apart(sql: &mut String, value: &str, rest: &str) {
    const DIVIDERS: &str = "(),=<>+*/%";
    let divides = |neighbor: Option<char>| {
        neighbor.is_none_or(|sign| sign.is_whitespace() || DIVIDERS.contains(sign))
    };
    if !divides(sql.chars().next_back()) {
        sql.push(' ');
    }
    sql.push_str(value);
    if !divides(rest.chars().next()) {
        sql.push(' ');
    }
}

/// The error of a quotation or comment without an end.
fn not_closed(token: &Token<'_>) -> Error {
    let text = match token.kind {
        TokenKind::Text => token.sql.trim_start_matches(['n', 'N']),
        _ => token.sql,
    };
    let sign = text.chars().next().unwrap_or_default();
    let message = format!(
        "a raw filter ends inside a quotation or comment, {} characters after its `{sign}`",
        text.chars().count(),
    );
    refused(message).with_hint("close each quotation, bracket and comment")
}

#[cfg(test)]
mod tests {
    use super::super::BindValues;
    use super::*;

    fn bound(text: &str, values: impl BindValues) -> Result<String, Error> {
        bind(text, &values.literals())
    }

    #[test]
    fn values_replace_the_question_marks() {
        let sql = bound("Total > ? AND City = ?", (5, "O'Fallon")).expect("as many as marks");
        assert_eq!(sql, "Total > 5 AND City = N'O''Fallon'");
    }

    #[test]
    fn question_marks_in_quotes_and_brackets_are_text() {
        let sql = bound("a = 'what?' AND [b?] = ?", (true,)).expect("one mark");
        assert_eq!(sql, "a = 'what?' AND [b?] = 1");
    }

    #[test]
    fn a_question_mark_inside_a_value_is_not_a_placeholder() {
        let sql = bound("a = ? AND b = ?", ("?", "x")).expect("two marks");
        assert_eq!(sql, "a = N'?' AND b = N'x'");
    }

    #[test]
    fn too_few_and_too_many_values_are_refused() {
        assert!(bound("a = ?", ()).is_err());
        assert!(bound("a = 1", (1,)).is_err());
        assert!(bound("a = 'open", ()).is_err());
    }

    #[test]
    fn unbalanced_parentheses_are_refused() {
        for text in ["a = 1) OR (1 = 1", "(a = 1", "a = 1)", ")("] {
            assert!(bound(text, ()).is_err(), "{text}");
        }
        for text in ["(a = 1) OR (b = 2)", "a = ')'", "[a)] = 1"] {
            assert!(bound(text, ()).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_value_stays_a_token_of_its_own() {
        let two = |text, a: i32, b: &str| bound(text, (a, b)).expect("two marks");
        assert_eq!(
            two("N > 2-?\n AND B = ?", -3, "x"),
            "N > 2- -3\n AND B = N'x'"
        );
        assert_eq!(
            two("N IN (?,-7) AND B=?", -3, "x"),
            "N IN (-3,-7) AND B=N'x'"
        );
        assert_eq!(
            two("N BETWEEN?AND 5 AND B LIKE?", -3, "x"),
            "N BETWEEN -3 AND 5 AND B LIKE N'x'"
        );
        assert_eq!(bound("B = ?'y'", ("x",)).expect("one mark"), "B = N'x' 'y'");
        assert_eq!(bound("N = ?e3", (2,)).expect("one mark"), "N = 2 e3");
        assert_eq!(bound("N = -?", (-2.5,)).expect("one mark"), "N = - -2.5e0");
    }

    #[test]
    fn comments_become_blanks() {
        for (text, sql) in [
            ("A = 1 -- one", "A = 1  "),
            ("A = 1 -- one ) '\n OR B = 2", "A = 1  \n OR B = 2"),
            ("A /* 1 /* nested ' */ ( */= 1", "A  = 1"),
            (
                "A = '-- text' AND [/*] = \"--\"",
                "A = '-- text' AND [/*] = \"--\"",
            ),
            ("A = 5 - 2 / 1", "A = 5 - 2 / 1"),
            ("A = 'it''s -- text'", "A = 'it''s -- text'"),
            ("[a]]--b] = 1", "[a]]--b] = 1"),
        ] {
            assert_eq!(bound(text, ()).expect("no marks"), sql, "{text}");
        }
    }

    #[test]
    fn a_question_mark_in_a_comment_is_refused() {
        for text in [
            "B = 'mine' /* asked for ? */",
            "B = 1 -- ?",
            "/* /* */ ? */ B = 1",
        ] {
            let error = bound(text, ("*/ OR 1=1 /*",)).expect_err("a mark in a comment");
            assert!(
                error.to_string().contains("comment") && error.hint().is_some(),
                "{error}"
            );
        }
        for text in ["B = 1 /* open", "B = 1 /* /* */", "[open", "\"open"] {
            assert!(bound(text, ()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_without_t_sql_is_refused() {
        assert!(bound("A = ?", (f64::NAN,)).is_err());
    }
}
