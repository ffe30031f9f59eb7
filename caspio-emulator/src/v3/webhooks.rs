//! Outgoing webhooks. Unlike other operations these return bare objects and arrays.

use super::webhook_json::WebhookJson;
use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::store::webhook::{Event, Stamps, Webhook, short_id};
use crate::store::{document, generate};
use crate::webhook;
use axum::http::{StatusCode, Uri};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::Value;

pub(crate) const ROUTES: &[Route] = &[
    Route::get("outgoingWebhooks", "ListOutgoingWebhooks", list),
    Route::post("outgoingWebhooks", "CreateOutgoingWebhook", create),
    Route::get("outgoingWebhooks/{}", "GetOutgoingWebhook", get),
    Route::put("outgoingWebhooks/{}", "UpdateOutgoingWebhook", update),
    Route::delete("outgoingWebhooks/{}", "DeleteOutgoingWebhook", delete),
];

/// v4's name for the key.
const ID: &str = "webhookId";

/// The highest number of calls a second. It depends on the plan; this is the number in the
/// document's example.
const MAX_THROTTLING: i32 = 10;

/// A webhook in a request, on v4 in camel case.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Wanted {
    #[serde(alias = "name")]
    name: Option<String>,
    #[serde(alias = "description")]
    description: Option<String>,
    #[serde(alias = "outgoingUrls")]
    outgoing_urls: Option<Vec<String>>,
    #[serde(alias = "callThrottling")]
    call_throttling: Option<i32>,
    #[serde(alias = "enabled")]
    enabled: Option<bool>,
}

/// Returns the emulator's time as a `date-time`.
fn now(call: &Call<'_>) -> String {
    let now = call.app.clock.now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn stamps(call: &Call<'_>) -> Stamps {
    Stamps {
        created: now(call),
        created_by: call.profile.display_name().to_owned(),
        modified: None,
        modified_by: None,
    }
}

pub(super) fn touch(stamps: &mut Stamps, call: &Call<'_>) {
    stamps.modified = Some(now(call));
    stamps.modified_by = Some(call.profile.display_name().to_owned());
}

/// Finds the webhook of the path.
pub(super) fn find(
    call: &Call<'_>,
    connection: &Connection,
    wanted: Rights,
) -> Result<Webhook, Refusal> {
    let webhook: Webhook =
        document::get(connection, call.segment(0))?.ok_or_else(Refusal::object_not_found)?;
    call.require(&webhook.name, wanted)?;
    Ok(webhook)
}

/// Returns the events of a webhook.
pub(crate) fn events_of(connection: &Connection, webhook: &str) -> Result<Vec<Event>, Refusal> {
    let mut events = document::all::<Event>(connection)?;
    events.retain(|event| event.webhook == webhook);
    Ok(events)
}

/// Returns the JSON of a webhook in v4's lists.
pub(crate) fn json_in_v4(webhook: &Webhook) -> Result<Value, Refusal> {
    envelope::in_v4(ID, &WebhookJson::listed(webhook))
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let webhooks = call
        .app
        .store
        .read(|connection, _| document::all::<Webhook>(connection))?;
    let readable = call.readable(&webhooks, |webhook| &webhook.name);
    let items: Vec<_> = readable.map(WebhookJson::listed).collect();
    match call.version {
        Version::V4 => envelope::objects(call, ID, items),
        Version::V2 | Version::V3 => Response::json(StatusCode::OK, &items),
    }
}

pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.app.store.read(|connection, _| {
        let webhook = find(call, connection, Rights::READ)?;
        let events = events_of(connection, &webhook.id)?.len();
        envelope::created(
            call,
            StatusCode::OK,
            ID,
            &WebhookJson::alone(&webhook, events),
        )
    })
}

pub(crate) fn create(call: &Call<'_>) -> Outcome {
    call.require_creating()?;
    let wanted: Wanted = call.read()?;
    if wanted.name.is_none() || wanted.outgoing_urls.is_none() {
        return Err(Refusal::incorrect_body());
    }
    let id = short_id(&mut call.app.store.random());
    let mut webhook = Webhook {
        id,
        name: String::new(),
        description: String::new(),
        urls: Vec::new(),
        throttling: MAX_THROTTLING,
        secret: new_secret(call),
        active: true,
        stamps: stamps(call),
        traffic: Default::default(),
    };
    call.app.store.write(|transaction, _| {
        apply(transaction, &mut webhook, wanted)?;
        document::put(transaction, &webhook).map_err(Refusal::from)
    })?;
    envelope::created(
        call,
        StatusCode::CREATED,
        ID,
        &WebhookJson::created(&webhook),
    )
}

pub(crate) fn update(call: &Call<'_>) -> Outcome {
    let wanted: Wanted = call.read()?;
    let nothing = wanted.name.is_none()
        && wanted.description.is_none()
        && wanted.outgoing_urls.is_none()
        && wanted.call_throttling.is_none()
        && wanted.enabled.is_none();
    if nothing {
        return Err(Refusal::incorrect_body());
    }
    call.app.store.write(|transaction, _| {
        let mut webhook = find(call, transaction, Rights::UPDATE)?;
        if let Some(enabled) = wanted.enabled {
            webhook.active = enabled;
            for mut event in events_of(transaction, &webhook.id)? {
                event.active = enabled;
                document::put(transaction, &event)?;
            }
        }
        apply(transaction, &mut webhook, wanted)?;
        touch(&mut webhook.stamps, call);
        document::put(transaction, &webhook)?;
        envelope::created(call, StatusCode::OK, ID, &WebhookJson::listed(&webhook))
    })
}

/// Gives a webhook a new secret, which this response contains.
pub(crate) fn regenerate_secret(call: &Call<'_>) -> Outcome {
    let secret = new_secret(call);
    call.app.store.write(|transaction, _| {
        let mut webhook = find(call, transaction, Rights::UPDATE)?;
        webhook.secret = secret;
        touch(&mut webhook.stamps, call);
        document::put(transaction, &webhook)?;
        envelope::created(call, StatusCode::OK, ID, &WebhookJson::created(&webhook))
    })
}

fn new_secret(call: &Call<'_>) -> String {
    let mut random = call.app.store.random();
    generate::guid(&mut random).simple().to_string()
}

pub(crate) fn delete(call: &Call<'_>) -> Outcome {
    call.app.store.write(|transaction, _| {
        let webhook = find(call, transaction, Rights::DELETE)?;
        for event in events_of(transaction, &webhook.id)? {
            document::remove::<Event>(transaction, &event.id)?;
        }
        document::remove::<Webhook>(transaction, &webhook.id)?;
        Ok(Response::no_content())
    })
}

/// Names and URLs are unique among webhooks.
fn apply(connection: &Connection, webhook: &mut Webhook, wanted: Wanted) -> Result<(), Refusal> {
    let mut others = document::all::<Webhook>(connection)?;
    others.retain(|other| other.id != webhook.id);
    if let Some(name) = wanted.name {
        let taken = others.iter().any(|other| other.name == name);
        if name.trim().is_empty() || taken {
            return Err(Refusal::incorrect_body());
        }
        webhook.name = name;
    }
    if let Some(urls) = wanted.outgoing_urls {
        let taken = |url: &String| others.iter().any(|other| other.urls.contains(url));
        if urls.is_empty() || urls.iter().any(taken) {
            return Err(Refusal::incorrect_body());
        }
        urls.iter().try_for_each(|url| check_receiver(url))?;
        webhook.urls = urls;
    }
    if let Some(throttling) = wanted.call_throttling {
        if !(1..=MAX_THROTTLING).contains(&throttling) {
            return Err(Refusal::incorrect_body());
        }
        webhook.throttling = throttling;
    }
    if let Some(description) = wanted.description {
        webhook.description = description;
    }
    Ok(())
}

/// Caspio accepts `https` only. Here `http` to this machine is accepted too, and nothing that is not delivered: a
/// caller who waits for a message would wait in vain.
fn check_receiver(url: &str) -> Result<(), Refusal> {
    let uri: Uri = url.parse().map_err(|_| Refusal::incorrect_body())?;
    if webhook::is_delivered(&uri) {
        return Ok(());
    }
    if uri.scheme_str() != Some("https") || uri.host().is_none() {
        return Err(Refusal::incorrect_body());
    }
    Err(Refusal::not_emulated(
        "Webhooks to other machines are not emulated: a URL has the host localhost, 127.0.0.1 or [::1].",
    ))
}
