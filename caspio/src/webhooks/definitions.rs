//! Webhooks and the definitions of their events, as the service returns them.

use super::ids::{EventId, WebhookId};
use super::settings::EventSettings;
use super::words::{EventKind, EventSource, Status};
use crate::dialect::{WebhookEventJson, WebhookJson};
use caspio_core::secrecy::SecretString;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A webhook of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Its id; empty if the response has none, and then refused by every call.
    pub id: WebhookId,
    /// Its name, which no other webhook of the account has.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The URLs to which it sends messages.
    pub urls: Vec<String>,
    /// Whether it sends messages.
    pub status: Option<Status>,
    /// The most calls a second that it makes. Further messages wait.
    pub call_throttling: Option<u64>,
    /// What it did in the last 30 days. Only [`get`](super::Webhooks::get) returns it.
    pub activity: Activity,
    /// When it was created and changed.
    pub history: History,
}

/// The definition of a webhook's event: which changes of which table it reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventDefinition {
    /// Its id; empty if the response has none, and then refused by every call.
    pub id: EventId,
    /// What it reports.
    pub kind: Option<EventKind>,
    /// Whether it sends messages.
    pub status: Option<Status>,
    /// The table. On v4 it is `None` if the response has only its id.
    pub table: Option<String>,
    /// The id of the table, if the response has it.
    pub table_id: Option<String>,
    /// The fields whose change it reports; empty for all.
    pub fields: Vec<String>,
    /// What may change the records.
    pub sources: Vec<EventSource>,
    /// The fields in Caspio's own payload; empty for all.
    pub payload_fields: Vec<String>,
    /// The template of the body; `None` for Caspio's own payload.
    pub template: Option<String>,
    /// Whether Caspio's own payload contains the secret. Only v4 returns it.
    pub has_secret: Option<bool>,
    /// What it did in the last 30 days. Only [`get`](super::Events::get) returns it.
    pub activity: Activity,
    /// When it was created and changed.
    pub history: History,
}

/// What a webhook or event did in the last 30 days. A number is `None` if the response does not have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Activity {
    /// How many messages it had.
    pub messages: Option<u64>,
    /// How many calls it made, with further attempts.
    pub calls: Option<u64>,
    /// How many of them failed.
    pub errors: Option<u64>,
}

/// When a webhook or event was created and changed, in UTC, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// When it was created.
    pub created: Option<DateTime>,
    /// Who created it.
    pub created_by: Option<String>,
    /// When it was last changed.
    pub modified: Option<DateTime>,
    /// Who changed it last.
    pub modified_by: Option<String>,
}

/// A webhook that was created, with its secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// The secret, which no other response contains: keep it. `None` if the response does not have it.
    pub secret: Option<SecretString>,
}

impl EventDefinition {
    /// Returns the settings with which the event is defined, to be changed and given to
    /// [`update`](super::Events::update). `None` if the response does not name the table or the kind.
    #[must_use]
    pub fn settings(&self) -> Option<EventSettings> {
        let mut settings = EventSettings::new(self.kind.clone()?, self.table.clone()?);
        settings.fields.clone_from(&self.fields);
        settings.sources.clone_from(&self.sources);
        settings.payload_fields.clone_from(&self.payload_fields);
        settings.template.clone_from(&self.template);
        settings.has_secret = self.has_secret;
        settings.enabled = self.status != Some(Status::Inactive);
        Some(settings)
    }
}

impl From<WebhookJson> for Webhook {
    fn from(json: WebhookJson) -> Self {
        Self {
            id: json.id().unwrap_or_default().into(),
            name: json.name(),
            description: json.description(),
            urls: json.urls(),
            status: json.status().map(|word| Status::from(&*word)),
            call_throttling: json.throttling(),
            activity: Activity::new(json.activity()),
            history: History::new(json.created(), json.changed()),
        }
    }
}

impl From<WebhookJson> for CreatedWebhook {
    fn from(json: WebhookJson) -> Self {
        Self {
            secret: json.secret().map(SecretString::from),
            webhook: Webhook::from(json),
        }
    }
}

impl From<WebhookEventJson> for EventDefinition {
    fn from(json: WebhookEventJson) -> Self {
        let sources = json.sources().into_iter();
        Self {
            id: json.id().unwrap_or_default().into(),
            kind: json.kind().map(|word| EventKind::from(&*word)),
            status: json.status().map(|word| Status::from(&*word)),
            table: json.table(),
            table_id: json.table_id(),
            fields: json.fields(),
            sources: sources.map(|word| EventSource::from(&*word)).collect(),
            payload_fields: json.payload_fields(),
            template: json.template(),
            has_secret: json.has_secret(),
            activity: Activity::new(json.activity()),
            history: History::new(json.created(), json.changed()),
        }
    }
}

impl Activity {
    fn new([messages, calls, errors]: [Option<u64>; 3]) -> Self {
        Self {
            messages,
            calls,
            errors,
        }
    }
}

/// When, and by whom.
type Stamp = (Option<String>, Option<String>);

impl History {
    fn new((created, created_by): Stamp, (modified, modified_by): Stamp) -> Self {
        Self {
            created: created.as_deref().and_then(date),
            created_by,
            modified: modified.as_deref().and_then(date),
            modified_by,
        }
    }
}

/// Reads a date, with an offset or without.
fn date(text: &str) -> Option<DateTime> {
    let at: Option<Timestamp> = text.parse().ok();
    let civil = at.map(|at| at.to_zoned_datetime(TimeZone::UTC).datetime());
    civil.or_else(|| text.parse().ok())
}
