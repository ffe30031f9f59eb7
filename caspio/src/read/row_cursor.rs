//! Cursors of the rows of a response.

use super::cursor::{Cursor, MOST_BEFORE, Value};
use super::plan::Plan;
use super::selection::SortColumn;
use crate::decode::{RawRow, raw_row, raw_rows, split_rows};
use crate::dialect::Dialect;
use crate::filter::OrderTerm;
use crate::record::{Key, ObjectKind, shown};
use crate::value::wall_clock;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::Kind;
use caspio_support::hash::fnv1a_64;
use serde_json::value::RawValue;

/// Returns the cursors of the rows of a page. Only the last of them have the hashes of their rows: the next page needs
/// no others.
///
/// # Errors
///
/// `Protocol`: a column of the order is missing. `Decode`: it has a value of another kind.
pub(super) fn cursors_of_page(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
) -> Result<Vec<Cursor>> {
    let mut cursors = cursors(body, dialect, plan)?;
    let rows = raw_rows(body, dialect).unwrap_or_default();
    let last = cursors.iter_mut().zip(&rows).rev().take(MOST_BEFORE + 1);
    for (cursor, row) in last {
        cursor.row = row_hash(row, plan);
    }
    Ok(cursors)
}

/// Returns the cursors of all rows of a response, which may have some of the columns only.
///
/// # Errors
///
/// `Protocol`: a column of the order is missing. `Decode`: it has a value of another kind.
pub(super) fn cursors(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
) -> Result<Vec<Cursor>> {
    let rows = raw_rows(body, dialect).unwrap_or_default();
    let of_row = |row: &RawRow<'_>| {
        let key = match plan.is_grouped() {
            true => group_key(row, plan),
            false => key_of(row, plan),
        };
        cursor(row, key, plan)
    };
    rows.iter().map(of_row).collect()
}

/// Returns the key of a row in the form of the table's or view's keys.
pub(super) fn key_of(row: &RawRow<'_>, plan: &Plan) -> Option<Key> {
    row.key()?.in_form_of(plan.target.kind).ok()
}

/// Returns the cursor of the row at `index` of a response whose rows come after the record `earlier`.
pub(super) fn cursor_at(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
    index: usize,
    earlier: Option<&Cursor>,
) -> Option<Cursor> {
    let at = |index| cursor_of(&raw_row(body, dialect, index)?, plan);
    let cursor = at(index)?;
    if cursor.values.is_empty() {
        return Some(cursor);
    }
    match index.checked_sub(1) {
        Some(before) => {
            let rows: Vec<Cursor> = at(before).into_iter().chain([cursor]).collect();
            let first = match earlier {
                Some(earlier) => earlier.first,
                None => at(0).map(|first| first.hash()),
            };
            let last = Cursor::of_last(&rows, None)?;
            Some(Cursor { first, ..last })
        }
        None => Cursor::of_last(&[cursor], earlier),
    }
}

/// Returns the cursor of a row of a page.
pub(super) fn cursor_of(row: &RawRow<'_>, plan: &Plan) -> Option<Cursor> {
    let key = match plan.is_grouped() {
        true => group_key(row, plan),
        false => Some(key_of(row, plan)?),
    };
    let cursor = cursor(row, key, plan).ok()?;
    Some(Cursor {
        row: row_hash(row, plan),
        ..cursor
    })
}

/// Returns a hash of what a record has in the columns that the program reads; `None` for a table, whose keys are
/// unique. Columns that only some calls of the read select have no part in it.
pub(super) fn row_hash(row: &RawRow<'_>, plan: &Plan) -> Option<u64> {
    if plan.target.kind == ObjectKind::Table || plan.is_grouped() {
        return None;
    }
    let named = plan.record_columns();
    let named = named.filter_map(|name| Some((name, row.get(name)?)));
    let mut columns: Vec<String> = named.map(spelled).collect();
    if columns.is_empty() {
        columns = row.columns().map(spelled).collect();
        columns.sort();
    }
    Some(fnv1a_64(columns.concat().into_bytes()))
}

/// Returns a column with its value in one spelling of those that the service may show: a null may be an empty text, and
/// a date may have more digits of a second.
fn spelled((name, value): (&str, &RawValue)) -> String {
    let name = name.to_lowercase();
    let text: Option<String> = serde_json::from_str(value.get()).ok();
    match text.as_deref().map(|text| (text, wall_clock(text))) {
        Some((_, Some(at))) => format!("{name}\n{at}\n"),
        Some(("", None)) => format!("{name}\nnull\n"),
        _ => format!("{name}\n{value}\n"),
    }
}

/// How a page ends.
pub(super) struct PageEnd {
    pub(super) count: usize,
    /// The last record; `None` if the page has none.
    pub(super) last: Option<Cursor>,
    /// The total that the response reports.
    pub(super) total: Option<u64>,
}

impl PageEnd {
    /// Reads how a page ends, without decoding its rows. `None` if the response is not what the service documents.
    pub(super) fn read(body: &[u8], dialect: &'static dyn Dialect, plan: &Plan) -> Option<Self> {
        let (rows, total) = split_rows(body, dialect, &plan.target).ok()?;
        let last = match rows.last() {
            Some(row) => Some(cursor_of(&RawRow::read(row)?, plan)?),
            None => None,
        };
        let count = rows.len();
        Some(Self { count, last, total })
    }
}

/// Returns the key of one record of a group.
fn group_key(row: &RawRow<'_>, plan: &Plan) -> Option<Key> {
    let key = row.get(&plan.group_key()?)?;
    let key: Key = serde_json::from_str(key.get()).ok()?;
    key.in_form_of(plan.target.kind).ok()
}

fn cursor(row: &RawRow<'_>, key: Option<Key>, plan: &Plan) -> Result<Cursor> {
    let columns = plan.sort_columns();
    let value = |column: &SortColumn| {
        let came = row.get(column.name());
        let came = came.ok_or_else(|| missing(&column.term, plan))?;
        let value = Value::read(came, column.term.kind);
        value.ok_or_else(|| of_another_kind(&column.term, came.get(), plan))
    };
    let values: Vec<Option<Value>> = columns.iter().map(value).collect::<Result<_>>()?;
    let is_null = |(column, value): (&SortColumn, &Option<Value>)| match column.term.kind {
        Kind::Text => column.is_null(row),
        _ => Some(value.is_none()),
    };
    let has_texts = columns.iter().any(|column| column.term.kind == Kind::Text);
    let nulls = columns.iter().zip(&values).map(is_null);
    Ok(Cursor {
        key,
        nulls: has_texts.then(|| nulls.collect()).flatten(),
        values,
        ..Cursor::UNKNOWN
    })
}

fn missing(term: &OrderTerm, plan: &Plan) -> Error {
    let message = "the response does not have a column of the query's order";
    Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_field(term.name.clone())
}

fn of_another_kind(term: &OrderTerm, came: &str, plan: &Plan) -> Error {
    let message = format!(
        "the query's order expects {} in the column, and its value is {}",
        term.kind,
        shown(came)
    );
    Error::new(ErrorKind::Decode, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_field(term.name.clone())
        .with_hint(match plan.member(&term.name) {
            Some(member) => format!("change the type of the struct's field `{member}` to fit the column, or `T` of `column_named::<T>`"),
            None => "change `T` of `c.column::<T>`, `column_named::<T>` or `Order::asc::<T>` to fit the column".to_owned(),
        })
}
