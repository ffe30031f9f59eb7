//! Tables: the list, one table's design, new ones.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    auth::Rights,
    http::{Answer, Call, Refusal, call::Outcome, route::Route},
    store::{ddl, define::TableDef, model::Model},
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("tables", "ListTables", list),
    Route::post("tables", "CreateTable", create),
    Route::get("tables/{}", "GetTable", get),
];

/// What v3 tells about a table or a view as such.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Design<'a> {
    pub(super) name: &'a str,
    pub(super) note: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NewTable {
    name: Option<String>,
    fields: Option<Vec<Model>>,
}

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .filter(|name| call.profile.may(name, Rights::READ))
        .collect();
    call.ok(&names)
}

fn get(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = schema
        .table(call.segment(0))
        .ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, Rights::READ)?;
    call.ok(&Design {
        name: &table.name,
        note: &table.note,
    })
}

/// The fields go by `Fields`; `Columns`, as v2 calls them, is a body without fields and refused.
fn create(call: &Call<'_>) -> Outcome {
    call.require_creating()?;
    let body: NewTable = call.read()?;
    let (Some(name), Some(models)) = (body.name, body.fields) else {
        return Err(Refusal::incorrect_body());
    };
    if name.trim().is_empty() || models.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let mut definition = TableDef::new(name);
    for model in &models {
        definition.fields.push(model.to_field()?);
    }
    call.app
        .store
        .alter(|transaction, schema| ddl::create_table(transaction, schema, definition))?;
    Ok(Answer::empty(StatusCode::CREATED))
}
