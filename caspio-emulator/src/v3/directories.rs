//! Directories and their users. The condition of their writes is called `Where`.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::records::{affected, arbitrary, edit, envelope, filter, parts, written};
use crate::{
    auth::Rights,
    http::{Answer, Call, Refusal, call::Outcome, route::Route},
    paging::Paging,
    store::{
        date, directory, document,
        edit::{Edit, Place},
        input::Record,
        read::Query,
        things::Directory,
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("directories", "ListDirectories", list),
    Route::get("directories/{}/users", "ListDirectoryUsers", users),
    Route::post("directories/{}/users", "CreateUser", create),
    Route::put("directories/{}/users", "UpdateUsers", update),
    Route::delete("directories/{}/users", "DeleteUsers", delete),
    Route::post("directories/{}/users/activate", "ActivateUser", activate),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Told<'a> {
    id: &'a str,
    name: &'a str,
    number_of_users: i64,
    date_created: &'a str,
    date_updated: &'a str,
    created_by: &'a str,
    updated_by: &'a str,
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

fn list(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, schema| {
        let directories = document::all::<Directory>(connection)?;
        let mut told = Vec::new();
        for directory in &directories {
            let Some(table) = schema.table(&directory.name) else {
                continue;
            };
            if !call.profile.may(&directory.name, Rights::READ) {
                continue;
            }
            told.push(Told {
                id: &directory.id,
                name: &directory.name,
                number_of_users: directory::users(connection, table)?,
                date_created: date::shown(&directory.created),
                date_updated: date::shown(&directory.updated),
                created_by: &directory.created_by,
                updated_by: &directory.updated_by,
            });
        }
        call.ok(&told)
    })
}

/// Returns the name of the directory that the path means.
fn named(call: &Call<'_>, wanted: Rights) -> Result<String, Refusal> {
    let found = call
        .app
        .store
        .read(|connection, _| document::get::<Directory>(connection, call.segment(0)))?;
    let directory = found.ok_or_else(Refusal::object_not_found)?;
    call.require(&directory.name, wanted)?;
    Ok(directory.name)
}

fn users(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::READ)?;
    let paging = Paging::of_records(call.params)?;
    let page = call.app.store.page(
        call.profile,
        &Query {
            source: &name,
            parts: parts(call),
            unordered: arbitrary(call),
            window: Some(paging.window()),
            count: call.params.flag("getPaginationInfo")?,
            users: true,
        },
    )?;
    envelope(&page, paging)
}

fn create(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::INSERT)?;
    let record: Record = call.read()?;
    let place = Place::Table(&name);
    let done = call.app.store.insert(edit(call, place), &record)?;
    Ok(match &done.rows {
        None => Answer::empty(StatusCode::CREATED),
        Some(page) => written(StatusCode::CREATED, None, Some(page)),
    })
}

fn update(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let filter = filter(call)?;
    let record: Record = call.read()?;
    if record.0.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let place = Place::Table(&name);
    let done = call.app.store.update(edit(call, place), filter, &record)?;
    Ok(affected("UsersAffected", &done))
}

fn delete(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::DELETE)?;
    let filter = filter(call)?;
    let edit = Edit {
        want_rows: false,
        ..edit(call, Place::Table(&name))
    };
    let done = call.app.store.delete(edit, filter)?;
    Ok(affected("UsersAffected", &done))
}

/// Makes a link for a user to activate the account with. The document has a 409; that it is for
/// a user who is active already, and that the state waits for the link, is inferred.
fn activate(call: &Call<'_>) -> Outcome {
    let name = named(call, Rights::UPDATE)?;
    let body: Activation = call.read()?;
    let status = call.app.store.read(|connection, schema| {
        let table = schema.table(&name).ok_or_else(Refusal::object_not_found)?;
        directory::status(connection, table, &body.guid)
    })?;
    match status.as_deref() {
        None => Err(Refusal::object_not_found()),
        Some("Active") => Err(Refusal::bare(StatusCode::CONFLICT)),
        Some(_) => call.ok(&Activated {
            activation_url: format!(
                "https://{}.caspio.com/activate/{}",
                call.app.settings.account, body.guid
            ),
        }),
    }
}
