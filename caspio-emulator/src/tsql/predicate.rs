//! Conditions.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use super::{
    Term, TsqlError, Type, coerce, compare, compare::Comparison, subquery::Against,
    translator::Translator,
};

impl Translator<'_> {
    /// Translates an expression that must be a condition.
    pub(super) fn predicate(&mut self, expr: &Expr) -> Result<String, TsqlError> {
        self.deeper(|this| this.any_predicate(expr))
    }

    fn any_predicate(&mut self, expr: &Expr) -> Result<String, TsqlError> {
        match expr {
            Expr::Nested(inner) => self.predicate(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(format!("(NOT {})", self.predicate(expr)?)),
            Expr::BinaryOp { left, op, right } => self.binary(expr, left, op, right),
            Expr::IsNull(inner) => Ok(format!("({} IS NULL)", self.value(inner)?.sql)),
            Expr::IsNotNull(inner) => Ok(format!("({} IS NOT NULL)", self.value(inner)?.sql)),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let between = self.between(expr, low, high)?;
                Ok(negate(between, *negated))
            }
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let found = self.in_list(expr, list)?;
                Ok(negate(found, *negated))
            }
            Expr::InSubquery {
                expr,
                subquery,
                negated,
            } => {
                let needle = self.usable(expr)?;
                let list = self.scalar_subquery(subquery, Against::Comparison(needle.ty))?;
                let needle = coerce::to(&mut self.pool, needle, list.ty)?;
                let found = format!("({} IN {})", needle.collated(), list.sql);
                Ok(negate(found, *negated))
            }
            Expr::Exists { subquery, negated } => {
                let found = format!("EXISTS {}", self.exists_subquery(subquery)?);
                Ok(negate(found, *negated))
            }
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let like = self.like(expr, pattern, escape_char.as_deref())?;
                Ok(negate(like, *negated))
            }
            _ => Err(self.refused_predicate(expr)),
        }
    }

    /// Says what is wrong with something that is no condition.
    fn refused_predicate(&mut self, expr: &Expr) -> TsqlError {
        match self.value(expr) {
            Ok(_) => TsqlError::not_a_condition(),
            Err(error) => error,
        }
    }

    fn binary(
        &mut self,
        expr: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
    ) -> Result<String, TsqlError> {
        if let BinaryOperator::And | BinaryOperator::Or = op {
            return self.chain(expr, op);
        }
        let Some(comparison) = Comparison::of(op) else {
            return Err(self.refused_predicate(expr));
        };
        let left = self.usable(left)?;
        let right = self.usable(right)?;
        compare::terms(&mut self.pool, comparison, left, right)
    }

    /// Translates a chain of one connective as a balanced tree: the parser nests it as deep as
    /// it is long, SQLite takes a depth of 1,000.
    fn chain(&mut self, expr: &Expr, connective: &BinaryOperator) -> Result<String, TsqlError> {
        let mut links: Vec<&Expr> = Vec::new();
        let mut first = expr;
        while let Expr::BinaryOp { left, op, right } = first {
            if op != connective {
                break;
            }
            links.push(right);
            first = left;
        }
        links.push(first);
        let mut conditions = Vec::with_capacity(links.len());
        for link in links.into_iter().rev() {
            conditions.push(self.predicate(link)?);
        }
        let word = match connective {
            BinaryOperator::And => "AND",
            _ => "OR",
        };
        Ok(balanced(conditions, word))
    }

    fn between(&mut self, expr: &Expr, low: &Expr, high: &Expr) -> Result<String, TsqlError> {
        let value = self.usable(expr)?;
        let low = self.usable(low)?;
        let high = self.usable(high)?;
        let (from, low) = compare::align(&mut self.pool, value.clone(), low)?;
        let (to, high) = compare::align(&mut self.pool, value, high)?;
        if from.sql == to.sql {
            return Ok(format!(
                "({} BETWEEN {} AND {})",
                from.collated(),
                low.sql,
                high.sql
            ));
        }
        Ok(format!(
            "({} >= {} AND {} <= {})",
            from.collated(),
            low.sql,
            to.collated(),
            high.sql
        ))
    }

    fn in_list(&mut self, expr: &Expr, list: &[Expr]) -> Result<String, TsqlError> {
        let needle = self.usable(expr)?;
        let mut same = Vec::with_capacity(list.len());
        let mut others = Vec::new();
        for item in list {
            let item = self.usable(item)?;
            let (left, right) = compare::align(&mut self.pool, needle.clone(), item)?;
            match left.sql == needle.sql {
                true => same.push(right.sql),
                // The item turns the needle into another type.
                false => others.push(format!("({} = {})", left.collated(), right.sql)),
            }
        }
        if !same.is_empty() {
            others.push(format!("({} IN ({}))", needle.collated(), same.join(", ")));
        }
        Ok(balanced(others, "OR"))
    }

    fn like(
        &mut self,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
    ) -> Result<String, TsqlError> {
        let text = self.value_as(expr, Type::Text)?;
        let pattern = self.value_as(pattern, Type::Text)?;
        let escape = match escape {
            Some(escape) => self.value_as(escape, Type::Text)?,
            None => Term::text("", &mut self.pool)?,
        };
        if escape.literal.is_none() {
            return Err(TsqlError::NotAllowed);
        }
        Ok(format!(
            "tsql_like({}, {}, {})",
            pattern.sql, text.sql, escape.sql
        ))
    }
}

fn negate(condition: String, negated: bool) -> String {
    match negated {
        true => format!("(NOT {condition})"),
        false => condition,
    }
}

/// Joins conditions pairwise, so that they nest no deeper than they must.
pub(super) fn balanced(mut conditions: Vec<String>, word: &str) -> String {
    while conditions.len() > 1 {
        conditions = conditions
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => format!("({left} {word} {right})"),
                single => single.concat(),
            })
            .collect();
    }
    conditions.pop().unwrap_or_else(|| "0".to_owned())
}
