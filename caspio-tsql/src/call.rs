//! Function calls: the known functions, and their arguments.

use super::Type;
use super::arguments::{arguments_of, expect};
use super::decimal::Shape;
use super::error::Outcome;
use super::error::{TsqlError, not_allowed, not_emulated, type_error};
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::{CeilFloorKind, Expr, Function, FunctionArguments, ObjectName, Value};

/// The longest SQL of an operand that is written twice.
const MAX_DOUBLED: usize = 4_096;

impl Translator<'_> {
    /// Translates a call by its name; a name that is not in the list is refused.
    pub(super) fn function(&mut self, function: &Function) -> Outcome<Typed> {
        let name = name_of(function)?;
        if function.over.is_some() {
            return self.window(&name, function);
        }
        if super::aggregate::is_aggregate(&name) {
            return self.aggregate(&name, function);
        }
        let arguments = arguments_of(&name, function)?;
        if !function.uses_odbc_syntax {
            return self.scalar(&name, &arguments);
        }
        match super::odbc::scalar_name(&name) {
            Some(name) => self.scalar(name, &arguments),
            None => Err(not_emulated(format!("The ODBC function '{name}'"))),
        }
    }

    /// Calls for which the parser has nodes of their own.
    pub(super) fn call_node(&mut self, expr: &Expr) -> Outcome<Typed> {
        match expr {
            Expr::Floor { expr, field } => match field {
                CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime) => {
                    self.scalar("FLOOR", &[expr])
                }
                _ => Err(not_emulated("This form of FLOOR")),
            },
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for: Some(count),
                ..
            } => self.scalar("SUBSTRING", &[expr, from, count]),
            Expr::Trim {
                trim_where: None,
                trim_what: None,
                expr,
                trim_characters: None,
            } => self.scalar("TRIM", &[expr]),
            Expr::Trim {
                trim_where: None,
                trim_what: Some(characters),
                expr,
                trim_characters: None,
            } => {
                let characters = self.argument(characters, Kind::Text)?;
                let text = self.argument(expr, Kind::Text)?;
                Ok(Typed::call("ts_trim_of", &[&characters, &text], Type::Text))
            }
            _ => Err(not_emulated("This form of the function")),
        }
    }

    fn scalar(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        let count = arguments.len();
        match name {
            "GETDATE" | "GETUTCDATE" | "SYSDATETIME" | "SYSUTCDATETIME" | "CURRENT_TIMESTAMP" => {
                expect(name, count, 0..=0)?;
                // As a subquery it runs once: one point in time for the whole statement.
                Ok(Typed::new("(SELECT ts_now())".into(), Type::DateTime, 2))
            }
            "ISNULL" => self.is_null(arguments),
            "COALESCE" => self.coalesce(arguments),
            "NULLIF" => self.null_if(arguments),
            "IIF" => self.iif(arguments),
            "CONCAT" => self.concat(arguments),
            "DATEADD" | "DATEDIFF" | "DATEPART" | "DATENAME" => self.by_part(name, arguments),
            "YEAR" | "MONTH" | "DAY" => {
                expect(name, count, 1..=1)?;
                self.named_part(name, arguments[0])
            }
            "ABS" | "SIGN" | "CEILING" | "FLOOR" | "ROUND" | "POWER" | "LOG" | "PI" | "DEGREES"
            | "RADIANS" => self.numeric(name, arguments),
            "SPACE" => self.space(arguments),
            "STUFF" => self.stuff(arguments),
            "CHOOSE" => self.choose(arguments),
            "GREATEST" | "LEAST" => self.extreme(name, arguments),
            "CONCAT_WS" => self.concat_with_separator(arguments),
            "DATALENGTH" => self.data_length(arguments),
            "FORMAT" => self.format(arguments),
            "NEWID" => self.new_id(arguments),
            "DATEFROMPARTS" | "DATETIMEFROMPARTS" | "SMALLDATETIMEFROMPARTS" | "TIMEFROMPARTS" => {
                self.of_parts(name, arguments)
            }
            _ => self.signature(name, arguments),
        }
    }

    /// Translates an argument and converts it.
    pub(super) fn argument(&mut self, expr: &Expr, kind: Kind) -> Outcome<Typed> {
        let value = self.operand(expr)?;
        self.convert(value, kind)
    }

    fn space(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("SPACE", arguments.len(), 1..=1)?;
        let blank = self.of_literal(Literal::Text(" ".into()))?;
        let count = self.argument(arguments[0], Kind::Integer)?;
        Ok(Typed::call("ts_replicate", &[&blank, &count], Type::Text))
    }

    /// `STUFF`, to which a NULL is an empty text to put in.
    fn stuff(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("STUFF", arguments.len(), 4..=4)?;
        let text = self.argument(arguments[0], Kind::Text)?;
        let start = self.argument(arguments[1], Kind::Integer)?;
        let count = self.argument(arguments[2], Kind::Integer)?;
        let mut with = self.argument(arguments[3], Kind::Text)?;
        with.sql = format!("ifnull({}, '')", with.sql);
        with.height += 1;
        Ok(Typed::call(
            "ts_stuff",
            &[&text, &start, &count, &with],
            Type::Text,
        ))
    }

    /// `ISNULL` has the type of its first argument, unlike `COALESCE`.
    fn is_null(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("ISNULL", arguments.len(), 2..=2)?;
        let first = self.operand(arguments[0])?;
        let second = self.operand(arguments[1])?;
        if first.kind() == Kind::Null {
            return Ok(second);
        }
        let ty = first.ty;
        let second = match ty {
            Type::Decimal { .. } => self.as_decimal(second, Shape::of(&first))?,
            _ => self.cast_to_kind(second, first.kind())?,
        };
        Ok(Typed::call("ifnull", &[&first, &second], ty))
    }

    fn coalesce(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("COALESCE", arguments.len(), 2..=100)?;
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.operand(argument)?);
        }
        if arguments.iter().all(|argument| is_null_constant(argument)) {
            return Err(type_error(
                "At least one of the arguments to COALESCE must be an expression that is not the NULL constant.",
            ));
        }
        let (values, ty) = self.unified(values)?;
        Ok(Typed::call(
            "coalesce",
            &values.iter().collect::<Vec<_>>(),
            ty,
        ))
    }

    fn null_if(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("NULLIF", arguments.len(), 2..=2)?;
        let first = self.operand(arguments[0])?;
        let second = self.operand(arguments[1])?;
        if is_null_constant(arguments[0]) {
            return Err(type_error(
                "The type of the first argument to NULLIF cannot be the NULL constant because the type of the first \
                 argument has to be known.",
            ));
        }
        let kind = first.kind().max(second.kind());
        if kind == Kind::Decimal {
            let (values, _) = self.all_decimal(vec![first.clone(), second])?;
            if first.sql.len() > MAX_DOUBLED {
                return Err(TsqlError::TooLong { part: "a NULLIF" });
            }
            let sql = format!(
                "(CASE WHEN {} = {} THEN NULL ELSE {} END)",
                values[0].sql, values[1].sql, first.sql
            );
            return Ok(Typed::new(
                sql,
                first.ty,
                above(&[&values[0], &values[1]]) + 1,
            ));
        }
        if first.kind() == kind && first.literal.is_none() {
            let right = self.convert(second, kind)?;
            let sql = format!("nullif({}, {})", first.collated(), right.sql);
            return Ok(Typed::new(sql, first.ty, above(&[&first, &right])));
        }
        // The operand is written twice, and so may operands inside it be.
        if first.sql.len() > MAX_DOUBLED {
            return Err(TsqlError::TooLong { part: "a NULLIF" });
        }
        let left = self.convert(first.clone(), kind)?;
        let right = self.convert(second, kind)?;
        let height = above(&[&left, &right, &first]) + 1;
        let sql = format!(
            "(CASE WHEN {} = {} THEN NULL ELSE {} END)",
            left.collated(),
            right.sql,
            first.sql
        );
        Ok(Typed::new(sql, first.ty, height))
    }

    fn iif(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("IIF", arguments.len(), 3..=3)?;
        let condition = self.predicate(arguments[0])?;
        let values = vec![self.operand(arguments[1])?, self.operand(arguments[2])?];
        let (values, ty) = self.unified_lazily(values)?;
        let sql = format!(
            "(CASE WHEN {} THEN {} ELSE {} END)",
            condition.sql, values[0].sql, values[1].sql
        );
        let height = above(&[&values[0], &values[1]]).max(condition.height + 1);
        Ok(Typed::new(sql, ty, height))
    }

    /// `CONCAT` treats NULL as an empty text, unlike `+`.
    fn concat(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("CONCAT", arguments.len(), 2..=100)?;
        let mut parts = Vec::with_capacity(arguments.len());
        let mut height = 0;
        for argument in arguments {
            let part = self.argument(argument, Kind::Text)?;
            height = height.max(part.height);
            parts.push(format!("ifnull({}, '')", part.sql));
        }
        let sql = format!("({})", parts.join(" || "));
        Ok(Typed::new(sql, Type::Text, height + 1 + arguments.len()))
    }
}

/// Returns whether an expression is `NULL` itself, which has no type; `-NULL` has one.
fn is_null_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_null_constant(inner),
        Expr::Value(value) => matches!(value.value, Value::Null),
        _ => false,
    }
}

/// Returns whether a function may have `WITHIN GROUP`.
fn is_aggregate_name(name: &ObjectName) -> bool {
    name.to_string().eq_ignore_ascii_case("STRING_AGG")
}

/// Returns the name in capitals; a name of several parts is not a known function.
fn name_of(function: &Function) -> Outcome<String> {
    let plain = matches!(function.parameters, FunctionArguments::None)
        && (function.within_group.is_empty() || is_aggregate_name(&function.name))
        && function.filter.is_none()
        && function.null_treatment.is_none();
    match (plain, function.name.0.as_slice()) {
        (true, [part]) => match part.as_ident() {
            Some(name) if name.quote_style.is_none() => Ok(name.value.to_ascii_uppercase()),
            _ => Err(not_allowed("This function")),
        },
        _ => Err(not_allowed("This function")),
    }
}
