//! Conversions between types; literals are converted during translation.

use super::decimal::Shape;
use super::error::Outcome;
use super::error::type_error;
use super::runtime::scalar;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed};
use super::{TsqlError, Type};
use rusqlite::types::Value as Stored;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

impl Translator<'_> {
    /// Converts a value implicitly, as SQL Server does.
    pub(super) fn convert(&mut self, value: Typed, kind: Kind) -> Outcome<Typed> {
        let from = value.kind();
        if from == kind || from == Kind::Null || kind == Kind::Null {
            return Ok(value);
        }
        if let Some(literal) = &value.literal {
            return self.converted_literal(literal.clone(), kind);
        }
        let function = match (from, kind) {
            (Kind::Integer, Kind::YesNo) => "ts_bit",
            (Kind::YesNo, Kind::Integer) => return Ok(retyped(value, Type::Integer)),
            (Kind::Integer | Kind::YesNo, Kind::Number) => {
                return Ok(wrapped(value, "CAST(", " AS REAL)", Type::Number));
            }
            (Kind::Integer | Kind::YesNo, Kind::Currency) => "ts_int_money",
            (_, Kind::Decimal) => {
                let shape = Shape::of(&value);
                return self.as_decimal(value, shape);
            }
            (Kind::Decimal, Kind::Number | Kind::Integer | Kind::Currency | Kind::Text) => {
                return Ok(self.of_decimal(value, kind));
            }
            (Kind::Decimal, Kind::YesNo) => "ts_dec_bit",
            (Kind::Currency | Kind::Decimal, Kind::DateTime) => {
                let days = self.convert(value, Kind::Number)?;
                return self.convert(days, Kind::DateTime);
            }
            (Kind::Currency, Kind::Number) => {
                return Ok(wrapped(value, "(", " / 10000.0)", Type::Number));
            }
            (Kind::Number, Kind::Currency) => "ts_float_money",
            (Kind::Number, Kind::Integer) => "ts_float_int",
            (Kind::Currency, Kind::Integer) => "ts_money_int",
            (Kind::Number | Kind::Currency, Kind::YesNo) => {
                return Ok(wrapped(value, "(", " <> 0)", Type::YesNo));
            }
            (Kind::Integer | Kind::YesNo | Kind::Number, Kind::DateTime) => "ts_number_date",
            (Kind::DateTime, Kind::Number) => "ts_date_number",
            (Kind::DateTime, Kind::Integer) => "ts_date_int",
            (Kind::Date | Kind::Time, Kind::DateTime) => return Ok(retyped(value, Type::DateTime)),
            (Kind::DateTime, Kind::Date) => "ts_date_only",
            (Kind::DateTime, Kind::Time) => "ts_time_only",
            (Kind::Text, Kind::Date) => "ts_text_day",
            (Kind::Text, Kind::Time) => "ts_text_clock",
            (Kind::Date, Kind::Text) => {
                return Ok(wrapped(value, "substr(", ", 1, 10)", Type::Text));
            }
            (Kind::Time, Kind::Text) => return Ok(clock_text(value)),
            (Kind::Date | Kind::Time, _) | (_, Kind::Date | Kind::Time) => {
                return Err(clash(from, kind));
            }
            (Kind::DateTime, _) if kind != Kind::Text => {
                let days = self.convert(value, Kind::Number)?;
                return self.convert(days, kind);
            }
            (Kind::Text, Kind::Integer) => "ts_text_int",
            (Kind::Text, Kind::YesNo) => "ts_text_bit",
            (Kind::Text, Kind::Number) => "ts_text_float",
            (Kind::Text, Kind::Currency) => "ts_text_money",
            (Kind::Text, Kind::DateTime) => "ts_text_date",
            (Kind::Integer | Kind::YesNo, Kind::Text) => {
                return Ok(wrapped(value, "CAST(", " AS TEXT)", Type::Text));
            }
            (Kind::Number, Kind::Text) => "ts_float_text",
            (Kind::Currency, Kind::Text) => "ts_money_text",
            (Kind::DateTime, Kind::Text) => "ts_date_text",
            _ => return Ok(value),
        };
        let function = if self.lenient {
            function.replacen("ts_", "ts_try_", 1)
        } else {
            function.to_owned()
        };
        Ok(Typed::call(&function, &[&value], kind.ty()))
    }

    /// Converts a decimal to a number of another type, or to text.
    fn of_decimal(&self, value: Typed, kind: Kind) -> Typed {
        let target = match kind {
            Kind::Number => "float",
            Kind::Integer => "int",
            Kind::Currency => "money",
            _ => "text",
        };
        let lenient = if self.lenient { "try_" } else { "" };
        let scale = Shape::of(&value).scale;
        let sql = format!("ts_{lenient}dec_{target}({}, {scale})", value.sql);
        Typed::new(sql, kind.ty(), value.height + 1)
    }

    /// Leaves a literal for run time, where a failure becomes NULL.
    fn lenient_literal(&mut self, literal: Literal, kind: Kind) -> Outcome<Typed> {
        let mut value = self.of_literal(literal)?;
        value.literal = None;
        self.convert(value, kind)
    }

    /// Converts a literal. A failure is an error at once, because every query that reads a row would fail.
    fn converted_literal(&mut self, literal: Literal, kind: Kind) -> Outcome<Typed> {
        if self.lenient
            && let Literal::Text(_) = &literal
        {
            return self.lenient_literal(literal, kind);
        }
        let failed = |message: String| type_error(message);
        let stored = match (&literal, kind) {
            (Literal::Null, _) => Stored::Null,
            (Literal::Text(text), Kind::Integer) => {
                Stored::Integer(scalar::text_int(text).map_err(failed)?)
            }
            (Literal::Text(text), Kind::YesNo) => {
                Stored::Integer(scalar::text_bit(text).map_err(failed)?)
            }
            (Literal::Text(text), Kind::Number) => {
                Stored::Real(scalar::text_float(text).map_err(failed)?)
            }
            (Literal::Text(text), Kind::Currency) => {
                Stored::Integer(scalar::text_money(text).map_err(failed)?)
            }
            (Literal::Text(text), Kind::DateTime) => {
                Stored::Text(scalar::text_date(text).map_err(failed)?)
            }
            (Literal::Text(text), Kind::Date | Kind::Time) => {
                let read = if kind == Kind::Date {
                    scalar::text_day
                } else {
                    scalar::text_clock
                };
                Stored::Text(read(text).map_err(failed)?)
            }
            (literal, Kind::Currency) => money(literal)?,
            (Literal::Integer(number), Kind::YesNo) => Stored::Integer(i64::from(*number != 0)),
            (Literal::Integer(number), Kind::Number) => Stored::Real(*number as f64),
            (Literal::Integer(number), Kind::Text) => Stored::Text(number.to_string()),
            (Literal::Decimal(number), Kind::Number) => {
                Stored::Real(number.to_f64().unwrap_or(f64::MAX))
            }
            (Literal::Decimal(number), Kind::YesNo) => {
                Stored::Integer(i64::from(!number.is_zero()))
            }
            (Literal::Decimal(number), Kind::Text) => Stored::Text(number.to_string()),
            (Literal::Decimal(number), Kind::Integer) => {
                let number = number.trunc().to_i64();
                Stored::Integer(number.ok_or_else(|| type_error(super::error::OVERFLOW))?)
            }
            (literal, kind) => {
                let mut value = self.of_literal(literal.clone())?;
                value.literal = None;
                return self.convert(value, kind);
            }
        };
        Ok(Typed::new(self.params.add(stored)?, kind.ty(), 1))
    }
}

/// Returns a number as money. One with more than four decimals stays a float of ten-thousandths: it
/// equals no amount of money and sorts between two.
fn money(literal: &Literal) -> Outcome<Stored> {
    let overflow =
        || type_error("Arithmetic overflow error converting expression to data type money.");
    let number = match literal {
        Literal::Integer(number) => Decimal::from(*number),
        Literal::Decimal(number) => *number,
        Literal::Float(number) => return Ok(Stored::Real(number * 10_000.0)),
        Literal::Money(amount) => return Ok(Stored::Integer(*amount)),
        Literal::Null | Literal::Text(_) => return Ok(Stored::Null),
    };
    let scaled: Decimal = number
        .checked_mul(Decimal::from(10_000))
        .ok_or_else(overflow)?;
    if scaled.fract().is_zero() {
        return scaled.to_i64().map(Stored::Integer).ok_or_else(overflow);
    }
    scaled.to_f64().map(Stored::Real).ok_or_else(overflow)
}

fn retyped(mut value: Typed, ty: Type) -> Typed {
    value.ty = ty;
    value
}

fn wrapped(value: Typed, before: &str, after: &str, ty: Type) -> Typed {
    let sql = format!("{before}{}{after}", value.sql);
    Typed::new(sql, ty, value.height + 1)
}

/// A time of day as text, with the digits of its type.
fn clock_text(value: Typed) -> Typed {
    let digits = match value.ty {
        Type::Time(digits) => usize::from(digits),
        _ => 7,
    };
    match digits {
        0 => wrapped(value, "substr(", ", 12, 8)", Type::Text),
        1..=3 => wrapped(
            value,
            "substr(",
            &format!(", 12, {})", 9 + digits),
            Type::Text,
        ),
        _ => {
            let zeros = "0".repeat(digits - 3);
            wrapped(
                value,
                "(substr(",
                &format!(", 12, 12) || '{zeros}')"),
                Type::Text,
            )
        }
    }
}

/// SQL Server's text for values of which none is converted to the other.
pub(super) fn clash(from: Kind, to: Kind) -> TsqlError {
    type_error(format!(
        "Operand type clash: {} is incompatible with {}",
        from.name(),
        to.name()
    ))
}
