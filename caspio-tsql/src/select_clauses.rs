//! The clauses of a `SELECT` that are supported.

use super::error::{Outcome, not_allowed, not_emulated};
use super::window::literal_count;
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Select, SelectFlavor, Top, TopQuantity, WildcardAdditionalOptions,
};

/// Refuses all clauses of a `SELECT` that are not supported.
pub(super) fn check(select: &Select) -> Outcome<()> {
    if select.into.is_some() {
        return Err(not_allowed("INTO"));
    }
    let known = select.optimizer_hints.is_empty()
        && select.select_modifiers.is_none()
        && select.exclude.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.named_window.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && matches!(select.flavor, SelectFlavor::Standard);
    if known {
        Ok(())
    } else {
        Err(not_allowed("This clause of a SELECT"))
    }
}

pub(super) fn group_by_of(select: &Select) -> Outcome<&[Expr]> {
    match &select.group_by {
        GroupByExpr::Expressions(exprs, modifiers) if modifiers.is_empty() => Ok(exprs),
        _ => Err(not_emulated("This grouping")),
    }
}

pub(super) fn is_distinct(select: &Select) -> Outcome<bool> {
    match &select.distinct {
        None | Some(Distinct::All) => Ok(false),
        Some(Distinct::Distinct) => Ok(true),
        Some(Distinct::On(_)) => Err(not_allowed("DISTINCT ON")),
    }
}

pub(super) fn top(top: Option<&Top>) -> Outcome<Option<u64>> {
    let Some(top) = top else {
        return Ok(None);
    };
    if top.percent || top.with_ties {
        return Err(not_emulated("This form of TOP"));
    }
    match &top.quantity {
        Some(TopQuantity::Constant(count)) => Ok(Some((*count).min(u64::from(u32::MAX)))),
        Some(TopQuantity::Expr(expr)) => Ok(Some(literal_count(expr)?.unsigned_abs())),
        None => Err(not_allowed("TOP without a number")),
    }
}

pub(super) fn plain(options: &WildcardAdditionalOptions) -> Outcome<()> {
    let plain = options.opt_ilike.is_none()
        && options.opt_exclude.is_none()
        && options.opt_except.is_none()
        && options.opt_replace.is_none()
        && options.opt_rename.is_none()
        && options.opt_alias.is_none();
    if plain {
        Ok(())
    } else {
        Err(not_allowed("This wildcard"))
    }
}
