//! The JSON of webhooks.

use crate::store::webhook::{Stamps, Webhook};
use serde::Serialize;

/// A webhook as JSON; each operation leaves out other members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WebhookJson<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    name: &'a str,
    description: &'a str,
    outgoing_urls: &'a [String],
    call_throttling: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    #[serde(flatten)]
    stamps: StampsJson<'a>,
}

/// When and by whom; the change is left out where the document leaves it out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StampsJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_by: Option<Option<&'a str>>,
    date_created: &'a str,
    created_by: &'a str,
}

impl<'a> StampsJson<'a> {
    pub(super) fn new(stamps: &'a Stamps) -> Self {
        Self {
            last_modified: Some(stamps.modified.as_deref()),
            modified_by: Some(stamps.modified_by.as_deref()),
            date_created: &stamps.created,
            created_by: &stamps.created_by,
        }
    }

    pub(super) fn at_creation(stamps: &'a Stamps) -> Self {
        Self {
            last_modified: None,
            modified_by: None,
            ..Self::new(stamps)
        }
    }
}

impl<'a> WebhookJson<'a> {
    pub(super) fn listed(webhook: &'a Webhook) -> Self {
        Self {
            id: &webhook.id,
            status: Some(status(webhook.active)),
            name: &webhook.name,
            description: &webhook.description,
            outgoing_urls: &webhook.urls,
            call_throttling: webhook.throttling,
            events: None,
            messages: None,
            calls: None,
            errors: None,
            secret: None,
            stamps: StampsJson::new(&webhook.stamps),
        }
    }

    /// With the secret, which only this response contains.
    pub(super) fn created(webhook: &'a Webhook) -> Self {
        Self {
            status: None,
            secret: Some(&webhook.secret),
            stamps: StampsJson::at_creation(&webhook.stamps),
            ..Self::listed(webhook)
        }
    }

    pub(super) fn alone(webhook: &'a Webhook, events: usize) -> Self {
        Self {
            events: Some(events),
            messages: Some(webhook.traffic.messages),
            calls: Some(webhook.traffic.calls),
            errors: Some(webhook.traffic.errors),
            ..Self::listed(webhook)
        }
    }
}

/// `Active` or `Inactive`, as events have it; it is inferred that webhooks use the same words, fact
/// `words-of-webhooks`.
pub(super) fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}
