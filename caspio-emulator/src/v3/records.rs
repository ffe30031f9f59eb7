//! Records of tables and views.

use crate::auth::Rights;
use crate::envelope::{self, affected, written};
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::paging::Paging;
use crate::store::edit::{ObjectName, WriteContext, WriteResult};
use crate::store::input::Record;
use crate::store::read::Query;
use crate::store::schema::{Table, VisibleField};
use axum::http::{HeaderValue, StatusCode, header};
use caspio_tsql::{QueryParts, Unordered};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("tables/{}/records", "ListTableRecords", |call| {
        list(call, table(call)?)
    }),
    Route::post("tables/{}/records", "CreateTableRecord", |call| {
        create(call, table(call)?)
    }),
    Route::put("tables/{}/records", "UpdateTableRecords", |call| {
        update(call, table(call)?)
    }),
    Route::delete("tables/{}/records", "DeleteTableRecords", |call| {
        delete(call, table(call)?)
    }),
    Route::get("views/{}/records", "ListViewRecords", |call| {
        list(call, view(call)?)
    }),
    Route::post("views/{}/records", "CreateViewRecord", |call| {
        create(call, view(call)?)
    }),
    Route::put("views/{}/records", "UpdateViewRecords", |call| {
        update(call, view(call)?)
    }),
    Route::delete("views/{}/records", "DeleteViewRecords", |call| {
        delete(call, view(call)?)
    }),
];

/// Returns the table of the path.
pub(crate) fn table<'c>(call: &'c Call<'_>) -> Result<ObjectName<'c>, Refusal> {
    match call.app.store.schema().table(call.segment(0)) {
        Some(_) => Ok(ObjectName::Table(call.segment(0))),
        None => Err(Refusal::table_not_found()),
    }
}

/// Returns the view of the path.
pub(crate) fn view<'c>(call: &'c Call<'_>) -> Result<ObjectName<'c>, Refusal> {
    match call.app.store.schema().view(call.segment(0)) {
        Some(_) => Ok(ObjectName::View(call.segment(0))),
        None => Err(Refusal::view_not_found()),
    }
}

pub(crate) fn list(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::READ)?;
    // Unlike other unknown parameters, this one was seen to be refused; it is not recorded on v4.
    if call.version != Version::V4 && call.params.has("sort") {
        return Err(Refusal::incorrect_query());
    }
    let paging = Paging::of_records(call.params)?;
    let page = call.app.store.page(
        call.profile,
        &Query {
            source: &object.source(),
            parts: parts(call),
            unordered: arbitrary(call),
            window: Some(paging.window()),
            count: wants_total(call)?,
            users: false,
        },
    )?;
    envelope::page(call.version, &page, paging)
}

/// Whether the response has the total number of records: on v3 if requested, on v4 always, on v2
/// never.
pub(crate) fn wants_total(call: &Call<'_>) -> Result<bool, Refusal> {
    match call.version {
        Version::V2 => Ok(false),
        Version::V3 => call.params.flag("getPaginationInfo"),
        Version::V4 => Ok(true),
    }
}

/// Returns the clauses of a read.
pub(crate) fn parts<'c>(call: &'c Call<'_>) -> QueryParts<'c> {
    QueryParts {
        select: call.params.get("select"),
        filter: call.params.get("where"),
        group_by: call.params.get("groupBy"),
        order_by: call.params.get("orderBy"),
        allow_having: call.version == Version::V4,
    }
}

/// Without an order every request gets a different one, the same for the same seed and request
/// number.
pub(crate) fn arbitrary(call: &Call<'_>) -> Unordered {
    let seed = call.app.settings.seed ^ call.number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Unordered::Shuffled(seed)
}

fn create(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::INSERT)?;
    let record: Record = call.read()?;
    let done = call
        .app
        .store
        .insert(write_context(call, object), &record)?;
    let response = match &done.rows {
        None => Response::empty(StatusCode::CREATED),
        Some(page) => written(call.version, StatusCode::CREATED, None, Some(page)),
    };
    let base = call.url.split('?').next().unwrap_or_default();
    let key = done.keys.first().copied().unwrap_or_default();
    let location = HeaderValue::from_str(&format!("{base}/{key}"));
    Ok(match location {
        Ok(location) => response.header(header::LOCATION, location),
        Err(_) => response,
    })
}

fn update(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    let filter = filter(call)?;
    let record: Record = call.read()?;
    // It is inferred that a body without fields is refused, fact `update-without-fields`.
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let mut done = call
        .app
        .store
        .update(write_context(call, object), filter, &record)?;
    if call.version == Version::V2 && only_lists(call, object, &record) {
        // Seen on v2: the lists are changed, but the response reports no change or, if the
        // records were requested, a failure.
        if done.rows.is_some() {
            return Err(Refusal::internal());
        }
        done = WriteResult::default();
    }
    Ok(affected(call.version, "RecordsAffected", &done))
}

fn only_lists(call: &Call<'_>, object: ObjectName<'_>, record: &Record) -> bool {
    let schema = call.app.store.schema();
    let shown = match object {
        ObjectName::Table(name) => schema.table(name).map(Table::shown),
        ObjectName::View(name) => schema.view(name).map(|view| schema.shown(view)),
    };
    let shown = shown.unwrap_or_default();
    let is_list =
        |name| VisibleField::find(&shown, name).is_ok_and(|shown| shown.field.ty.is_list());
    record.0.iter().all(|(name, _)| is_list(name))
}

fn delete(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::DELETE)?;
    let filter = filter(call)?;
    let done = call.app.store.delete(without_rows(call, object), filter)?;
    Ok(affected(call.version, "RecordsAffected", &done))
}

/// Returns the condition of a write, which is required.
pub(crate) fn filter<'c>(call: &'c Call<'_>) -> Result<&'c str, Refusal> {
    let given = call.params.get("where");
    given.ok_or_else(|| match call.version {
        Version::V2 => Refusal::incorrect_query(),
        Version::V3 | Version::V4 => Refusal::no_condition(),
    })
}

pub(crate) fn write_context<'c>(call: &'c Call<'_>, object: ObjectName<'c>) -> WriteContext<'c> {
    WriteContext {
        profile: Some(call.profile),
        object,
        want_rows: call.wants_rows(),
        source: "RESTAPIs",
    }
}

/// The context of a write that returns no records, whatever the caller requested.
pub(crate) fn without_rows<'c>(call: &'c Call<'_>, object: ObjectName<'c>) -> WriteContext<'c> {
    WriteContext {
        want_rows: false,
        ..write_context(call, object)
    }
}
