//! `ORDER BY`, and the order of what a query leaves unordered.

use sqlparser::ast::{Expr, OrderByExpr, OrderBySort, Value as Ast};

use super::{
    Term, TsqlError, Type, Unordered,
    scope::{Bound, same_name},
    select::Item,
    translator::Translator,
};

/// Keys are scrambled within 31 bits, so that no product leaves SQLite's integers.
const MASK: u64 = 0x7FFF_FFFF;

/// A translated `ORDER BY`.
#[derive(Debug, Default)]
pub(super) struct Sorting {
    pub(super) terms: Vec<String>,
    /// Whether the key is among the terms: then the order is total.
    pub(super) total: bool,
}

impl Translator<'_> {
    /// Translates the terms of an `ORDER BY` over a select list.
    pub(super) fn sorting(
        &mut self,
        order: &[OrderByExpr],
        items: &[Item],
        distinct: bool,
    ) -> Result<Sorting, TsqlError> {
        let key = self.scope().bound.first().and_then(key_sql);
        let mut sorting = Sorting::default();
        for term in order {
            let descending = descending(term)?;
            let sorted = self.sort_term(&term.expr, items)?.usable()?;
            if distinct && !items.iter().any(|item| item.term.sql == sorted.sql) {
                return Err(TsqlError::rule(
                    "ORDER BY items must appear in the select list if SELECT DISTINCT is \
                     specified.",
                ));
            }
            sorting.total |= key.as_ref() == Some(&sorted.sql);
            sorting
                .terms
                .push(format!("{}{descending}", sorted.collated()));
        }
        Ok(sorting)
    }

    /// A position, a name of the select list, or an expression; in this order.
    fn sort_term(&mut self, expr: &Expr, items: &[Item]) -> Result<Term, TsqlError> {
        if let Expr::Value(value) = expr {
            return match &value.value {
                Ast::Number(digits, _) => position(digits, items),
                _ => Err(TsqlError::rule(
                    "A constant expression was encountered in the ORDER BY list.",
                )),
            };
        }
        if let Expr::Identifier(name) = expr {
            let named = |item: &&Item| {
                let own = item.name.as_deref();
                own.is_some_and(|own| same_name(own, &name.value))
            };
            if let Some(item) = items.iter().find(named) {
                return Ok(item.term.clone());
            }
        }
        self.value(expr)
    }
}

fn position(digits: &str, items: &[Item]) -> Result<Term, TsqlError> {
    let at = digits
        .parse::<usize>()
        .ok()
        .and_then(|at| at.checked_sub(1));
    match at.and_then(|at| items.get(at)) {
        Some(item) => Ok(item.term.clone()),
        None => Err(TsqlError::rule(format!(
            "The ORDER BY position number {digits} is out of range of the number of items in \
             the select list."
        ))),
    }
}

/// The direction of a term; nulls come first upwards and last downwards, as in SQLite.
pub(super) fn descending(term: &OrderByExpr) -> Result<&'static str, TsqlError> {
    if term.with_fill.is_some() || term.options.nulls_first.is_some() {
        return Err(TsqlError::NotAllowed);
    }
    match &term.options.sort {
        None | Some(OrderBySort::Asc) => Ok(""),
        Some(OrderBySort::Desc) => Ok(" DESC"),
        Some(OrderBySort::Using(_)) => Err(TsqlError::NotAllowed),
    }
}

fn key_sql(bound: &Bound) -> Option<String> {
    bound.column("PK_ID").map(|column| bound.sql(column))
}

/// Returns a term that scatters the rows of a source, another way for each seed.
///
/// The key times an odd number, cut to its low bits, is another permutation of the keys for
/// each such number, and costs next to nothing for each row.
pub(super) fn scatter(bound: &Bound, unordered: Unordered) -> Option<String> {
    let Unordered::Shuffled(seed) = unordered else {
        return None;
    };
    let mut seed = seed;
    let products: Vec<String> = keys(bound)
        .iter()
        .map(|key| format!("(({key} & {MASK}) * {} & {MASK})", odd(&mut seed)))
        .collect();
    match products.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("(({}) & {MASK})", several.join(" + "))),
    }
}

/// The whole numbers that tell rows apart: the key, or the keys of a view's tables.
fn keys(bound: &Bound) -> Vec<String> {
    let key = bound.column("PK_ID");
    if let Some(key) = key.filter(|key| key.ty == Type::Integer) {
        return vec![bound.sql(key)];
    }
    let parts: Vec<String> = bound
        .source
        .columns
        .iter()
        .filter(|column| column.ty == Type::Integer && is_part_key(&column.name))
        .map(|column| format!("coalesce({}, 0)", bound.sql(column)))
        .collect();
    match key {
        Some(key) if parts.is_empty() => {
            vec![format!("CAST({} AS INTEGER)", bound.sql(key))]
        }
        _ => parts,
    }
}

fn is_part_key(name: &str) -> bool {
    name.get(..7)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("_PK_ID_"))
}

/// The next odd number of 31 bits from a seed (splitmix64).
fn odd(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) & MASK) | 1
}
