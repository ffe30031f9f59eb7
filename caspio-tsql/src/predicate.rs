//! Conditions: true, false or unknown.

use super::error::Outcome;
use super::error::{TsqlError, not_allowed, rule, type_error};
use super::quantified::Quantifier;
use super::translator::Translator;
use super::typed::{Kind, Literal, Predicate, Typed, above, common};
use sqlparser::ast::{BinaryOperator, Expr, InTarget, Query, UnaryOperator, Value};

impl Predicate {
    pub(super) fn new(sql: String, height: usize) -> Self {
        Self { sql, height }
    }
}

impl Translator<'_> {
    /// Translates a condition. A bare value is not a condition, not even a Yes/No field.
    pub(super) fn predicate(&mut self, expr: &Expr) -> Outcome<Predicate> {
        let predicate = self.any_predicate(expr)?;
        self.bounded_predicate(predicate)
    }

    fn any_predicate(&mut self, expr: &Expr) -> Outcome<Predicate> {
        match expr {
            Expr::Nested(inner) => self.any_predicate(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => self.negated(expr),
            Expr::BinaryOp { left, op, right } => match op {
                BinaryOperator::And | BinaryOperator::Or => self.logic_chain(expr, op),
                _ => match comparison(op)? {
                    Some(symbol) => self.comparison(left, symbol, right),
                    None => Err(no_condition()),
                },
            },
            Expr::IsNull(operand) => self.null_test(operand, "IS NULL"),
            Expr::IsNotNull(operand) => self.null_test(operand, "IS NOT NULL"),
            Expr::In {
                expr,
                target,
                negated,
                global: false,
            } => match target {
                InTarget::List(list) => self.in_list(expr, list, *negated),
                InTarget::Subquery(subquery) => self.in_subquery(expr, subquery, *negated),
                _ => Err(not_allowed("This condition")),
            },
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => self.between(expr, low, high, *negated),
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self.like(expr, pattern, escape_char.as_deref(), *negated),
            Expr::IsDistinctFrom(left, right) => self.comparison(left, "IS NOT", right),
            Expr::IsNotDistinctFrom(left, right) => self.comparison(left, "IS", right),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => {
                let symbol = comparison(compare_op)?.ok_or_else(no_condition)?;
                self.quantified(left, symbol, right, Quantifier::All)
            }
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => {
                let symbol = comparison(compare_op)?.ok_or_else(no_condition)?;
                self.quantified(left, symbol, right, Quantifier::Any)
            }
            Expr::Exists { subquery, negated } => self.exists(subquery, *negated),
            Expr::Identifier(_)
            | Expr::CompoundIdentifier(_)
            | Expr::Value(_)
            | Expr::Function(_)
            | Expr::Case { .. }
            | Expr::Subquery(_) => {
                self.value(expr)?;
                Err(no_condition())
            }
            _ => Err(not_allowed("This condition")),
        }
    }

    fn negated(&mut self, expr: &Expr) -> Outcome<Predicate> {
        let inner = self.predicate(expr)?;
        Ok(Predicate::new(
            format!("(NOT {})", inner.sql),
            inner.height + 1,
        ))
    }

    /// Translates `a OR b OR c ...` in a loop along the left side, into a balanced tree, because SQLite limits the
    /// height of trees.
    fn logic_chain(&mut self, expr: &Expr, operator: &BinaryOperator) -> Outcome<Predicate> {
        let mut terms = Vec::new();
        let mut first = expr;
        while let Expr::BinaryOp { left, op, right } = first {
            if op != operator {
                break;
            }
            terms.push(right.as_ref());
            first = left;
        }
        terms.push(first);
        let mut predicates = Vec::with_capacity(terms.len());
        for term in terms.into_iter().rev() {
            predicates.push(self.predicate(term)?);
        }
        let word = match operator {
            BinaryOperator::And => "AND",
            _ => "OR",
        };
        Ok(balanced(predicates, word))
    }

    fn comparison(&mut self, left: &Expr, symbol: &str, right: &Expr) -> Outcome<Predicate> {
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        let (sides, kind) = self.comparable(vec![left, right])?;
        let height = above(&[&sides[0], &sides[1]]);
        let compared = sides[0].compared(&sides[1..], kind);
        let sql = format!("({compared} {symbol} {})", sides[1].sql);
        Ok(Predicate::new(sql, height))
    }

    /// Converts the values of a comparison to one stored form.
    pub(super) fn comparable(&mut self, values: Vec<Typed>) -> Outcome<(Vec<Typed>, Kind)> {
        let kind = self.list_kind(&values);
        if kind != Kind::Decimal {
            let converted: Outcome<Vec<_>> = values
                .into_iter()
                .map(|value| self.for_comparison(value, kind))
                .collect();
            return Ok((converted?, kind));
        }
        let is_literal = |value: &Typed| matches!(value.literal, Some(Literal::Decimal(_)));
        let is_whole = |value: &Typed| matches!(value.kind(), Kind::Integer | Kind::YesNo);
        let beside_column = values
            .iter()
            .all(|value| is_literal(value) || is_whole(value))
            && values.iter().any(|value| value.literal.is_none());
        if !beside_column {
            return Ok((self.all_decimal(values)?.0, kind));
        }
        let plain: Outcome<Vec<_>> = values
            .into_iter()
            .map(|value| self.beside_whole_numbers(value))
            .collect();
        Ok((plain?, Kind::Number))
    }

    /// Converts one side of a comparison. SQLite compares integers with floats exactly, so those
    /// are not converted.
    fn for_comparison(&mut self, value: Typed, kind: Kind) -> Outcome<Typed> {
        match (value.kind(), kind) {
            (Kind::Integer | Kind::YesNo, Kind::Number) => Ok(value),
            (_, kind) => self.convert(value, kind),
        }
    }

    fn null_test(&mut self, operand: &Expr, test: &str) -> Outcome<Predicate> {
        // Lists may be tested for NULL too.
        let operand = self.value(operand)?;
        Ok(Predicate::new(
            format!("({} {test})", operand.sql),
            operand.height + 1,
        ))
    }

    fn in_list(&mut self, expr: &Expr, list: &[Expr], negated: bool) -> Outcome<Predicate> {
        let mut values = vec![self.operand(expr)?];
        for item in list {
            values.push(self.operand(item)?);
        }
        let (converted, kind) = self.comparable(values)?;
        let height = above(&converted.iter().collect::<Vec<_>>());
        let items: Vec<_> = converted[1..]
            .iter()
            .map(|item| item.sql.as_str())
            .collect();
        let sql = format!(
            "({} {} ({}))",
            converted[0].compared(&converted[1..], kind),
            if negated { "NOT IN" } else { "IN" },
            items.join(", ")
        );
        Ok(Predicate::new(sql, height))
    }

    /// Money is compared with exact literals as money, not as a float.
    fn list_kind(&self, values: &[Typed]) -> Kind {
        let computed = |value: &Typed| {
            value.kind() == Kind::Decimal && !matches!(value.literal, Some(Literal::Decimal(_)))
        };
        let kind = common(values);
        let money = values.iter().any(|value| value.kind() == Kind::Currency);
        match kind {
            Kind::Decimal if money && !values.iter().any(computed) => Kind::Currency,
            kind => kind,
        }
    }

    fn in_subquery(&mut self, expr: &Expr, query: &Query, negated: bool) -> Outcome<Predicate> {
        let value = self.operand(expr)?;
        let column = self.single_column(query)?;
        let (sides, kind) = self.comparable(vec![value, column.value.clone()])?;
        let (value, item) = (&sides[0], &sides[1]);
        let sql = format!(
            "({} {} (SELECT {} FROM ({})))",
            value.compared(std::slice::from_ref(item), kind),
            if negated { "NOT IN" } else { "IN" },
            item.sql,
            column.query
        );
        Ok(Predicate::new(sql, value.height.max(column.height) + 2))
    }

    fn between(
        &mut self,
        expr: &Expr,
        low: &Expr,
        high: &Expr,
        negated: bool,
    ) -> Outcome<Predicate> {
        let values = vec![self.operand(expr)?, self.operand(low)?, self.operand(high)?];
        let (converted, kind) = self.comparable(values)?;
        let sql = format!(
            "({} {} {} AND {})",
            converted[0].compared(&converted[1..], kind),
            if negated { "NOT BETWEEN" } else { "BETWEEN" },
            converted[1].sql,
            converted[2].sql
        );
        Ok(Predicate::new(
            sql,
            above(&converted.iter().collect::<Vec<_>>()),
        ))
    }

    fn like(
        &mut self,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
        negated: bool,
    ) -> Outcome<Predicate> {
        let value = self.operand(expr)?;
        let pattern = self.operand(pattern)?;
        let value = self.convert(value, Kind::Text)?;
        let pattern = self.convert(pattern, Kind::Text)?;
        let mut arguments = format!("{}, {}", pattern.sql, value.sql);
        if let Some(escape) = escape {
            arguments.push_str(", ");
            arguments.push_str(&self.escape(escape)?);
        }
        let not = if negated { "NOT " } else { "" };
        Ok(Predicate::new(
            format!("({not}ts_like({arguments}))"),
            above(&[&value, &pattern]) + 1,
        ))
    }

    fn escape(&mut self, escape: &Expr) -> Outcome<String> {
        let character = match escape {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) | Value::NationalStringLiteral(text) => text,
                _ => return Err(not_allowed("This escape character")),
            },
            _ => return Err(not_allowed("This escape character")),
        };
        if character.chars().count() != 1 {
            return Err(rule(format!(
                "The invalid escape character \"{character}\" was specified in a LIKE predicate."
            )));
        }
        Ok(self.of_literal(Literal::Text(character.clone()))?.sql)
    }

    fn exists(&mut self, query: &Query, negated: bool) -> Outcome<Predicate> {
        let query = self.subquery(query)?;
        let not = if negated { "NOT " } else { "" };
        Ok(Predicate::new(
            format!("({not}EXISTS ({}))", query.sql),
            query.height + 1,
        ))
    }
}

/// Joins conditions into a tree of minimal height.
fn balanced(mut predicates: Vec<Predicate>, word: &str) -> Predicate {
    while predicates.len() > 1 {
        let mut pairs = Vec::with_capacity(predicates.len().div_ceil(2));
        let mut rest = predicates.into_iter();
        while let Some(left) = rest.next() {
            pairs.push(match rest.next() {
                Some(right) => Predicate::new(
                    format!("({} {word} {})", left.sql, right.sql),
                    left.height.max(right.height) + 1,
                ),
                None => left,
            });
        }
        predicates = pairs;
    }
    predicates
        .pop()
        .unwrap_or_else(|| Predicate::new("(1 = 1)".to_owned(), 1))
}

/// Returns the SQLite spelling of a comparison; `None` if the operator returns a value.
fn comparison(operator: &BinaryOperator) -> Outcome<Option<&'static str>> {
    match operator {
        BinaryOperator::Eq => Ok(Some("=")),
        BinaryOperator::NotEq => Ok(Some("<>")),
        BinaryOperator::Lt => Ok(Some("<")),
        BinaryOperator::LtEq => Ok(Some("<=")),
        BinaryOperator::Gt => Ok(Some(">")),
        BinaryOperator::GtEq => Ok(Some(">=")),
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo
        | BinaryOperator::BitwiseAnd
        | BinaryOperator::BitwiseOr
        | BinaryOperator::BitwiseXor => Ok(None),
        _ => Err(not_allowed("This operator")),
    }
}

fn no_condition() -> TsqlError {
    type_error(
        "An expression of non-boolean type specified in a context where a condition is expected.",
    )
}
