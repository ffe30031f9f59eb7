//! The arguments of a call, and the error for a function that is not known.

use super::builtin::is_builtin;
use super::error::{Outcome, TsqlError, near, not_emulated, type_error};
use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

/// The error for a function that is not in any list: of this crate if SQL Server has it.
pub(super) fn unknown(name: &str) -> TsqlError {
    if is_builtin(name) {
        return not_emulated(format!("The function '{name}'"));
    }
    type_error(format!(
        "'{name}' is not a recognized built-in function name."
    ))
}

pub(super) fn expect(
    name: &str,
    count: usize,
    range: std::ops::RangeInclusive<usize>,
) -> Outcome<()> {
    if range.contains(&count) {
        Ok(())
    } else {
        Err(type_error(format!(
            "The {} function requires {} argument(s).",
            name.to_ascii_lowercase(),
            range.start()
        )))
    }
}

/// Returns the arguments of a call that has nothing else.
pub(super) fn arguments_of<'e>(name: &str, function: &'e Function) -> Outcome<Vec<&'e Expr>> {
    let list = match &function.args {
        FunctionArguments::None if name == "CURRENT_TIMESTAMP" => return Ok(Vec::new()),
        FunctionArguments::List(list) => list,
        FunctionArguments::None | FunctionArguments::Subquery(_) => return Err(near(name)),
    };
    if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return Err(near(name));
    }
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(expr),
            _ => Err(near(name)),
        })
        .collect()
}
