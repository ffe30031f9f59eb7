//! v4's webhooks: members in camel case, tables by id, lists in pages.
//!
//! The names of an event's members were seen in production; those of a webhook, and that lists are in `data`, are
//! inferred, fact `webhooks-of-v4`.

use super::{WebhookBody, WebhookDialect, WebhookEventBody, Write, push_texts, webhook_members};
use crate::dialect::url::push_segment;
use caspio_core::http::{HeaderValue, header};
use caspio_core::{Idempotency, Operation, Request, Url};
use serde_json::{Value, json};

/// v4.
#[derive(Debug)]
pub(in crate::dialect) struct V4;

impl WebhookDialect for V4 {
    fn has_pages(&self) -> bool {
        true
    }

    fn webhook(&self, webhook: &WebhookBody<'_>) -> Value {
        let names = [
            "name",
            "description",
            "outgoingUrls",
            "callThrottling",
            "enabled",
        ];
        webhook_members(names, webhook)
    }

    fn can_set_secret(&self) -> bool {
        true
    }

    /// A change leaves members that it does not have as they are. So it has all, and removes a template by an empty
    /// text (inferred, fact `webhooks-of-v4`).
    fn event(&self, event: &WebhookEventBody<'_>, write: Write) -> Value {
        let mut body = json!({
            "type": event.kind,
            "objectId": event.table,
            "enabled": event.enabled,
        });
        if write == Write::Change {
            body["eventSources"] = json!([]);
            body["defaultPayloadFields"] = json!([]);
            body["customPayloadTemplate"] = "".into();
            if event.has_fields {
                body["objectFields"] = json!([]);
            }
        }
        push_texts(&mut body, "objectFields", event.fields);
        push_texts(&mut body, "eventSources", &event.sources);
        push_texts(&mut body, "defaultPayloadFields", event.payload_fields);
        if let Some(template) = event.template {
            body["customPayloadTemplate"] = template.into();
        }
        if let Some(has_secret) = event.has_secret {
            body["defaultPayloadIncludesSecret"] = has_secret.into();
        }
        body
    }

    /// Setting members twice has the same effect as setting them once.
    fn change(&self, url: Url, body: &Value, operation: Operation) -> Request {
        Request::patch(url, operation)
            .json(body.to_string())
            .idempotency(Idempotency::Idempotent)
    }

    /// Never sent again by itself: if the first attempt is executed after the second one, the secret of the response
    /// is not that of the webhook.
    fn regenerate_secret(&self, mut webhook: Url, operation: Operation) -> Option<Request> {
        push_segment(&mut webhook, "regenerateSecret");
        let json = HeaderValue::from_static("application/json");
        let request = Request::patch(webhook, operation).header(header::CONTENT_TYPE, json);
        Some(request.idempotency(Idempotency::NotIdempotent))
    }
}
