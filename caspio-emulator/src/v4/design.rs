//! The design of tables and views: lists with ids, fields, new tables and views. Caspio has no
//! operations to delete or rename them, so those are 405.

use super::field_model::{FieldJson, Wanted};
use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::schema::{Table, View, VisibleField};
use crate::v3::fields::{self, of_table, of_view};
use crate::v3::{tables, views};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

pub(super) const ROUTES: &[Route] = &[
    Route::get("tables", "ListTables", list_tables),
    Route::post("tables", "CreateTable", create_table),
    Route::get("tables/{}", "GetTable", get_table),
    Route::get("tables/{}/fields", "ListTableFields", |call| {
        of_table(call, |shown| list_fields(call, shown))
    }),
    Route::post("tables/{}/fields", "CreateTableField", create_field),
    Route::get("tables/{}/fields/{}", "GetTableField", |call| {
        of_table(call, |shown| get_field(call, shown, call.segment(1)))
    }),
    Route::patch("tables/{}/fields/{}", "UpdateTableField", update_field),
    Route::delete("tables/{}/fields/{}", "DeleteTableField", fields::delete),
    Route::get("views", "ListViews", list_views),
    Route::get("views/{}", "GetView", get_view),
    Route::get("views/{}/fields", "ListViewFields", |call| {
        of_view(call, |shown| list_fields(call, shown))
    }),
    Route::get("views/{}/fields/{}", "GetViewField", |call| {
        of_view(call, |shown| get_field(call, shown, call.segment(1)))
    }),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TableJson<'a> {
    table_id: String,
    name: &'a str,
}

/// A view; the name of its id is inferred from that of a table, fact `view-ids`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ViewJson<'a> {
    view_id: String,
    name: &'a str,
}

/// A new table; the members are inferred from v3's and from v4's responses, fact `created-table-in-v4`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewTable {
    name: Option<String>,
    fields: Vec<Wanted>,
}

impl<'a> TableJson<'a> {
    pub(super) fn new(call: &Call<'_>, table: &'a Table) -> Self {
        Self {
            table_id: table.short_id(&call.app.settings.account),
            name: &table.name,
        }
    }
}

impl<'a> ViewJson<'a> {
    pub(super) fn new(call: &Call<'_>, view: &'a View) -> Self {
        Self {
            view_id: view.short_id(&call.app.settings.account),
            name: &view.name,
        }
    }
}

fn list_tables(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.tables, |table| &table.name);
    let items = readable.map(|table| TableJson::new(call, table)).collect();
    envelope::list(call, items)
}

fn get_table(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = tables::find(call, &schema, Rights::READ)?;
    envelope::one(call, &TableJson::new(call, table))
}

/// It is inferred that the response has the id of the new table, fact `created-table-in-v4`.
fn create_table(call: &Call<'_>) -> Outcome {
    let body: NewTable = call.read()?;
    let models: Vec<_> = body
        .fields
        .into_iter()
        .map(Wanted::into_model)
        .collect::<Result<_, _>>()?;
    if models.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let name = tables::create(call, body.name, &models)?;
    let schema = call.app.store.schema();
    let table = schema.table(&name).ok_or_else(Refusal::internal)?;
    Response::json(StatusCode::CREATED, &TableJson::new(call, table))
}

pub(super) fn list_fields(call: &Call<'_>, shown: &[VisibleField<'_>]) -> Outcome {
    envelope::list(call, shown.iter().map(FieldJson::new).collect())
}

pub(super) fn get_field(call: &Call<'_>, shown: &[VisibleField<'_>], name: &str) -> Outcome {
    envelope::one(call, &FieldJson::new(VisibleField::find(shown, name)?))
}

/// It is inferred that creating and changing a field respond with the field, fact `design-of-a-field-in-v4`.
pub(super) fn create_field(call: &Call<'_>) -> Outcome {
    let model = call.read::<Wanted>()?.into_model()?;
    fields::create(call, &model)?;
    let name = model.name.as_deref().unwrap_or_default();
    let mut response = of_table(call, |shown| get_field(call, shown, name.trim()))?;
    response.status = StatusCode::CREATED;
    Ok(response)
}

pub(super) fn update_field(call: &Call<'_>) -> Outcome {
    let model = call.read::<Wanted>()?.into_model()?;
    fields::update(call, &model)?;
    let name = model.name.as_deref().unwrap_or(call.segment(1));
    of_table(call, |shown| get_field(call, shown, name))
}

fn list_views(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.views, |view| &view.name);
    let items = readable.map(|view| ViewJson::new(call, view)).collect();
    envelope::list(call, items)
}

fn get_view(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let view = views::find(call, &schema)?;
    envelope::one(call, &ViewJson::new(call, view))
}
