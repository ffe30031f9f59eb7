//! What is known about the condition that a user built.

use super::compare::{Side, between, compare, is_null, like, listed};
use super::condition::Condition;
use super::names::{name_word, words_of};
use super::parser::parse;
use super::variable::Columns;
use crate::filter::expr::{Expr, Operand};
use crate::filter::literal::Literal;

/// Returns the condition that a tree is.
pub(super) fn condition_of(expr: &Expr, columns: &Columns) -> Condition {
    let column = |name: &str| Side::column(name, columns);
    let value = |literal: &Literal| Side::value(literal, columns);
    let each = |parts: &[Expr]| {
        parts
            .iter()
            .map(|part| condition_of(part, columns))
            .collect()
    };
    match expr {
        Expr::And(parts) => Condition::And(each(parts)),
        Expr::Or(parts) => Condition::Or(each(parts)),
        Expr::Not(inner) => condition_of(inner, columns).not(),
        Expr::Compare {
            left: Operand::Column(name),
            operator,
            right,
        } => compare(&column(name), *operator, &value(right)),
        Expr::Compare { .. } => Condition::Other(expr.to_sql()),
        Expr::Between {
            column: name,
            low,
            high,
        } => between(&column(name), &value(low), &value(high)),
        Expr::In { items, .. } if items.is_empty() => Condition::Known(false),
        Expr::In {
            column: name,
            items,
        } => {
            let items: Vec<_> = items.iter().map(value).collect();
            listed(&column(name), &items)
        }
        Expr::Null {
            column: name,
            is_null: wanted,
            ..
        } => is_null(&[name_word(name).as_str()], columns).negated(!wanted),
        Expr::Like {
            column: name,
            pattern,
        } => {
            let pattern = words_of(&pattern.to_string());
            let pattern: Vec<_> = pattern.iter().map(String::as_str).collect();
            like(&[name_word(name).as_str()], &pattern, columns)
        }
        Expr::Raw(sql) | Expr::TooDeep(sql) => {
            parse(&words_of(sql), columns).unwrap_or_else(|| Condition::Other(sql.clone()))
        }
    }
}
