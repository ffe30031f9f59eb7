//! What a program sets of webhooks and their events.

use super::url_check;
use super::words::{EventKind, EventSource};
use crate::dialect::WebhookBody;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// A webhook to be created.
///
/// ```
/// use caspio::webhooks::NewWebhook;
///
/// let webhook = NewWebhook::new("Orders", ["https://example.com/orders"])
///     .description("Sends orders to the warehouse.")
///     .call_throttling(5);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a webhook is created by `Webhooks::create`"]
pub struct NewWebhook {
    pub(super) name: String,
    pub(super) urls: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) throttling: Option<u32>,
}

impl NewWebhook {
    /// Creates a webhook with a name and URLs. Both are unique in the account, and a URL begins with `https`. More than
    /// one URL needs a plan with multicast (documented).
    pub fn new<U: Into<String>>(
        name: impl Into<String>,
        urls: impl IntoIterator<Item = U>,
    ) -> Self {
        Self {
            name: name.into(),
            urls: urls.into_iter().map(Into::into).collect(),
            description: None,
            throttling: None,
        }
    }

    /// Sets the description.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the most calls a second; default: the most that the plan of the account permits.
    pub fn call_throttling(mut self, calls: u32) -> Self {
        self.throttling = Some(calls);
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        url_check::check(&self.urls)?;
        check_throttling(self.throttling)
    }

    pub(super) fn body(&self) -> WebhookBody<'_> {
        WebhookBody {
            name: Some(&self.name),
            description: self.description.as_deref(),
            urls: Some(&self.urls),
            throttling: self.throttling,
            enabled: None,
        }
    }
}

/// A change of a webhook: what is set is changed, the rest stays.
///
/// ```
/// use caspio::webhooks::WebhookUpdate;
///
/// let moved = WebhookUpdate::new().urls(["https://example.com/v2/orders"]);
/// let silent = WebhookUpdate::new().disable();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a webhook is changed by `Webhooks::update`"]
pub struct WebhookUpdate {
    pub(super) name: Option<String>,
    pub(super) urls: Option<Vec<String>>,
    pub(super) description: Option<String>,
    pub(super) throttling: Option<u32>,
    pub(super) enabled: Option<bool>,
}

impl WebhookUpdate {
    /// Creates a change that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets all URLs.
    pub fn urls<U: Into<String>>(mut self, urls: impl IntoIterator<Item = U>) -> Self {
        self.urls = Some(urls.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the description.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the most calls a second.
    pub fn call_throttling(mut self, calls: u32) -> Self {
        self.throttling = Some(calls);
        self
    }

    /// Makes all events of the webhook send messages.
    pub fn enable(mut self) -> Self {
        self.enabled = Some(true);
        self
    }

    /// Makes no event of the webhook send messages.
    pub fn disable(mut self) -> Self {
        self.enabled = Some(false);
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(refused("the change of the webhook changes nothing"));
        }
        self.name.as_deref().map_or(Ok(()), check_name)?;
        self.urls.as_deref().map_or(Ok(()), url_check::check)?;
        check_throttling(self.throttling)
    }

    pub(super) fn body(&self) -> WebhookBody<'_> {
        WebhookBody {
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            urls: self.urls.as_deref(),
            throttling: self.throttling,
            enabled: self.enabled,
        }
    }
}

/// The whole definition of an event: which changes of which table a webhook reports, and how.
///
/// ```
/// use caspio::webhooks::{EventSettings, EventSource};
///
/// let new = EventSettings::inserted("Orders");
/// let paid = EventSettings::updated("Orders")
///     .fields(["Status"])
///     .sources([EventSource::DataPages, EventSource::RestApis]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an event is created by `Events::create`"]
pub struct EventSettings {
    pub(super) kind: EventKind,
    pub(super) table: String,
    pub(super) fields: Vec<String>,
    pub(super) sources: Vec<EventSource>,
    pub(super) payload_fields: Vec<String>,
    pub(super) template: Option<String>,
    pub(super) has_secret: Option<bool>,
    pub(super) enabled: bool,
}

impl EventSettings {
    pub(super) fn new(kind: EventKind, table: String) -> Self {
        Self {
            kind,
            table,
            fields: Vec::new(),
            sources: Vec::new(),
            payload_fields: Vec::new(),
            template: None,
            has_secret: None,
            enabled: true,
        }
    }

    /// Reports records that are inserted into a table.
    pub fn inserted(table: impl Into<String>) -> Self {
        Self::new(EventKind::Inserted, table.into())
    }

    /// Reports records of a table whose values change. A write that changes no value is not reported (documented).
    pub fn updated(table: impl Into<String>) -> Self {
        Self::new(EventKind::Updated, table.into())
    }

    /// Reports records that are deleted from a table.
    pub fn deleted(table: impl Into<String>) -> Self {
        Self::new(EventKind::Deleted, table.into())
    }

    /// Reports only changes of these fields; default: of all. For [`updated`](Self::updated) only.
    pub fn fields<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.fields = names.into_iter().map(Into::into).collect();
        self
    }

    /// Reports only changes by these sources; default: by all. Without [`RestApis`](EventSource::RestApis) the writes
    /// of this SDK are not reported, which keeps a program from receiving its own changes.
    pub fn sources(mut self, sources: impl IntoIterator<Item = EventSource>) -> Self {
        self.sources = sources.into_iter().collect();
        self
    }

    /// Puts only these fields into Caspio's own payload; default: all.
    pub fn payload_fields<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.payload_fields = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the body of the messages: JSON with single quotes instead of double ones. `[@field:Name]` stands for the
    /// value of a field, `[@field:Photo/]` for a link to the file of an attachment field that holds for 300 seconds,
    /// and `[@out-hook:messageId]` for the id of the message; `secret`, `webhookId`, `eventId`, `callId`, `accountId`,
    /// `eventDate`, `eventType` and `objectName` are written alike (documented).
    ///
    /// Keep `'messageId': '[@out-hook:messageId]'` in it, by which a [`Receiver`](super::Receiver) recognizes repeated
    /// deliveries.
    pub fn template(mut self, template: impl Into<String>) -> Self {
        self.template = Some(template.into()).filter(|template: &String| !template.is_empty());
        self
    }

    /// Leaves the secret out of Caspio's own payload. On v4 only; a receiver then verifies the signature.
    pub fn without_secret(mut self) -> Self {
        self.has_secret = Some(false);
        self
    }

    /// Puts the secret into Caspio's own payload. On v4 only.
    pub fn with_secret(mut self) -> Self {
        self.has_secret = Some(true);
        self
    }

    /// Defines the event without sending messages.
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Defines the event so that it sends messages, which is the default.
    pub fn enabled(mut self) -> Self {
        self.enabled = true;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.table.trim().is_empty() {
            return Err(refused("an event needs the name of a table"));
        }
        if !self.fields.is_empty() && self.kind != EventKind::Updated {
            let message = format!(
                "an event of {} cannot be restricted to fields, only one of {}",
                self.kind,
                EventKind::Updated
            );
            return Err(refused(message));
        }
        let lists = [&self.fields, &self.payload_fields];
        if lists
            .into_iter()
            .flatten()
            .any(|name| name.trim().is_empty())
        {
            return Err(refused("the name of a field of the event is empty"));
        }
        Ok(())
    }
}

/// The service takes a number of 32 bits.
fn check_throttling(calls: Option<u32>) -> Result<()> {
    match calls {
        Some(calls) if calls == 0 || i32::try_from(calls).is_err() => {
            let message = format!("a webhook cannot make {calls} calls a second");
            Err(refused(message).with_hint("set at least 1, and no more than the plan permits"))
        }
        _ => Ok(()),
    }
}

fn check_name(name: &str) -> Result<()> {
    match name.trim().is_empty() {
        true => Err(refused("a webhook needs a name")),
        false => Ok(()),
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, message)
}
