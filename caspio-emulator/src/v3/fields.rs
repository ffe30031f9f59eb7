//! Fields of tables and views.

use super::field_model::FieldModel;
use super::{tables, views};
use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::model::Model;
use crate::store::schema::VisibleField;
use axum::http::StatusCode;

pub(crate) const ROUTES: &[Route] = &[
    Route::get("tables/{}/fields", "ListTableFields", |call| {
        of_table(call, |shown| list(call, shown))
    }),
    Route::post("tables/{}/fields", "CreateTableField", |call| {
        create(call, &call.read()?)?;
        Ok(Response::empty(StatusCode::CREATED))
    }),
    Route::get("tables/{}/fields/{}", "GetTableField", |call| {
        of_table(call, |shown| get(call, shown))
    }),
    Route::put("tables/{}/fields/{}", "UpdateTableField", |call| {
        update(call, &call.read()?)?;
        Ok(call.done())
    }),
    Route::delete("tables/{}/fields/{}", "DeleteTableField", delete),
    Route::get("views/{}/fields", "ListViewFields", |call| {
        of_view(call, |shown| list(call, shown))
    }),
    Route::get("views/{}/fields/{}", "GetViewField", |call| {
        of_view(call, |shown| get(call, shown))
    }),
];

/// Responds with the fields of the table of the path.
pub(crate) fn of_table(
    call: &Call<'_>,
    respond: impl FnOnce(&[VisibleField<'_>]) -> Outcome,
) -> Outcome {
    let schema = call.app.store.schema();
    respond(&tables::find(call, &schema, Rights::READ)?.shown())
}

/// Responds with the fields of the view of the path.
pub(crate) fn of_view(
    call: &Call<'_>,
    respond: impl FnOnce(&[VisibleField<'_>]) -> Outcome,
) -> Outcome {
    let schema = call.app.store.schema();
    respond(&schema.shown(views::find(call, &schema)?))
}

fn list(call: &Call<'_>, shown: &[VisibleField<'_>]) -> Outcome {
    let models: Vec<_> = shown.iter().map(FieldModel::new).collect();
    call.ok(&models)
}

fn get(call: &Call<'_>, shown: &[VisibleField<'_>]) -> Outcome {
    call.ok(&FieldModel::new(VisibleField::find(
        shown,
        call.segment(1),
    )?))
}

/// Adds a field to the table of the path.
pub(crate) fn create(call: &Call<'_>, model: &Model) -> Result<(), Refusal> {
    Ok(call.app.store.add_field(&designed(call)?, model)?)
}

/// Changes the field of the path.
pub(crate) fn update(call: &Call<'_>, model: &Model) -> Result<(), Refusal> {
    let table = designed(call)?;
    Ok(call
        .app
        .store
        .change_field(&table, call.segment(1), model)?)
}

/// Drops the field of the path.
pub(crate) fn delete(call: &Call<'_>) -> Outcome {
    let table = designed(call)?;
    call.app.store.drop_field(&table, call.segment(1))?;
    Ok(call.done())
}

/// Returns the table of the path if the profile may change its design.
fn designed(call: &Call<'_>) -> Result<String, Refusal> {
    let schema = call.app.store.schema();
    Ok(tables::find(call, &schema, Rights::DESIGN)?.name.clone())
}
