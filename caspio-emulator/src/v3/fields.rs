//! Fields of tables and views.

use axum::http::StatusCode;

use super::field_model::FieldModel;
use crate::{
    auth::Rights,
    http::{Answer, Call, Refusal, call::Outcome, route::Route},
    store::{
        model::Model,
        schema::{Schema, View},
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("tables/{}/fields", "ListTableFields", list_table),
    Route::post("tables/{}/fields", "CreateTableField", create),
    Route::get("tables/{}/fields/{}", "GetTableField", get_table),
    Route::put("tables/{}/fields/{}", "UpdateTableField", update),
    Route::delete("tables/{}/fields/{}", "DeleteTableField", delete),
    Route::get("views/{}/fields", "ListViewFields", list_view),
    Route::get("views/{}/fields/{}", "GetViewField", get_view),
];

fn list_table(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = schema
        .table(call.segment(0))
        .ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, Rights::READ)?;
    let fields: Vec<_> = table
        .fields
        .iter()
        .zip(1..)
        .map(|(field, place)| FieldModel::new(field, place))
        .collect();
    call.ok(&fields)
}

fn get_table(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let table = schema
        .table(call.segment(0))
        .ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, Rights::READ)?;
    let name = call.segment(1);
    let (field, place) = table
        .fields
        .iter()
        .zip(1..)
        .find(|(field, _)| field.is_called(name))
        .ok_or_else(|| Refusal::fields_not_found(&[name]))?;
    call.ok(&FieldModel::new(field, place))
}

fn create(call: &Call<'_>) -> Outcome {
    let table = designed(call)?;
    let model: Model = call.read()?;
    call.app.store.add_field(&table, &model)?;
    Ok(Answer::empty(StatusCode::CREATED))
}

fn update(call: &Call<'_>) -> Outcome {
    let table = designed(call)?;
    let model: Model = call.read()?;
    call.app
        .store
        .change_field(&table, call.segment(1), &model)?;
    Ok(Answer::no_content())
}

fn delete(call: &Call<'_>) -> Outcome {
    let table = designed(call)?;
    call.app.store.drop_field(&table, call.segment(1))?;
    Ok(Answer::no_content())
}

/// Returns the table of the path if the profile may change its design.
fn designed(call: &Call<'_>) -> Result<String, Refusal> {
    let schema = call.app.store.schema();
    let table = schema
        .table(call.segment(0))
        .ok_or_else(Refusal::table_not_found)?;
    call.require(&table.name, Rights::DESIGN)?;
    Ok(table.name.clone())
}

fn list_view(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let view = schema
        .view(call.segment(0))
        .ok_or_else(Refusal::view_not_found)?;
    call.require(&view.name, Rights::READ)?;
    call.ok(&models(&schema, view))
}

fn get_view(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let view = schema
        .view(call.segment(0))
        .ok_or_else(Refusal::view_not_found)?;
    call.require(&view.name, Rights::READ)?;
    let name = call.segment(1);
    models(&schema, view)
        .iter()
        .find(|model| model.is_called(name))
        .map(|model| call.ok(model))
        .unwrap_or_else(|| Err(Refusal::fields_not_found(&[name])))
}

fn models<'s>(schema: &'s Schema, view: &'s View) -> Vec<FieldModel<'s>> {
    view.fields
        .iter()
        .zip(1..)
        .filter_map(|(field, place)| {
            let (table, origin) = schema.origin(view, field)?;
            let editable = view.editable_part() == Some(field.part);
            Some(FieldModel::new(origin, place).in_view(&field.name, &table.name, editable))
        })
        .collect()
}
