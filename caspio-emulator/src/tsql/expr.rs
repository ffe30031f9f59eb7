//! Expressions that yield a value.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value as Ast};

use super::{
    Term, TsqlError, Type, arith, coerce,
    functions::{self, cast},
    subquery::Against,
    term::Literal,
    translator::Translator,
};

/// No translated expression may grow beyond this: some constructs repeat an operand.
const MAX_SQL: usize = 900_000;
/// The longest chain of arithmetic: SQLite nests expressions 1,000 deep.
const MAX_CHAIN: usize = 400;

impl Translator<'_> {
    /// Translates an expression that must yield a value.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Term, TsqlError> {
        self.deeper(|this| {
            let before = this.scope().loose.len();
            let term = this.any_value(expr)?;
            this.settle(&term, before)?;
            Ok(term)
        })
    }

    /// Translates a value that may be compared or given to a function.
    pub(super) fn usable(&mut self, expr: &Expr) -> Result<Term, TsqlError> {
        self.value(expr)?.usable()
    }

    /// Translates a value and converts it.
    pub(super) fn value_as(&mut self, expr: &Expr, ty: Type) -> Result<Term, TsqlError> {
        let term = self.usable(expr)?;
        coerce::to(&mut self.pool, term, ty)
    }

    /// Checks the size of an expression, and frees its columns if the query groups by it.
    fn settle(&mut self, term: &Term, before: usize) -> Result<(), TsqlError> {
        if term.sql.len() > MAX_SQL {
            return Err(TsqlError::TooLong);
        }
        if self.scope().keys.contains(&term.sql) {
            self.tighten(before);
        }
        Ok(())
    }

    fn any_value(&mut self, expr: &Expr) -> Result<Term, TsqlError> {
        match expr {
            Expr::Identifier(name) => self.column(std::slice::from_ref(name)),
            Expr::CompoundIdentifier(parts) => self.column(parts),
            Expr::Value(value) => self.literal(&value.value),
            Expr::Nested(inner) => self.value(inner),
            Expr::UnaryOp { op, expr } => self.signed(*op, expr),
            Expr::BinaryOp { .. } => self.operators(expr),
            Expr::Subquery(query) => self.scalar_subquery(query, Against::Anything),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Cast { .. } | Expr::Convert { .. } | Expr::TypedString(_) => {
                cast::translate(self, expr)
            }
            _ => functions::translate(self, expr),
        }
    }

    fn literal(&mut self, value: &Ast) -> Result<Term, TsqlError> {
        match value {
            Ast::Number(digits, false) => Term::number(digits, &mut self.pool),
            Ast::SingleQuotedString(text) | Ast::NationalStringLiteral(text) => {
                Term::text(text, &mut self.pool)
            }
            Ast::Null => Ok(Term::null()),
            Ast::Placeholder(text) => match text.strip_prefix('$') {
                Some(amount) => {
                    let term = Term::number(amount, &mut self.pool)?;
                    coerce::to(&mut self.pool, term, Type::Currency)
                }
                None => Err(TsqlError::NotAllowed),
            },
            _ => Err(TsqlError::NotAllowed),
        }
    }

    fn signed(&mut self, op: UnaryOperator, expr: &Expr) -> Result<Term, TsqlError> {
        let term = self.usable(expr)?;
        if op == UnaryOperator::Not {
            return Err(TsqlError::not_a_condition());
        }
        if !matches!(op, UnaryOperator::Minus | UnaryOperator::Plus) {
            return Err(TsqlError::NotAllowed);
        }
        if let Some(Literal::Number(digits)) = &term.literal {
            let digits = match (op, digits.strip_prefix('-')) {
                (UnaryOperator::Plus, _) => digits.clone(),
                (_, Some(positive)) => positive.to_owned(),
                (_, None) => format!("-{digits}"),
            };
            return Term::number(&digits, &mut self.pool);
        }
        if !term.ty.is_numeric() && !term.is_null() {
            return Err(TsqlError::ty(format!(
                "Operand data type {} is invalid for minus operator.",
                term.ty
            )));
        }
        match op {
            UnaryOperator::Plus => Ok(term),
            _ => Ok(Term::new(format!("(- {})", term.sql), term.ty)),
        }
    }

    /// Folds a chain of operators from its innermost, leftmost operand outwards.
    fn operators(&mut self, expr: &Expr) -> Result<Term, TsqlError> {
        let mut chain: Vec<(&BinaryOperator, &Expr)> = Vec::new();
        let mut first = expr;
        while let Expr::BinaryOp { left, op, right } = first {
            chain.push((op, right));
            first = left;
        }
        if chain.len() > MAX_CHAIN {
            return Err(TsqlError::TooLong);
        }
        let before = self.scope().loose.len();
        let mut term = self.value(first)?;
        while let Some((op, right)) = chain.pop() {
            let right = self.value(right)?;
            term = arith::apply(&mut self.pool, op, term, right)?;
            self.settle(&term, before)?;
        }
        Ok(term)
    }
}
