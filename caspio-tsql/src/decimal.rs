//! Exact decimals: the precision and scale of results, and conversions to a decimal type.

use super::Type;
use super::error::Outcome;
use super::runtime::decimal;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above, no_conversion};
use rusqlite::types::Value as Stored;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The most digits of a decimal.
const MOST: u32 = 38;

/// How many digits a decimal has, and how many of them are behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) precision: u32,
    pub(super) scale: u32,
}

/// The operators on decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exact {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Shape {
    /// Returns the type of a value as a decimal; a literal integer has as many digits as it is written with.
    pub(super) fn of(typed: &Typed) -> Self {
        let shape = |precision, scale| Self { precision, scale };
        match (&typed.literal, typed.ty) {
            (Some(Literal::Integer(number)), _) => shape(digits(i128::from(*number)), 0),
            (_, Type::Decimal { precision, scale }) => shape(precision.into(), scale.into()),
            (_, Type::YesNo) => shape(1, 0),
            (_, Type::Integer) => shape(10, 0),
            (_, Type::BigInt) => shape(19, 0),
            (_, Type::Currency) => shape(19, 4),
            _ => shape(MOST, 18),
        }
    }

    /// Returns the shape of a literal.
    pub(super) fn of_literal(number: &Decimal) -> Self {
        let scale = number.scale();
        let precision = digits(number.mantissa()).max(scale).max(1);
        Self { precision, scale }
    }

    pub(super) fn ty(self) -> Type {
        let small = |count: u32| u8::try_from(count).unwrap_or(38);
        Type::Decimal {
            precision: small(self.precision),
            scale: small(self.scale),
        }
    }

    /// Returns the shape of a value that is one of two.
    pub(super) fn or(self, other: Self) -> Self {
        let scale = self.scale.max(other.scale);
        let whole = (self.precision - self.scale).max(other.precision - other.scale);
        // The digits before the point come first.
        let precision = (whole + scale).min(MOST);
        Self {
            precision,
            scale: scale.min(MOST - whole.min(MOST)),
        }
    }

    /// Returns the shape of a result, by SQL Server's rules. Of one with more than 38 digits, those behind the point
    /// are reduced.
    fn of_result(operator: Exact, left: Self, right: Self) -> Self {
        let scale = left.scale.max(right.scale);
        let whole = (left.precision - left.scale).max(right.precision - right.scale);
        let (precision, scale) = match operator {
            Exact::Add | Exact::Subtract => (whole + scale + 1, scale),
            Exact::Multiply => (
                left.precision + right.precision + 1,
                left.scale + right.scale,
            ),
            Exact::Divide => {
                let scale = (left.scale + right.precision + 1).max(6);
                (left.precision - left.scale + right.scale + scale, scale)
            }
            Exact::Modulo => {
                let least = (left.precision - left.scale).min(right.precision - right.scale);
                (least + scale, scale)
            }
        };
        if precision <= MOST {
            return Self { precision, scale };
        }
        let scale = match operator {
            Exact::Multiply | Exact::Divide => {
                let whole = precision - scale;
                scale.min((MOST.saturating_sub(whole)).max(scale.min(6)))
            }
            _ => scale.min(MOST.saturating_sub(whole)),
        };
        Self {
            precision: MOST,
            scale,
        }
    }
}

fn digits(number: i128) -> u32 {
    number
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1)
}

impl Translator<'_> {
    /// Translates arithmetic of decimals, and of decimals with integers and money.
    pub(super) fn exact(&mut self, operator: Exact, left: Typed, right: Typed) -> Outcome<Typed> {
        let mut shapes = [Shape::of(&left), Shape::of(&right)];
        // A text or NULL is converted to the other's type.
        for (at, typed) in [&left, &right].into_iter().enumerate() {
            if matches!(typed.kind(), Kind::Text | Kind::Null) {
                shapes[at] = shapes[1 - at];
            }
        }
        let result = Shape::of_result(operator, shapes[0], shapes[1]);
        let left = self.as_decimal(left, shapes[0])?;
        let right = self.as_decimal(right, shapes[1])?;
        let function = match operator {
            Exact::Add => "add",
            Exact::Subtract => "sub",
            Exact::Multiply => "mul",
            Exact::Divide => "div",
            Exact::Modulo => "mod",
        };
        // The numbers are shapes, never the caller's text.
        let sql = format!(
            "ts_dec_{function}({}, {}, {}, {}, {}, {})",
            left.sql, shapes[0].scale, right.sql, shapes[1].scale, result.scale, result.precision
        );
        Ok(Typed::new(sql, result.ty(), above(&[&left, &right])))
    }

    /// Converts a value to a decimal type; fails where its digits before the point do not fit.
    pub(super) fn as_decimal(&mut self, value: Typed, shape: Shape) -> Outcome<Typed> {
        if value.ty == shape.ty() || value.kind() == Kind::Null {
            return Ok(value);
        }
        if let Some(digits) = literal_digits(&value, shape) {
            let stored = Stored::Blob(decimal::stored(digits));
            return Ok(Typed::new(self.params.add(stored)?, shape.ty(), 1));
        }
        let (function, scale) = match value.kind() {
            Kind::Integer | Kind::YesNo => ("dec_whole", Some(0)),
            Kind::Currency => ("dec_whole", Some(4)),
            Kind::Decimal => ("dec_rescale", Some(Shape::of(&value).scale)),
            Kind::Number => ("dec_of_float", None),
            Kind::Text => ("dec_of_text", None),
            kind => return Err(no_conversion(kind, "numeric")),
        };
        let from = scale.map_or_else(String::new, |scale| format!("{scale}, "));
        let lenient = if self.lenient { "try_" } else { "" };
        let sql = format!(
            "ts_{lenient}{function}({}, {from}{}, {})",
            value.sql, shape.scale, shape.precision
        );
        Ok(Typed::new(sql, shape.ty(), value.height + 1))
    }

    /// Converts values to the decimal type that holds all of them.
    pub(super) fn all_decimal(&mut self, values: Vec<Typed>) -> Outcome<(Vec<Typed>, Type)> {
        let exact = values
            .iter()
            .filter(|value| !matches!(value.kind(), Kind::Text | Kind::Null));
        let shape = exact.map(Shape::of).reduce(Shape::or).unwrap_or(Shape {
            precision: MOST,
            scale: 0,
        });
        let converted: Outcome<Vec<_>> = values
            .into_iter()
            .map(|value| self.as_decimal(value, shape))
            .collect();
        Ok((converted?, shape.ty()))
    }

    /// A decimal literal as SQLite's number, for a comparison with whole numbers, which keeps the column as it is: it
    /// may be rounded, but not across a whole number.
    pub(super) fn beside_whole_numbers(&mut self, value: Typed) -> Outcome<Typed> {
        let Some(Literal::Decimal(number)) = &value.literal else {
            return Ok(value);
        };
        if let Some(whole) = number.to_i64().filter(|_| number.fract().is_zero()) {
            return Ok(Typed::new(
                self.params.add(Stored::Integer(whole))?,
                Type::Integer,
                1,
            ));
        }
        let near = number.to_f64().unwrap_or(f64::MAX);
        let halfway = || number.floor().to_f64().unwrap_or(f64::MAX) + 0.5;
        let near = if near.fract() == 0.0 { halfway() } else { near };
        Ok(Typed::new(
            self.params.add(Stored::Real(near))?,
            Type::Number,
            1,
        ))
    }
}

/// Returns the digits of a literal, if they fit.
fn literal_digits(value: &Typed, shape: Shape) -> Option<i128> {
    let (digits, scale) = match value.literal.as_ref()? {
        Literal::Integer(number) => (i128::from(*number), 0),
        Literal::Money(amount) => (i128::from(*amount), 4),
        Literal::Decimal(number) => (number.mantissa(), number.scale()),
        _ => return None,
    };
    let digits = decimal::rescale(digits, scale, shape.scale).ok()?;
    decimal::fitting(digits, shape.precision).ok()
}
