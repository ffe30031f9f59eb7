//! Numeric functions; most return the type of their argument.

use super::Type;
use super::call::expect;
use super::error::Outcome;
use super::error::type_error;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed};
use sqlparser::ast::Expr;

impl Translator<'_> {
    pub(super) fn numeric(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        match name {
            "ROUND" => return self.round(arguments),
            "POWER" => return self.power(arguments),
            _ => expect(name, arguments.len(), 1..=1)?,
        }
        let float = match name {
            "SQRT" => Some("ts_sqrt"),
            "SQUARE" => Some("ts_square"),
            "EXP" => Some("ts_exp"),
            "LOG" => Some("ts_log"),
            "LOG10" => Some("ts_log10"),
            _ => None,
        };
        if let Some(function) = float {
            let value = self.argument(arguments[0], Kind::Number)?;
            return Ok(Typed::call(function, &[&value], Type::Number));
        }
        let value = self.number(name, arguments[0])?;
        let function = match (name, value.ty) {
            ("ABS", Type::Number) => "ts_fabs",
            ("ABS", _) => "ts_abs",
            ("SIGN", Type::Number) => "ts_fsign",
            ("SIGN", Type::Currency) => {
                let sign = Typed::call("ts_sign", &[&value], Type::Integer);
                return self.convert(sign, Kind::Currency);
            }
            ("SIGN", _) => "ts_sign",
            (_, Type::Integer) => return Ok(value),
            ("CEILING", Type::Number) => "ts_ceiling",
            ("CEILING", _) => "ts_money_ceiling",
            (_, Type::Number) => "ts_floor",
            _ => "ts_money_floor",
        };
        Ok(Typed::call(function, &[&value], value.ty))
    }

    /// Returns a number of any type; text becomes a float, as in SQL Server.
    fn number(&mut self, name: &str, expr: &Expr) -> Outcome<Typed> {
        let mut value = self.operand(expr)?;
        value = match value.kind() {
            Kind::Integer | Kind::Currency | Kind::Number => value,
            Kind::Text => self.convert(value, Kind::Number)?,
            Kind::YesNo | Kind::Null => self.convert(value, Kind::Integer)?,
            Kind::DateTime => {
                return Err(type_error(format!(
                    "Argument data type datetime is invalid for argument 1 of {} function.",
                    name.to_ascii_lowercase()
                )));
            }
        };
        value.literal = None;
        Ok(value)
    }

    fn round(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("ROUND", arguments.len(), 2..=3)?;
        let value = self.number("ROUND", arguments[0])?;
        let places = self.argument(arguments[1], Kind::Integer)?;
        let cut = match arguments.get(2) {
            Some(cut) => self.argument(cut, Kind::Integer)?,
            None => self.of_literal(Literal::Integer(0))?,
        };
        if value.ty == Type::Number {
            return Ok(Typed::call(
                "ts_fround",
                &[&value, &places, &cut],
                Type::Number,
            ));
        }
        let decimals = if value.ty == Type::Currency { 4 } else { 0 };
        let decimals = self.of_literal(Literal::Integer(decimals))?;
        let ty = value.ty;
        Ok(Typed::call(
            "ts_round",
            &[&value, &places, &cut, &decimals],
            ty,
        ))
    }

    fn power(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("POWER", arguments.len(), 2..=2)?;
        let base = self.number("POWER", arguments[0])?;
        let exponent = self.argument(arguments[1], Kind::Number)?;
        match base.ty {
            Type::Integer => Ok(Typed::call("ts_power", &[&base, &exponent], Type::Integer)),
            Type::Currency => {
                let base = self.convert(base, Kind::Number)?;
                let power = Typed::call("ts_fpower", &[&base, &exponent], Type::Number);
                self.convert(power, Kind::Currency)
            }
            _ => Ok(Typed::call("ts_fpower", &[&base, &exponent], Type::Number)),
        }
    }
}
