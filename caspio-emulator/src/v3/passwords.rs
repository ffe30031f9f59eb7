//! Password fields: listed, set and reset; never read.

use rusqlite::types::Value;
use serde::Deserialize;

use super::records::{affected, edit, filter, table};
use crate::{
    auth::Rights,
    http::{Call, Refusal, call::Outcome, route::Route},
    store::{
        change,
        edit::{Done, Edit, Work},
        field::{Field, FieldType},
        outbox::Happened,
        password,
        schema::Table,
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("tables/{}/passwordFields", "ListPasswordTableFields", list),
    Route::put(
        "tables/{}/passwordFields/{}",
        "UpdatePasswordTableField",
        update,
    ),
    Route::delete(
        "tables/{}/passwordFields/{}",
        "ResetPasswordTableField",
        reset,
    ),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewPassword {
    value: String,
}

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = schema
        .table(call.segment(0))
        .ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, Rights::READ)?;
    let names: Vec<_> = table
        .fields
        .iter()
        .filter(|field| field.ty == FieldType::Password)
        .map(|field| field.name.as_str())
        .collect();
    call.ok(&names)
}

fn update(call: &Call<'_>) -> Outcome {
    let body: NewPassword = call.read()?;
    set(call, &Value::Text(password::hash(&body.value)))
}

fn reset(call: &Call<'_>) -> Outcome {
    set(call, &Value::Null)
}

fn set(call: &Call<'_>, value: &Value) -> Outcome {
    let place = table(call)?;
    call.require(place.name(), Rights::UPDATE)?;
    let filter = filter(call)?;
    let edit = Edit {
        want_rows: false,
        ..edit(call, place)
    };
    let done = call.app.store.edit(edit, |work| {
        let table = work.target.table();
        let field = password_field(table, call.segment(1))?;
        fill(work, table, field, filter, value)
    })?;
    Ok(affected("RecordsAffected", &done))
}

fn fill(
    work: &Work<'_>,
    table: &Table,
    field: &Field,
    filter: &str,
    value: &Value,
) -> Result<Done, Refusal> {
    let keys = work.matching(filter)?;
    change::set_column(work.transaction, table, &field.column(), &keys, value)?;
    work.finish(keys, Happened::default())
}

fn password_field<'t>(table: &'t Table, name: &str) -> Result<&'t Field, Refusal> {
    table
        .field(name)
        .filter(|field| field.ty == FieldType::Password)
        .ok_or_else(|| Refusal::fields_not_found(&[name]))
}
