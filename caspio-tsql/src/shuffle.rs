//! The order of a whole query: the caller's, completed where it leaves the order undefined.
//!
//! | query | the undefined part of the order becomes |
//! |---|---|
//! | ordered by `PK_ID` among others | nothing is undefined |
//! | ordered otherwise | ties by a mix of key and seed |
//! | not ordered, rows of a table, paged | the table from a position that the seed picks, and on from its start |
//! | not ordered, anything else | sorted by a mix of key or columns and seed |
//!
//! The rotation costs as much as skipping the offset: a page of a million rows is read without
//! sorting them.

use super::error::Outcome;
use super::scope::same_name;
use super::select::Body;
use super::translator::Translator;
use super::typed::Item;
use super::{Type, Unordered};
use rusqlite::types::Value;

/// Returns names for the columns of a result, which no source has.
pub(super) fn aliases(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("\"#{at}\"")).collect()
}

/// Writes the whole query.
pub(super) fn query_sql(
    translator: &mut Translator<'_>,
    body: &Body,
    unordered: Unordered,
    window: Option<(u64, u64)>,
) -> Outcome<String> {
    let names = aliases(body.items.len());
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let limit = limit_sql(translator, body.top, window)?;
    let Unordered::Shuffled(seed) = unordered else {
        return Ok(format!(
            "{}{}{limit}",
            body.core(&names, None),
            body.order_sql()
        ));
    };
    if body.aggregated && body.groups.is_empty() {
        return Ok(format!(
            "{}{}{limit}",
            body.core(&names, None),
            body.order_sql()
        ));
    }
    if let Some(key) = key(translator).filter(|_| can_go_round(body, window)) {
        return round(translator, body, &names, &key, seed, &limit);
    }
    let mut terms: Vec<_> = body.order.iter().map(|term| term.sql.clone()).collect();
    if let Some(tie) = tie(translator, body, &names, seed)? {
        terms.push(tie);
    }
    let order = if terms.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", terms.join(", "))
    };
    Ok(format!("{}{order}{limit}", body.core(&names, None)))
}

fn limit_sql(
    translator: &mut Translator<'_>,
    top: Option<u64>,
    window: Option<(u64, u64)>,
) -> Outcome<String> {
    let (limit, offset) = match (top, window) {
        (None, None) => return Ok(String::new()),
        (Some(top), None) => (top, 0),
        (None, Some(window)) => window,
        (Some(top), Some((limit, offset))) => (limit.min(top.saturating_sub(offset)), offset),
    };
    let limit = translator.params.add(count(limit))?;
    let offset = translator.params.add(count(offset))?;
    Ok(format!(" LIMIT {limit} OFFSET {offset}"))
}

/// Returns the integer key of the outermost source.
fn key(translator: &mut Translator<'_>) -> Option<String> {
    let table = translator.scopes.current().tables.first()?;
    table
        .columns
        .iter()
        .find(|column| same_name(&column.name, "PK_ID") && column.ty == Type::Integer)
        .map(|column| column.sql.clone())
}

fn can_go_round(body: &Body, window: Option<(u64, u64)>) -> bool {
    window.is_some()
        && body.order.is_empty()
        && !body.aggregated
        && !body.distinct
        && !body.windowed
}

fn round(
    translator: &mut Translator<'_>,
    body: &Body,
    names: &[&str],
    key: &str,
    seed: u64,
    limit: &str,
) -> Outcome<String> {
    let fraction = mixed(seed) as f64 / u64::MAX as f64;
    let fraction = translator.params.add(Value::Real(fraction))?;
    let start = format!(
        "(SELECT CAST(ifnull(max({key}), 0) * {fraction} AS INTEGER) FROM {})",
        body.from
    );
    let late = body.core(names, Some(&format!("{key} > {start}")));
    let early = body.core(names, Some(&format!("{key} <= {start}")));
    Ok(format!("{late} UNION ALL {early}{limit}"))
}

/// Returns the last term of an order that is not total without it.
fn tie(
    translator: &mut Translator<'_>,
    body: &Body,
    names: &[&str],
    seed: u64,
) -> Outcome<Option<String>> {
    let seed = translator
        .params
        .add(Value::Integer((mixed(seed) >> 33) as i64))?;
    let values: Vec<String> = if body.distinct {
        names.iter().map(|name| (*name).to_owned()).collect()
    } else if body.aggregated {
        body.groups.iter().map(|group| group.sql.clone()).collect()
    } else if let Some(key) = key(translator) {
        if body.order.iter().any(|term| term.value == key) {
            return Ok(None);
        }
        return Ok(Some(format!(
            "(({key} * 1103515245 + {seed}) % 2147483647)"
        )));
    } else {
        sources_columns(translator, &body.items)
    };
    let values: Vec<_> = values.into_iter().take(100).collect();
    Ok(Some(format!("ts_shuffle({seed}, {})", values.join(", "))))
}

/// Returns the columns that identify the rows of a source without an integer key: its text key, otherwise all
/// selected columns.
fn sources_columns(translator: &mut Translator<'_>, items: &[Item]) -> Vec<String> {
    let tables = &translator.scopes.current().tables;
    let key = tables
        .iter()
        .flat_map(|table| &table.columns)
        .find(|column| same_name(&column.name, "PK_ID"));
    match key {
        Some(key) => vec![key.sql.clone()],
        None => items.iter().map(|item| item.value.sql.clone()).collect(),
    }
}

/// Spreads a seed over all bits.
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Returns a parameter for a number of rows; SQLite counts in `i64`.
fn count(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
