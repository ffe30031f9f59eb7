//! From text to syntax trees, with guards against texts that are too long or too deep.

use sqlparser::{
    ast::{Expr, Query, Select, SelectFlavor, SetExpr, Statement, TableFactor},
    dialect::MsSqlDialect,
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Token, Tokenizer},
};

use super::TsqlError;

/// The longest clause in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// The most operators in a clause, not counting words.
const MAX_OPERATORS: usize = 8_000;
/// The parser's own limit on nesting.
const MAX_NESTING: usize = 50;
/// Stands for the source of a select list, which is parsed as a whole statement.
const PLACEHOLDER: &str = "[ ]";

/// The terms of `GROUP BY` and the condition of `HAVING`.
pub(super) struct Grouping {
    pub(super) by: Vec<Expr>,
    pub(super) having: Option<Expr>,
}

/// Parses one expression and nothing behind it.
pub(super) fn expression(text: &str) -> Result<Expr, TsqlError> {
    whole(text, |parser| parser.parse_expr())
}

/// Parses the terms of an `ORDER BY`.
pub(super) fn order(text: &str) -> Result<Vec<sqlparser::ast::OrderByExpr>, TsqlError> {
    whole(text, |parser| {
        parser.parse_comma_separated(Parser::parse_order_by_expr)
    })
}

/// Parses a `GROUP BY`, with `HAVING` if there is one.
pub(super) fn grouping(text: &str) -> Result<Grouping, TsqlError> {
    whole(text, |parser| {
        let by = parser.parse_comma_separated(Parser::parse_expr)?;
        let having = match parser.parse_keyword(Keyword::HAVING) {
            true => Some(parser.parse_expr()?),
            false => None,
        };
        Ok(Grouping { by, having })
    })
}

/// Parses a select list: `DISTINCT` and `TOP` belong to it.
pub(super) fn select_list(text: &str) -> Result<Select, TsqlError> {
    // The line break ends a comment that the list may close with.
    let text = format!("SELECT {text}\n FROM {PLACEHOLDER}");
    let statement = whole(&text, |parser| parser.parse_statement())?;
    let Statement::Query(query) = statement else {
        return Err(TsqlError::NotAllowed);
    };
    let select = plain_select(*query)?;
    match only_selects(&select) {
        true => Ok(select),
        false => Err(TsqlError::NotAllowed),
    }
}

/// Takes the single `SELECT` out of a query that has nothing else.
fn plain_select(query: Query) -> Result<Select, TsqlError> {
    if query.order_by.is_some() || !is_bare(&query) {
        return Err(TsqlError::NotAllowed);
    }
    match *query.body {
        SetExpr::Select(select) => Ok(*select),
        _ => Err(TsqlError::NotAllowed),
    }
}

/// Whether a query is free of all clauses around its body but `ORDER BY`.
pub(super) fn is_bare(query: &Query) -> bool {
    query.with.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && query.locks.is_empty()
        && query.for_clause.is_none()
        && query.settings.is_none()
        && query.format_clause.is_none()
        && query.pipe_operators.is_empty()
}

/// Whether a `SELECT` has none of the clauses that T-SQL does not have.
pub(super) fn is_plain(select: &Select) -> bool {
    select.optimizer_hints.is_empty()
        && select.select_modifiers.is_none()
        && select.exclude.is_none()
        && select.into.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.named_window.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && matches!(select.flavor, SelectFlavor::Standard)
}

fn only_selects(select: &Select) -> bool {
    use sqlparser::ast::GroupByExpr;
    let ungrouped = matches!(&select.group_by,
        GroupByExpr::Expressions(by, with) if by.is_empty() && with.is_empty());
    let from = match select.from.as_slice() {
        [only] if only.joins.is_empty() => is_placeholder(&only.relation),
        _ => false,
    };
    is_plain(select) && ungrouped && from && select.selection.is_none() && select.having.is_none()
}

fn is_placeholder(relation: &TableFactor) -> bool {
    matches!(relation, TableFactor::Table { name, alias: None, args: None, .. }
        if name.to_string() == PLACEHOLDER)
}

/// Parses a text to its very end; the parser by itself stops where it no longer understands.
fn whole<T>(
    text: &str,
    parse: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<T, TsqlError> {
    let mut parser = Parser::new(&MsSqlDialect {})
        .with_recursion_limit(MAX_NESTING)
        .with_tokens(tokens(text)?);
    let parsed = parse(&mut parser).map_err(refused)?;
    match parser.peek_token_ref().token {
        Token::EOF => Ok(parsed),
        _ => Err(TsqlError::Syntax),
    }
}

fn refused(error: ParserError) -> TsqlError {
    match error {
        ParserError::RecursionLimitExceeded => TsqlError::TooLong,
        _ => TsqlError::Syntax,
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, TsqlError> {
    if text.len() > MAX_TEXT {
        return Err(TsqlError::TooLong);
    }
    let tokens = Tokenizer::new(&MsSqlDialect {}, text)
        .tokenize()
        .map_err(|_| TsqlError::Syntax)?;
    check_size(&tokens)?;
    Ok(tokens)
}

/// Every operator may nest the tree one level deeper, and dropping a tree takes stack.
fn check_size(tokens: &[Token]) -> Result<(), TsqlError> {
    let operators = tokens.iter().filter(|token| is_operator(token)).count();
    match operators > MAX_OPERATORS {
        true => Err(TsqlError::TooLong),
        false => Ok(()),
    }
}

fn is_operator(token: &Token) -> bool {
    !matches!(
        token,
        Token::Word(_)
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::NationalStringLiteral(_)
            | Token::Whitespace(_)
            | Token::Comma
            | Token::Period
            | Token::LParen
            | Token::RParen
    )
}
