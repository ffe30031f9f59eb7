//! Aggregates over groups and over windows.

use super::call::Call;
use crate::tsql::{
    Term, TsqlError, Type,
    translator::{Aggregates, Translator},
};

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

impl Aggregate {
    /// Returns the aggregate with this name in capitals.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "COUNT" | "COUNT_BIG" => Self::Count,
            "SUM" => Self::Sum,
            "AVG" => Self::Avg,
            "MIN" => Self::Min,
            "MAX" => Self::Max,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    fn check(self, ty: Type) -> Result<(), TsqlError> {
        let fits = match (self, ty) {
            (_, Type::Password) => false,
            (Self::Count, _) => true,
            (_, Type::YesNo | Type::List) => false,
            (Self::Sum | Self::Avg, ty) => ty.is_numeric(),
            (Self::Min | Self::Max, _) => true,
        };
        match fits {
            true => Ok(()),
            false => Err(TsqlError::ty(format!(
                "Operand data type {ty} is invalid for {} operator.",
                self.name()
            ))),
        }
    }

    /// Writes the aggregate; `over` is the window, if there is one.
    fn write(self, term: &Term, distinct: bool, over: &str) -> Term {
        let word = if distinct { "DISTINCT " } else { "" };
        let arg = match self {
            Self::Sum | Self::Avg => term.sql.clone(),
            Self::Count if !distinct => term.sql.clone(),
            _ => term.collated(),
        };
        let one = |function: &str| format!("{function}({word}{arg}){over}");
        match (self, term.ty) {
            (Self::Count, _) => Term::new(one("count"), Type::Integer),
            // Whole numbers and money are averaged as such, not as floats.
            (Self::Avg, Type::Integer | Type::Currency) => {
                Term::new(format!("({} / {})", one("sum"), one("count")), term.ty)
            }
            (_, ty) => Term::new(one(self.name()), ty),
        }
    }
}

/// Translates an aggregate over the rows of a group.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    aggregate: Aggregate,
) -> Result<Term, TsqlError> {
    match tr.aggregates {
        Aggregates::Allowed | Aggregates::NoWindows => {}
        Aggregates::Nested => {
            return Err(TsqlError::rule(
                "Cannot perform an aggregate function on an expression containing an aggregate \
                 or a subquery.",
            ));
        }
        Aggregates::Refused => {
            return Err(TsqlError::rule(
                "An aggregate may not appear in the WHERE clause unless it is in a subquery \
                 contained in a HAVING clause or a select list.",
            ));
        }
    }
    let before = tr.scope().loose.len();
    let used = columns_used(tr);
    let term = tr.with_aggregates(Aggregates::Nested, |tr| {
        aggregate_of(tr, call, aggregate, "")
    })?;
    let now = columns_used(tr);
    if used.0 == now.0 && used.1 != now.1 {
        // Over outer columns alone it would be an aggregate of the outer query.
        return Err(TsqlError::NotAllowed);
    }
    tr.tighten(before);
    tr.scope().aggregated = true;
    Ok(term)
}

/// How often columns were named: of the innermost sources, and of those around them.
fn columns_used(tr: &Translator<'_>) -> (usize, usize) {
    match tr.scopes.split_last() {
        Some((inner, outer)) => (inner.used, outer.iter().map(|scope| scope.used).sum()),
        None => (0, 0),
    }
}

/// Translates the argument and writes the aggregate.
pub(super) fn aggregate_of(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
    aggregate: Aggregate,
    over: &str,
) -> Result<Term, TsqlError> {
    if call.star {
        return match aggregate {
            Aggregate::Count => Ok(Term::new(format!("count(*){over}"), Type::Integer)),
            _ => Err(TsqlError::Syntax),
        };
    }
    call.takes(1, 1)?;
    let term = tr.value(call.arg(0)?)?;
    aggregate.check(term.ty)?;
    Ok(aggregate.write(&term, call.distinct, over))
}
