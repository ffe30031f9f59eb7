//! Expressions with a value.

use super::Type;
use super::decimal::Shape;
use super::error::Outcome;
use super::error::{near, not_allowed, not_emulated, rule, type_error};
use super::runtime::{decimal, scalar};
use super::scope::Clause;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above, common};
use rusqlite::types::Value as Stored;
use rust_decimal::Decimal;
use sqlparser::ast::{CaseWhen, Expr, UnaryOperator, Value};

impl Translator<'_> {
    /// Translates an expression with a value. A condition has none: SQL Server has no Boolean type.
    pub(super) fn value(&mut self, expr: &Expr) -> Outcome<Typed> {
        let before = self.scopes.current().bare.len();
        let typed = self.any_value(expr)?;
        let typed = self.bounded(typed)?;
        let scope = self.scopes.current();
        if scope.groups.contains(&typed.sql) {
            scope.bare.truncate(before);
        }
        Ok(typed)
    }

    /// Translates a value that can be used in expressions: everything but a list.
    pub(super) fn operand(&mut self, expr: &Expr) -> Outcome<Typed> {
        let typed = self.value(expr)?;
        match typed.ty {
            Type::List | Type::Password => Err(type_error(
                "The data types text and nvarchar are incompatible in the equal to operator.",
            )),
            _ => Ok(typed),
        }
    }

    fn any_value(&mut self, expr: &Expr) -> Outcome<Typed> {
        match expr {
            Expr::Identifier(name) => self.scopes.resolve(std::slice::from_ref(name)),
            Expr::CompoundIdentifier(parts) => self.scopes.resolve(parts),
            Expr::Nested(inner) => self.any_value(inner),
            Expr::Value(value) => self.literal(&value.value),
            Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            Expr::BinaryOp { .. } => self.arithmetic_chain(expr),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Subquery(query) => self.scalar_subquery(query),
            Expr::Function(function) => self.function(function),
            Expr::Cast { .. } | Expr::Convert { .. } => self.cast_node(expr),
            Expr::Floor { .. } | Expr::Substring { .. } | Expr::Trim { .. } => self.call_node(expr),
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::In { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::Exists { .. } => Err(near(word_of(expr))),
            Expr::TypedString(typed) if typed.uses_odbc_syntax => self.odbc_literal(typed),
            Expr::AtTimeZone { .. } => Err(not_emulated("AT TIME ZONE")),
            Expr::Collate { .. } => Err(not_emulated("COLLATE")),
            _ => Err(not_allowed("This expression")),
        }
    }

    fn literal(&mut self, value: &Value) -> Outcome<Typed> {
        let literal = match value {
            Value::Null => Literal::Null,
            Value::SingleQuotedString(text) | Value::NationalStringLiteral(text) => {
                Literal::Text(text.clone())
            }
            Value::Number(digits, false) => number(digits)?,
            Value::Placeholder(text) => match text.strip_prefix('$') {
                Some(amount) => Literal::Money(scalar::text_money(amount).map_err(type_error)?),
                None => return Err(near(text)),
            },
            Value::HexStringLiteral(digits) => return self.binary(digits),
            _ => return Err(not_allowed("This kind of literal")),
        };
        self.of_literal(literal)
    }

    /// A literal of its own type.
    pub(super) fn of_literal(&mut self, literal: Literal) -> Outcome<Typed> {
        let (stored, ty) = match &literal {
            Literal::Null => (Stored::Null, Type::Integer),
            Literal::Text(text) => (Stored::Text(text.clone()), Type::Text),
            Literal::Integer(number) => (Stored::Integer(*number), Type::Integer),
            Literal::Decimal(number) => (
                Stored::Blob(decimal::stored(number.mantissa())),
                Shape::of_literal(number).ty(),
            ),
            Literal::Float(number) => (Stored::Real(*number), Type::Number),
            Literal::Money(amount) => (Stored::Integer(*amount), Type::Currency),
        };
        let mut typed = Typed::new(self.params.add(stored)?, ty, 1);
        typed.literal = Some(literal);
        Ok(typed)
    }

    /// `0x1F`: binary, which only numbers are made of here.
    fn binary(&mut self, digits: &str) -> Outcome<Typed> {
        match i64::from_str_radix(digits, 16) {
            Ok(number) => self.of_literal(Literal::Integer(number)),
            Err(_) => Err(not_emulated("A binary literal of more than 63 bits")),
        }
    }

    fn unary(&mut self, operator: UnaryOperator, expr: &Expr) -> Outcome<Typed> {
        let operand = self.operand(expr)?;
        match operator {
            UnaryOperator::Plus => Ok(operand),
            UnaryOperator::Minus => self.negative(operand),
            UnaryOperator::BitwiseNot => self.bit_complement(operand),
            UnaryOperator::Not => Err(near("NOT")),
            _ => Err(not_allowed("This operator")),
        }
    }

    fn negative(&mut self, operand: Typed) -> Outcome<Typed> {
        match operand.literal {
            Some(Literal::Integer(number)) if number != i64::MIN => {
                return self.of_literal(Literal::Integer(-number));
            }
            Some(Literal::Decimal(number)) => return self.of_literal(Literal::Decimal(-number)),
            Some(Literal::Float(number)) => return self.of_literal(Literal::Float(-number)),
            Some(Literal::Money(amount)) => return self.of_literal(Literal::Money(-amount)),
            _ => {}
        }
        match operand.kind() {
            Kind::Null => Ok(operand),
            Kind::Number => {
                let sql = format!("(-{})", operand.sql);
                Ok(Typed::new(sql, Type::Number, above(&[&operand])))
            }
            Kind::Decimal => Ok(Typed::call("ts_dec_neg", &[&operand], operand.ty)),
            Kind::Integer if operand.ty == Type::Integer => {
                Ok(Typed::call("ts_ineg", &[&operand], operand.ty))
            }
            Kind::Integer | Kind::Currency => Ok(Typed::call("ts_neg", &[&operand], operand.ty)),
            kind => Err(type_error(format!(
                "Operand data type {} is invalid for minus operator.",
                kind.name()
            ))),
        }
    }

    /// `CASE`, with or without an operand. All results are converted to the type of highest
    /// precedence.
    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Outcome<Typed> {
        let mut height = 0;
        let mut sql = match operand {
            Some(operand) => self.simple_case(operand, branches, &mut height)?,
            None => self.searched_case(branches, &mut height)?,
        };
        let mut results = Vec::with_capacity(branches.len() + 1);
        for branch in branches {
            results.push(self.value(&branch.result)?);
        }
        let otherwise = match otherwise {
            Some(otherwise) => self.value(otherwise)?,
            None => self.of_literal(Literal::Null)?,
        };
        results.push(otherwise);
        let (results, ty) = self.unified_lazily(results)?;
        height = height.max(above(&results.iter().collect::<Vec<_>>()));

        let last = results.len() - 1;
        let mut written = String::from("(CASE");
        if operand.is_some() {
            written.push(' ');
            written.push_str(&sql.remove(0));
        }
        for (when, then) in sql.iter().zip(&results) {
            written.push_str(&format!(" WHEN {when} THEN {}", then.sql));
        }
        written.push_str(&format!(" ELSE {} END)", results[last].sql));
        Ok(Typed::new(written, ty, height + 1))
    }

    fn simple_case(
        &mut self,
        operand: &Expr,
        branches: &[CaseWhen],
        height: &mut usize,
    ) -> Outcome<Vec<String>> {
        let mut compared = vec![self.operand(operand)?];
        for branch in branches {
            compared.push(self.operand(&branch.condition)?);
        }
        let (compared, _) = self.unified(compared)?;
        *height = above(&compared.iter().collect::<Vec<_>>());
        let mut sql: Vec<_> = compared.iter().map(|typed| typed.sql.clone()).collect();
        sql[0] = compared[0].collated();
        Ok(sql)
    }

    fn searched_case(&mut self, branches: &[CaseWhen], height: &mut usize) -> Outcome<Vec<String>> {
        let mut sql = Vec::with_capacity(branches.len());
        for branch in branches {
            let predicate = self.predicate(&branch.condition)?;
            *height = (*height).max(predicate.height);
            sql.push(predicate.sql);
        }
        Ok(sql)
    }

    /// Converts several values to their common type.
    pub(super) fn unified(&mut self, values: Vec<Typed>) -> Outcome<(Vec<Typed>, Type)> {
        if let [only] = values.as_slice() {
            let ty = only.ty;
            return Ok((values, ty));
        }
        if values.iter().any(|value| value.ty == Type::List) {
            return Err(not_allowed("A list field in an expression"));
        }
        let kind = common(&values);
        if kind == Kind::Decimal {
            return self.all_decimal(values);
        }
        let ty = match values.first() {
            Some(first) if values.iter().all(|value| value.ty == first.ty) => first.ty,
            _ => {
                let of_kind = values
                    .iter()
                    .filter(|value| value.kind() == kind)
                    .map(|value| value.ty);
                of_kind.reduce(Type::or).unwrap_or_else(|| kind.ty())
            }
        };
        let values = values
            .into_iter()
            .map(|value| self.convert(value, kind))
            .collect::<Outcome<Vec<_>>>()?;
        Ok((values, ty))
    }

    /// Converts the results of a choice to their common type. A text literal that does not convert fails only when it
    /// is chosen.
    pub(super) fn unified_lazily(&mut self, values: Vec<Typed>) -> Outcome<(Vec<Typed>, Type)> {
        let kind = common(&values);
        let mut late = values;
        for value in &mut late {
            if value.kind() == Kind::Text
                && kind != Kind::Text
                && self.convert(value.clone(), kind).is_err()
            {
                value.literal = None;
            }
        }
        self.unified(late)
    }

    /// Fails where a clause allows no aggregates; the texts are SQL Server's.
    pub(super) fn check_aggregate_allowed(&mut self) -> Outcome<()> {
        match self.scopes.current().clause {
            Clause::Where => Err(rule(
                "An aggregate may not appear in the WHERE clause unless it is in a subquery \
                 contained in a HAVING clause or a select list, and the column being aggregated \
                 is an outer reference.",
            )),
            Clause::On => Err(rule("An aggregate may not appear in the ON clause.")),
            Clause::GroupBy => Err(rule(
                "Cannot use an aggregate or a subquery in an expression used for the group by \
                 list of a GROUP BY clause.",
            )),
            Clause::Aggregate => Err(rule(
                "Cannot perform an aggregate function on an expression containing an aggregate \
                 or a subquery.",
            )),
            Clause::Having | Clause::Select | Clause::OrderBy | Clause::Window => Ok(()),
        }
    }
}

fn number(digits: &str) -> Outcome<Literal> {
    if let Ok(number) = digits.parse::<i32>() {
        return Ok(Literal::Integer(number.into()));
    }
    // A whole number beyond the range of an int is a decimal, too.
    let exponent = digits.contains(['e', 'E']);
    if !exponent && let Ok(number) = Decimal::from_str_exact(digits.trim_end_matches('.')) {
        return Ok(Literal::Decimal(number));
    }
    match digits.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Literal::Float(number)),
        _ => Err(near(digits)),
    }
}

fn word_of(expr: &Expr) -> &'static str {
    match expr {
        Expr::In { .. } => "IN",
        Expr::Between { .. } => "BETWEEN",
        Expr::Like { .. } => "LIKE",
        Expr::Exists { .. } => "EXISTS",
        _ => "IS",
    }
}
