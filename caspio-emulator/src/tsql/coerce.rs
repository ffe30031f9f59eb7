//! Implicit conversions, exact for literals.

use rusqlite::types::Value;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use super::{Term, TsqlError, Type, convert, datetime, pool::Pool, term::Literal};

/// Converts a term to another type.
pub(super) fn to(pool: &mut Pool, term: Term, ty: Type) -> Result<Term, TsqlError> {
    if term.ty == ty || (term.ty.is_text() && ty.is_text()) {
        return Ok(term);
    }
    if matches!(term.ty, Type::List | Type::Password) || matches!(ty, Type::List | Type::Password) {
        return Err(TsqlError::NotAllowed);
    }
    match &term.literal {
        Some(Literal::Null) => Ok(Term { ty, ..term }),
        Some(literal) => of_literal(pool, literal, &term, ty),
        None => of_expression(&term, ty),
    }
}

/// Returns the type that two operands of a comparison have in common.
pub(super) fn common(left: Type, right: Type) -> Result<Type, TsqlError> {
    use Type::{Currency, DateTime, Integer, Number, Text, YesNo};
    let either = |ty| left == ty || right == ty;
    match (left, right) {
        (Type::List | Type::Password, _) | (_, Type::List | Type::Password) => {
            Err(TsqlError::NotAllowed)
        }
        (l, r) if l == r => Ok(l),
        (l, r) if l.is_text() && r.is_text() => Ok(Text),
        _ if either(Type::Guid) => Err(clash(left, right)),
        _ => [DateTime, Number, Currency, Integer, YesNo]
            .into_iter()
            .find(|ty| either(*ty))
            .ok_or_else(|| clash(left, right)),
    }
}

fn clash(left: Type, right: Type) -> TsqlError {
    TsqlError::ty(format!(
        "Operand type clash: {left} is incompatible with {right}."
    ))
}

/// The ten-thousandths of a number, if they are whole.
pub(super) fn exact_money(digits: &str) -> Option<i64> {
    let scaled = decimal(digits)?.checked_mul(Decimal::from(10_000))?;
    scaled.fract().is_zero().then(|| scaled.to_i64()).flatten()
}

/// Reads a number as it may stand in a query.
pub(super) fn decimal(digits: &str) -> Option<Decimal> {
    match digits.contains(['e', 'E']) {
        true => Decimal::from_scientific(digits).ok(),
        false => digits.trim_end_matches('.').parse().ok(),
    }
}

fn of_literal(
    pool: &mut Pool,
    literal: &Literal,
    term: &Term,
    ty: Type,
) -> Result<Term, TsqlError> {
    let value = match (literal, ty) {
        (Literal::Number(digits), Type::Currency) => Value::Integer(money(digits)?),
        (Literal::Number(digits), Type::Number) => Value::Real(float(digits)?),
        (Literal::Text(text), Type::DateTime) => {
            Value::Text(datetime::stored(text).ok_or_else(convert::bad_date)?)
        }
        (Literal::Text(text), Type::Integer) => Value::Integer(convert::integer(text)?),
        (Literal::Text(text), Type::Number) => Value::Real(convert::float(text)?),
        (Literal::Text(text), Type::Currency) => Value::Integer(convert::money(text)?),
        (Literal::Text(text), Type::YesNo) => Value::Integer(convert::bit(text)?),
        _ => return of_expression(term, ty),
    };
    Term::value(value, ty, pool)
}

fn money(digits: &str) -> Result<i64, TsqlError> {
    convert::money(digits)
}

fn float(digits: &str) -> Result<f64, TsqlError> {
    digits.parse().map_err(|_| TsqlError::Syntax)
}

fn of_expression(term: &Term, ty: Type) -> Result<Term, TsqlError> {
    let sql = &term.sql;
    let converted = match (term.ty, ty) {
        (from, to) if from.is_text() => of_text(sql, to)?,
        (from, to) if to.is_text() => to_text(sql, from),
        (Type::YesNo, Type::Integer) => sql.clone(),
        (Type::Integer | Type::YesNo, Type::Number) => format!("CAST({sql} AS REAL)"),
        (Type::Integer | Type::YesNo, Type::Currency) => format!("({sql} * 10000)"),
        (Type::Currency, Type::Number) => format!("({sql} / 10000.0)"),
        (Type::Currency, Type::Integer) => format!("CAST(round({sql} / 10000.0) AS INTEGER)"),
        (Type::Number, Type::Integer) => format!("CAST({sql} AS INTEGER)"),
        (Type::Number, Type::Currency) => format!("tsql_money({sql})"),
        (Type::Integer | Type::Number | Type::Currency, Type::YesNo) => format!("({sql} <> 0)"),
        (Type::Currency, Type::DateTime) => format!("tsql_from_days({sql} / 10000.0)"),
        (from, Type::DateTime) if from.is_numeric() => format!("tsql_from_days({sql})"),
        (from, to) => {
            return Err(TsqlError::ty(format!(
                "Implicit conversion from data type {from} to {to} is not allowed."
            )));
        }
    };
    Ok(Term::new(converted, ty))
}

fn of_text(sql: &str, ty: Type) -> Result<String, TsqlError> {
    let function = match ty {
        Type::Integer => "tsql_int",
        Type::Number => "tsql_float",
        Type::Currency => "tsql_money",
        Type::DateTime => "tsql_datetime",
        Type::YesNo => "tsql_bit",
        _ => return Err(TsqlError::NotAllowed),
    };
    Ok(format!("{function}({sql})"))
}

/// Text as SQL Server makes it where no style is given.
fn to_text(sql: &str, ty: Type) -> String {
    match ty {
        Type::DateTime => format!("tsql_date_text({sql}, 0)"),
        Type::Currency => format!("tsql_money_text({sql}, 0)"),
        Type::Number => format!("tsql_float_text({sql})"),
        _ => format!("CAST({sql} AS TEXT)"),
    }
}
