//! Password fields: listed, set and reset; never read.

use super::records::{filter, table, without_rows};
use super::tables;
use crate::auth::Rights;
use crate::envelope::affected;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::store::edit::{Work, WriteResult};
use crate::store::field::Field;
use crate::store::outbox::RecordChanges;
use crate::store::schema::Table;
use crate::store::{change, password};
use caspio_schema::DataType;
use rusqlite::types::Value;
use serde::Deserialize;

pub(crate) const ROUTES: &[Route] = &[
    Route::get("tables/{}/passwordFields", "ListPasswordTableFields", list),
    Route::put(
        "tables/{}/passwordFields/{}",
        "UpdatePasswordTableField",
        put,
    ),
    Route::delete(
        "tables/{}/passwordFields/{}",
        "ResetPasswordTableField",
        |call| reset(call, filter(call)?),
    ),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewPassword {
    value: String,
}

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = tables::find(call, &schema, Rights::READ)?;
    let names: Vec<_> = table
        .fields
        .iter()
        .filter(|field| field.ty == DataType::Password)
        .map(|field| field.name.as_str())
        .collect();
    call.ok(&names)
}

fn put(call: &Call<'_>) -> Outcome {
    let body: NewPassword = call.read()?;
    update(call, filter(call)?, &body.value)
}

/// Sets a password field of the records that meet a condition.
pub(crate) fn update(call: &Call<'_>, filter: &str, password: &str) -> Outcome {
    set(call, filter, &Value::Text(password::hash(password)))
}

/// Clears a password field of the records that meet a condition.
pub(crate) fn reset(call: &Call<'_>, filter: &str) -> Outcome {
    set(call, filter, &Value::Null)
}

fn set(call: &Call<'_>, filter: &str, value: &Value) -> Outcome {
    let object = table(call)?;
    call.require(object.name(), Rights::UPDATE)?;
    let done = call.app.store.edit(without_rows(call, object), |work| {
        let table = work.target.table();
        let field = password_field(table, call.segment(1))?;
        fill(work, table, field, filter, value)
    })?;
    Ok(affected(call.version, "RecordsAffected", &done))
}

fn fill(
    work: &Work<'_>,
    table: &Table,
    field: &Field,
    filter: &str,
    value: &Value,
) -> Result<WriteResult, Refusal> {
    let keys = work.matching(filter)?;
    change::set_column(work.transaction, table, &field.column(), &keys, value)?;
    Ok(work.finish(keys, RecordChanges::default())?)
}

fn password_field<'t>(table: &'t Table, name: &str) -> Result<&'t Field, Refusal> {
    table
        .field(name)
        .filter(|field| field.ty == DataType::Password)
        .ok_or_else(|| Refusal::fields_not_found(&[name]))
}
