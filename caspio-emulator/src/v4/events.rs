//! The events of webhooks: v3's, with the table by its id and members of v4's own.

use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response};
use crate::store::schema::{Schema, Table};
use crate::store::webhook::Event;
use crate::v3::events::{self, add, all, change, find_event};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

pub(super) const ROUTES: &[Route] = &[
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
    Route::patch(
        "outgoingWebhooks/{}/events/{}",
        "UpdateOutgoingWebhookEvent",
        update,
    ),
    Route::delete(
        "outgoingWebhooks/{}/events/{}",
        "DeleteOutgoingWebhookEvent",
        events::delete,
    ),
];

/// An event; the name of its id is that in the path.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventJson {
    event_id: String,
    r#type: &'static str,
    object_id: Option<String>,
    object_name: Option<String>,
    object_fields: Vec<String>,
    event_sources: Vec<String>,
    default_payload_includes_secret: bool,
    default_payload_fields: Vec<String>,
    custom_payload_template: Option<String>,
    enabled: bool,
}

/// An event in a request; members that a change omits stay unchanged.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    r#type: Option<String>,
    object_id: Option<String>,
    object_fields: Option<Vec<String>>,
    event_sources: Option<Vec<String>>,
    default_payload_includes_secret: Option<bool>,
    default_payload_fields: Option<Vec<String>>,
    custom_payload_template: Option<String>,
    enabled: Option<bool>,
}

impl EventJson {
    pub(super) fn new(call: &Call<'_>, event: Event, schema: &Schema) -> Self {
        let table = schema.table_by_id(event.table);
        Self {
            event_id: event.id,
            r#type: event.kind.name(),
            object_id: table.map(|table| table.short_id(&call.app.settings.account)),
            object_name: table.map(|table| table.name.clone()),
            object_fields: event.fields,
            event_sources: event.sources,
            default_payload_includes_secret: !event.hides_secret,
            default_payload_fields: event.payload_fields,
            custom_payload_template: event.template,
            enabled: event.active,
        }
    }
}

impl Wanted {
    /// Converts the request to v3's form.
    fn in_v3(
        self,
        call: &Call<'_>,
        schema: &Schema,
        event: Option<&Event>,
    ) -> Result<events::Wanted, Refusal> {
        let kind = self.r#type;
        let kind = kind.or_else(|| event.map(|event| event.kind.name().to_owned()));
        let table = match &self.object_id {
            Some(id) => schema.table_by_short_id(id, &call.app.settings.account),
            None => event.and_then(|event| schema.table_by_id(event.table)),
        };
        let name = |table: &Table| table.name.clone();
        let shows_secret = self.default_payload_includes_secret;
        Ok(events::Wanted {
            event_type: kind.ok_or_else(Refusal::incorrect_body)?,
            object_name: table.map(name),
            object_fields: self
                .object_fields
                .or_else(|| event.map(|event| event.fields.clone())),
            event_sources: self
                .event_sources
                .or_else(|| event.map(|event| event.sources.clone())),
            custom_payload_fields: self
                .default_payload_fields
                .or_else(|| event.map(|event| event.payload_fields.clone())),
            custom_payload_template: self
                .custom_payload_template
                .or_else(|| event.and_then(|event| event.template.clone())),
            enabled: self.enabled.or_else(|| event.map(|event| event.active)),
            hides_secret: match shows_secret {
                Some(shows) => !shows,
                None => event.is_some_and(|event| event.hides_secret),
            },
        })
    }
}

fn list(call: &Call<'_>) -> Outcome {
    all(call, |events, schema| {
        let items = events
            .iter()
            .map(|event| EventJson::new(call, event.clone(), schema));
        envelope::list(call, items.collect())
    })
}

fn get(call: &Call<'_>) -> Outcome {
    all(call, |events, schema| {
        let event = find_event(events, call.segment(1))?;
        envelope::one(call, &EventJson::new(call, event.clone(), schema))
    })
}

fn create(call: &Call<'_>) -> Outcome {
    let wanted: Wanted = call.read()?;
    add(
        call,
        |schema| wanted.in_v3(call, schema, None),
        |event, schema| {
            let items = EventJson::new(call, event.clone(), schema);
            Response::json(StatusCode::CREATED, &items)
        },
    )
}

fn update(call: &Call<'_>) -> Outcome {
    let wanted: Wanted = call.read()?;
    change(
        call,
        |event, schema| wanted.in_v3(call, schema, Some(event)),
        |event, schema| envelope::one(call, &EventJson::new(call, event.clone(), schema)),
    )
}
