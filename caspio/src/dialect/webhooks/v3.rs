//! v3's webhooks: members in Pascal case, tables by name, lists as bare arrays.

use super::{WebhookBody, WebhookDialect, WebhookEventBody, Write, push_texts, webhook_members};
use caspio_core::{Operation, Request, Url};
use serde_json::{Value, json};

/// v3.
#[derive(Debug)]
pub(in crate::dialect) struct V3;

impl WebhookDialect for V3 {
    fn has_pages(&self) -> bool {
        false
    }

    fn webhook(&self, webhook: &WebhookBody<'_>) -> Value {
        let names = [
            "Name",
            "Description",
            "OutgoingUrls",
            "CallThrottling",
            "Enabled",
        ];
        webhook_members(names, webhook)
    }

    fn can_set_secret(&self) -> bool {
        false
    }

    /// A change replaces the event (documented for whether it is enabled), and has what is empty as well, in case it
    /// does not replace the rest (inferred, fact `changed-events-of-v3`).
    fn event(&self, event: &WebhookEventBody<'_>, write: Write) -> Value {
        let mut body = json!({
            "EventType": event.kind,
            "ObjectName": event.table,
            "Enabled": event.enabled,
        });
        if write == Write::Change {
            body["EventSources"] = json!([]);
            body["CustomPayloadFields"] = json!([]);
            body["CustomPayloadTemplate"] = Value::Null;
            if event.has_fields {
                body["ObjectFields"] = json!([]);
            }
        }
        push_texts(&mut body, "ObjectFields", event.fields);
        push_texts(&mut body, "EventSources", &event.sources);
        push_texts(&mut body, "CustomPayloadFields", event.payload_fields);
        if let Some(template) = event.template {
            body["CustomPayloadTemplate"] = template.into();
        }
        body
    }

    fn change(&self, url: Url, body: &Value, operation: Operation) -> Request {
        Request::put(url, operation).json(body.to_string())
    }

    fn regenerate_secret(&self, _: Url, _: Operation) -> Option<Request> {
        None
    }
}
