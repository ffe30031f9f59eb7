//! What a program wants: webhooks with their events.

use super::compare;
use crate::webhooks::settings::{EventSettings, NewWebhook};
use crate::webhooks::url_check;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// A webhook that a program wants, with its events.
///
/// ```
/// use caspio::webhooks::{EventSettings, NewWebhook, WantedWebhook};
///
/// let orders = WantedWebhook::new(NewWebhook::new("Orders", ["https://example.com/orders"]))
///     .event(EventSettings::inserted("Orders"))
///     .event(EventSettings::updated("Orders").fields(["Status"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "webhooks are compared and written by `Webhooks::ensure`"]
pub struct WantedWebhook {
    pub(super) webhook: NewWebhook,
    pub(super) events: Vec<EventSettings>,
}

impl WantedWebhook {
    /// Wants a webhook, which is recognized in the account by its name. A description and the calls a second that are
    /// not set are not compared.
    pub fn new(webhook: NewWebhook) -> Self {
        Self {
            webhook,
            events: Vec::new(),
        }
    }

    /// Wants an event of it.
    pub fn event(mut self, event: EventSettings) -> Self {
        self.events.push(event);
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.webhook.name
    }

    /// Names it in errors.
    pub(super) fn resource(&self) -> String {
        format!("webhook {:?}", self.name())
    }
}

/// Checks what can be known without the account.
///
/// # Errors
///
/// `Refused`: something cannot be sent, or two of them exclude each other.
pub(super) fn check(wanted: &[WantedWebhook]) -> Result<()> {
    for (at, one) in wanted.iter().enumerate() {
        let of = |error: Error| error.with_resource(one.resource());
        one.webhook.check().map_err(of)?;
        for (at, event) in one.events.iter().enumerate() {
            event.check().map_err(of)?;
            let rival = one.events[..at]
                .iter()
                .find(|other| compare::exclude(other, event));
            if let Some(rival) = rival {
                let message = format!(
                    "{} and {} cannot be events of one webhook",
                    compare::label(rival),
                    compare::label(event)
                );
                return Err(of(refused(message)));
            }
        }
        for other in &wanted[..at] {
            if other.name() == one.name() {
                return Err(of(refused("two webhooks have this name")));
            }
            if let Some(url) = url_check::common(&one.webhook.urls, &other.webhook.urls) {
                let message = format!("webhook {:?} has the URL {url:?} as well", other.name());
                return Err(of(refused(message)).with_hint("URLs are unique in the account"));
            }
        }
    }
    Ok(())
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, message)
}
