//! Tables: the list, the design of one table, new tables.

use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::ddl;
use crate::store::define::TableDef;
use crate::store::model::Model;
use crate::store::schema::{Schema, Table};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("tables", "ListTables", list),
    Route::post("tables", "CreateTable", |call| {
        // A body with `Columns`, v2's name for the fields, has no fields and is refused.
        let body: NewTable = call.read()?;
        let fields = body.fields.filter(|fields| !fields.is_empty());
        create(
            call,
            body.name,
            &fields.ok_or_else(Refusal::incorrect_body)?,
        )?;
        Ok(Response::empty(StatusCode::CREATED))
    }),
    Route::get("tables/{}", "GetTable", get),
];

/// A table or view in v3's JSON, without its fields.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Design<'a> {
    pub(super) name: &'a str,
    pub(super) note: &'a str,
}

/// A new table; its fields are named `Columns` on v2.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct NewTable {
    pub(crate) name: Option<String>,
    pub(crate) columns: Option<Vec<Model>>,
    fields: Option<Vec<Model>>,
}

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.tables, |table| &table.name);
    let names: Vec<_> = readable.map(|table| table.name.as_str()).collect();
    call.ok(&names)
}

fn get(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = find(call, &schema, Rights::READ)?;
    call.ok(&Design {
        name: &table.name,
        note: &table.note,
    })
}

/// Returns the table of the path if the profile has these rights on it.
pub(crate) fn find<'s>(
    call: &Call<'_>,
    schema: &'s Schema,
    wanted: Rights,
) -> Result<&'s Table, Refusal> {
    let table = schema.table(call.segment(0));
    let table = table.ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, wanted)?;
    Ok(table)
}

/// Creates a table and returns its name.
pub(crate) fn create(
    call: &Call<'_>,
    name: Option<String>,
    models: &[Model],
) -> Result<String, Refusal> {
    call.require_creating()?;
    let name = name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(Refusal::incorrect_body)?;
    let mut definition = TableDef::new(name.clone());
    for model in models {
        definition.fields.push(model.to_field()?);
    }
    call.app
        .store
        .alter(|transaction, schema| ddl::create_table(transaction, schema, definition))?;
    Ok(name)
}
