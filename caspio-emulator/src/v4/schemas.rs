//! All objects of a kind with their fields in one call.

use super::design::{TableJson, ViewJson};
use super::events;
use super::field_model::FieldJson;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::store::document;
use crate::store::objects::Directory;
use crate::store::schema::{Schema, VisibleField};
use crate::store::webhook::Webhook;
use crate::v3::webhooks;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

pub(super) const ROUTES: &[Route] = &[
    Route::get("schemas/tables", "ListTableSchemas", tables),
    Route::get("schemas/views", "ListViewSchemas", views),
    Route::get("schemas/directories", "ListDirectorySchemas", directories),
    Route::get("schemas/outgoingWebhooks", "ListWebhookSchemas", hooks),
];

/// An object with its parts. The emulator has neither relationships nor triggered actions, so these
/// lists are empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Described<'a, T> {
    #[serde(flatten)]
    object: T,
    fields: Vec<FieldJson<'a>>,
    relationships: [(); 0],
    triggered_actions: [(); 0],
}

/// A directory; the name of its id is that in the path.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DirectoryJson<'a> {
    directory_id: &'a str,
    name: &'a str,
}

/// A webhook with its events.
#[derive(Debug, Serialize)]
struct Listening {
    #[serde(flatten)]
    webhook: Value,
    events: Vec<events::EventJson>,
}

impl<'a, T> Described<'a, T> {
    fn new(object: T, shown: &[VisibleField<'a>]) -> Self {
        Self {
            object,
            fields: shown.iter().map(FieldJson::new).collect(),
            relationships: [],
            triggered_actions: [],
        }
    }
}

fn tables(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.tables, |table| &table.name);
    let described = readable
        .map(|table| Described::new(TableJson::new(call, table), &table.shown()))
        .collect();
    envelope::list(call, described)
}

fn views(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.views, |view| &view.name);
    let described = readable
        .map(|view| Described::new(ViewJson::new(call, view), &schema.shown(view)))
        .collect();
    envelope::list(call, described)
}

fn directories(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, schema| {
        let directories = document::all::<Directory>(connection)?;
        let readable = call.readable(&directories, |directory| &directory.name);
        let described = readable.filter_map(|directory| {
            let table = schema.table(&directory.name)?;
            let items = DirectoryJson {
                directory_id: &directory.id,
                name: &directory.name,
            };
            Some(Described::new(items, &table.shown()))
        });
        envelope::list(call, described.collect())
    })
}

fn hooks(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, schema| {
        let webhooks = document::all::<Webhook>(connection)?;
        let items: Result<Vec<_>, _> = call
            .readable(&webhooks, |webhook| &webhook.name)
            .map(|webhook| listening(call, connection, schema, webhook))
            .collect();
        envelope::list(call, items?)
    })
}

fn listening(
    call: &Call<'_>,
    connection: &Connection,
    schema: &Schema,
    webhook: &Webhook,
) -> Result<Listening, Refusal> {
    let events = webhooks::events_of(connection, &webhook.id)?;
    Ok(Listening {
        webhook: webhooks::json_in_v4(webhook)?,
        events: events
            .into_iter()
            .map(|event| events::EventJson::new(call, event, schema))
            .collect(),
    })
}
