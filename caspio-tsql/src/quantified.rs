//! Comparisons with all or any rows of a subquery: `> ALL (...)`, `= ANY (...)`.

use super::error::Outcome;
use super::error::near;
use super::translator::Translator;
use super::typed::Predicate;
use sqlparser::ast::Expr;

/// With how many rows a comparison has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Any,
}

impl Translator<'_> {
    /// The result is unknown if the rows that compare do not decide it and one compares as unknown.
    pub(super) fn quantified(
        &mut self,
        left: &Expr,
        symbol: &str,
        right: &Expr,
        quantifier: Quantifier,
    ) -> Outcome<Predicate> {
        let mut right = right;
        while let Expr::Nested(inner) = right {
            right = inner;
        }
        let Expr::Subquery(query) = right else {
            return Err(near("ALL"));
        };
        let value = self.operand(left)?;
        let column = self.single_column(query)?;
        let (sides, kind) = self.comparable(vec![value, column.value.clone()])?;
        let (value, item) = (&sides[0], &sides[1]);
        let compared = value.compared(std::slice::from_ref(item), kind);
        let (deciding, decided, otherwise) = match quantifier {
            Quantifier::All => ("min", 0, 1),
            Quantifier::Any => ("max", 1, 0),
        };
        let alias = self.alias();
        let sql = format!(
            "(SELECT CASE WHEN {deciding}({alias}) = {decided} THEN {decided} WHEN count({alias}) < count(*) THEN \
             NULL ELSE {otherwise} END FROM (SELECT {compared} {symbol} {} AS {alias} FROM ({})))",
            item.sql, column.query
        );
        Ok(Predicate::new(sql, value.height.max(column.height) + 5))
    }
}
