//! Tables and fields: `Columns` of a new table, `New...` members of a changed field.

use crate::http::call::Outcome;
use crate::http::refusal::Body;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::model::Model;
use crate::store::schema::VisibleField;
use crate::v3::field_model::FieldModel;
use crate::v3::fields::{of_table, update};
use crate::v3::tables::{self, NewTable};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::post("tables", "CreateTable", create),
    Route::get("tables/{}/fields", "ListTableFields", |call| {
        of_table(call, |shown| list(call, shown))
    }),
    Route::get("tables/{}/fields/{}", "GetTableField", |call| {
        of_table(call, |shown| get(call, shown))
    }),
    Route::put("tables/{}/fields/{}", "UpdateTableField", |call| {
        update(call, &call.read::<Change>()?.into_model())?;
        Ok(call.done())
    }),
];

/// A changed field.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Change {
    new_name: Option<String>,
    new_type: Option<String>,
    new_unique: Option<bool>,
    new_unique_allow_nulls: Option<bool>,
    new_label: Option<String>,
    new_description: Option<String>,
    new_display_order: Option<i32>,
    new_on_insert: Option<bool>,
    new_on_update: Option<bool>,
    new_time_zone: Option<String>,
    new_format: Option<String>,
    new_prefix: Option<String>,
    new_length: Option<i32>,
    new_list_field: Option<Vec<Value>>,
}

impl Change {
    fn into_model(self) -> Model {
        Model {
            name: self.new_name,
            r#type: self.new_type,
            unique: self.new_unique,
            unique_allow_nulls: self.new_unique_allow_nulls,
            label: self.new_label,
            description: self.new_description,
            display_order: self.new_display_order,
            on_insert: self.new_on_insert,
            on_update: self.new_on_update,
            time_zone: self.new_time_zone,
            format: self.new_format,
            prefix: self.new_prefix,
            length: self.new_length,
            list_field: self.new_list_field,
            ..Model::default()
        }
    }
}

/// Creates a table. A body with v3's `Fields` was seen to succeed and to lose all fields.
fn create(call: &Call<'_>) -> Outcome {
    let body: NewTable = call.read()?;
    tables::create(call, body.name, &body.columns.unwrap_or_default())?;
    Ok(Response::empty(StatusCode::CREATED))
}

fn list(call: &Call<'_>, shown: &[VisibleField<'_>]) -> Outcome {
    if shown.is_empty() {
        return Err(runtime_error());
    }
    let models: Vec<_> = shown
        .iter()
        .map(|field| FieldModel::new(field).in_v2())
        .collect();
    call.ok(&models)
}

fn get(call: &Call<'_>, shown: &[VisibleField<'_>]) -> Outcome {
    let field = VisibleField::find(shown, call.segment(1))?;
    call.ok(&FieldModel::new(field).in_v2())
}

/// The response for the fields of a table without fields, as seen: a page of the web server, not
/// JSON.
fn runtime_error() -> Refusal {
    Refusal {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        body: Body::Raw {
            content_type: "text/html; charset=utf-8",
            text: "<!DOCTYPE html>\r\n<html>\r\n<head><title>Runtime Error</title></head>\r\n\
                   <body><h1>Server Error in '/' Application.</h1></body>\r\n</html>\r\n"
                .into(),
        },
    }
}
