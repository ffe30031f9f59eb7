//! Records of tables and views.

use axum::http::{HeaderValue, StatusCode, header};

use crate::{
    auth::Rights,
    http::{Answer, Call, Refusal, call::Outcome, route::Route},
    json,
    paging::Paging,
    store::{
        edit::{Done, Edit, Place},
        input::Record,
        read::{Page, Query},
    },
    tsql::{QueryParts, Unordered},
};

pub(super) const ROUTES: &[Route] = &[
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

/// The table that the path names.
pub(super) fn table<'c>(call: &'c Call<'_>) -> Result<Place<'c>, Refusal> {
    match call.app.store.schema().table(call.segment(0)) {
        Some(_) => Ok(Place::Table(call.segment(0))),
        None => Err(Refusal::table_not_found()),
    }
}

/// The view that the path names.
pub(super) fn view<'c>(call: &'c Call<'_>) -> Result<Place<'c>, Refusal> {
    match call.app.store.schema().view(call.segment(0)) {
        Some(_) => Ok(Place::View(call.segment(0))),
        None => Err(Refusal::view_not_found()),
    }
}

fn list(call: &Call<'_>, place: Place<'_>) -> Outcome {
    call.require(place.name(), Rights::READ)?;
    let paging = Paging::of_records(call.params)?;
    let count = call.params.flag("getPaginationInfo")?;
    let page = call.app.store.page(
        call.profile,
        &Query {
            source: place.name(),
            parts: parts(call),
            unordered: arbitrary(call),
            window: Some(paging.window()),
            count,
            users: false,
        },
    )?;
    envelope(&page, paging)
}

/// The clauses of a read.
pub(super) fn parts<'c>(call: &'c Call<'_>) -> QueryParts<'c> {
    QueryParts {
        select: call.params.get("select"),
        filter: call.params.get("where"),
        group_by: call.params.get("groupBy"),
        order_by: call.params.get("orderBy"),
        allow_having: false,
    }
}

/// Without an order every request sees another one, the same for the same seed and number.
pub(super) fn arbitrary(call: &Call<'_>) -> Unordered {
    let seed = call.app.settings.seed ^ call.number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Unordered::Shuffled(seed)
}

/// `{"Result":[...],"Pagination":...}`.
pub(super) fn envelope(page: &Page, paging: Paging) -> Outcome {
    let mut body = Vec::with_capacity(page.json.len() + 96);
    body.extend_from_slice(b"{\"Result\":");
    body.extend_from_slice(&page.json);
    body.extend_from_slice(b",\"Pagination\":");
    let told = page.total.map(|total| paging.told(total));
    serde_json::to_writer(&mut body, &told).map_err(|_| Refusal::internal())?;
    body.push(b'}');
    Ok(Answer::raw_json(StatusCode::OK, body).rows(page.rows))
}

fn create(call: &Call<'_>, place: Place<'_>) -> Outcome {
    call.require(place.name(), Rights::INSERT)?;
    let record: Record = call.read()?;
    let done = call.app.store.insert(edit(call, place), &record)?;
    let answer = match &done.rows {
        None => Answer::empty(StatusCode::CREATED),
        Some(page) => written(StatusCode::CREATED, None, Some(page)),
    };
    let base = call.address.split('?').next().unwrap_or_default();
    let key = done.keys.first().copied().unwrap_or_default();
    let location = HeaderValue::from_str(&format!("{base}/{key}"));
    Ok(match location {
        Ok(location) => answer.header(header::LOCATION, location),
        Err(_) => answer,
    })
}

fn update(call: &Call<'_>, place: Place<'_>) -> Outcome {
    call.require(place.name(), Rights::UPDATE)?;
    let filter = filter(call)?;
    let record: Record = call.read()?;
    // That a body without a field is refused is inferred.
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let done = call.app.store.update(edit(call, place), filter, &record)?;
    Ok(affected("RecordsAffected", &done))
}

fn delete(call: &Call<'_>, place: Place<'_>) -> Outcome {
    call.require(place.name(), Rights::DELETE)?;
    let filter = filter(call)?;
    let done = call.app.store.delete(
        Edit {
            want_rows: false,
            ..edit(call, place)
        },
        filter,
    )?;
    Ok(affected("RecordsAffected", &done))
}

/// The condition of a write, without which nothing is written.
pub(super) fn filter<'c>(call: &'c Call<'_>) -> Result<&'c str, Refusal> {
    call.params
        .get("where")
        .ok_or_else(Refusal::incorrect_query)
}

pub(super) fn edit<'c>(call: &'c Call<'_>, place: Place<'c>) -> Edit<'c> {
    Edit {
        profile: Some(call.profile),
        place,
        want_rows: call.params.wants_rows(),
        source: "RESTAPIs",
    }
}

/// `{"RecordsAffected":n}`, with `Result` when the records were wanted.
pub(super) fn affected(member: &str, done: &Done) -> Answer {
    written(
        StatusCode::OK,
        Some((member, done.affected())),
        done.rows.as_ref(),
    )
}

/// The answer of a write: how many records, and the records themselves, each if there is one.
pub(super) fn written(
    status: StatusCode,
    affected: Option<(&str, u64)>,
    rows: Option<&Page>,
) -> Answer {
    let mut body = vec![b'{'];
    if let Some((member, count)) = affected {
        json::string(&mut body, member);
        body.push(b':');
        json::integer(&mut body, i64::try_from(count).unwrap_or(i64::MAX));
    }
    if let Some(page) = rows {
        if affected.is_some() {
            body.push(b',');
        }
        body.extend_from_slice(b"\"Result\":");
        body.extend_from_slice(&page.json);
    }
    body.push(b'}');
    Answer::raw_json(status, body).rows(rows.map_or(0, |page| page.rows))
}
