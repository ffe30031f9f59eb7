//! Conditions that hold for every record.

use std::cmp::Ordering;

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value as Ast};

use super::{coerce::decimal, collation, parse, scope::same_name};

/// Whether a condition obviously holds for every record, such as `1=1`.
///
/// It looks at literals and at columns compared with themselves. A text that does not parse is
/// no tautology: its translation says what is wrong with it.
pub fn is_tautology(filter: &str) -> bool {
    parse::expression(filter).is_ok_and(|expr| truth(&expr, 0) == Some(true))
}

/// How deep it looks; what lies deeper counts as unknown.
const MAX_DEPTH: usize = 60;

/// The constant outcome of a condition, if it has one.
fn truth(expr: &Expr, depth: usize) -> Option<bool> {
    if depth > MAX_DEPTH {
        return None;
    }
    let depth = depth + 1;
    match expr {
        Expr::Nested(inner) => truth(inner, depth),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => truth(expr, depth).map(|outcome| !outcome),
        Expr::BinaryOp {
            op: op @ (BinaryOperator::And | BinaryOperator::Or),
            ..
        } => chain(expr, op, depth),
        Expr::BinaryOp { left, op, right } => outcome(compare(left, right)?, op),
        Expr::IsNull(inner) => constant(inner).map(|value| value == Constant::Null),
        Expr::IsNotNull(inner) => constant(inner).map(|value| value != Constant::Null),
        Expr::InList {
            expr,
            list,
            negated: false,
        } => list
            .iter()
            .any(|item| compare(expr, item) == Some(Ordering::Equal))
            .then_some(true),
        Expr::Between {
            expr,
            negated: false,
            low,
            high,
        } => {
            let above = compare(expr, low)?.is_ge();
            let below = compare(expr, high)?.is_le();
            Some(above && below)
        }
        Expr::Like {
            negated: false,
            pattern,
            ..
        } => every_text(pattern),
        _ => None,
    }
}

/// A chain of `OR` holds when one link does, a chain of `AND` when all do.
fn chain(expr: &Expr, connective: &BinaryOperator, depth: usize) -> Option<bool> {
    let decisive = *connective == BinaryOperator::Or;
    let mut undecided = false;
    let mut link = |expr: &Expr| match truth(expr, depth) {
        Some(outcome) if outcome == decisive => true,
        Some(_) => false,
        None => {
            undecided = true;
            false
        }
    };
    let mut first = expr;
    while let Expr::BinaryOp { left, op, right } = first {
        if op != connective {
            break;
        }
        if link(right) {
            return Some(decisive);
        }
        first = left;
    }
    if link(first) {
        return Some(decisive);
    }
    (!undecided).then_some(!decisive)
}

/// `LIKE '%'` holds for every text.
fn every_text(pattern: &Expr) -> Option<bool> {
    match constant(pattern)? {
        Constant::Text(text) if !text.is_empty() && text.chars().all(|char| char == '%') => {
            Some(true)
        }
        _ => None,
    }
}

#[derive(Debug, PartialEq)]
enum Constant {
    Null,
    Number(rust_decimal::Decimal),
    Text(String),
}

fn constant(expr: &Expr) -> Option<Constant> {
    let mut negative = false;
    let mut expr = expr;
    loop {
        match expr {
            Expr::Nested(inner) => expr = inner,
            Expr::UnaryOp {
                op: op @ (UnaryOperator::Minus | UnaryOperator::Plus),
                expr: inner,
            } => {
                negative ^= *op == UnaryOperator::Minus;
                expr = inner;
            }
            Expr::Value(value) => return literal(&value.value, negative),
            _ => return None,
        }
    }
}

fn literal(value: &Ast, negative: bool) -> Option<Constant> {
    match value {
        Ast::Number(digits, _) => {
            let number = decimal(digits)?;
            Some(Constant::Number(if negative { -number } else { number }))
        }
        Ast::SingleQuotedString(text) | Ast::NationalStringLiteral(text) if !negative => {
            Some(Constant::Text(text.clone()))
        }
        Ast::Null => Some(Constant::Null),
        _ => None,
    }
}

/// How two operands compare whatever the record. A column equals itself wherever it has a value.
fn compare(left: &Expr, right: &Expr) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (column(left), column(right)) {
        return same_name(left, right).then_some(Ordering::Equal);
    }
    match (constant(left)?, constant(right)?) {
        (Constant::Number(left), Constant::Number(right)) => Some(left.cmp(&right)),
        (Constant::Text(left), Constant::Text(right)) => Some(collation::compare(&left, &right)),
        (Constant::Number(number), Constant::Text(text)) => Some(number.cmp(&decimal(&text)?)),
        (Constant::Text(text), Constant::Number(number)) => Some(decimal(&text)?.cmp(&number)),
        _ => None,
    }
}

fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Nested(inner) => column(inner),
        Expr::Identifier(name) => Some(&name.value),
        Expr::CompoundIdentifier(parts) => parts.last().map(|name| name.value.as_str()),
        _ => None,
    }
}

fn outcome(ordering: Ordering, op: &BinaryOperator) -> Option<bool> {
    Some(match op {
        BinaryOperator::Eq => ordering.is_eq(),
        BinaryOperator::NotEq => ordering.is_ne(),
        BinaryOperator::Lt => ordering.is_lt(),
        BinaryOperator::LtEq => ordering.is_le(),
        BinaryOperator::Gt => ordering.is_gt(),
        BinaryOperator::GtEq => ordering.is_ge(),
        _ => return None,
    })
}
