//! The webhooks of an account.

use super::calls::{delete, dialect, list, with_context};
use super::definitions::{CreatedWebhook, Webhook};
use super::events::Events;
use super::ids::WebhookId;
use super::settings::{NewWebhook, WebhookUpdate};
use crate::client::Client;
use crate::dialect::{WebhookJson, webhook_json, webhook_url, webhooks_url};
use crate::text_id;
use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::SecretString;
use caspio_core::{Error, ErrorKind, Operation, Request, Result};

const LIST: &str = "webhooks.list";
const GET: &str = "webhooks.get";
const CREATE: &str = "webhooks.create";
const UPDATE: &str = "webhooks.update";
const DELETE: &str = "webhooks.delete";
const REGENERATE: &str = "webhooks.regenerate_secret";

/// The outgoing webhooks of an account. Created by [`Client::webhooks`].
///
/// v2 of the API has no such operations; there, every call is refused before it is sent. Caspio permits them to account
/// owners and administrators (documented).
///
/// ```no_run
/// use caspio::prelude::*;
/// use caspio::webhooks::{EventSettings, NewWebhook};
///
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let webhooks = caspio.webhooks();
/// let created = webhooks.create(NewWebhook::new("Orders", ["https://example.com/orders"])).await?;
/// let secret = created.secret; // no other response has it
/// let events = webhooks.events(&created.webhook.id);
/// events.create(EventSettings::inserted("Orders")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Webhooks {
    pub(super) client: Client,
}

impl Client {
    /// Returns the outgoing webhooks of the account. Makes no call.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        Webhooks {
            client: self.clone(),
        }
    }
}

impl Webhooks {
    /// Returns the events of a webhook. Makes no call.
    #[must_use]
    pub fn events(&self, id: &WebhookId) -> Events {
        Events::new(self.client.clone(), id.clone())
    }

    /// Returns all webhooks. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// `Refused`, before anything is sent: the client's version is v2. `Permission`: the API profile may not read them.
    pub fn list(&self) -> impl Future<Output = Result<Vec<Webhook>>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let url = webhooks_url(client.base());
            let read = list::<WebhookJson>(&client, url, Operation::new(LIST)).await;
            let all = read.map_err(|error| with_context(error, LIST, "webhooks"))?;
            Ok(all.into_iter().map(Webhook::from).collect())
        }
    }

    /// Returns one webhook, with its activity of the last 30 days. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook.
    pub fn get(&self, id: &WebhookId) -> impl Future<Output = Result<Webhook>> + Send + use<> {
        let (client, id) = (self.client.clone(), id.clone());
        async move {
            let read = async {
                dialect(&client)?;
                text_id::check(id.as_str())?;
                let url = webhook_url(client.base(), id.as_str());
                let body = client.get(url, operation(GET, &id)).await?;
                let webhook: WebhookJson = webhook_json(&body)?;
                Ok(Webhook::from(webhook))
            };
            read.await
                .map_err(|error| with_context(error, GET, &named(&id)))
        }
    }

    /// Creates a webhook without events, and returns it with its secret. One call.
    ///
    /// The secret is in this response only. After a lost response the call is not repeated; whether the webhook was
    /// created is in the list, and its secret is lost.
    ///
    /// # Errors
    ///
    /// `Refused`, before anything is sent: the name is blank, or a URL does not begin with `https`. `Invalid`: another
    /// webhook has the name or a URL, or the plan does not permit the number of URLs or calls.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the webhook may have been created, and its secret is lost.
    pub fn create(
        &self,
        new: NewWebhook,
    ) -> impl Future<Output = Result<CreatedWebhook>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let resource = format!("webhook {:?}", new.name);
            let created = async {
                let dialect = dialect(&client)?;
                new.check()?;
                let url = webhooks_url(client.base());
                let operation = Operation::new(CREATE).on(resource.as_str());
                let request = dialect.create(url, &dialect.webhook(&new.body()), operation);
                let response = client.send(request).await?;
                let webhook = webhook_json::<WebhookJson>(response.body());
                webhook.map_err(|error| error.with_maybe_applied(true))
            };
            let created = created.await.map_err(secret_lost);
            let webhook = created.map_err(|error| with_context(error, CREATE, &resource))?;
            Ok(CreatedWebhook::from(webhook))
        }
    }

    /// Changes a webhook: its name, URLs, description, calls a second, or whether its events send messages. One call,
    /// which is repeated after a lost response.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook. `Refused`, before anything is sent: nothing is changed, or as for
    /// [`create`](Self::create). `Invalid`: as for `create`.
    pub fn update(
        &self,
        id: &WebhookId,
        update: WebhookUpdate,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let (client, id) = (self.client.clone(), id.clone());
        async move {
            let changed = async {
                let dialect = dialect(&client)?;
                text_id::check(id.as_str())?;
                update.check()?;
                let url = webhook_url(client.base(), id.as_str());
                let body = dialect.webhook(&update.body());
                let request = dialect.change(url, &body, operation(UPDATE, &id));
                client.send(request).await.map(drop)
            };
            let changed = changed.await;
            changed.map_err(|error| with_context(error, UPDATE, &named(&id)))
        }
    }

    /// Deletes a webhook with its events. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook. After a lost response the call is repeated. If the webhook does not exist
    /// by then, that is a success.
    pub fn delete(&self, id: &WebhookId) -> impl Future<Output = Result<()>> + Send + use<> {
        let (client, id) = (self.client.clone(), id.clone());
        async move {
            let deleted = async {
                let dialect = dialect(&client)?;
                text_id::check(id.as_str())?;
                let url = webhook_url(client.base(), id.as_str());
                delete(&client, dialect.delete(url, operation(DELETE, &id))).await
            };
            let deleted = deleted.await;
            deleted.map_err(|error| with_context(error, DELETE, &named(&id)))
        }
    }

    /// Gives a webhook a new secret and returns it; the old one no longer holds. One call, on v4 only.
    ///
    /// Messages that wait for delivery may have either secret: give a [`Receiver`](super::Receiver) both for a while,
    /// by [`set_secrets`](super::Receiver::set_secrets).
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such webhook. `Refused`, before anything is sent: the client's version is not v4. After
    /// a lost response the secret may be another one, and is lost: the error [may have been
    /// applied](Error::maybe_applied). Call this again then.
    pub fn regenerate_secret(
        &self,
        id: &WebhookId,
    ) -> impl Future<Output = Result<SecretString>> + Send + use<> {
        let (client, id) = (self.client.clone(), id.clone());
        async move {
            let renewed = async {
                let request = regenerate(&client, &id)?;
                let response = client.send(request).await?;
                let webhook: Result<WebhookJson> = webhook_json(response.body());
                let secret = webhook.ok().and_then(|webhook| webhook.secret());
                secret.map(SecretString::from).ok_or_else(|| {
                    let message = "the response does not contain the new secret";
                    Error::new(ErrorKind::Protocol, message).with_maybe_applied(true)
                })
            };
            let renewed = renewed.await.map_err(|error| match error.maybe_applied() {
                true => error.with_hint("regenerate the secret again: the old one may not hold"),
                false => error,
            });
            renewed.map_err(|error| with_context(error, REGENERATE, &named(&id)))
        }
    }
}

fn regenerate(client: &Client, id: &WebhookId) -> Result<Request> {
    let dialect = dialect(client)?;
    text_id::check(id.as_str())?;
    let url = webhook_url(client.base(), id.as_str());
    let request = dialect.regenerate_secret(url, operation(REGENERATE, id));
    request.ok_or_else(|| {
        let version = client.dialect().version();
        let message = format!("{version} of the API cannot regenerate the secret of a webhook");
        Error::new(ErrorKind::Refused, message)
            .with_hint("use v4, by `ClientBuilder::api_version`, or create the webhook again")
    })
}

/// Names the remedy for a webhook that may exist without anybody knowing its secret.
fn secret_lost(error: Error) -> Error {
    if !error.maybe_applied() {
        return error;
    }
    error.with_hint(
        "look for the name in the list: if the webhook is there, its secret is lost; regenerate it (v4), or delete the \
         webhook and create it again",
    )
}

fn operation(name: &'static str, id: &WebhookId) -> Operation {
    Operation::new(name).on(named(id))
}

fn named(id: &WebhookId) -> String {
    format!("webhook {:?}", id.as_str())
}
