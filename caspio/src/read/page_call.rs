//! The call for one page: its parameters, and what is left of its response.

use super::after_cursor::LookedUp;
use super::cursor::Cursor;
use super::key_segments::KeySegment;
use super::plan::{MAX_PAGE, Plan};
use super::row_cursor::cursor_of;
use super::url_budget::{fits, later_too_long};
use crate::client::Client;
use crate::decode::{RawRow, split_rows};
use crate::dialect::{Dialect, ListParams};
use crate::record::with_key;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;

/// The call for the first records of a segment.
///
/// A cursor with long texts does not fit into a URL. Then the service looks the texts up in the record at which the
/// page before ended. The response begins with that record: its absence shows that the record was deleted or changed
/// in the meantime.
pub(super) struct PageCall {
    pub(super) params: ListParams,
    /// The most records that the page has.
    pub(super) size: u16,
    /// The record at which the page before ended, if the response contains it.
    pub(super) begins_with: Option<Cursor>,
}

impl PageCall {
    /// # Errors
    ///
    /// `Refused`: the cursor does not fit into a URL.
    pub(super) fn new(
        client: &Client,
        plan: &Plan,
        segment: &KeySegment,
        size: u16,
        looked_up: LookedUp,
    ) -> Result<Self> {
        let shorter: Vec<Plan> = plan.shorter().collect();
        let plans = || std::iter::once(plan).chain(&shorter);
        let last = segment.after.as_ref();
        // Without the record it would not be known whether the values that are shown are those that are compared.
        let begins_with_record = last.is_some_and(|record| plan.overlaps_at(record));
        let mut params = plans()
            .filter(|_| !begins_with_record)
            .map(|plan| plan.params(segment, size));
        if let Some(params) = params.find(|params| fits(client, plan, params)) {
            let begins_with = None;
            return Ok(Self {
                params,
                size,
                begins_with,
            });
        }
        let with_record = size.saturating_add(1).min(MAX_PAGE);
        let record = segment.after.as_ref().filter(|_| segment.until.is_none());
        let of_record = |plan: &Plan| plan.params_from_record(record?, with_record, looked_up);
        let mut params = plans().filter_map(of_record);
        match params.find(|params| fits(client, plan, params)) {
            Some(params) => Ok(Self {
                params,
                size: with_record - 1,
                begins_with: segment.after.clone(),
            }),
            None => {
                let params = match last.filter(|_| begins_with_record) {
                    Some(record) => plan.params_from(record, with_record),
                    None => plan.params(segment, size),
                };
                Err(later_too_long(client, plan, &params))
            }
        }
    }
}

/// Returns a response without its first record; `None` if that is not the one of the cursor.
pub(super) fn without_first(
    body: &[u8],
    dialect: &'static dyn Dialect,
    plan: &Plan,
    cursor: &Cursor,
) -> Result<Option<Bytes>> {
    let (rows, total) = split_rows(body, dialect, &plan.target)?;
    let first = rows.first().and_then(|row| RawRow::read(row));
    let first = first.and_then(|row| cursor_of(&row, plan));
    let is_there = first.is_some_and(|first| is_same_place(&first, cursor, plan));
    Ok(is_there.then(|| response_without_first(&rows, total, dialect)))
}

/// Returns the response of the rows without the first one, which its total counts too.
pub(super) fn response_without_first(
    rows: &[&RawValue],
    total: Option<u64>,
    dialect: &dyn Dialect,
) -> Bytes {
    let total = total.map(|total| total.saturating_sub(1));
    response_of_rows(rows.get(1..).unwrap_or_default(), total, dialect)
}

/// Returns a response with these rows.
pub(super) fn response_of_rows(
    rows: &[&RawValue],
    total: Option<u64>,
    dialect: &dyn Dialect,
) -> Bytes {
    let rows: Vec<&str> = rows.iter().map(|row| row.get()).collect();
    let member = dialect.rows_member();
    let rows = rows.join(",");
    let body = match total {
        Some(total) => {
            format!("{{\"{member}\":[{rows}],\"pagination\":{{\"totalCount\":{total}}}}}")
        }
        None => format!("{{\"{member}\":[{rows}]}}"),
    };
    Bytes::from(body)
}

/// Whether a row is the record at which the page before ended. For a group, the service returns the spelling and the
/// key of any of its records.
fn is_same_place(row: &Cursor, cursor: &Cursor, plan: &Plan) -> bool {
    if plan.is_grouped() {
        let is_certain = plan.ambiguous(cursor).next().is_none() || row.key == cursor.key;
        is_certain && row.has_equal_values(cursor)
    } else {
        row == cursor
    }
}

/// The error for a page of a view that begins with a row of the record's key and values that differs from it in other
/// columns.
pub(super) fn another_row(plan: &Plan, cursor: &Cursor) -> Error {
    let message = "the record at which the page before ended was changed or deleted, or the view repeats its PK_ID: a \
                   record with this PK_ID and its place in the order may be it or another one";
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint(
            "this read cannot be resumed; read again, without the columns that change while it reads",
        );
    match &cursor.key {
        Some(key) => with_key(error, key),
        None => error,
    }
}

/// The error for a record whose key and place in the order another one has, too: the service returns the two in any
/// order.
pub(super) fn repeated(plan: &Plan, cursor: &Cursor) -> Error {
    let message = "several records have the same PK_ID, which the pages of a read end with";
    let error = Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("read them in one page, with a condition, or read the tables of the view");
    match &cursor.key {
        Some(key) => with_key(error, key),
        None => error,
    }
}

/// The error for a place that is lost.
pub(super) fn moved(plan: &Plan, cursor: &Cursor) -> Error {
    let message = "the record at which the page before ended was changed or deleted, as were those before it, and \
                   its place in the order does not fit into a URL";
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint(
            "this read cannot be resumed; read again, or sort by the key or a column of shorter texts",
        );
    match &cursor.key {
        Some(key) => with_key(error, key),
        None => error,
    }
}
