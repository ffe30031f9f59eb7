//! Functions on numbers. Most keep the type of their argument, as SQL Server's do.

use super::call::Call;
use crate::tsql::{
    Term, TsqlError,
    Type::{self, Currency, Integer, Number},
    coerce,
    translator::Translator,
};

/// Translates a function on numbers, if it is one.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
) -> Result<Option<Term>, TsqlError> {
    let term = match call.name.as_str() {
        "ABS" => same(tr, call, "abs", "abs", "abs"),
        "SIGN" => sign(tr, call),
        "FLOOR" => same(tr, call, "", "tsql_floor", "tsql_money_floor"),
        "CEILING" => same(tr, call, "", "tsql_ceiling", "tsql_money_ceiling"),
        "SQRT" => call.mapped(tr, "tsql_sqrt", &[Number], 1, Number),
        "POWER" => power(tr, call),
        "ROUND" => round(tr, call),
        _ => return Ok(None),
    };
    term.map(Some)
}

/// The argument as a number: text is taken for a float.
fn numeric(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    let term = tr.usable(call.arg(0)?)?;
    let ty = match term.ty {
        Type::YesNo => Integer,
        ty if ty.is_numeric() => ty,
        _ => Number,
    };
    coerce::to(&mut tr.pool, term, ty)
}

/// A function for each type of number; an empty name leaves the number as it is.
fn same(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    integer: &str,
    number: &str,
    money: &str,
) -> Result<Term, TsqlError> {
    call.takes(1, 1)?;
    let term = numeric(tr, call)?;
    let function = match term.ty {
        Integer => integer,
        Currency => money,
        _ => number,
    };
    Ok(Term::new(format!("{function}({})", term.sql), term.ty))
}

fn sign(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(1, 1)?;
    let term = numeric(tr, call)?;
    let ty = term.ty;
    let sign = Term::new(format!("tsql_sign({})", term.sql), Integer);
    coerce::to(&mut tr.pool, sign, ty)
}

fn power(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 2)?;
    let base = numeric(tr, call)?;
    let ty = base.ty;
    let base = coerce::to(&mut tr.pool, base, Number)?;
    let exponent = tr.value_as(call.arg(1)?, Number)?;
    let power = Term::new(
        format!("tsql_power({}, {})", base.sql, exponent.sql),
        Number,
    );
    coerce::to(&mut tr.pool, power, ty)
}

/// `ROUND(x, digits[, truncate])`
fn round(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 3)?;
    let term = numeric(tr, call)?;
    let digits = tr.value_as(call.arg(1)?, Integer)?;
    let cut = match call.args.get(2) {
        Some(cut) => tr.value_as(cut, Integer)?.sql,
        None => "0".to_owned(),
    };
    let function = match term.ty {
        Integer => "tsql_round_int",
        Currency => "tsql_round_money",
        _ => "tsql_round",
    };
    Ok(Term::new(
        format!("{function}({}, {}, {cut})", term.sql, digits.sql),
        term.ty,
    ))
}
