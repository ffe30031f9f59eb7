//! Aggregates, over groups and over windows.

use super::Type;
use super::error::Outcome;
use super::error::{TsqlError, near, type_error};
use super::scope::Clause;
use super::translator::Translator;
use super::typed::{Kind, Typed};
use sqlparser::ast::{
    DataType, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

pub(super) fn is_aggregate(name: &str) -> bool {
    matches!(
        name,
        "COUNT" | "COUNT_BIG" | "SUM" | "AVG" | "MIN" | "MAX" | "STDEV" | "STDEVP" | "VAR" | "VARP"
    )
}

impl Translator<'_> {
    pub(super) fn aggregate(&mut self, name: &str, function: &Function) -> Outcome<Typed> {
        self.check_aggregate_allowed()?;
        self.scopes.current().aggregates += 1;
        let outer = std::mem::replace(&mut self.scopes.current().clause, Clause::Aggregate);
        let result = self.aggregate_over(name, function, "");
        self.scopes.current().clause = outer;
        result
    }

    /// Writes an aggregate with its suffix: nothing, or an `OVER`.
    pub(super) fn aggregate_over(
        &mut self,
        name: &str,
        function: &Function,
        over: &str,
    ) -> Outcome<Typed> {
        let (argument, distinct) = argument_of(name, function)?;
        let Some(argument) = argument else {
            return Ok(Typed::new(format!("count(*){over}"), Type::Integer, 1));
        };
        if distinct && !over.is_empty() {
            return Err(type_error(
                "Use of DISTINCT is not allowed with the OVER clause.",
            ));
        }
        let value = self.operand(argument)?;
        let call = |function: &str, value: &Typed| {
            let distinct = if distinct { "DISTINCT " } else { "" };
            format!("{function}({distinct}{}){over}", value.collated())
        };
        let height = value.height + 1;
        match name {
            "COUNT" | "COUNT_BIG" => Ok(Typed::new(call("count", &value), Type::Integer, height)),
            "MIN" | "MAX" if value.kind() != Kind::YesNo => {
                let function = if name == "MIN" { "min" } else { "max" };
                Ok(Typed::new(call(function, &value), value.ty, height))
            }
            "SUM" | "AVG" => {
                let value = self.summable(name, value)?;
                let mut sum = call("sum", &value);
                if value.ty == Type::Integer && !is_bigint(argument) {
                    sum = format!("ts_range({sum}, {}, {}, 'int')", i32::MIN, i32::MAX);
                }
                let sql = match (name, value.ty) {
                    ("SUM", _) => sum,
                    ("AVG", Type::Number) => call("avg", &value),
                    _ => format!("ts_div({sum}, {})", call("count", &value)),
                };
                Ok(Typed::new(sql, value.ty, height + 1))
            }
            "STDEV" | "STDEVP" | "VAR" | "VARP" if over.is_empty() => {
                let value = self.summable(name, value)?;
                let value = self.convert(value, Kind::Number)?;
                let function = format!("ts_{}", name.to_ascii_lowercase());
                Ok(Typed::new(
                    call(&function, &value),
                    Type::Number,
                    height + 1,
                ))
            }
            _ => Err(invalid(value.kind(), name)),
        }
    }

    fn summable(&mut self, name: &str, value: Typed) -> Outcome<Typed> {
        match value.kind() {
            Kind::Integer | Kind::Number | Kind::Currency => Ok(value),
            kind => Err(invalid(kind, name)),
        }
    }
}

/// Whether an expression is a `bigint` by the types it is made of; columns are `int`.
fn is_bigint(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) | Expr::UnaryOp { expr: inner, .. } => is_bigint(inner),
        Expr::Cast { data_type, .. } => matches!(data_type, DataType::BigInt(_)),
        Expr::BinaryOp { left, right, .. } => is_bigint(left) || is_bigint(right),
        Expr::Function(function) => match function.name.to_string().to_uppercase().as_str() {
            "COUNT_BIG" => true,
            "SUM" | "AVG" => {
                argument_of("", function).is_ok_and(|(argument, _)| argument.is_some_and(is_bigint))
            }
            _ => false,
        },
        _ => false,
    }
}

fn invalid(kind: Kind, name: &str) -> TsqlError {
    type_error(format!(
        "Operand data type {} is invalid for {} operator.",
        kind.name(),
        name.to_ascii_lowercase()
    ))
}

/// Returns the argument, `None` for `COUNT(*)`, and whether equal values count once.
fn argument_of<'e>(name: &str, function: &'e Function) -> Outcome<(Option<&'e Expr>, bool)> {
    let FunctionArguments::List(list) = &function.args else {
        return Err(near(name));
    };
    if !list.clauses.is_empty() {
        return Err(near(name));
    }
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] => Ok((Some(expr), distinct)),
        [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]
            if name.starts_with("COUNT") && !distinct =>
        {
            Ok((None, false))
        }
        _ => Err(type_error(format!(
            "The {} function requires 1 argument(s).",
            name.to_ascii_lowercase()
        ))),
    }
}
