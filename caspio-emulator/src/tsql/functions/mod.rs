//! The functions of T-SQL.

mod aggregate;
mod call;
pub(super) mod cast;
mod date;
mod logic;
mod math;
mod text;
mod window;

use sqlparser::ast::{CeilFloorKind, DateTimeField, Expr};

use self::call::Call;
use super::{Term, TsqlError, translator::Translator};

/// Translates a function call, in whatever shape the parser gives it.
pub(super) fn translate(tr: &mut Translator<'_>, expr: &Expr) -> Result<Term, TsqlError> {
    let call = match expr {
        Expr::Function(function) => Call::new(function)?,
        Expr::Floor { expr, field } if is_plain(field) => Call::simple("FLOOR", [&**expr]),
        Expr::Ceil { expr, field } if is_plain(field) => Call::simple("CEILING", [&**expr]),
        Expr::Substring {
            expr,
            substring_from: Some(from),
            substring_for: Some(length),
            ..
        } => Call::simple("SUBSTRING", [&**expr, &**from, &**length]),
        Expr::Trim {
            trim_where: None,
            trim_what: None,
            trim_characters: None,
            expr,
        } => Call::simple("TRIM", [&**expr]),
        // A condition where a value must stand.
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::Exists { .. } => return Err(TsqlError::Syntax),
        _ => return Err(TsqlError::NotAllowed),
    };
    dispatch(tr, &call)
}

fn is_plain(field: &CeilFloorKind) -> bool {
    matches!(
        field,
        CeilFloorKind::DateTimeField(DateTimeField::NoDateTime)
    )
}

fn dispatch(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    if let Some(over) = call.over {
        return window::translate(tr, call, over);
    }
    if let Some(aggregate) = aggregate::Aggregate::named(&call.name) {
        return aggregate::translate(tr, call, aggregate);
    }
    if call.star || call.distinct {
        return Err(TsqlError::Syntax);
    }
    for family in [
        text::translate,
        math::translate,
        date::translate,
        logic::translate,
    ] {
        if let Some(term) = family(tr, call)? {
            return Ok(term);
        }
    }
    Err(TsqlError::NotAllowed)
}
