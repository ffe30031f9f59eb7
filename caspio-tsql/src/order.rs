//! The caller's `ORDER BY`.

use super::error::Outcome;
use super::error::{not_allowed, rule};
use super::scope::{Clause, same_name};
use super::translator::Translator;
use super::typed::{Item, collated};
use sqlparser::ast::{Expr, OrderByExpr, OrderBySort, Value};

/// One term of an order.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// The SQL for the `ORDER BY`, with collation and direction.
    pub(super) sql: String,
    /// The expression without them.
    pub(super) value: String,
    pub(super) height: usize,
    /// Whether it is a selected column.
    pub(super) selected: bool,
}

/// The highest number of terms in an order.
const MAX_TERMS: usize = 200;

impl Translator<'_> {
    pub(super) fn order(&mut self, order: &[OrderByExpr], items: &[Item]) -> Outcome<Vec<Term>> {
        if order.len() > MAX_TERMS {
            return Err(super::TsqlError::TooLong { part: "an order" });
        }
        self.scopes.current().clause = Clause::OrderBy;
        let mut terms: Vec<Term> = Vec::with_capacity(order.len());
        for (at, one) in order.iter().enumerate() {
            let term = self.term(one, items, at + 1)?;
            if terms.iter().any(|known| known.value == term.value) {
                return Err(rule(
                    "A column has been specified more than once in the order by list. Columns \
                     in the order by list must be unique.",
                ));
            }
            terms.push(term);
        }
        Ok(terms)
    }

    fn term(&mut self, order: &OrderByExpr, items: &[Item], place: usize) -> Outcome<Term> {
        let direction = direction(order)?;
        if let Some(position) = position(&order.expr)? {
            return match position.checked_sub(1).and_then(|at| items.get(at)) {
                Some(item) => Ok(selected(position, item, direction)),
                None => Err(rule(format!(
                    "The ORDER BY position number {position} is out of range of the number of \
                     items in the select list."
                ))),
            };
        }
        if let Expr::Identifier(name) = &order.expr
            && let Some(at) = items.iter().position(|item| {
                item.aliased
                    && item
                        .name
                        .as_ref()
                        .is_some_and(|known| same_name(known, &name.value))
            })
        {
            return Ok(selected(at + 1, &items[at], direction));
        }
        let value = self.operand(&order.expr)?;
        if value.literal.is_some() {
            return Err(rule(format!(
                "A constant expression was encountered in the ORDER BY list, position {place}."
            )));
        }
        if let Some(at) = items.iter().position(|item| item.value.sql == value.sql) {
            return Ok(selected(at + 1, &items[at], direction));
        }
        Ok(Term {
            sql: format!("{}{direction}", value.collated()),
            value: value.sql,
            height: value.height + 1,
            selected: false,
        })
    }
}

fn selected(position: usize, item: &Item, direction: &str) -> Term {
    let (kind, ty) = (item.value.kind(), item.value.ty);
    Term {
        sql: format!("{}{direction}", collated(&position.to_string(), kind, ty)),
        value: item.value.sql.clone(),
        height: 1,
        selected: true,
    }
}

/// Returns the number of a term that is a position.
fn position(expr: &Expr) -> Outcome<Option<usize>> {
    let Expr::Value(value) = expr else {
        return Ok(None);
    };
    match &value.value {
        Value::Number(digits, false) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(digits.parse().unwrap_or(0)))
        }
        _ => Ok(None),
    }
}

/// Returns the suffix of a term; NULLs come first in both dialects.
pub(super) fn direction(order: &OrderByExpr) -> Outcome<&'static str> {
    if order.with_fill.is_some() || order.options.nulls_first.is_some() {
        return Err(not_allowed("This order"));
    }
    match &order.options.sort {
        None | Some(OrderBySort::Asc) => Ok(""),
        Some(OrderBySort::Desc) => Ok(" DESC"),
        Some(OrderBySort::Using(_)) => Err(not_allowed("This order")),
    }
}
