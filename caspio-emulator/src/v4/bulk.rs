//! Bulk operations: many records in one call.

use crate::auth::Rights;
use crate::envelope::affected;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::edit::ObjectName;
use crate::store::input::Record;
use crate::v3::records::{table, view, without_rows};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::post("tables/{}/records/bulk", "CreateTableRecords", |call| {
        create(call, table(call)?)
    }),
    Route::patch("tables/{}/records/bulk", "UpdateTableRecords", |call| {
        update(call, table(call)?)
    }),
    Route::delete("tables/{}/records/bulk", "DeleteTableRecords", |call| {
        delete(call, table(call)?)
    }),
    Route::post("views/{}/records/bulk", "CreateViewRecords", |call| {
        create(call, view(call)?)
    }),
    Route::patch("views/{}/records/bulk", "UpdateViewRecords", |call| {
        update(call, view(call)?)
    }),
    Route::delete("views/{}/records/bulk", "DeleteViewRecords", |call| {
        delete(call, view(call)?)
    }),
];

/// The highest number of records in one call.
const MOST: usize = 1_000;

/// The condition of a bulk write, and the new values.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Change {
    r#where: Option<String>,
    record_values: Option<Record>,
    pub(super) value: Option<String>,
    pub(super) file_name: Option<String>,
}

impl Change {
    /// Reads the body; refuses one without a condition, or with one that is obviously always true. The code of that
    /// refusal is inferred, and so is that the condition may be in the URL: facts `conditions-that-are-always-true` and
    /// `condition-of-a-bulk-write-in-the-url`.
    pub(super) fn read(call: &Call<'_>) -> Result<(Self, String), Refusal> {
        let mut change = if call.body.is_empty() {
            Self::default()
        } else {
            call.read()?
        };
        let given = change.r#where.take();
        let filter = given.or_else(|| call.params.get("where").map(str::to_owned));
        let filter = filter.filter(|filter| !filter.trim().is_empty());
        let filter = filter.ok_or_else(Refusal::incorrect_body)?;
        if caspio_tsql::is_tautology(&filter) {
            return Err(Refusal::incorrect_body_because(
                "The where condition is always true",
            ));
        }
        Ok((change, filter))
    }

    /// Returns the new values; there must be at least one.
    pub(super) fn values(self) -> Result<Record, Refusal> {
        let values = self.record_values.filter(|values| !values.0.is_empty());
        values.ok_or_else(Refusal::incorrect_body)
    }
}

/// Inserts records, each accepted or refused separately. It is inferred that the response is 207 even if none was
/// accepted, fact `bulk-insert-of-nothing`.
fn create(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::INSERT)?;
    let records = read_records(call)?;
    let outcomes = call
        .app
        .store
        .insert_each(without_rows(call, object), &records)?;
    let keys = outcomes
        .into_iter()
        .map(|outcome| outcome.map(|key| key.to_string()).map_err(Refusal::from));
    inserted(call, "PK_ID", keys.collect())
}

/// Reads the array of a bulk insert.
pub(super) fn read_records(call: &Call<'_>) -> Result<Vec<Record>, Refusal> {
    let records: Vec<Record> = call.read()?;
    if (1..=MOST).contains(&records.len()) {
        Ok(records)
    } else {
        Err(Refusal::incorrect_body())
    }
}

/// Responds to a bulk insert with keys named `id`: 201 if every record was accepted, otherwise 207
/// with the result of each in the order of the request.
pub(super) fn inserted(
    call: &Call<'_>,
    id: &str,
    outcomes: Vec<Result<String, Refusal>>,
) -> Outcome {
    let keys: Vec<_> = outcomes.iter().flatten().cloned().collect();
    let complete = keys.len() == outcomes.len();
    let mut body = Map::from_iter([(id.to_owned(), Value::from(keys))]);
    if complete {
        return Response::json(StatusCode::CREATED, &body);
    }
    let results = outcomes.into_iter().map(|outcome| match outcome {
        Ok(key) => json!({ "status": StatusCode::CREATED.as_u16(), id: key }),
        Err(refusal) => {
            let refusal = call.version.worded(refusal);
            json!({ "status": refusal.status.as_u16(), "error": refusal.message() })
        }
    });
    body.insert("data".to_owned(), results.collect());
    Response::json(StatusCode::MULTI_STATUS, &body)
}

fn update(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    let (change, filter) = Change::read(call)?;
    let values = change.values()?;
    let edit = without_rows(call, object);
    let done = call.app.store.update(edit, &filter, &values)?;
    Ok(affected(call.version, "RecordsAffected", &done))
}

fn delete(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::DELETE)?;
    let (_, filter) = Change::read(call)?;
    let done = call.app.store.delete(without_rows(call, object), &filter)?;
    Ok(affected(call.version, "RecordsAffected", &done))
}
