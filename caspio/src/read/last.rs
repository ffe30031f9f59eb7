//! The last row's place in the user's order.

use super::mark::{Mark, Value};
use super::plan::Plan;
use crate::decode::{RawRow, last_row, raw_row};
use crate::dialect::Dialect;
use crate::filter::OrderTerm;
use crate::record::{Key, ObjectKind};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// The place of an answer's last row, whose key is known already; `None` if nothing tells it.
///
/// An order by key alone has no terms, and costs nothing here.
///
/// # Errors
///
/// `Protocol`: a column of the order is missing, or not of its kind.
pub(super) fn last_mark(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
    key: Option<Key>,
) -> Result<Option<Mark>> {
    if key.is_none() && !plan.is_grouped() {
        return Ok(None);
    }
    if plan.terms().is_empty() {
        let values = Vec::new();
        return Ok(Some(Mark { key, values }));
    }
    let values = values(last_row(body, dialect).as_ref(), plan)?;
    Ok(Some(Mark { key, values }))
}

/// The place of the row at `index` of an answer.
pub(super) fn mark_at(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
    index: usize,
) -> Option<Mark> {
    mark_of(&raw_row(body, dialect, index)?, plan)
}

/// The place of a row.
pub(super) fn mark_of(row: &RawRow<'_>, plan: &Plan) -> Option<Mark> {
    let key = match (plan.is_grouped(), plan.target.kind) {
        (true, _) => None,
        (false, ObjectKind::Table) => Some(Key::Id(row.key()?.parse().ok()?)),
        (false, ObjectKind::View) => Some(Key::Text(row.key()?)),
    };
    let values = values(Some(row), plan).ok()?;
    Some(Mark { key, values })
}

fn values(row: Option<&RawRow<'_>>, plan: &Plan) -> Result<Vec<Option<Value>>> {
    let value = |term: &OrderTerm| Value::read(row?.get(&term.name)?, term.kind);
    let terms = plan.terms();
    let terms = terms.iter();
    terms
        .map(|term| value(term).ok_or_else(|| unordered(term, plan)))
        .collect()
}

fn unordered(term: &OrderTerm, plan: &Plan) -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the answer has no such value for a column of the query's order",
    )
    .with_resource(plan.target.to_string())
    .with_field(term.name.clone())
    .with_hint("the type of the struct's field does not fit the column")
}
