//! Numeric functions; most return the type of their argument.

use super::Type;
use super::arguments::expect;
use super::decimal::Shape;
use super::error::Outcome;
use super::error::type_error;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::Expr;

impl Translator<'_> {
    pub(super) fn numeric(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        match name {
            "ROUND" => return self.round(arguments),
            "POWER" => return self.power(arguments),
            "LOG" => return self.log(arguments),
            "PI" => {
                expect(name, arguments.len(), 0..=0)?;
                return self.of_literal(Literal::Float(std::f64::consts::PI));
            }
            _ => expect(name, arguments.len(), 1..=1)?,
        }
        let value = self.number(name, arguments[0])?;
        if matches!(name, "DEGREES" | "RADIANS") {
            return self.angle(name, value);
        }
        let function = match (name, value.ty) {
            (_, Type::Decimal { .. }) => return Ok(exact(name, &value)),
            ("ABS", Type::Number) => "ts_fabs",
            ("ABS", _) => "ts_abs",
            ("SIGN", Type::Number) => "ts_fsign",
            ("SIGN", Type::Currency) => {
                let sign = Typed::call("ts_sign", &[&value], Type::Integer);
                return self.convert(sign, Kind::Currency);
            }
            ("SIGN", _) => "ts_sign",
            (_, Type::Integer | Type::BigInt) => return Ok(value),
            ("CEILING", Type::Number) => "ts_ceiling",
            ("CEILING", _) => "ts_money_ceiling",
            (_, Type::Number) => "ts_floor",
            _ => "ts_money_floor",
        };
        Ok(Typed::call(function, &[&value], value.ty))
    }

    /// `LOG`, of any base.
    fn log(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("LOG", arguments.len(), 1..=2)?;
        let value = self.argument(arguments[0], Kind::Number)?;
        match arguments.get(1) {
            None => Ok(Typed::call("ts_log", &[&value], Type::Number)),
            Some(base) => {
                let base = self.argument(base, Kind::Number)?;
                Ok(Typed::call("ts_log_of", &[&value, &base], Type::Number))
            }
        }
    }

    /// `DEGREES` and `RADIANS`, whose result has the type of the argument.
    fn angle(&mut self, name: &str, value: Typed) -> Outcome<Typed> {
        let kind = value.kind();
        let number = self.convert(value, Kind::Number)?;
        let function = format!("ts_{}", name.to_ascii_lowercase());
        let angle = Typed::call(&function, &[&number], Type::Number);
        self.convert(angle, kind)
    }

    /// Returns a number of any type; text becomes a float, as in SQL Server.
    fn number(&mut self, name: &str, expr: &Expr) -> Outcome<Typed> {
        let mut value = self.operand(expr)?;
        value = match value.kind() {
            Kind::Integer | Kind::Currency | Kind::Decimal | Kind::Number => value,
            Kind::Text => self.convert(value, Kind::Number)?,
            Kind::YesNo | Kind::Null => self.convert(value, Kind::Integer)?,
            Kind::Time | Kind::Date | Kind::DateTime => {
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
        if let Type::Decimal { precision, scale } = value.ty {
            let sql = format!(
                "ts_dec_round({}, {scale}, {}, {}, {precision})",
                value.sql, places.sql, cut.sql
            );
            return Ok(Typed::new(sql, value.ty, above(&[&value, &places, &cut])));
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
            Type::Integer | Type::BigInt => {
                let ty = base.ty;
                Ok(Typed::call("ts_power", &[&base, &exponent], ty))
            }
            Type::Decimal { scale, .. } => {
                let base = self.convert(base, Kind::Number)?;
                let power = Typed::call("ts_fpower", &[&base, &exponent], Type::Number);
                let scale = scale.into();
                self.as_decimal(
                    power,
                    Shape {
                        precision: 38,
                        scale,
                    },
                )
            }
            Type::Currency => {
                let base = self.convert(base, Kind::Number)?;
                let power = Typed::call("ts_fpower", &[&base, &exponent], Type::Number);
                self.convert(power, Kind::Currency)
            }
            _ => Ok(Typed::call("ts_fpower", &[&base, &exponent], Type::Number)),
        }
    }
}

/// `ABS`, `SIGN`, `CEILING` and `FLOOR` of a decimal; the last two have no digits behind the point.
fn exact(name: &str, value: &Typed) -> Typed {
    let Shape { precision, scale } = Shape::of(value);
    let function = name.to_ascii_lowercase();
    let whole = Shape {
        precision,
        scale: 0,
    };
    let (arguments, ty) = match name {
        "ABS" => (value.sql.clone(), value.ty),
        "SIGN" => (format!("{}, {scale}", value.sql), value.ty),
        _ => (format!("{}, {scale}", value.sql), whole.ty()),
    };
    Typed::new(
        format!("ts_dec_{function}({arguments})"),
        ty,
        value.height + 1,
    )
}
