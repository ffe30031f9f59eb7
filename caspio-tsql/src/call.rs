//! Function calls: the known functions, and their arguments.

use super::Type;
use super::error::Outcome;
use super::error::{TsqlError, near, not_allowed, type_error};
use super::runtime::date_part::Part;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::{
    CeilFloorKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

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
        self.scalar(&name, &arguments)
    }

    /// Calls for which the parser has nodes of their own.
    pub(super) fn call_node(&mut self, expr: &Expr) -> Outcome<Typed> {
        match expr {
            Expr::Floor { expr, field } => match field {
                CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime) => {
                    self.scalar("FLOOR", &[expr])
                }
                _ => Err(not_allowed("This form of FLOOR")),
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
            _ => Err(not_allowed("This form of the function")),
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
                let part = Part::named(name).ok_or_else(|| unknown(name))?;
                self.date_part("ts_datepart", part, arguments[0], Type::Integer)
            }
            "EOMONTH" => {
                expect(name, count, 1..=2)?;
                let date = self.argument(arguments[0], Kind::DateTime)?;
                let months = match arguments.get(1) {
                    Some(months) => self.argument(months, Kind::Integer)?,
                    None => self.of_literal(Literal::Integer(0))?,
                };
                Ok(Typed::call("ts_eomonth", &[&date, &months], Type::DateTime))
            }
            "ABS" | "SIGN" | "CEILING" | "FLOOR" | "ROUND" | "POWER" | "SQRT" | "SQUARE"
            | "EXP" | "LOG" | "LOG10" => self.numeric(name, arguments),
            _ => self.textual(name, arguments),
        }
    }

    /// Translates an argument and converts it.
    pub(super) fn argument(&mut self, expr: &Expr, kind: Kind) -> Outcome<Typed> {
        let value = self.operand(expr)?;
        self.convert(value, kind)
    }

    /// The functions whose arguments have fixed types.
    fn textual(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        use Kind::{Integer as I, Text as T};
        let (function, kinds, least, ty): (&str, &[Kind], usize, Type) = match name {
            "LEN" => ("ts_len", &[T], 1, Type::Integer),
            "LEFT" => ("ts_left", &[T, I], 2, Type::Text),
            "RIGHT" => ("ts_right", &[T, I], 2, Type::Text),
            "SUBSTRING" => ("ts_substring", &[T, I, I], 3, Type::Text),
            "CHARINDEX" => ("ts_charindex", &[T, T, I], 2, Type::Integer),
            "PATINDEX" => ("ts_patindex", &[T, T], 2, Type::Integer),
            "REPLACE" => ("ts_replace", &[T, T, T], 3, Type::Text),
            "UPPER" => ("ts_upper", &[T], 1, Type::Text),
            "LOWER" => ("ts_lower", &[T], 1, Type::Text),
            "LTRIM" => ("ts_ltrim", &[T], 1, Type::Text),
            "RTRIM" => ("ts_rtrim", &[T], 1, Type::Text),
            "TRIM" => ("ts_trim", &[T], 1, Type::Text),
            "REVERSE" => ("ts_reverse", &[T], 1, Type::Text),
            "REPLICATE" => ("ts_replicate", &[T, I], 2, Type::Text),
            "STUFF" => ("ts_stuff", &[T, I, I, T], 4, Type::Text),
            "SPACE" => {
                expect(name, arguments.len(), 1..=1)?;
                let blank = self.of_literal(Literal::Text(" ".into()))?;
                let count = self.argument(arguments[0], I)?;
                return Ok(Typed::call("ts_replicate", &[&blank, &count], Type::Text));
            }
            _ => return Err(unknown(name)),
        };
        expect(name, arguments.len(), least..=kinds.len())?;
        let mut values = Vec::with_capacity(arguments.len());
        for (argument, kind) in arguments.iter().zip(kinds) {
            values.push(self.argument(argument, *kind)?);
        }
        Ok(Typed::call(
            function,
            &values.iter().collect::<Vec<_>>(),
            ty,
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
        let second = self.cast_to_kind(second, first.kind())?;
        Ok(Typed::call("ifnull", &[&first, &second], ty))
    }

    fn coalesce(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("COALESCE", arguments.len(), 2..=100)?;
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.operand(argument)?);
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
        let kind = first.kind().max(second.kind());
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
        let (values, ty) = self.unified(values)?;
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

    fn by_part(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        let count = if name.len() == 8 && name.starts_with("DATEP") || name == "DATENAME" {
            2
        } else {
            3
        };
        expect(name, arguments.len(), count..=count)?;
        let part = part_of(arguments[0], name)?;
        match name {
            "DATEPART" => self.date_part("ts_datepart", part, arguments[1], Type::Integer),
            "DATENAME" => self.date_part("ts_datename", part, arguments[1], Type::Text),
            "DATEADD" => {
                let number = self.operand(arguments[1])?;
                let number = self.cast_to_kind(number, Kind::Integer)?;
                let date = self.argument(arguments[2], Kind::DateTime)?;
                Ok(with_part(
                    "ts_dateadd",
                    part,
                    &[&number, &date],
                    Type::DateTime,
                ))
            }
            _ => {
                let start = self.argument(arguments[1], Kind::DateTime)?;
                let end = self.argument(arguments[2], Kind::DateTime)?;
                Ok(with_part(
                    "ts_datediff",
                    part,
                    &[&start, &end],
                    Type::Integer,
                ))
            }
        }
    }

    fn date_part(&mut self, function: &str, part: Part, date: &Expr, ty: Type) -> Outcome<Typed> {
        let date = self.argument(date, Kind::DateTime)?;
        Ok(with_part(function, part, &[&date], ty))
    }
}

fn with_part(function: &str, part: Part, arguments: &[&Typed], ty: Type) -> Typed {
    let list: Vec<_> = arguments.iter().map(|typed| typed.sql.as_str()).collect();
    // The name is one of a fixed list, never the caller's text.
    let sql = format!("{function}('{}', {})", part.name(), list.join(", "));
    Typed::new(sql, ty, above(arguments))
}

fn part_of(expr: &Expr, function: &str) -> Outcome<Part> {
    let named = match expr {
        Expr::Identifier(name) => Part::named(&name.value),
        _ => None,
    };
    named.ok_or_else(|| {
        type_error(format!(
            "Invalid parameter 1 specified for {}.",
            function.to_ascii_lowercase()
        ))
    })
}

pub(super) fn unknown(name: &str) -> TsqlError {
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

/// Returns the name in capitals; a name of several parts is not a known function.
fn name_of(function: &Function) -> Outcome<String> {
    let plain = !function.uses_odbc_syntax
        && matches!(function.parameters, FunctionArguments::None)
        && function.within_group.is_empty()
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
