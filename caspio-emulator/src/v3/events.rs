//! The events that a webhook listens for.

use super::webhook_json::{StampsJson, status};
use super::webhooks::{events_of, find, stamps, touch};
use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::document;
use crate::store::schema::{Schema, Table};
use crate::store::webhook::{Event, EventType, SOURCES, short_id};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

pub(crate) const ROUTES: &[Route] = &[
    Route::get(
        "outgoingWebhooks/{}/events",
        "ListOutgoingWebhookEvents",
        list,
    ),
    Route::post(
        "outgoingWebhooks/{}/events",
        "CreateOutgoingWebhookEvent",
        create,
    ),
    Route::get(
        "outgoingWebhooks/{}/events/{}",
        "GetOutgoingWebhookEvent",
        get,
    ),
    Route::put(
        "outgoingWebhooks/{}/events/{}",
        "UpdateOutgoingWebhookEvent",
        update,
    ),
    Route::delete(
        "outgoingWebhooks/{}/events/{}",
        "DeleteOutgoingWebhookEvent",
        delete,
    ),
];

/// An event in a request. Requests have `EventType` and `Enabled` where responses have `Type` and
/// `Status`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Wanted {
    pub(crate) event_type: String,
    pub(crate) object_name: Option<String>,
    pub(crate) object_fields: Option<Vec<String>>,
    pub(crate) event_sources: Option<Vec<String>>,
    pub(crate) custom_payload_fields: Option<Vec<String>>,
    pub(crate) custom_payload_template: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// Only v4 can leave the secret out of messages.
    #[serde(skip)]
    pub(crate) hides_secret: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventJson<'a> {
    id: &'a str,
    r#type: &'static str,
    status: &'static str,
    object_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_id: Option<String>,
    object_fields: &'a [String],
    event_sources: &'a [String],
    custom_payload_fields: &'a [String],
    custom_payload_template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<u32>,
    #[serde(flatten)]
    stamps: StampsJson<'a>,
}

impl<'a> EventJson<'a> {
    fn updated(event: &'a Event, schema: &'a Schema) -> Self {
        let table = schema.table_by_id(event.table);
        Self {
            id: &event.id,
            r#type: event.kind.name(),
            status: status(event.active),
            object_name: table.map_or("", |table| &table.name),
            object_id: None,
            object_fields: &event.fields,
            event_sources: &event.sources,
            custom_payload_fields: &event.payload_fields,
            custom_payload_template: event.template.as_deref(),
            messages: None,
            calls: None,
            errors: None,
            stamps: StampsJson::new(&event.stamps),
        }
    }

    fn created(event: &'a Event, schema: &'a Schema) -> Self {
        Self {
            stamps: StampsJson::at_creation(&event.stamps),
            ..Self::updated(event, schema)
        }
    }

    fn listed(event: &'a Event, schema: &'a Schema, account: &str) -> Self {
        let table = schema.table_by_id(event.table);
        Self {
            object_id: table.map(|table| table.short_id(account)),
            ..Self::updated(event, schema)
        }
    }

    fn alone(event: &'a Event, schema: &'a Schema, account: &str) -> Self {
        Self {
            messages: Some(event.traffic.messages),
            calls: Some(event.traffic.calls),
            errors: Some(event.traffic.errors),
            ..Self::listed(event, schema, account)
        }
    }
}

fn list(call: &Call<'_>) -> Outcome {
    all(call, |events, schema| {
        let account = &call.app.settings.account;
        let items: Vec<_> = events
            .iter()
            .map(|event| EventJson::listed(event, schema, account))
            .collect();
        Response::json(StatusCode::OK, &items)
    })
}

/// Responds with the events of the webhook of the path.
pub(crate) fn all(call: &Call<'_>, respond: impl FnOnce(&[Event], &Schema) -> Outcome) -> Outcome {
    call.app.store.read(|connection, schema| {
        let webhook = find(call, connection, Rights::READ)?;
        respond(&events_of(connection, &webhook.id)?, schema)
    })
}

/// Finds an event by its id.
pub(crate) fn find_event<'e>(events: &'e [Event], id: &str) -> Result<&'e Event, Refusal> {
    events
        .iter()
        .find(|event| event.id == id)
        .ok_or_else(Refusal::object_not_found)
}

fn get(call: &Call<'_>) -> Outcome {
    all(call, |events, schema| {
        let event = find_event(events, call.segment(1))?;
        let account = &call.app.settings.account;
        Response::json(StatusCode::OK, &EventJson::alone(event, schema, account))
    })
}

/// Adds an event to the webhook of the path; `wanted` returns its definition for the current
/// schema.
pub(crate) fn add(
    call: &Call<'_>,
    wanted: impl FnOnce(&Schema) -> Result<Wanted, Refusal>,
    respond: impl FnOnce(&Event, &Schema) -> Outcome,
) -> Outcome {
    let id = short_id(&mut call.app.store.random());
    call.app.store.write(|transaction, schema| {
        let webhook = find(call, transaction, Rights::UPDATE)?;
        let mut event = Event {
            id,
            webhook: webhook.id,
            kind: EventType::Insert,
            table: 0,
            fields: Vec::new(),
            sources: Vec::new(),
            payload_fields: Vec::new(),
            hides_secret: false,
            template: None,
            active: true,
            stamps: stamps(call),
            traffic: Default::default(),
        };
        apply(schema, &mut event, wanted(schema)?)?;
        check_unique(&events_of(transaction, &event.webhook)?, &event)?;
        document::put(transaction, &event)?;
        respond(&event, schema)
    })
}

/// Changes the event of the path; `wanted` returns the new definition for the current one.
pub(crate) fn change(
    call: &Call<'_>,
    wanted: impl FnOnce(&Event, &Schema) -> Result<Wanted, Refusal>,
    respond: impl FnOnce(&Event, &Schema) -> Outcome,
) -> Outcome {
    call.app.store.write(|transaction, schema| {
        let webhook = find(call, transaction, Rights::UPDATE)?;
        let events = events_of(transaction, &webhook.id)?;
        let mut event = find_event(&events, call.segment(1))?.clone();
        let wanted = wanted(&event, schema)?;
        apply(schema, &mut event, wanted)?;
        check_unique(&events, &event)?;
        touch(&mut event.stamps, call);
        document::put(transaction, &event)?;
        respond(&event, schema)
    })
}

fn create(call: &Call<'_>) -> Outcome {
    let wanted: Wanted = call.read()?;
    add(
        call,
        |_| Ok(wanted),
        |event, schema| Response::json(StatusCode::CREATED, &EventJson::created(event, schema)),
    )
}

fn update(call: &Call<'_>) -> Outcome {
    let wanted: Wanted = call.read()?;
    change(
        call,
        |_, _| Ok(wanted),
        |event, schema| Response::json(StatusCode::OK, &EventJson::updated(event, schema)),
    )
}

pub(crate) fn delete(call: &Call<'_>) -> Outcome {
    call.app.store.write(|transaction, _| {
        let webhook = find(call, transaction, Rights::UPDATE)?;
        let events = events_of(transaction, &webhook.id)?;
        let event = find_event(&events, call.segment(1))?;
        document::remove::<Event>(transaction, &event.id)?;
        Ok(Response::no_content())
    })
}

fn apply(schema: &Schema, event: &mut Event, wanted: Wanted) -> Result<(), Refusal> {
    let name = wanted.object_name.as_deref().unwrap_or_default();
    let table = schema.table(name).ok_or_else(Refusal::incorrect_body)?;
    event.kind = EventType::parse(&wanted.event_type).ok_or_else(Refusal::incorrect_body)?;
    event.table = table.id;
    event.fields = known(table, wanted.object_fields)?;
    event.payload_fields = known(table, wanted.custom_payload_fields)?;
    event.hides_secret = wanted.hides_secret;
    event.sources = sources(wanted.event_sources)?;
    event.template = wanted
        .custom_payload_template
        .filter(|template| !template.is_empty());
    event.active = wanted.enabled.unwrap_or(true);
    if event.kind != EventType::Update && !event.fields.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    Ok(())
}

fn known(table: &Table, names: Option<Vec<String>>) -> Result<Vec<String>, Refusal> {
    let names = names.unwrap_or_default();
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| table.field(name).is_none())
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        Ok(names)
    } else {
        Err(Refusal::fields_not_found(&unknown))
    }
}

/// Without sources an event has all sources of the document.
fn sources(wanted: Option<Vec<String>>) -> Result<Vec<String>, Refusal> {
    let wanted = wanted.unwrap_or_default();
    if wanted.is_empty() {
        return Ok(SOURCES[..5].iter().map(|&source| source.into()).collect());
    }
    let all_known = wanted
        .iter()
        .all(|name| SOURCES.iter().any(|known| known.eq_ignore_ascii_case(name)));
    if all_known {
        Ok(wanted)
    } else {
        Err(Refusal::incorrect_body())
    }
}

/// A webhook has one event of a kind for a table; several update events must watch different
/// fields.
fn check_unique(events: &[Event], event: &Event) -> Result<(), Refusal> {
    let equal = events.iter().any(|other| {
        other.id != event.id
            && other.table == event.table
            && other.kind == event.kind
            && (event.kind != EventType::Update || other.fields == event.fields)
    });
    if equal {
        Err(Refusal::incorrect_body())
    } else {
        Ok(())
    }
}
