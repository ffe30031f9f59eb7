//! Directories: their design is that of the table of the same name, their users are identified by
//! `UserGUID`.

use super::bulk::{Change, inserted, read_records};
use super::design::{create_field, get_field, list_fields, update_field};
use super::fields_of_records::rename_all;
use super::records::{changed, first};
use crate::auth::Rights;
use crate::envelope::affected;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::StoreError;
use crate::store::directory;
use crate::store::edit::{ObjectName, WriteContext};
use crate::store::input::Record;
use crate::v3::attachments::{self, download, infos, upload};
use crate::v3::directories::{activate, get, list, named, users};
use crate::v3::fields::{self, of_table};
use crate::v3::records::{without_rows, write_context};
use axum::http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

pub(super) const ROUTES: &[Route] = &[
    Route::get("directories", "ListDirectories", list),
    Route::get("directories/{}", "GetDirectory", get),
    Route::get("directories/{}/fields", "ListDirectoryFields", |call| {
        of_table(call, |shown| list_fields(call, shown))
    }),
    Route::post(
        "directories/{}/fields",
        "CreateDirectoryField",
        create_field,
    ),
    Route::get("directories/{}/fields/{}", "GetDirectoryField", |call| {
        of_table(call, |shown| get_field(call, shown, call.segment(1)))
    }),
    Route::patch(
        "directories/{}/fields/{}",
        "UpdateDirectoryField",
        update_field,
    ),
    Route::delete(
        "directories/{}/fields/{}",
        "DeleteDirectoryField",
        fields::delete,
    ),
    Route::get("directories/{}/users", "ListDirectoryUsers", users),
    Route::post("directories/{}/users", "CreateUser", create),
    Route::patch("directories/{}/users/bulk", "UpdateUsers", update_all),
    Route::delete("directories/{}/users/bulk", "DeleteUsers", delete_all),
    Route::post("directories/{}/users/bulk", "CreateUsers", create_all),
    Route::patch("directories/{}/users/{}", "UpdateUser", update),
    Route::delete("directories/{}/users/{}", "DeleteUser", delete),
    Route::get(
        "directories/{}/users/bulk/attachments/{}/fileInfo",
        "GetFileMetadataFromUserFields",
        |call| infos(call, ObjectName::Table(&named(call, Rights::READ)?)),
    ),
    Route::patch(
        "directories/{}/users/bulk/attachments/{}/fileInfo",
        "UpdateFileMetadataInUserFields",
        |call| rename_all(call, ObjectName::Table(&named(call, Rights::UPDATE)?)),
    ),
    Route::get(
        "directories/{}/users/{}/attachments/{}",
        "DownloadFileFromUserField",
        |call| {
            let name = named(call, Rights::READ)?;
            let object = ObjectName::Table(&name);
            download(call, object, call.segment(2), &key(call, &name)?)
        },
    ),
    Route::put(
        "directories/{}/users/{}/attachments/{}",
        "UploadFileToUserField",
        |call| {
            let name = named(call, Rights::UPDATE)?;
            let object = ObjectName::Table(&name);
            upload(call, object, call.segment(2), &key(call, &name)?)
        },
    )
    .form(),
    Route::delete(
        "directories/{}/users/{}/attachments/{}",
        "DeleteFileFromUserField",
        |call| {
            let name = named(call, Rights::UPDATE)?;
            let object = ObjectName::Table(&name);
            attachments::delete(call, object, call.segment(2), &by_guid(call)?)
        },
    ),
    Route::post("directories/{}/users/{}/activate", "ActivateUser", |call| {
        activate(call, call.segment(1))
    }),
];

/// The key of a new user; it is inferred that an insert responds with it, as with `PK_ID` for a record: fact
/// `users-of-directories`.
#[derive(Debug, Serialize)]
struct Created {
    #[serde(rename = "UserGUID")]
    guid: String,
}

/// Returns the condition that finds the user of the path.
fn by_guid(call: &Call<'_>) -> Result<String, Refusal> {
    let guid = Uuid::parse_str(call.segment(1));
    let guid = guid.map_err(|_| Refusal::record_not_found())?;
    Ok(format!("UserGUID = '{guid}'"))
}

/// Returns the key of the record of the user of the path.
fn key(call: &Call<'_>, directory: &str) -> Result<String, Refusal> {
    let found = call.app.store.read(|connection, schema| {
        let table = schema.table(directory).ok_or(StoreError::ObjectNotFound)?;
        directory::key(connection, table, call.segment(1))
    })?;
    found
        .map(|key| key.to_string())
        .ok_or_else(Refusal::record_not_found)
}

fn create(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::INSERT)?;
    let record: Record = call.read()?;
    let edit = WriteContext {
        want_rows: true,
        ..write_context(call, ObjectName::Table(&name))
    };
    let done = call.app.store.insert(edit, &record)?;
    let page = done.rows.as_ref().ok_or_else(Refusal::internal)?;
    if call.wants_rows() {
        return first(StatusCode::CREATED, page).ok_or_else(Refusal::internal);
    }
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&page.json).map_err(|_| Refusal::internal())?;
    let guid = rows.first().and_then(|row| row.get("UserGUID")?.as_str());
    let created = Created {
        guid: guid.unwrap_or_default().to_owned(),
    };
    Response::json(StatusCode::CREATED, &created)
}

/// Inserts users like records; it is inferred that the response has their `UserGUID` instead of `PK_ID`.
fn create_all(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::INSERT)?;
    let records = read_records(call)?;
    let edit = without_rows(call, ObjectName::Table(&name));
    let outcomes = call.app.store.insert_each(edit, &records)?;
    call.app.store.read(|connection, schema| {
        let table = schema.table(&name);
        let table = table.ok_or_else(Refusal::object_not_found)?;
        let users = outcomes
            .into_iter()
            .map(|key| Ok(directory::guid(connection, table, key?)?));
        inserted(call, "UserGUID", users.collect())
    })
}

fn update_all(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let (change, filter) = Change::read(call)?;
    let values = change.values()?;
    let edit = without_rows(call, ObjectName::Table(&name));
    let done = call.app.store.update(edit, &filter, &values)?;
    Ok(affected(call.version, "UsersAffected", &done))
}

fn delete_all(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::DELETE)?;
    let (_, filter) = Change::read(call)?;
    let edit = without_rows(call, ObjectName::Table(&name));
    let done = call.app.store.delete(edit, &filter)?;
    Ok(affected(call.version, "UsersAffected", &done))
}

fn update(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let filter = by_guid(call)?;
    let record: Record = call.read()?;
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let edit = write_context(call, ObjectName::Table(&name));
    let done = call.app.store.update(edit, &filter, &record)?;
    changed(call, "UsersAffected", &done)
}

fn delete(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::DELETE)?;
    let edit = without_rows(call, ObjectName::Table(&name));
    let done = call.app.store.delete(edit, &by_guid(call)?)?;
    changed(call, "UsersAffected", &done)
}
