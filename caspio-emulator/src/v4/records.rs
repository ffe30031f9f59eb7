//! Single records of tables and views; lists are read as on v3.

use crate::auth::Rights;
use crate::envelope::affected;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::edit::{ObjectName, WriteResult};
use crate::store::input::Record;
use crate::store::read::{Page, Query};
use crate::v3::records::{list, parts, table, view, without_rows, write_context};
use axum::http::StatusCode;
use caspio_tsql::{QueryParts, Unordered};
use serde::Serialize;

pub(super) const ROUTES: &[Route] = &[
    Route::get("tables/{}/records", "ListTableRecords", |call| {
        list(call, table(call)?)
    }),
    Route::post("tables/{}/records", "CreateTableRecord", |call| {
        create(call, table(call)?)
    }),
    Route::get("tables/{}/records/{}", "GetTableRecord", |call| {
        get(call, table(call)?)
    }),
    Route::put("tables/{}/records/{}", "ReplaceTableRecord", |call| {
        update(call, table(call)?)
    }),
    Route::patch("tables/{}/records/{}", "UpdateTableRecord", |call| {
        update(call, table(call)?)
    }),
    Route::delete("tables/{}/records/{}", "DeleteTableRecord", |call| {
        delete(call, table(call)?)
    }),
    Route::get("views/{}/records", "ListViewRecords", |call| {
        list(call, view(call)?)
    }),
    Route::post("views/{}/records", "CreateViewRecord", |call| {
        create(call, view(call)?)
    }),
    Route::get("views/{}/records/{}", "GetViewRecord", |call| {
        get(call, view(call)?)
    }),
    Route::put("views/{}/records/{}", "ReplaceViewRecord", |call| {
        update(call, view(call)?)
    }),
    Route::patch("views/{}/records/{}", "UpdateViewRecord", |call| {
        update(call, view(call)?)
    }),
    Route::delete("views/{}/records/{}", "DeleteViewRecord", |call| {
        delete(call, view(call)?)
    }),
];

/// The key of a new record: a text, as in the response to a bulk insert.
#[derive(Debug, Serialize)]
struct Created {
    #[serde(rename = "PK_ID")]
    key: String,
}

/// Returns the condition that finds the record of the path: a number on a table, comma-separated
/// numbers on a view. Any other key does not exist.
pub(super) fn by_key(call: &Call<'_>, object: ObjectName<'_>) -> Result<String, Refusal> {
    let key = call.segment(1);
    let mut numbers = key.split(',');
    let fits = match object {
        ObjectName::Table(_) => is_number(key),
        ObjectName::View(_) => numbers.all(|number| number.is_empty() || is_number(number)),
    };
    match (fits, object) {
        (true, ObjectName::Table(_)) => Ok(format!("PK_ID = {key}")),
        (true, ObjectName::View(_)) => Ok(format!("PK_ID = '{key}'")),
        (false, _) => Err(Refusal::record_not_found()),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

fn get(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::READ)?;
    let filter = by_key(call, object)?;
    let page = call.app.store.page(
        call.profile,
        &Query {
            source: &object.source(),
            parts: QueryParts {
                filter: Some(&filter),
                group_by: None,
                order_by: None,
                ..parts(call)
            },
            unordered: Unordered::Natural,
            window: Some((1, 0)),
            count: false,
            users: false,
        },
    )?;
    first(StatusCode::OK, &page).ok_or_else(Refusal::record_not_found)
}

/// Returns the first record of a page as an object.
pub(super) fn first(status: StatusCode, page: &Page) -> Option<Response> {
    let object = page.json.strip_prefix(b"[")?.strip_suffix(b"]")?;
    (page.rows == 1).then(|| Response::raw_json(status, object.to_vec()).rows(1))
}

/// Inserts a record. If the filter of a view excludes it, the response has only its key.
fn create(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::INSERT)?;
    let record: Record = call.read()?;
    let done = call
        .app
        .store
        .insert(write_context(call, object), &record)?;
    created(&done)
}

/// Responds to an insert with the record if it was requested, otherwise with its key.
fn created(done: &WriteResult) -> Outcome {
    let echo = done.rows.as_ref();
    if let Some(response) = echo.and_then(|page| first(StatusCode::CREATED, page)) {
        return Ok(response);
    }
    let key = done.keys.first().copied().unwrap_or_default();
    let created = Created {
        key: key.to_string(),
    };
    Response::json(StatusCode::CREATED, &created)
}

/// Changes the fields in the body. The difference between `PUT` and `PATCH` is not recorded: both
/// leave other fields unchanged.
fn update(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    let filter = by_key(call, object)?;
    let record: Record = call.read()?;
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let done = call
        .app
        .store
        .update(write_context(call, object), &filter, &record)?;
    changed(call, "RecordsAffected", &done)
}

/// Responds to a change of one record, which must exist.
pub(super) fn changed(call: &Call<'_>, member: &str, done: &WriteResult) -> Outcome {
    if done.keys.is_empty() {
        return Err(Refusal::record_not_found());
    }
    let echo = done.rows.as_ref();
    Ok(echo
        .and_then(|page| first(StatusCode::OK, page))
        .unwrap_or_else(|| affected(call.version, member, done)))
}

fn delete(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::DELETE)?;
    let filter = by_key(call, object)?;
    let done = call.app.store.delete(without_rows(call, object), &filter)?;
    changed(call, "RecordsAffected", &done)
}
