//! Expressions of literals alone, folded to their value.

use super::runtime::collation;
use rust_decimal::Decimal;
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};
use std::cmp::Ordering;

/// A literal after folding.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Number(Decimal),
    Text(String),
}

/// Returns the value of an expression of literals; `None` for others.
pub(super) fn constant(expr: &Expr) -> Option<Constant> {
    match expr {
        Expr::Nested(inner) => constant(inner),
        Expr::Value(value) => match &value.value {
            Value::Number(digits, false) => digits.parse().ok().map(Constant::Number),
            Value::SingleQuotedString(text) | Value::NationalStringLiteral(text) => {
                Some(Constant::Text(text.clone()))
            }
            _ => None,
        },
        Expr::UnaryOp { op, expr } => match (op, constant(expr)?) {
            (UnaryOperator::Minus, Constant::Number(number)) => Some(Constant::Number(-number)),
            (UnaryOperator::Plus, number @ Constant::Number(_)) => Some(number),
            _ => None,
        },
        Expr::BinaryOp { .. } => folded(expr),
        _ => None,
    }
}

/// Folds `1 + 1 - ...` in a loop along the left side.
fn folded(expr: &Expr) -> Option<Constant> {
    let mut rest = Vec::new();
    let mut first = expr;
    while let Expr::BinaryOp { left, op, right } = first {
        rest.push((op, right));
        first = left;
    }
    let mut result = constant(first)?;
    for (operator, right) in rest.into_iter().rev() {
        result = match (result, constant(right)?) {
            (Constant::Number(left), Constant::Number(right)) => Constant::Number(match operator {
                BinaryOperator::Plus => left.checked_add(right)?,
                BinaryOperator::Minus => left.checked_sub(right)?,
                BinaryOperator::Multiply => left.checked_mul(right)?,
                _ => return None,
            }),
            (Constant::Text(left), Constant::Text(right)) if *operator == BinaryOperator::Plus => {
                Constant::Text(left + &right)
            }
            _ => return None,
        };
    }
    Some(result)
}

/// Compares constants; a text next to a number counts as the number it spells.
pub(super) fn compare(left: &Constant, right: &Constant) -> Option<Ordering> {
    let number = |constant: &Constant| match constant {
        Constant::Number(number) => Some(*number),
        Constant::Text(text) => text.trim().parse().ok(),
    };
    match (left, right) {
        (Constant::Text(left), Constant::Text(right)) => Some(collation::compare(left, right)),
        _ => Some(number(left)?.cmp(&number(right)?)),
    }
}
