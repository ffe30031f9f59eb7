//! Aggregates, over groups and over windows.

use super::Type;
use super::decimal::Shape;
use super::error::Outcome;
use super::error::{TsqlError, near, not_emulated, rule, type_error};
use super::scope::Clause;
use super::translator::Translator;
use super::typed::{Kind, Typed};
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

pub(super) fn is_aggregate(name: &str) -> bool {
    matches!(
        name,
        "COUNT"
            | "COUNT_BIG"
            | "SUM"
            | "AVG"
            | "MIN"
            | "MAX"
            | "STDEV"
            | "STDEVP"
            | "VAR"
            | "VARP"
            | "STRING_AGG"
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
        if name == "STRING_AGG" {
            return self.string_agg(function, over);
        }
        let (argument, distinct) = argument_of(name, function)?;
        let Some(argument) = argument else {
            let ty = if name == "COUNT_BIG" {
                Type::BigInt
            } else {
                Type::Integer
            };
            return Ok(Typed::new(format!("count(*){over}"), ty, 1));
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
            "COUNT" => Ok(Typed::new(call("count", &value), Type::Integer, height)),
            "COUNT_BIG" => Ok(Typed::new(call("count", &value), Type::BigInt, height)),
            "MIN" | "MAX" if value.kind() != Kind::YesNo => {
                let function = if name == "MIN" { "min" } else { "max" };
                Ok(Typed::new(call(function, &value), value.ty, height))
            }
            "SUM" | "AVG" => {
                let value = self.summable(name, value)?;
                if value.kind() == Kind::Decimal {
                    return Ok(exact_sum(name, &value, call));
                }
                let mut sum = call("sum", &value);
                if value.ty == Type::Integer {
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
            "STDEV" | "STDEVP" | "VAR" | "VARP" => Err(not_emulated(format!("{name} with OVER"))),
            _ => Err(invalid(value.kind(), name)),
        }
    }

    /// `STRING_AGG`, which leaves NULL out.
    fn string_agg(&mut self, function: &Function, over: &str) -> Outcome<Typed> {
        if !over.is_empty() {
            return Err(rule(
                "The function 'STRING_AGG' is not a valid windowing function, and cannot be used with the \
                 OVER clause.",
            ));
        }
        let (text, separator) = match super::arguments::arguments_of("STRING_AGG", function)?[..] {
            [text, separator] => (text, separator),
            _ => {
                return Err(type_error(
                    "The string_agg function requires 2 argument(s).",
                ));
            }
        };
        let text = self.argument(text, Kind::Text)?;
        let separator = self.argument(separator, Kind::Text)?;
        let mut orders = Vec::with_capacity(function.within_group.len());
        for order in &function.within_group {
            let value = self.operand(&order.expr)?;
            orders.push(format!(
                "{}{}",
                value.collated(),
                super::order::direction(order)?
            ));
        }
        let order = match orders.as_slice() {
            [] => String::new(),
            orders => format!(" ORDER BY {}", orders.join(", ")),
        };
        let sql = format!("group_concat({}, {}{order})", text.sql, separator.sql);
        Ok(Typed::new(
            sql,
            Type::Text,
            text.height.max(separator.height) + 2,
        ))
    }

    fn summable(&mut self, name: &str, value: Typed) -> Outcome<Typed> {
        match value.kind() {
            Kind::Integer | Kind::Number | Kind::Currency | Kind::Decimal => Ok(value),
            kind => Err(invalid(kind, name)),
        }
    }
}

/// `SUM` and `AVG` of decimals, by SQLite's own sum of their digits, which works over windows too.
fn exact_sum(name: &str, value: &Typed, call: impl Fn(&str, &Typed) -> String) -> Typed {
    let Shape { scale, .. } = Shape::of(value);
    let digits = Typed::call("ts_dec_digits", &[value], Type::BigInt);
    let sum = call("sum", &digits);
    let height = value.height + 4;
    if name == "SUM" {
        let ty = Shape {
            precision: 38,
            scale,
        }
        .ty();
        return Typed::new(
            format!("ts_dec_whole({sum}, {scale}, {scale}, 38)"),
            ty,
            height,
        );
    }
    let count = call("count", &digits);
    let ty = Shape {
        precision: 38,
        scale: scale.max(6),
    };
    let sql = format!("ts_dec_average({sum}, {count}, {})", ty.scale - scale);
    Typed::new(sql, ty.ty(), height)
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
