//! Functions on dates.

use rusqlite::types::Value;
use sqlparser::ast::Expr;

use super::call::Call;
use crate::tsql::{
    Term, TsqlError,
    Type::{self, DateTime, Integer, Text},
    datepart::Part,
    datetime,
    translator::{Moment, Translator},
};

/// Translates a function on dates, if it is one.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
) -> Result<Option<Term>, TsqlError> {
    let term = match call.name.as_str() {
        // The servers' clocks are taken to be in UTC (inferred).
        "GETDATE" | "GETUTCDATE" | "SYSDATETIME" | "SYSUTCDATETIME" | "CURRENT_TIMESTAMP" => {
            now(tr, call)
        }
        "YEAR" => digits(tr, call, 1, 4),
        "MONTH" => digits(tr, call, 6, 2),
        "DAY" => digits(tr, call, 9, 2),
        "EOMONTH" => call.mapped(tr, "tsql_eomonth", &[DateTime, Integer], 1, DateTime),
        "DATEADD" => with_part(tr, call, "tsql_dateadd", &[Integer, DateTime], DateTime),
        "DATEDIFF" => with_part(tr, call, "tsql_datediff", &[DateTime, DateTime], Integer),
        "DATEPART" => with_part(tr, call, "tsql_datepart", &[DateTime], Integer),
        "DATENAME" => with_part(tr, call, "tsql_datename", &[DateTime], Text),
        _ => return Ok(None),
    };
    term.map(Some)
}

fn now(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(0, 0)?;
    match tr.moment {
        Moment::Fixed => Term::value(Value::Text(datetime::now()), DateTime, &mut tr.pool),
        Moment::Running => Ok(Term::new("tsql_now()", DateTime)),
    }
}

/// Cuts a part out of the stored form.
fn digits(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    from: usize,
    length: usize,
) -> Result<Term, TsqlError> {
    call.takes(1, 1)?;
    let date = tr.value_as(call.arg(0)?, DateTime)?;
    Ok(Term::new(
        format!("CAST(substr({}, {from}, {length}) AS INTEGER)", date.sql),
        Integer,
    ))
}

/// A function whose first argument names a part of a date.
fn with_part(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    function: &str,
    types: &[Type],
    result: Type,
) -> Result<Term, TsqlError> {
    call.takes(types.len() + 1, types.len() + 1)?;
    let Expr::Identifier(name) = call.arg(0)? else {
        return Err(TsqlError::Syntax);
    };
    let part = Part::named(&name.value).ok_or_else(|| {
        TsqlError::ty(format!(
            "'{}' is not a recognized {} option.",
            name.value,
            call.name.to_lowercase()
        ))
    })?;
    let mut args = vec![format!("'{}'", part.name())];
    for (arg, ty) in call.args.iter().skip(1).zip(types) {
        args.push(tr.value_as(arg, *ty)?.sql);
    }
    Ok(Term::new(
        format!("{function}({})", args.join(", ")),
        result,
    ))
}
