//! Directories and their users. The condition of their writes is named `Where`.

use super::records::{arbitrary, filter, parts, wants_total, without_rows, write_context};
use crate::auth::Rights;
use crate::envelope::{self, affected, written};
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::paging::Paging;
use crate::store::StoreError;
use crate::store::edit::ObjectName;
use crate::store::input::Record;
use crate::store::objects::Directory;
use crate::store::read::Query;
use crate::store::schema::Schema;
use crate::store::{date, directory, document};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("directories", "ListDirectories", list),
    Route::get("directories/{}/users", "ListDirectoryUsers", users),
    Route::post("directories/{}/users", "CreateUser", create),
    Route::put("directories/{}/users", "UpdateUsers", update),
    Route::delete("directories/{}/users", "DeleteUsers", delete),
    Route::post("directories/{}/users/activate", "ActivateUser", |call| {
        activate(call, &call.read::<Activation>()?.guid)
    }),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DirectoryJson<'a> {
    id: &'a str,
    name: &'a str,
    number_of_users: i64,
    date_created: &'a str,
    date_updated: &'a str,
    created_by: &'a str,
    updated_by: &'a str,
}

/// v4's name for the key.
const ID: &str = "directoryId";

impl<'a> DirectoryJson<'a> {
    fn new(
        connection: &Connection,
        schema: &Schema,
        directory: &'a Directory,
    ) -> Result<Self, Refusal> {
        let table = schema
            .table(&directory.name)
            .ok_or_else(Refusal::object_not_found)?;
        Ok(Self {
            id: &directory.id,
            name: &directory.name,
            number_of_users: directory::users(connection, table)?,
            date_created: date::to_json(&directory.created),
            date_updated: date::to_json(&directory.updated),
            created_by: &directory.created_by,
            updated_by: &directory.updated_by,
        })
    }
}

#[derive(Debug, Deserialize)]
struct Activation {
    #[serde(rename = "UserGUID")]
    guid: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Activated {
    activation_url: String,
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, schema| {
        let directories = document::all::<Directory>(connection)?;
        let items: Result<Vec<_>, _> = call
            .readable(&directories, |directory| &directory.name)
            .map(|directory| DirectoryJson::new(connection, schema, directory))
            .collect();
        envelope::objects(call, ID, items?)
    })
}

/// Responds with the directory of the path.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, schema| {
        let directory = find(call, connection)?;
        call.require(&directory.name, Rights::READ)?;
        envelope::object(
            call,
            ID,
            &DirectoryJson::new(connection, schema, &directory)?,
        )
    })
}

fn find(call: &Call<'_>, connection: &Connection) -> Result<Directory, Refusal> {
    let found = document::get::<Directory>(connection, call.segment(0))?;
    found.ok_or_else(Refusal::object_not_found)
}

/// Returns the name of the directory of the path.
pub(crate) fn named(call: &Call<'_>, wanted: Rights) -> Result<String, Refusal> {
    let directory = call
        .app
        .store
        .read(|connection, _| find(call, connection))?;
    call.require(&directory.name, wanted)?;
    Ok(directory.name)
}

pub(crate) fn users(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::READ)?;
    let paging = Paging::of_records(call.params)?;
    let page = call.app.store.page(
        call.profile,
        &Query {
            source: &name,
            parts: parts(call),
            unordered: arbitrary(call),
            window: Some(paging.window()),
            count: wants_total(call)?,
            users: true,
        },
    )?;
    envelope::page(call.version, &page, paging)
}

fn create(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::INSERT)?;
    let record: Record = call.read()?;
    let object = ObjectName::Table(&name);
    let done = call
        .app
        .store
        .insert(write_context(call, object), &record)?;
    Ok(match &done.rows {
        None => Response::empty(StatusCode::CREATED),
        Some(page) => written(call.version, StatusCode::CREATED, None, Some(page)),
    })
}

fn update(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let filter = filter(call)?;
    let record: Record = call.read()?;
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let object = ObjectName::Table(&name);
    let done = call
        .app
        .store
        .update(write_context(call, object), filter, &record)?;
    Ok(affected(call.version, "UsersAffected", &done))
}

fn delete(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::DELETE)?;
    let filter = filter(call)?;
    let done = call
        .app
        .store
        .delete(without_rows(call, ObjectName::Table(&name)), filter)?;
    Ok(affected(call.version, "UsersAffected", &done))
}

/// Creates a link with which a user activates the account. The document has a 409; it is inferred, fact
/// `users-of-directories`, that it is for a user who is active already, and that the status changes only through the
/// link.
pub(crate) fn activate(call: &Call<'_>, guid: &str) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let status = call.app.store.read(|connection, schema| {
        let table = schema.table(&name).ok_or(StoreError::ObjectNotFound)?;
        directory::status(connection, table, guid)
    })?;
    match status.as_deref() {
        None => Err(Refusal::object_not_found()),
        Some("Active") => Err(Refusal::bare(StatusCode::CONFLICT)),
        Some(_) => envelope::object(
            call,
            ID,
            &Activated {
                activation_url: format!(
                    "https://{}.caspio.com/activate/{}",
                    call.app.settings.account, guid
                ),
            },
        ),
    }
}
