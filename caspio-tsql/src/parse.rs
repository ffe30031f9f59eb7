//! From text to syntax tree: the text is limited before, and completely used after.

use super::error::Outcome;
use super::error::{TsqlError, near};
use sqlparser::ast::{Expr, GroupByExpr, OrderByExpr, Select};
use sqlparser::dialect::MsSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

/// The longest clause; a URL has up to 2,047 characters, the body of a bulk call more.
const MAX_BYTES: usize = 64 * 1024;
/// The most operators in one clause. The parser nests as deep as a chain of operators is long, and
/// nested nodes are freed recursively: twice this many fit a stack of 2 MiB in a debug build.
const MAX_OPERATORS: usize = 8_000;
/// The most tokens in one clause, without whitespace.
const MAX_TOKENS: usize = 20_000;
/// The deepest nesting; each level of parentheses costs the parser one or two.
const MAX_DEPTH: usize = 50;

static DIALECT: MsSqlDialect = MsSqlDialect {};

/// Parses a condition or any other expression.
pub(super) fn expression(text: &str) -> Outcome<Expr> {
    whole(text, Parser::parse_expr)
}

/// Parses a select list with its `DISTINCT` and `TOP`. The result has all other clauses of a
/// `SELECT` too; the caller must refuse them.
pub(super) fn select_list(text: &str) -> Outcome<Select> {
    whole(&format!("SELECT {text}"), Parser::parse_select)
}

/// Parses a grouping and a `HAVING` after it.
pub(super) fn grouping(text: &str) -> Outcome<Select> {
    let select = whole(&format!("SELECT 1 GROUP BY {text}"), Parser::parse_select)?;
    match select.group_by {
        GroupByExpr::Expressions(..) => Ok(select),
        GroupByExpr::All(_) => Err(near("ALL")),
    }
}

/// Parses an order.
pub(super) fn order(text: &str) -> Outcome<Vec<OrderByExpr>> {
    whole(text, |parser| {
        parser.parse_comma_separated(Parser::parse_order_by_expr)
    })
}

fn whole<T>(
    text: &str,
    parse: impl FnOnce(&mut Parser<'static>) -> Result<T, sqlparser::parser::ParserError>,
) -> Outcome<T> {
    let tokens = tokens(text)?;
    let mut parser = Parser::new(&DIALECT)
        .with_recursion_limit(MAX_DEPTH)
        .with_tokens(tokens);
    let parsed = parse(&mut parser).map_err(|error| refused(&error.to_string()))?;
    match &parser.peek_token_ref().token {
        Token::EOF => Ok(parsed),
        left_over => Err(near(&left_over.to_string())),
    }
}

fn tokens(text: &str) -> Outcome<Vec<Token>> {
    if text.len() > MAX_BYTES {
        return Err(TsqlError::TooLong { part: "a clause" });
    }
    let tokens = Tokenizer::new(&DIALECT, text)
        .tokenize()
        .map_err(|error| refused(&error.to_string()))?;
    if tokens
        .iter()
        .any(|token| matches!(token, Token::HexStringLiteral(_)))
    {
        refuse_quoted_binary(text)?;
    }
    let tokens: Vec<_> = tokens
        .into_iter()
        .filter(|token| !matches!(token, Token::Whitespace(_)))
        .map(continued)
        .collect();
    if let Some(foreign) = tokens.iter().find(|token| is_foreign(token)) {
        return Err(near(&foreign.to_string()));
    }
    let tokens = compared(tokens);
    if tokens.len() > MAX_TOKENS {
        return Err(TsqlError::TooLong { part: "a clause" });
    }
    if tokens.iter().filter(|token| is_operator(token)).count() > MAX_OPERATORS {
        return Err(TsqlError::TooLong {
            part: "a chain of operators",
        });
    }
    Ok(tokens)
}

/// Writes `!<` and `!>`, which the parser does not know, as `>=` and `<=`.
fn compared(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let negated = match (out.last(), &token) {
            (Some(Token::ExclamationMark), Token::Lt) => Some(Token::GtEq),
            (Some(Token::ExclamationMark), Token::Gt) => Some(Token::LtEq),
            _ => None,
        };
        if negated.is_some() {
            out.pop();
        }
        out.push(negated.unwrap_or(token));
    }
    out
}

/// Refuses `X'41'`, which the parser reads as it does `0x41`.
fn refuse_quoted_binary(text: &str) -> Outcome<()> {
    let tokens = Tokenizer::new(&DIALECT, text).tokenize_with_location();
    let lines: Vec<_> = text.split('\n').collect();
    for token in tokens.map_err(|error| refused(&error.to_string()))? {
        let (Token::HexStringLiteral(_), start) = (&token.token, token.span.start) else {
            continue;
        };
        let line = usize::try_from(start.line)
            .ok()
            .and_then(|line| lines.get(line.checked_sub(1)?));
        let column = usize::try_from(start.column).unwrap_or(0).saturating_sub(1);
        if line.and_then(|line| line.chars().nth(column)) != Some('0') {
            return Err(near(&token.token.to_string()));
        }
    }
    Ok(())
}

/// A `\` before a line break in a text continues the text on the next line; both are left out.
fn continued(token: Token) -> Token {
    match token {
        Token::SingleQuotedString(text) => Token::SingleQuotedString(without_continuations(text)),
        Token::NationalStringLiteral(text) => {
            Token::NationalStringLiteral(without_continuations(text))
        }
        other => other,
    }
}

fn without_continuations(text: String) -> String {
    if !text.contains("\\\n") && !text.contains("\\\r\n") {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let after = &rest[at + 1..];
        let line_break = ["\r\n", "\n"]
            .iter()
            .find_map(|line_break| after.strip_prefix(line_break));
        let end = if line_break.is_some() { at } else { at + 1 };
        kept.push_str(&rest[..end]);
        rest = line_break.unwrap_or(after);
    }
    kept + rest
}

/// Returns whether a token can make a tree deeper without a level of the parser's own limit: all
/// that can stand between operands, except commas and parts of comparisons.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.quote_style.is_none() && infix_word(&word.value),
        Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::NationalStringLiteral(_) => false,
        Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::Gt
        | Token::LtEq
        | Token::GtEq
        | Token::Period => false,
        _ => true,
    }
}

/// Refuses forms that the parser accepts and T-SQL does not: `==`, and `@x` as a name.
fn is_foreign(token: &Token) -> bool {
    match token {
        Token::DoubleEq => true,
        Token::Word(word) => word.quote_style.is_none() && word.value.starts_with(['@', '#']),
        _ => false,
    }
}

fn infix_word(word: &str) -> bool {
    ["AND", "OR", "IS", "NOT", "COLLATE", "AT", "UNION", "JOIN"]
        .iter()
        .any(|infix| word.eq_ignore_ascii_case(infix))
}

/// Converts a parser error to SQL Server's text, if the parser names the token.
fn refused(message: &str) -> TsqlError {
    if message.contains("recursion limit") {
        return TsqlError::TooLong { part: "nesting" };
    }
    let found = message.split_once("found: ").map(|(_, found)| found);
    match found.map(|found| found.split(" at Line").next().unwrap_or(found)) {
        Some("EOF") => TsqlError::Syntax("Incorrect syntax near the end.".to_owned()),
        Some(token) => near(token),
        None => TsqlError::Syntax("Incorrect syntax.".to_owned()),
    }
}
