//! Window functions: `... OVER (PARTITION BY ... ORDER BY ...)`.

use super::Type;
use super::aggregate::is_aggregate;
use super::arguments::{arguments_of, expect, unknown};
use super::decimal::Shape;
use super::error::Outcome;
use super::error::{not_allowed, rule};
use super::scope::Clause;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::{
    Expr, Function, Value, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

impl Translator<'_> {
    pub(super) fn window(&mut self, name: &str, function: &Function) -> Outcome<Typed> {
        let Some(WindowType::WindowSpec(spec)) = &function.over else {
            return Err(not_allowed("A named window"));
        };
        let clause = self.scopes.current().clause;
        if !matches!(clause, Clause::Select | Clause::OrderBy) {
            return Err(rule(
                "Windowed functions can only appear in the SELECT or ORDER BY clauses.",
            ));
        }
        self.scopes.current().windows += 1;
        self.scopes.current().clause = Clause::Window;
        let result = self.windowed(name, function, spec);
        self.scopes.current().clause = clause;
        result
    }

    fn windowed(&mut self, name: &str, function: &Function, spec: &WindowSpec) -> Outcome<Typed> {
        let (over, height) = self.over(name, spec)?;
        let mut typed = if is_aggregate(name) {
            self.aggregate_over(name, function, &over)?
        } else {
            self.ranking(name, &arguments_of(name, function)?, &over, spec)?
        };
        typed.height = typed.height.max(height) + 1;
        Ok(typed)
    }

    fn ranking(
        &mut self,
        name: &str,
        arguments: &[&Expr],
        over: &str,
        spec: &WindowSpec,
    ) -> Outcome<Typed> {
        let call = |function: &str, values: &[&Typed], ty| {
            let mut typed = Typed::call(function, values, ty);
            typed.sql.push_str(over);
            typed
        };
        let known = matches!(
            name,
            "ROW_NUMBER"
                | "RANK"
                | "DENSE_RANK"
                | "PERCENT_RANK"
                | "CUME_DIST"
                | "NTILE"
                | "LAG"
                | "LEAD"
                | "FIRST_VALUE"
                | "LAST_VALUE"
        );
        if !known {
            return Err(unknown(name));
        }
        if spec.order_by.is_empty() {
            return Err(rule(format!(
                "The function '{name}' must have an OVER clause with ORDER BY."
            )));
        }
        match name {
            "ROW_NUMBER" | "RANK" | "DENSE_RANK" => {
                expect(name, arguments.len(), 0..=0)?;
                Ok(call(&name.to_ascii_lowercase(), &[], Type::Integer))
            }
            "PERCENT_RANK" | "CUME_DIST" => {
                expect(name, arguments.len(), 0..=0)?;
                Ok(call(&name.to_ascii_lowercase(), &[], Type::Number))
            }
            "NTILE" => {
                expect(name, arguments.len(), 1..=1)?;
                let count = literal_count(arguments[0])?;
                let count = self.of_literal(Literal::Integer(count.max(1)))?;
                Ok(call("ntile", &[&count], Type::Integer))
            }
            "FIRST_VALUE" | "LAST_VALUE" => {
                expect(name, arguments.len(), 1..=1)?;
                let value = self.operand(arguments[0])?;
                let ty = value.ty;
                Ok(call(&name.to_ascii_lowercase(), &[&value], ty))
            }
            _ => self.neighbour(name, arguments, &call),
        }
    }

    fn neighbour(
        &mut self,
        name: &str,
        arguments: &[&Expr],
        call: &dyn Fn(&str, &[&Typed], Type) -> Typed,
    ) -> Outcome<Typed> {
        expect(name, arguments.len(), 1..=3)?;
        let value = self.operand(arguments[0])?;
        let distance = match arguments.get(1) {
            Some(distance) => literal_count(distance)?,
            None => 1,
        };
        let distance = self.of_literal(Literal::Integer(distance))?;
        let otherwise = match arguments.get(2) {
            Some(otherwise) => {
                let otherwise = self.operand(otherwise)?;
                match value.ty {
                    Type::Decimal { .. } => self.as_decimal(otherwise, Shape::of(&value))?,
                    _ => self.cast_to_kind(otherwise, value.kind())?,
                }
            }
            None => self.of_literal(Literal::Null)?,
        };
        let ty = value.ty;
        Ok(call(
            &name.to_ascii_lowercase(),
            &[&value, &distance, &otherwise],
            ty,
        ))
    }

    /// Writes the `OVER`, and returns the height of its expressions.
    fn over(&mut self, name: &str, spec: &WindowSpec) -> Outcome<(String, usize)> {
        if spec.window_name.is_some() {
            return Err(not_allowed("A named window"));
        }
        let mut height = 1;
        let mut parts = Vec::new();
        let mut partitions = Vec::new();
        for expr in &spec.partition_by {
            let value = self.operand(expr)?;
            height = height.max(above(&[&value]));
            partitions.push(value.collated());
        }
        if !partitions.is_empty() {
            parts.push(format!("PARTITION BY {}", partitions.join(", ")));
        }
        let mut orders = Vec::new();
        for order in &spec.order_by {
            let value = self.window_order(&order.expr)?;
            height = height.max(above(&[&value]));
            let direction = super::order::direction(order)?;
            orders.push(format!("{}{direction}", value.collated()));
        }
        if !orders.is_empty() {
            parts.push(format!("ORDER BY {}", orders.join(", ")));
        }
        if let Some(frame) = &spec.window_frame {
            parts.push(frame_sql(name, frame, !orders.is_empty())?);
        }
        Ok((format!(" OVER ({})", parts.join(" ")), height))
    }

    /// `ORDER BY (SELECT NULL)` is the idiom for "no order"; a constant is an error.
    fn window_order(&mut self, expr: &Expr) -> Outcome<Typed> {
        let value = self.operand(expr)?;
        if matches!(value.literal, Some(Literal::Integer(_))) {
            return Err(rule(
                "Windowed functions do not support integer indices as ORDER BY clause expressions.",
            ));
        }
        if value.literal.is_some() || value.kind() == Kind::Null {
            return Err(rule(
                "Windowed functions do not support constants as ORDER BY clause expressions.",
            ));
        }
        Ok(value)
    }
}

fn frame_sql(name: &str, frame: &WindowFrame, ordered: bool) -> Outcome<String> {
    let framed = is_aggregate(name) || matches!(name, "FIRST_VALUE" | "LAST_VALUE");
    if !framed || !ordered {
        return Err(rule(format!(
            "The function '{name}' may not have a window frame."
        )));
    }
    let units = match frame.units {
        WindowFrameUnits::Rows => "ROWS",
        WindowFrameUnits::Range => "RANGE",
        WindowFrameUnits::Groups => return Err(not_allowed("A frame of groups")),
    };
    let start = bound(&frame.start_bound)?;
    let end = match &frame.end_bound {
        Some(end) => bound(end)?,
        None => (2, "CURRENT ROW".to_owned()),
    };
    let numbered = [&start, &end].iter().any(|bound| matches!(bound.0, 1 | 3));
    if start.0 > end.0 || start.0 == 4 || end.0 == 0 || (numbered && units == "RANGE") {
        return Err(not_allowed("This window frame"));
    }
    Ok(format!("{units} BETWEEN {} AND {}", start.1, end.1))
}

/// A bound and its position among the others: from unbounded before (0) to unbounded after (4).
fn bound(bound: &WindowFrameBound) -> Outcome<(u8, String)> {
    Ok(match bound {
        WindowFrameBound::Preceding(None) => (0, "UNBOUNDED PRECEDING".to_owned()),
        WindowFrameBound::Preceding(Some(count)) => {
            (1, format!("{} PRECEDING", literal_count(count)?))
        }
        WindowFrameBound::CurrentRow => (2, "CURRENT ROW".to_owned()),
        WindowFrameBound::Following(Some(count)) => {
            (3, format!("{} FOLLOWING", literal_count(count)?))
        }
        WindowFrameBound::Following(None) => (4, "UNBOUNDED FOLLOWING".to_owned()),
    })
}

/// A literal number of rows.
pub(super) fn literal_count(expr: &Expr) -> Outcome<i64> {
    let count = match expr {
        Expr::Nested(inner) => return literal_count(inner),
        Expr::Value(value) => match &value.value {
            Value::Number(digits, false) => digits.parse::<u32>().ok(),
            _ => None,
        },
        _ => None,
    };
    count
        .map(i64::from)
        .ok_or_else(|| not_allowed("A number of rows that is not a literal"))
}
