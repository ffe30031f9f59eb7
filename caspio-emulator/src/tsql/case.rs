//! `CASE` and what else chooses between values.

use sqlparser::ast::{CaseWhen, Expr};

use super::{
    Term, TsqlError, Type, coerce,
    compare::{self, Comparison},
    pool::Pool,
    translator::Translator,
};

impl Translator<'_> {
    /// Translates a `CASE`; one with an operand becomes comparisons, which convert by type.
    pub(super) fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Result<Term, TsqlError> {
        let operand = operand.map(|operand| self.usable(operand)).transpose()?;
        let mut conditions = Vec::with_capacity(branches.len());
        let mut results = Vec::with_capacity(branches.len() + 1);
        for branch in branches {
            conditions.push(match &operand {
                Some(operand) => {
                    let when = self.usable(&branch.condition)?;
                    compare::terms(&mut self.pool, Comparison::EQUAL, operand.clone(), when)?
                }
                None => self.predicate(&branch.condition)?,
            });
            results.push(self.usable(&branch.result)?);
        }
        results.push(match otherwise {
            Some(otherwise) => self.usable(otherwise)?,
            None => Term::null(),
        });
        let (results, ty) = unify(&mut self.pool, results)?;
        Ok(choice(&conditions, &results, ty))
    }
}

/// Writes a `CASE`; the last result stands behind `ELSE`.
pub(super) fn choice(conditions: &[String], results: &[Term], ty: Type) -> Term {
    let mut sql = String::from("CASE");
    for (condition, result) in conditions.iter().zip(results) {
        sql.push_str(" WHEN ");
        sql.push_str(condition);
        sql.push_str(" THEN ");
        sql.push_str(&result.sql);
    }
    if let Some(last) = results.get(conditions.len()) {
        sql.push_str(" ELSE ");
        sql.push_str(&last.sql);
    }
    Term::new(format!("({sql} END)"), ty)
}

/// Brings values that stand for each other to one type.
pub(super) fn unify(pool: &mut Pool, terms: Vec<Term>) -> Result<(Vec<Term>, Type), TsqlError> {
    let mut ty = None;
    for term in terms.iter().filter(|term| !term.is_null()) {
        ty = Some(match ty {
            None => term.ty,
            Some(before) => coerce::common(before, term.ty)?,
        });
    }
    let ty = ty.unwrap_or(Type::Text);
    let terms = terms
        .into_iter()
        .map(|term| coerce::to(pool, term, ty))
        .collect::<Result<Vec<_>, _>>()?;
    Ok((terms, ty))
}
