//! Arithmetic and concatenation.

use sqlparser::ast::BinaryOperator;

use super::{Term, TsqlError, Type, coerce, pool::Pool, term::Literal};

/// Applies an operator to two values.
pub(super) fn apply(
    pool: &mut Pool,
    op: &BinaryOperator,
    left: Term,
    right: Term,
) -> Result<Term, TsqlError> {
    let op = Operator::of(op)?;
    let (left, right) = typed_nulls(left.usable()?, right.usable()?);
    match (left.ty, right.ty) {
        (l, r) if l.is_text() && r.is_text() => concatenation(op, &left, &right),
        (Type::DateTime, r) if r.is_numeric() => days(pool, op, left, right),
        (l, Type::DateTime) if l.is_numeric() && op == Operator::Add => days(pool, op, right, left),
        (Type::DateTime, ty) | (ty, Type::DateTime) => Err(invalid(op, ty)),
        (l, r) => {
            let left = coerce::to(pool, left, if l.is_text() { r } else { l })?;
            let right = coerce::to(pool, right, if r.is_text() { l } else { r })?;
            numeric(pool, op, left, right)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
}

impl Operator {
    fn of(op: &BinaryOperator) -> Result<Self, TsqlError> {
        match op {
            BinaryOperator::Plus => Ok(Self::Add),
            BinaryOperator::Minus => Ok(Self::Subtract),
            BinaryOperator::Multiply => Ok(Self::Multiply),
            BinaryOperator::Divide => Ok(Self::Divide),
            BinaryOperator::Modulo => Ok(Self::Modulo),
            BinaryOperator::BitwiseAnd => Ok(Self::And),
            BinaryOperator::BitwiseOr => Ok(Self::Or),
            // A condition is not a value in T-SQL.
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::And
            | BinaryOperator::Or => Err(TsqlError::Syntax),
            _ => Err(TsqlError::NotAllowed),
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::And => "&",
            Self::Or => "|",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::Modulo => "modulo",
            Self::And => "'&'",
            Self::Or => "'|'",
        }
    }
}

/// Gives a literal `NULL` the type of the other operand.
fn typed_nulls(mut left: Term, mut right: Term) -> (Term, Term) {
    if left.is_null() {
        left = Term::new("NULL", right.ty);
    } else if right.is_null() {
        right = Term::new("NULL", left.ty);
    }
    (left, right)
}

fn invalid(op: Operator, ty: Type) -> TsqlError {
    TsqlError::ty(format!(
        "Operand data type {ty} is invalid for {} operator.",
        op.name()
    ))
}

fn concatenation(op: Operator, left: &Term, right: &Term) -> Result<Term, TsqlError> {
    match op {
        Operator::Add => Ok(Term::new(
            format!("({} || {})", left.sql, right.sql),
            Type::Text,
        )),
        _ => Err(invalid(op, left.ty)),
    }
}

/// A date plus or minus a number of days.
fn days(pool: &mut Pool, op: Operator, date: Term, days: Term) -> Result<Term, TsqlError> {
    let sign = match op {
        Operator::Add => "",
        Operator::Subtract => "- ",
        _ => return Err(invalid(op, Type::DateTime)),
    };
    let days = coerce::to(pool, days, Type::Number)?;
    Ok(Term::new(
        format!("tsql_add_days({}, {sign}{})", date.sql, days.sql),
        Type::DateTime,
    ))
}

fn numeric(pool: &mut Pool, op: Operator, left: Term, right: Term) -> Result<Term, TsqlError> {
    let either = |ty| left.ty == ty || right.ty == ty;
    if matches!(op, Operator::And | Operator::Or) {
        return match either(Type::Number) || either(Type::Currency) {
            true => Err(invalid(op, left.ty)),
            false => Ok(plain(op, &left, &right, Type::Integer)),
        };
    }
    if either(Type::Currency) && stays_money(op, &left, &right) {
        return money(pool, op, left, right);
    }
    if either(Type::Number) || either(Type::Currency) {
        let left = coerce::to(pool, left, Type::Number)?;
        let right = coerce::to(pool, right, Type::Number)?;
        return Ok(float(op, &left, &right));
    }
    Ok(plain(op, &left, &right, Type::Integer))
}

/// Money and a float make a float, unless the float is a literal that money can hold.
fn stays_money(op: Operator, left: &Term, right: &Term) -> bool {
    let exact = |term: &Term| match (&term.literal, term.ty) {
        (Some(Literal::Number(digits)), Type::Number) => {
            matches!(op, Operator::Add | Operator::Subtract)
                && coerce::exact_money(digits).is_some()
        }
        (_, ty) => ty != Type::Number,
    };
    exact(left) && exact(right)
}

fn money(pool: &mut Pool, op: Operator, left: Term, right: Term) -> Result<Term, TsqlError> {
    let whole = |ty| matches!(ty, Type::Integer | Type::YesNo);
    match op {
        Operator::Multiply if whole(left.ty) || whole(right.ty) => {
            return Ok(plain(op, &left, &right, Type::Currency));
        }
        Operator::Divide if whole(right.ty) => {
            return Ok(plain(op, &left, &right, Type::Currency));
        }
        _ => {}
    }
    let left = coerce::to(pool, left, Type::Currency)?;
    let right = coerce::to(pool, right, Type::Currency)?;
    let function = match op {
        Operator::Multiply => "tsql_money_multiply",
        Operator::Divide => "tsql_money_divide",
        _ => return Ok(plain(op, &left, &right, Type::Currency)),
    };
    Ok(Term::new(
        format!("{function}({}, {})", left.sql, right.sql),
        Type::Currency,
    ))
}

fn float(op: Operator, left: &Term, right: &Term) -> Term {
    match op {
        // SQLite's own `%` cuts its operands down to integers.
        Operator::Modulo => Term::new(
            format!("tsql_modulo({}, {})", left.sql, right.sql),
            Type::Number,
        ),
        _ => plain(op, left, right, Type::Number),
    }
}

fn plain(op: Operator, left: &Term, right: &Term, ty: Type) -> Term {
    let right = match op {
        Operator::Divide | Operator::Modulo => divisor(right),
        _ => right.sql.clone(),
    };
    Term::new(format!("({} {} {right})", left.sql, op.sign()), ty)
}

/// SQLite makes a division by zero null, SQL Server an error.
fn divisor(term: &Term) -> String {
    match &term.literal {
        Some(Literal::Number(digits)) if digits.contains(|digit| matches!(digit, '1'..='9')) => {
            term.sql.clone()
        }
        _ => format!("tsql_divisor({})", term.sql),
    }
}
