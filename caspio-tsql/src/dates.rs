//! The functions that take a part of a date: `DATEADD`, `DATEDIFF`, `DATEPART`, `DATENAME`, `YEAR`, `MONTH`, `DAY`.

use super::Type;
use super::arguments::expect;
use super::error::{Outcome, type_error};
use super::runtime::date_part::Part;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::Expr;

impl Translator<'_> {
    pub(super) fn by_part(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
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
                if part == Part::IsoWeek {
                    return Err(type_error(
                        "The datepart iso_week is not supported by date function dateadd.",
                    ));
                }
                let date = self.operand(arguments[2])?;
                let ty = has_part("dateadd", part, date.ty)?;
                let date = self.convert(date, Kind::DateTime)?;
                Ok(with_part("ts_dateadd", part, &[&number, &date], ty))
            }
            _ => {
                let start = self.moment(arguments[1])?;
                let end = self.moment(arguments[2])?;
                let start = self.convert(start, Kind::DateTime)?;
                let end = self.convert(end, Kind::DateTime)?;
                Ok(with_part(
                    "ts_datediff",
                    part,
                    &[&start, &end],
                    Type::Integer,
                ))
            }
        }
    }

    /// Translates a date to read only. A text is one of `datetime2`, which may end with the minutes.
    fn moment(&mut self, expr: &Expr) -> Outcome<Typed> {
        let value = self.operand(expr)?;
        match &value.literal {
            Some(Literal::Text(text)) if text.len() == 16 && text.as_bytes()[10] == b'T' => {
                self.of_literal(Literal::Text(format!("{text}:00")))
            }
            _ => Ok(value),
        }
    }

    /// `YEAR`, `MONTH` and `DAY`, which are named as their parts are.
    pub(super) fn named_part(&mut self, name: &str, date: &Expr) -> Outcome<Typed> {
        let part = Part::named(name).ok_or_else(|| invalid_part(name))?;
        self.date_part("ts_datepart", part, date, Type::Integer)
    }

    fn date_part(&mut self, function: &str, part: Part, date: &Expr, ty: Type) -> Outcome<Typed> {
        let date = self.moment(date)?;
        has_part(&function["ts_".len()..], part, date.ty)?;
        let date = self.convert(date, Kind::DateTime)?;
        Ok(with_part(function, part, &[&date], ty))
    }
}

fn with_part(function: &str, part: Part, arguments: &[&Typed], ty: Type) -> Typed {
    let list: Vec<_> = arguments.iter().map(|typed| typed.sql.as_str()).collect();
    // The name is one of a fixed list, never the caller's text.
    let sql = format!("{function}('{}', {})", part.name(), list.join(", "));
    Typed::new(sql, ty, above(arguments))
}

/// Checks that a value of a type has a part of a date; returns the type of a date after it was moved by one.
fn has_part(function: &str, part: Part, ty: Type) -> Outcome<Type> {
    let (name, has) = match ty {
        Type::Date => ("date", !part.is_of_time()),
        Type::Time(_) => ("time", part.is_of_time()),
        Type::SmallDateTime => return Ok(Type::SmallDateTime),
        _ => return Ok(Type::DateTime),
    };
    if has {
        return Ok(ty);
    }
    Err(type_error(format!(
        "The datepart {} is not supported by date function {function} for data type {name}.",
        part.name()
    )))
}

fn part_of(expr: &Expr, function: &str) -> Outcome<Part> {
    let named = match expr {
        Expr::Identifier(name) => Part::named(&name.value),
        _ => None,
    };
    named.ok_or_else(|| invalid_part(function))
}

fn invalid_part(function: &str) -> super::TsqlError {
    type_error(format!(
        "Invalid parameter 1 specified for {}.",
        function.to_ascii_lowercase()
    ))
}
