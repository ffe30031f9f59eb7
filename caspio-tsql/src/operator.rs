//! Arithmetic and concatenation.

use super::Type;
use super::convert::clash;
use super::decimal::Exact;
use super::error::Outcome;
use super::error::{near, not_allowed, type_error};
use super::translator::Translator;
use super::typed::{Kind, Typed, above};
use sqlparser::ast::{BinaryOperator, Expr};

/// The operators that return a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
    Xor,
}

impl Operator {
    fn of(operator: &BinaryOperator) -> Outcome<Self> {
        match operator {
            BinaryOperator::Plus => Ok(Self::Add),
            BinaryOperator::Minus => Ok(Self::Subtract),
            BinaryOperator::Multiply => Ok(Self::Multiply),
            BinaryOperator::Divide => Ok(Self::Divide),
            BinaryOperator::Modulo => Ok(Self::Modulo),
            BinaryOperator::BitwiseAnd => Ok(Self::And),
            BinaryOperator::BitwiseOr => Ok(Self::Or),
            BinaryOperator::BitwiseXor => Ok(Self::Xor),
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
            Self::And => "'&'",
            Self::Or => "'|'",
            Self::Xor => "'^'",
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
            Self::And => "ts_bit_and",
            Self::Or => "ts_bit_or",
            Self::Xor => "ts_bit_xor",
        }
    }

    /// Returns the operator on decimals; those of bits have none.
    fn exact(self) -> Exact {
        match self {
            Self::Subtract => Exact::Subtract,
            Self::Multiply => Exact::Multiply,
            Self::Divide => Exact::Divide,
            Self::Modulo => Exact::Modulo,
            _ => Exact::Add,
        }
    }

    fn is_of_bits(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Xor)
    }

    /// Returns whether the operator is one of `+ - & | ^`, which T-SQL computes from left to right.
    fn is_additive(self) -> bool {
        self.is_of_bits() || matches!(self, Self::Add | Self::Subtract)
    }
}

impl Translator<'_> {
    /// Translates `a + b - c ...` in a loop along the left side, so that its length is not limited
    /// by the stack.
    pub(super) fn arithmetic_chain(&mut self, expr: &Expr) -> Outcome<Typed> {
        let mut terms = Vec::new();
        let first = flattened(expr, &mut terms)?;
        let mut result = self.operand(first)?;
        for (operator, right) in terms {
            let right = self.operand(right)?;
            result = self.arithmetic(operator, result, right)?;
            result = self.bounded(result)?;
        }
        Ok(result)
    }

    /// `~`.
    pub(super) fn bit_complement(&mut self, value: Typed) -> Outcome<Typed> {
        match value.kind() {
            Kind::Null => Ok(value),
            Kind::Integer => Ok(Typed::call("ts_bit_not", &[&value], value.ty)),
            Kind::YesNo => {
                let height = value.height + 1;
                Ok(Typed::new(
                    format!("(1 - {})", value.sql),
                    Type::YesNo,
                    height,
                ))
            }
            kind => Err(type_error(format!(
                "Operand data type {} is invalid for '~' operator.",
                kind.name()
            ))),
        }
    }

    fn bits(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let whole =
            |typed: &Typed| matches!(typed.kind(), Kind::Null | Kind::YesNo | Kind::Integer);
        if !whole(&left) || !whole(&right) {
            return Err(type_error(format!(
                "The data types {} and {} are incompatible in the {} operator.",
                left.kind().name(),
                right.kind().name(),
                operator.name()
            )));
        }
        let ty = match (left.kind(), right.kind()) {
            (Kind::YesNo, Kind::YesNo) => Type::YesNo,
            _ => whole_type(&left, &right),
        };
        Ok(Typed::call(operator.function(), &[&left, &right], ty))
    }

    fn arithmetic(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let kind = left.kind().max(right.kind());
        if operator.is_of_bits() {
            return self.bits(operator, left, right);
        }
        match kind {
            Kind::Null => Ok(Typed::new("NULL".to_owned(), Type::Integer, 1)),
            Kind::Text if operator == Operator::Add => Ok(concatenation(&left, &right)),
            Kind::Text => Err(invalid(operator, kind)),
            Kind::YesNo if left.kind() == right.kind() => Err(invalid(operator, kind)),
            // A bit next to text or NULL counts as a number.
            Kind::YesNo | Kind::Integer => {
                let ty = whole_type(&left, &right);
                let left = self.convert(left, Kind::Integer)?;
                let right = self.convert(right, Kind::Integer)?;
                let function = match ty {
                    Type::BigInt => operator.function().to_owned(),
                    _ => operator.function().replacen("ts_", "ts_i", 1),
                };
                Ok(Typed::call(&function, &[&left, &right], ty))
            }
            Kind::Currency => self.money(operator, left, right),
            Kind::Decimal => self.exact(operator.exact(), left, right),
            Kind::Number => self.float(operator, left, right),
            Kind::DateTime => self.date_arithmetic(operator, left, right),
            Kind::Date | Kind::Time => Err(no_date_arithmetic(operator, &left, &right)),
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
        let left = self.convert(left, Kind::Number)?;
        let right = self.convert(right, Kind::Number)?;
        let function = operator.function().replacen("ts_", "ts_f", 1);
        Ok(Typed::call(&function, &[&left, &right], Type::Number))
    }

    /// Days are added to a date; two dates are added as their times since 1900.
    fn date_arithmetic(&mut self, operator: Operator, left: Typed, right: Typed) -> Outcome<Typed> {
        let function = match operator {
            Operator::Add => "ts_date_plus",
            Operator::Subtract => "ts_date_minus",
            _ => return Err(invalid(operator, Kind::DateTime)),
        };
        if [&left, &right]
            .iter()
            .any(|typed| matches!(typed.kind(), Kind::Date | Kind::Time))
        {
            return Err(no_date_arithmetic(operator, &left, &right));
        }
        let left = self.convert(left, Kind::DateTime)?;
        let right = self.convert(right, Kind::DateTime)?;
        Ok(Typed::call(function, &[&left, &right], Type::DateTime))
    }
}

/// Returns the first operand of a chain, and the others with their operators in the order in which T-SQL computes
/// them. The parser binds `& | ^` less tightly than `+` and `-`, T-SQL as tightly.
fn flattened<'e>(expr: &'e Expr, terms: &mut Vec<(Operator, &'e Expr)>) -> Outcome<&'e Expr> {
    let mut rest = Vec::new();
    let mut first = expr;
    while let Expr::BinaryOp { left, op, right } = first {
        rest.push((Operator::of(op)?, right));
        first = left;
    }
    for (operator, right) in rest.into_iter().rev() {
        let inner = match right.as_ref() {
            Expr::BinaryOp { op, .. } => Operator::of(op).is_ok_and(Operator::is_additive),
            _ => false,
        };
        if !(operator.is_of_bits() && inner) {
            terms.push((operator, right));
            continue;
        }
        let at = terms.len();
        let first = flattened(right, terms)?;
        terms.insert(at, (operator, first));
    }
    Ok(first)
}

/// Returns `bigint` if an operand is one.
fn whole_type(left: &Typed, right: &Typed) -> Type {
    match (left.ty, right.ty) {
        (Type::BigInt, _) | (_, Type::BigInt) => Type::BigInt,
        _ => Type::Integer,
    }
}

/// A `date` or a `time` has no arithmetic.
fn no_date_arithmetic(operator: Operator, left: &Typed, right: &Typed) -> super::TsqlError {
    let (left, right) = (left.kind(), right.kind());
    let dates = [Kind::Date, Kind::Time, Kind::DateTime];
    if left == right {
        invalid(operator, left)
    } else if dates.contains(&left) && dates.contains(&right) || [left, right].contains(&Kind::Text)
    {
        type_error(format!(
            "The data types {} and {} are incompatible in the {} operator.",
            left.name(),
            right.name(),
            operator.name()
        ))
    } else {
        clash(left, right)
    }
}

fn concatenation(left: &Typed, right: &Typed) -> Typed {
    let sql = format!("({} || {})", left.sql, right.sql);
    Typed::new(sql, Type::Text, above(&[left, right]))
}

fn times(left: &Typed, right: &Typed) -> Typed {
    Typed::call("ts_mul", &[left, right], Type::Currency)
}

fn invalid(operator: Operator, kind: Kind) -> super::TsqlError {
    type_error(format!(
        "Operand data type {} is invalid for {} operator.",
        kind.name(),
        operator.name()
    ))
}
