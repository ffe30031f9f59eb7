//! Arithmetic and concatenation.

use super::Type;
use super::error::Outcome;
use super::error::{near, not_allowed, type_error};
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use rust_decimal::Decimal;
use sqlparser::ast::{BinaryOperator, Expr};

/// The operators that return a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    fn of(operator: &BinaryOperator) -> Outcome<Self> {
        match operator {
            BinaryOperator::Plus => Ok(Self::Add),
            BinaryOperator::Minus => Ok(Self::Subtract),
            BinaryOperator::Multiply => Ok(Self::Multiply),
            BinaryOperator::Divide => Ok(Self::Divide),
            BinaryOperator::Modulo => Ok(Self::Modulo),
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::And
            | BinaryOperator::Or => Err(near(&operator.to_string())),
            _ => Err(not_allowed("This operator")),
        }
    }

    /// Returns SQL Server's name of the operator, for messages.
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::Modulo => "modulo",
        }
    }

    /// Returns the function that computes it on integers and fails where SQL Server does; the one
    /// on floats has the prefix `f`.
    fn function(self) -> &'static str {
        match self {
            Self::Add => "ts_add",
            Self::Subtract => "ts_sub",
            Self::Multiply => "ts_mul",
            Self::Divide => "ts_div",
            Self::Modulo => "ts_mod",
        }
    }
}

impl Translator<'_> {
    /// Translates `a + b - c ...` in a loop along the left side, so that its length is not limited
    /// by the stack.
    pub(super) fn arithmetic_chain(&mut self, expr: &Expr) -> Outcome<Typed> {
        let mut rest = Vec::new();
        let mut first = expr;
        while let Expr::BinaryOp { left, op, right } = first {
            rest.push((Operator::of(op)?, right));
            first = left;
        }
        let mut result = self.operand(first)?;
        for (operator, right) in rest.into_iter().rev() {
            let right = self.operand(right)?;
            result = self.arithmetic(operator, result, right)?;
            result = self.bounded(result)?;
        }
        Ok(result)
    }

    fn arithmetic(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let kind = left.kind().max(right.kind());
        match kind {
            Kind::Null => Ok(Typed::new("NULL".to_owned(), Type::Integer, 1)),
            Kind::Text if operator == Operator::Add => Ok(concatenation(&left, &right)),
            Kind::Text => Err(invalid(operator, kind)),
            Kind::YesNo if left.kind() == right.kind() => Err(invalid(operator, kind)),
            // A bit next to text or NULL counts as a number.
            Kind::YesNo | Kind::Integer => {
                let left = self.convert(left, Kind::Integer)?;
                let right = self.convert(right, Kind::Integer)?;
                Ok(Typed::call(
                    operator.function(),
                    &[&left, &right],
                    Type::Integer,
                ))
            }
            Kind::Currency => self.money(operator, left, right),
            Kind::Number => self.float(operator, left, right),
            Kind::DateTime => self.date_arithmetic(operator, left, right),
        }
    }

    /// Money with money or an integer stays money, exact to the ten-thousandth.
    fn money(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let whole = |typed: &Typed| typed.kind() == Kind::Integer;
        let scaled = match operator {
            Operator::Multiply if whole(&left) || whole(&right) => return Ok(times(&left, &right)),
            Operator::Divide if whole(&right) => {
                return Ok(Typed::call("ts_div", &[&left, &right], Type::Currency));
            }
            Operator::Multiply => "ts_money_mul",
            Operator::Divide => "ts_money_div",
            plain => plain.function(),
        };
        let left = self.convert(left, Kind::Currency)?;
        let right = self.convert(right, Kind::Currency)?;
        Ok(Typed::call(scaled, &[&left, &right], Type::Currency))
    }

    fn float(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        if let Some(exact) = self.money_with_decimal(operator, &left, &right)? {
            return Ok(exact);
        }
        let decimals = decimals_of(&left, &right);
        let left = self.convert(left, Kind::Number)?;
        let right = self.convert(right, Kind::Number)?;
        let function = operator.function().replacen("ts_", "ts_f", 1);
        let result = Typed::call(&function, &[&left, &right], Type::Number);
        Ok(match decimals.filter(|_| operator == Operator::Multiply) {
            Some(places) => rounded(result, places),
            None => result,
        })
    }

    /// `Price + 1.5`: a decimal literal that money can hold is added as money.
    fn money_with_decimal(
        &mut self,
        operator: Operator,
        left: &Typed,
        right: &Typed,
    ) -> Outcome<Option<Typed>> {
        let fits = |typed: &Typed| matches!(&typed.literal, Some(Literal::Decimal(number)) if number.normalize().scale() <= 4);
        let pair = (left.kind() == Kind::Currency && fits(right))
            || (right.kind() == Kind::Currency && fits(left));
        if !pair || !matches!(operator, Operator::Add | Operator::Subtract) {
            return Ok(None);
        }
        self.money(operator, left.clone(), right.clone()).map(Some)
    }

    /// Days are added to a date; two dates are added as their times since 1900.
    fn date_arithmetic(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let function = match operator {
            Operator::Add => "ts_date_plus",
            Operator::Subtract => "ts_date_minus",
            _ => return Err(invalid(operator, Kind::DateTime)),
        };
        let left = self.convert(left, Kind::DateTime)?;
        let right = self.convert(right, Kind::DateTime)?;
        Ok(Typed::call(function, &[&left, &right], Type::DateTime))
    }
}

fn concatenation(left: &Typed, right: &Typed) -> Typed {
    let sql = format!("({} || {})", left.sql, right.sql);
    Typed::new(sql, Type::Text, above(&[left, right]))
}

fn times(left: &Typed, right: &Typed) -> Typed {
    Typed::call("ts_mul", &[left, right], Type::Currency)
}

/// Returns the decimals of an exact product: of money or an integer with a decimal literal.
fn decimals_of(left: &Typed, right: &Typed) -> Option<u32> {
    let scale = |typed: &Typed| match (&typed.literal, typed.kind()) {
        (Some(Literal::Decimal(number)), _) => Some(Decimal::scale(number)),
        (_, Kind::Currency) => Some(4),
        (_, Kind::Integer) => Some(0),
        _ => None,
    };
    Some(scale(left)? + scale(right)?)
}

fn rounded(typed: Typed, places: u32) -> Typed {
    let sql = format!("round({}, {})", typed.sql, places.min(15));
    Typed::new(sql, Type::Number, typed.height + 1)
}

fn invalid(operator: Operator, kind: Kind) -> super::TsqlError {
    type_error(format!(
        "Operand data type {} is invalid for {} operator.",
        kind.name(),
        operator.name()
    ))
}
