//! Comparisons of two values.

use rusqlite::types::Value;
use sqlparser::ast::BinaryOperator;

use super::{Term, TsqlError, Type, coerce, pool::Pool, term::Literal};

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comparison(&'static str);

impl Comparison {
    pub(super) const EQUAL: Self = Self("=");

    /// Returns the comparison behind an operator, if it is one.
    pub(super) fn of(op: &BinaryOperator) -> Option<Self> {
        Some(Self(match op {
            BinaryOperator::Eq => "=",
            BinaryOperator::NotEq => "<>",
            BinaryOperator::Lt => "<",
            BinaryOperator::LtEq => "<=",
            BinaryOperator::Gt => ">",
            BinaryOperator::GtEq => ">=",
            _ => return None,
        }))
    }
}

/// Compares two values after bringing them to one type.
pub(super) fn terms(
    pool: &mut Pool,
    comparison: Comparison,
    left: Term,
    right: Term,
) -> Result<String, TsqlError> {
    let (left, right) = align(pool, left, right)?;
    let (left, right) = match left.literal.is_some() {
        // The collation may stand on either side; a literal leaves it to the column.
        true => (left.sql.clone(), right.collated()),
        false => (left.collated(), right.sql.clone()),
    };
    Ok(format!("({left} {} {right})", comparison.0))
}

/// Brings the operands of a comparison to one type.
pub(super) fn align(pool: &mut Pool, left: Term, right: Term) -> Result<(Term, Term), TsqlError> {
    if left.is_null() || right.is_null() {
        return Ok((left, right));
    }
    if let Some(scaled) = scaled_literal(pool, &left, &right)? {
        return Ok((left, scaled));
    }
    if let Some(scaled) = scaled_literal(pool, &right, &left)? {
        return Ok((scaled, right));
    }
    let ty = coerce::common(left.ty, right.ty)?;
    Ok((operand(pool, left, ty)?, operand(pool, right, ty)?))
}

/// SQLite compares integers and floats exactly as they are.
fn operand(pool: &mut Pool, term: Term, ty: Type) -> Result<Term, TsqlError> {
    match (term.ty, ty) {
        (Type::Integer | Type::YesNo, Type::Integer | Type::Number | Type::YesNo) => Ok(term),
        (_, ty) => coerce::to(pool, term, ty),
    }
}

/// A literal number beside money, in ten-thousandths; a fraction of them stays a fraction.
fn scaled_literal(pool: &mut Pool, money: &Term, other: &Term) -> Result<Option<Term>, TsqlError> {
    let (Type::Currency, Some(Literal::Number(digits))) = (money.ty, &other.literal) else {
        return Ok(None);
    };
    let value = match coerce::exact_money(digits) {
        Some(scaled) => Value::Integer(scaled),
        None => {
            let number: f64 = digits.parse().map_err(|_| TsqlError::Syntax)?;
            Value::Real(number * 10_000.0)
        }
    };
    Term::value(value, Type::Currency, pool).map(Some)
}
