//! The call of an aggregate, of the records after a position.
//!
//! The condition of a read's page includes the last record of the page before, which proves the page right. The
//! response of an aggregate has no records, so other calls find out which values the service compares.

use super::after_cursor::after_record;
use super::budget::Calls;
use super::cursor::Cursor;
use super::order_check::may_be_equal;
use super::page_call::{moved, repeated};
use super::plan::{MAX_PAGE, Plan};
use super::row_cursor::cursors;
use super::shown_values::{as_compared, as_it_is_now, not_found, place_lost, with_known_nulls};
use super::url_budget::fits;
use crate::client::Client;
use crate::dialect::ListParams;
use crate::record::ObjectKind;
use bytes::Bytes;
use caspio_core::{Error, ErrorKind, Result};

/// Makes the call with these parameters for the records after the plan's position, if it has one.
///
/// One call, or more if the service may compare other values than it showed for the position, or if they do not fit
/// into a URL.
pub(super) async fn after_position(
    client: &Client,
    plan: &Plan,
    params: impl Fn(&Plan) -> ListParams,
) -> Result<Bytes> {
    let calls = Calls::default();
    let start = plan.start.as_ref();
    if let Some(record) = start {
        check_key(client, plan, &calls, record).await?;
    }
    let has_room = fits(client, plan, &params(plan));
    let Some(start) = start.filter(|start| match has_room {
        true => plan.ambiguous(start).next().is_some(),
        false => params_looked_up(client, plan, start, &params).is_some(),
    }) else {
        return calls.list(client, plan, params(plan))?.await;
    };
    // No other record is between a deleted one and the one before it.
    for record in [start].into_iter().chain(start.before.first()) {
        let is_cut = start.shown.digits_cut && plan.has_floats(record);
        let has_values = has_room && !is_cut;
        if has_values && let Some(body) = by_values(client, plan, &calls, record, &params).await? {
            return Ok(body);
        }
        let response = match !has_room || plan.has_floats(record) {
            true => by_look_up(client, plan, &calls, record, &params).await?,
            false => None,
        };
        // The response is right if the record is still as it was when the position was made.
        let Some(now) = as_it_is_now(client, plan, &calls, record).await? else {
            continue;
        };
        if now.key != record.key || !now.has_equal_values(record) {
            break;
        }
        if let Some(response) = response {
            return response;
        }
        // Another program may have changed it for a moment.
        if has_values && let Some(body) = by_values(client, plan, &calls, record, &params).await? {
            return Ok(body);
        }
        return Err(not_found(plan, record));
    }
    Err(lost(plan, start))
}

/// Checks that a view has no other record of a record's key and place in the order: it may come after the record as
/// well as before it. One call, for views.
///
/// # Errors
///
/// `Protocol`: it has one.
async fn check_key(client: &Client, plan: &Plan, calls: &Calls, record: &Cursor) -> Result<()> {
    let repeats_keys = plan.target.kind == ObjectKind::View && !plan.is_grouped();
    let Some(key) = record.key.as_ref().filter(|_| repeats_keys) else {
        return Ok(());
    };
    let params = plan.params_of_records(std::slice::from_ref(key));
    let body = calls.list(client, plan, params)?.await?;
    let found = cursors(&body, client.dialect(), plan)?;
    let is_tied = |row: &&Cursor| row.key == record.key && may_be_equal(row, record);
    let is_repeated = found.iter().filter(is_tied).count() > 1;
    match is_repeated || found.len() == usize::from(MAX_PAGE) {
        true => Err(repeated(plan, record)),
        false => Ok(()),
    }
}

/// Makes the call for the records after one by its values, after those that find out which values the service compares;
/// `None` if that is not found out.
async fn by_values(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    record: &Cursor,
    params: impl Fn(&Plan) -> ListParams,
) -> Result<Option<Bytes>> {
    let Some(compared) = as_compared(client, plan, calls, record).await? else {
        return Ok(None);
    };
    let mut plan = plan.clone();
    plan.start = Some(compared);
    let body = calls.list(client, &plan, params(&plan))?.await?;
    Ok(Some(body))
}

/// Makes the call for the records after one whose values the service looks up; `None` if that does not fit into a URL,
/// or if the record was deleted. An error of kind `Invalid` is returned inside: the look-up may be the reason.
async fn by_look_up(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    record: &Cursor,
    params: impl Fn(&Plan) -> ListParams,
) -> Result<Option<Result<Bytes>>> {
    let known = match plan.unknown_blanks(record) {
        0 => Some(record.clone()),
        _ => with_known_nulls(client, plan, calls, record).await?,
    };
    let params = known.and_then(|known| params_looked_up(client, plan, &known, params));
    let Some(params) = params else {
        return Ok(None);
    };
    match calls.list(client, plan, params)?.await {
        Err(error) if error.kind() != ErrorKind::Invalid => Err(error),
        response => Ok(Some(response)),
    }
}

/// Returns the parameters of the call for the records after one whose values the service looks up; `None` if they do
/// not fit into a URL.
fn params_looked_up(
    client: &Client,
    plan: &Plan,
    record: &Cursor,
    params: impl Fn(&Plan) -> ListParams,
) -> Option<ListParams> {
    let direction = (!plan.is_grouped()).then_some(plan.key_descends());
    let condition = after_record(record, &plan.terms(), direction, &plan.target.name)?;
    let mut plan = plan.clone();
    plan.start = None;
    plan.and_filter(condition);
    Some(params(&plan)).filter(|params| fits(client, &plan, params))
}

/// Returns the error for a position whose record was changed or deleted, as was the one before it.
fn lost(plan: &Plan, start: &Cursor) -> Error {
    match plan.ambiguous(start).next() {
        Some(_) => place_lost(plan, start),
        None => moved(plan, start),
    }
}
