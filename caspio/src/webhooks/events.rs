//! The events of one webhook: what it reports.

use super::calls::{delete, dialect, list, with_context};
use super::definitions::EventDefinition;
use super::ids::{EventId, WebhookId};
use super::settings::EventSettings;
use super::words::EventKind;
use crate::client::Client;
use crate::dialect::{
    WebhookEventBody, WebhookEventJson, Write, webhook_event_url, webhook_events_url, webhook_json,
};
use crate::record::ObjectKind;
use crate::target::Target;
use crate::text_id;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};
use serde_json::Value;

pub(super) const LIST: &str = "webhook_events.list";
const GET: &str = "webhook_events.get";
const CREATE: &str = "webhook_events.create";
const UPDATE: &str = "webhook_events.update";
const DELETE: &str = "webhook_events.delete";

/// The definitions of a webhook's events. Created by [`Webhooks::events`](super::Webhooks::events).
///
/// A webhook has no two equal events: for a table one for inserts, one for deletions, and one for changes of all fields
/// or several for changes of different fields (documented).
#[derive(Clone, Debug)]
pub struct Events {
    client: Client,
    webhook: WebhookId,
}

impl Events {
    pub(super) fn new(client: Client, webhook: WebhookId) -> Self {
        Self { client, webhook }
    }

    /// Returns the definitions of all events. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook.
    pub fn list(&self) -> impl Future<Output = Result<Vec<EventDefinition>>> + Send + use<> {
        let this = self.clone();
        async move {
            let read = async {
                text_id::check(this.webhook.as_str())?;
                let url = webhook_events_url(this.client.base(), this.webhook.as_str());
                list::<WebhookEventJson>(&this.client, url, this.operation(LIST, None)).await
            };
            let read = read.await;
            let all = read.map_err(|error| this.with_context(error, LIST, None))?;
            Ok(all.into_iter().map(EventDefinition::from).collect())
        }
    }

    /// Returns the definition of one event, with its activity of the last 30 days. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook or event.
    pub fn get(
        &self,
        id: &EventId,
    ) -> impl Future<Output = Result<EventDefinition>> + Send + use<> {
        let (this, id) = (self.clone(), id.clone());
        async move {
            let read = async {
                dialect(&this.client)?;
                let url = this.url(&id)?;
                let body = this.client.get(url, this.operation(GET, Some(&id))).await?;
                webhook_json::<WebhookEventJson>(&body)
            };
            let read = read.await;
            let event = read.map_err(|error| this.with_context(error, GET, Some(&id)))?;
            Ok(EventDefinition::from(event))
        }
    }

    /// Adds an event to the webhook, and returns its definition. One call; on v4 one more the first time that the
    /// client uses the id of a table.
    ///
    /// After a lost response the call is not repeated.
    ///
    /// # Errors
    ///
    /// `Refused`, before anything is sent: there is no table, or fields are named for another event than one of
    /// changes. `Invalid`: the webhook has such an event. `NotFound`: there is no such webhook, table or field.
    pub fn create(
        &self,
        settings: EventSettings,
    ) -> impl Future<Output = Result<EventDefinition>> + Send + use<> {
        let this = self.clone();
        async move {
            let created = async {
                let dialect = dialect(&this.client)?;
                let body = this.body(&settings, Write::Create, CREATE).await?;
                let url = webhook_events_url(this.client.base(), this.webhook.as_str());
                let operation = this.operation(CREATE, None);
                let response = this
                    .client
                    .send(dialect.create(url, &body, operation))
                    .await?;
                let event = webhook_json::<WebhookEventJson>(response.body());
                event.map_err(|error| error.with_maybe_applied(true))
            };
            let created = created.await.map_err(|error| match error.maybe_applied() {
                true => error.with_hint("look for the event in the list of the webhook's events"),
                false => error,
            });
            let event = created.map_err(|error| this.with_context(error, CREATE, None))?;
            Ok(EventDefinition::from(event))
        }
    }

    /// Replaces the whole definition of an event. One call, which is repeated after a lost response; on v4 one more the
    /// first time that the client uses the id of a table.
    ///
    /// To change a part, take [`EventDefinition::settings`].
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook, event, table or field. `Refused` and `Invalid`: as for
    /// [`create`](Self::create).
    pub fn update(
        &self,
        id: &EventId,
        settings: EventSettings,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let (this, id) = (self.clone(), id.clone());
        async move {
            let changed = async {
                let dialect = dialect(&this.client)?;
                let url = this.url(&id)?;
                let body = this.body(&settings, Write::Change, UPDATE).await?;
                let request = dialect.change(url, &body, this.operation(UPDATE, Some(&id)));
                this.client.send(request).await.map(drop)
            };
            let changed = changed.await;
            changed.map_err(|error| this.with_context(error, UPDATE, Some(&id)))
        }
    }

    /// Removes an event from the webhook. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook or event. After a lost response the call is repeated. If the event does not
    /// exist by then, that is a success.
    pub fn delete(&self, id: &EventId) -> impl Future<Output = Result<()>> + Send + use<> {
        let (this, id) = (self.clone(), id.clone());
        async move {
            let deleted = async {
                let dialect = dialect(&this.client)?;
                let operation = this.operation(DELETE, Some(&id));
                let request = dialect.delete(this.url(&id)?, operation);
                delete(&this.client, request).await
            };
            let deleted = deleted.await;
            deleted.map_err(|error| this.with_context(error, DELETE, Some(&id)))
        }
    }

    /// Returns the body of an event's definition.
    async fn body(
        &self,
        settings: &EventSettings,
        write: Write,
        operation: &'static str,
    ) -> Result<Value> {
        text_id::check(self.webhook.as_str())?;
        settings.check()?;
        check_secret(&self.client, settings)?;
        let dialect = dialect(&self.client)?;
        let table = table_segment(&self.client, &settings.table, operation).await?;
        let body = WebhookEventBody {
            kind: settings.kind.as_str(),
            table: &table,
            fields: &settings.fields,
            has_fields: settings.kind == EventKind::Updated,
            sources: settings.sources.iter().map(|word| word.as_str()).collect(),
            payload_fields: &settings.payload_fields,
            template: settings.template.as_deref(),
            has_secret: settings.has_secret,
            enabled: settings.enabled,
        };
        Ok(dialect.event(&body, write))
    }

    fn url(&self, id: &EventId) -> Result<caspio_core::Url> {
        text_id::check(self.webhook.as_str())?;
        text_id::check(id.as_str())?;
        let base = self.client.base();
        Ok(webhook_event_url(base, self.webhook.as_str(), id.as_str()))
    }

    fn operation(&self, name: &'static str, id: Option<&EventId>) -> Operation {
        Operation::new(name).on(self.resource(id))
    }

    fn resource(&self, id: Option<&EventId>) -> String {
        let webhook = format!("webhook {:?}", self.webhook.as_str());
        match id {
            Some(id) => format!("event {:?} of {webhook}", id.as_str()),
            None => webhook,
        }
    }

    fn with_context(&self, error: Error, operation: &'static str, id: Option<&EventId>) -> Error {
        with_context(error, operation, &self.resource(id))
    }
}

/// Checks that the client's version can set whether messages have the secret, if an event sets it.
///
/// # Errors
///
/// `Refused`: it cannot.
pub(super) fn check_secret(client: &Client, settings: &EventSettings) -> Result<()> {
    if settings.has_secret.is_none() || dialect(client)?.can_set_secret() {
        return Ok(());
    }
    let version = client.dialect().version();
    let message = format!("{version} of the API cannot set whether messages have the secret");
    Err(Error::new(ErrorKind::Refused, message)
        .with_hint("use v4, by `ClientBuilder::api_version`, or a template without the secret"))
}

/// Returns what identifies a table in requests of the client's version: its name, on v4 its id.
pub(super) async fn table_segment(
    client: &Client,
    table: &str,
    operation: &'static str,
) -> Result<String> {
    client
        .segment(&Target::new(ObjectKind::Table, table), operation)
        .await
}
