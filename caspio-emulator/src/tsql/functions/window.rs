//! Window functions.

use sqlparser::ast::{
    Expr, Value as Ast, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec,
};

use super::{
    aggregate::{self, Aggregate},
    call::Call,
};
use crate::tsql::{
    Term, TsqlError,
    Type::{self, Integer},
    coerce,
    order::descending,
    translator::{Aggregates, Translator},
};

/// Translates a function with `OVER`.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    over: &WindowSpec,
) -> Result<Term, TsqlError> {
    if tr.aggregates != Aggregates::Allowed {
        return Err(TsqlError::rule(
            "Windowed functions can only appear in the SELECT or ORDER BY clauses.",
        ));
    }
    tr.with_aggregates(Aggregates::NoWindows, |tr| windowed(tr, call, over))
}

fn windowed(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    over: &WindowSpec,
) -> Result<Term, TsqlError> {
    let ordered = !over.order_by.is_empty();
    let window = window(tr, over)?;
    if let Some(aggregate) = Aggregate::named(&call.name) {
        return match call.distinct {
            true => Err(TsqlError::NotAllowed),
            false => aggregate::aggregate_of(tr, call, aggregate, &window),
        };
    }
    if !ordered || over.window_frame.is_some() || call.star || call.distinct {
        return Err(TsqlError::rule(format!(
            "The function '{}' must have an OVER clause with ORDER BY.",
            call.name
        )));
    }
    match call.name.as_str() {
        "ROW_NUMBER" => plain(call, "row_number()", &window),
        "RANK" => plain(call, "rank()", &window),
        "DENSE_RANK" => plain(call, "dense_rank()", &window),
        "NTILE" => {
            let term = call.mapped(tr, "ntile", &[Integer], 1, Integer)?;
            Ok(Term::new(format!("{}{window}", term.sql), Integer))
        }
        "LAG" => neighbour(tr, call, "lag", &window),
        "LEAD" => neighbour(tr, call, "lead", &window),
        _ => Err(TsqlError::NotAllowed),
    }
}

fn plain(call: &Call<'_>, function: &str, window: &str) -> Result<Term, TsqlError> {
    call.takes(0, 0)?;
    Ok(Term::new(format!("{function}{window}"), Integer))
}

/// `LAG(x[, offset[, default]])`
fn neighbour(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    function: &str,
    window: &str,
) -> Result<Term, TsqlError> {
    call.takes(1, 3)?;
    let value = tr.usable(call.arg(0)?)?;
    let ty = value.ty;
    let mut args = vec![value.sql];
    if let Some(offset) = call.args.get(1) {
        args.push(tr.value_as(offset, Type::Integer)?.sql);
    }
    if let Some(default) = call.args.get(2) {
        let default = tr.usable(default)?;
        args.push(coerce::to(&mut tr.pool, default, ty)?.sql);
    }
    Ok(Term::new(
        format!("{function}({}){window}", args.join(", ")),
        ty,
    ))
}

fn window(tr: &mut Translator<'_>, over: &WindowSpec) -> Result<String, TsqlError> {
    if over.window_name.is_some() {
        return Err(TsqlError::NotAllowed);
    }
    let mut clauses = Vec::new();
    if !over.partition_by.is_empty() {
        let mut terms = Vec::new();
        for expr in &over.partition_by {
            terms.push(tr.usable(expr)?.collated());
        }
        clauses.push(format!("PARTITION BY {}", terms.join(", ")));
    }
    if !over.order_by.is_empty() {
        let mut terms = Vec::new();
        for term in &over.order_by {
            let value = tr.usable(&term.expr)?;
            terms.push(format!("{}{}", value.collated(), descending(term)?));
        }
        clauses.push(format!("ORDER BY {}", terms.join(", ")));
    }
    if let Some(frame) = &over.window_frame {
        clauses.push(frame_of(frame)?);
    }
    Ok(format!(" OVER ({})", clauses.join(" ")))
}

fn frame_of(frame: &WindowFrame) -> Result<String, TsqlError> {
    let units = match frame.units {
        WindowFrameUnits::Rows => "ROWS",
        WindowFrameUnits::Range => "RANGE",
        WindowFrameUnits::Groups => return Err(TsqlError::NotAllowed),
    };
    let start = bound(&frame.start_bound)?;
    let end = match &frame.end_bound {
        Some(end) => bound(end)?,
        None => "CURRENT ROW".to_owned(),
    };
    Ok(format!("{units} BETWEEN {start} AND {end}"))
}

fn bound(bound: &WindowFrameBound) -> Result<String, TsqlError> {
    Ok(match bound {
        WindowFrameBound::CurrentRow => "CURRENT ROW".to_owned(),
        WindowFrameBound::Preceding(rows) => format!("{} PRECEDING", distance(rows.as_deref())?),
        WindowFrameBound::Following(rows) => format!("{} FOLLOWING", distance(rows.as_deref())?),
    })
}

fn distance(rows: Option<&Expr>) -> Result<String, TsqlError> {
    match rows {
        None => Ok("UNBOUNDED".to_owned()),
        Some(Expr::Value(value)) => match &value.value {
            Ast::Number(digits, _) => digits
                .parse::<u32>()
                .map(|rows| rows.to_string())
                .map_err(|_| TsqlError::Syntax),
            _ => Err(TsqlError::Syntax),
        },
        Some(_) => Err(TsqlError::Syntax),
    }
}
