//! Subqueries of several `SELECT`s: `UNION`, `EXCEPT` and `INTERSECT`.

use super::error::Outcome;
use super::error::{not_allowed, not_emulated, rule};
use super::subquery::{Subquery, SubqueryColumn};
use super::translator::Translator;
use super::typed::Typed;
use sqlparser::ast::{SetExpr, SetOperator, SetQuantifier};

impl Translator<'_> {
    /// Translates a side of an operation, which may be one itself. The names are those of the first `SELECT`.
    pub(super) fn combined(&mut self, side: &SetExpr) -> Outcome<Subquery> {
        match side {
            SetExpr::Select(select) => self.one_select(select, &[], None),
            SetExpr::Query(query) => self.subquery(query),
            SetExpr::SetOperation {
                left,
                op,
                set_quantifier,
                right,
            } => {
                // Counted before the sides are, because these may nest as deep.
                self.enter_subquery()?;
                let word = operator(*op, *set_quantifier)?;
                let left = self.combined(left)?;
                let right = self.combined(right)?;
                self.operation(left, word, right)
            }
            _ => Err(not_emulated("This kind of subquery")),
        }
    }

    fn operation(&mut self, left: Subquery, word: &str, right: Subquery) -> Outcome<Subquery> {
        if left.columns.len() != right.columns.len() {
            return Err(rule(
                "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of \
                 expressions in their target lists.",
            ));
        }
        let mut columns = Vec::with_capacity(left.columns.len());
        let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
        for (first, second) in left.columns.into_iter().zip(right.columns) {
            let sides = vec![
                Typed::new(first.alias, first.ty, 1),
                Typed::new(second.alias, second.ty, 1),
            ];
            let (sides, ty) = self.unified(sides)?;
            let alias = self.alias();
            of_left.push(format!("{} AS {alias}", sides[0].collated()));
            of_right.push(format!("{} AS {alias}", sides[1].collated()));
            columns.push(SubqueryColumn {
                name: first.name,
                alias,
                ty,
            });
        }
        let sql = format!(
            "SELECT {} FROM ({}) {word} SELECT {} FROM ({})",
            of_left.join(", "),
            left.sql,
            of_right.join(", "),
            right.sql
        );
        Ok(Subquery {
            sql,
            columns,
            height: left.height.max(right.height) + 2,
            single_row: false,
        })
    }
}

fn operator(operator: SetOperator, quantifier: SetQuantifier) -> Outcome<&'static str> {
    match (operator, quantifier) {
        (SetOperator::Union, SetQuantifier::None) => Ok("UNION"),
        (SetOperator::Union, SetQuantifier::All) => Ok("UNION ALL"),
        (SetOperator::Except, SetQuantifier::None) => Ok("EXCEPT"),
        (SetOperator::Intersect, SetQuantifier::None) => Ok("INTERSECT"),
        _ => Err(not_allowed("This combination of queries")),
    }
}
