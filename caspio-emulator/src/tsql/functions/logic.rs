//! Functions that choose between values.

use super::call::Call;
use crate::tsql::{
    Term, TsqlError, case, coerce,
    compare::{self, Comparison},
    translator::Translator,
};

/// Translates a function that chooses, if it is one.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
) -> Result<Option<Term>, TsqlError> {
    let term = match call.name.as_str() {
        "ISNULL" => is_null(tr, call),
        "COALESCE" => coalesce(tr, call),
        "NULLIF" => null_if(tr, call),
        "IIF" => iif(tr, call),
        _ => return Ok(None),
    };
    term.map(Some)
}

/// Unlike `COALESCE`, it has the type of its first argument.
fn is_null(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 2)?;
    let value = tr.usable(call.arg(0)?)?;
    let substitute = tr.usable(call.arg(1)?)?;
    if value.is_null() {
        return Ok(substitute);
    }
    let substitute = coerce::to(&mut tr.pool, substitute, value.ty)?;
    Ok(Term::new(
        format!("ifnull({}, {})", value.sql, substitute.sql),
        value.ty,
    ))
}

fn coalesce(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 100)?;
    let mut terms = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        terms.push(tr.usable(arg)?);
    }
    let (terms, ty) = case::unify(&mut tr.pool, terms)?;
    let list: Vec<String> = terms.into_iter().map(|term| term.sql).collect();
    Ok(Term::new(format!("coalesce({})", list.join(", ")), ty))
}

fn null_if(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 2)?;
    let value = tr.usable(call.arg(0)?)?;
    let other = tr.usable(call.arg(1)?)?;
    let same = compare::terms(&mut tr.pool, Comparison::EQUAL, value.clone(), other)?;
    let ty = value.ty;
    Ok(case::choice(&[same], &[Term::null(), value], ty))
}

fn iif(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(3, 3)?;
    let condition = tr.predicate(call.arg(0)?)?;
    let results = vec![tr.usable(call.arg(1)?)?, tr.usable(call.arg(2)?)?];
    let (results, ty) = case::unify(&mut tr.pool, results)?;
    Ok(case::choice(&[condition], &results, ty))
}
