//! The operations on webhooks and their events. v2 has none.

mod json;
mod v3;
mod v4;

pub(crate) use json::{WebhookEventJson, WebhookJson, webhook_json, webhooks_json};
pub(super) use v3::V3;
pub(super) use v4::V4;

use super::delete_without_body;
use super::url::push_segment;
use caspio_core::{Operation, Request, Url};
use serde_json::{Map, Value};
use std::fmt;

/// The requests of one version on webhooks and their events.
pub(crate) trait WebhookDialect: fmt::Debug + Send + Sync {
    /// Whether lists come in pages, in an envelope.
    fn has_pages(&self) -> bool;

    /// The members of a webhook.
    fn webhook(&self, webhook: &WebhookBody<'_>) -> Value;

    /// Whether an event has the setting that its messages contain the secret.
    fn can_set_secret(&self) -> bool;

    /// The members of an event, so that it is as they are, whatever it was before.
    fn event(&self, event: &WebhookEventBody<'_>, write: Write) -> Value;

    /// Creates a webhook or an event.
    fn create(&self, all: Url, body: &Value, operation: Operation) -> Request {
        Request::post(all, operation).json(body.to_string())
    }

    /// Deletes a webhook or an event.
    fn delete(&self, url: Url, operation: Operation) -> Request {
        delete_without_body(url, operation)
    }

    /// Changes a webhook or an event.
    fn change(&self, url: Url, body: &Value, operation: Operation) -> Request;

    /// Gives a webhook a new secret; `None` if the version cannot.
    fn regenerate_secret(&self, webhook: Url, operation: Operation) -> Option<Request>;
}

/// Whether an event is created or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Create,
    Change,
}

/// The members of a webhook that are created or changed. `None` is not sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebhookBody<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) urls: Option<&'a [String]>,
    pub(crate) throttling: Option<u32>,
    pub(crate) enabled: Option<bool>,
}

/// The members of an event.
#[derive(Clone, Debug)]
pub(crate) struct WebhookEventBody<'a> {
    pub(crate) kind: &'a str,
    /// The table as the version identifies it in paths, too: by its name, or by its id.
    pub(crate) table: &'a str,
    /// The fields whose change counts; empty for all.
    pub(crate) fields: &'a [String],
    /// Whether it is of a kind that can have such fields.
    pub(crate) has_fields: bool,
    pub(crate) sources: Vec<&'a str>,
    pub(crate) payload_fields: &'a [String],
    pub(crate) template: Option<&'a str>,
    /// Whether Caspio's own payload contains the secret; `None` for the service's default.
    pub(crate) has_secret: Option<bool>,
    pub(crate) enabled: bool,
}

/// A webhook's members by the names of a version. `None` is not sent.
fn webhook_members(names: [&str; 5], webhook: &WebhookBody<'_>) -> Value {
    let values = [
        webhook.name.map(Value::from),
        webhook.description.map(Value::from),
        webhook.urls.map(Value::from),
        webhook.throttling.map(Value::from),
        webhook.enabled.map(Value::from),
    ];
    let members = names.into_iter().zip(values);
    let sent = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(sent.collect::<Map<_, _>>())
}

/// Adds a list of texts, unless it is empty.
fn push_texts(body: &mut Value, name: &str, texts: &[impl AsRef<str>]) {
    if !texts.is_empty() {
        let texts = texts.iter().map(AsRef::as_ref);
        body[name] = texts.collect::<Vec<&str>>().into();
    }
}

/// The URL of all webhooks.
pub(crate) fn webhooks_url(base: &Url) -> Url {
    let mut url = base.clone();
    push_segment(&mut url, "outgoingWebhooks");
    url
}

/// The URL of one webhook.
pub(crate) fn webhook_url(base: &Url, id: &str) -> Url {
    let mut url = webhooks_url(base);
    push_segment(&mut url, id);
    url
}

/// The URL of a webhook's events.
pub(crate) fn webhook_events_url(base: &Url, id: &str) -> Url {
    let mut url = webhook_url(base, id);
    push_segment(&mut url, "events");
    url
}

/// The URL of one event of a webhook.
pub(crate) fn webhook_event_url(base: &Url, id: &str, event: &str) -> Url {
    let mut url = webhook_events_url(base, id);
    push_segment(&mut url, event);
    url
}
