//! Which writes make the account as wanted.

use super::compare::{
    excludes, have_same_fields, is_as_wanted, is_of_same_kind, label, label_of, webhook_change,
};
use super::report::EnsureAction;
use super::wanted::WantedWebhook;
use crate::webhooks::definitions::{EventDefinition, Webhook};
use crate::webhooks::ids::{EventId, WebhookId};
use crate::webhooks::settings::{EventSettings, NewWebhook, WebhookUpdate};
use crate::webhooks::url_check;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::BTreeSet;

/// One write to be made.
#[derive(Clone, Debug)]
pub(super) struct Write {
    /// The name of the webhook.
    pub(super) webhook: String,
    /// Names the event; `None` if the webhook itself is written.
    pub(super) event: Option<String>,
    pub(super) kind: WriteKind,
}

#[derive(Clone, Debug)]
pub(super) enum WriteKind {
    CreateWebhook(NewWebhook),
    UpdateWebhook(WebhookId, WebhookUpdate),
    RemoveWebhook(WebhookId),
    /// Of a webhook that is found by its name: it may not be created yet.
    CreateEvent(EventSettings),
    UpdateEvent(WebhookId, EventId, EventSettings),
    RemoveEvent(WebhookId, EventId),
}

impl WriteKind {
    pub(super) fn action(&self) -> EnsureAction {
        match self {
            Self::CreateWebhook(_) | Self::CreateEvent(_) => EnsureAction::Created,
            Self::UpdateWebhook(..) | Self::UpdateEvent(..) => EnsureAction::Updated,
            Self::RemoveWebhook(_) | Self::RemoveEvent(..) => EnsureAction::Removed,
        }
    }
}

/// Returns the removals of webhooks that are not wanted and whose names begin with `prefix`.
pub(super) fn removals(
    existing: &[Webhook],
    wanted: &[WantedWebhook],
    prefix: Option<&str>,
) -> Vec<Write> {
    let Some(prefix) = prefix else {
        return Vec::new();
    };
    let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted.name() == name);
    let named = existing
        .iter()
        .filter_map(|webhook| Some((webhook, webhook.name.as_deref()?)));
    let unwanted = named.filter(|(_, name)| name.starts_with(prefix) && !is_wanted(name));
    unwanted
        .map(|(webhook, name)| Write {
            webhook: name.to_owned(),
            event: None,
            kind: WriteKind::RemoveWebhook(webhook.id.clone()),
        })
        .collect()
}

/// Checks that no webhook that stays, and is not wanted, has a URL of a wanted one.
///
/// # Errors
///
/// `Refused`: one has.
pub(super) fn check_urls(
    existing: &[Webhook],
    wanted: &[WantedWebhook],
    removals: &[Write],
) -> Result<()> {
    let names = wanted.iter().map(WantedWebhook::name);
    let removed = removals.iter().map(|write| write.webhook.as_str());
    let not_in_the_way: BTreeSet<&str> = names.chain(removed).collect();
    for webhook in existing {
        let name = webhook.name.as_deref().unwrap_or_default();
        if not_in_the_way.contains(name) {
            continue;
        }
        for one in wanted {
            if let Some(url) = url_check::common(&one.webhook.urls, &webhook.urls) {
                let message = format!("webhook {name:?} of the account has the URL {url:?}");
                return Err(Error::new(ErrorKind::Refused, message)
                    .with_resource(format!("webhook {:?}", one.name()))
                    .with_hint(
                        "URLs are unique in the account: use another one, or remove that webhook",
                    ));
            }
        }
    }
    Ok(())
}

/// Returns the writes that create a webhook with its events.
pub(super) fn creation(wanted: &WantedWebhook) -> Vec<Write> {
    let webhook = Write {
        webhook: wanted.name().to_owned(),
        event: None,
        kind: WriteKind::CreateWebhook(wanted.webhook.clone()),
    };
    let events = wanted.events.iter();
    let events = events.map(|event| new_event(wanted.name(), event));
    std::iter::once(webhook).chain(events).collect()
}

/// A wanted event, with what identifies its table in requests.
pub(super) type Located<'w> = (&'w EventSettings, &'w str);

/// Returns the writes that change a webhook and its events: first what is removed, because two events may exclude each
/// other.
pub(super) fn change(
    webhook: &Webhook,
    wanted: &WantedWebhook,
    located: &[Located<'_>],
    events: &[EventDefinition],
    removes_events: bool,
) -> Vec<Write> {
    let write = |event, kind| Write {
        webhook: wanted.name().to_owned(),
        event,
        kind,
    };
    let mut writes = Vec::new();
    if let Some(update) = webhook_change(webhook, &wanted.webhook) {
        let kind = WriteKind::UpdateWebhook(webhook.id.clone(), update);
        writes.push(write(None, kind));
    }
    let pairs = pairs(located, events);
    if removes_events {
        let kept: BTreeSet<usize> = pairs.iter().filter_map(|(_, at)| *at).collect();
        for (_, event) in events
            .iter()
            .enumerate()
            .filter(|(at, _)| !kept.contains(at))
        {
            let kind = WriteKind::RemoveEvent(webhook.id.clone(), event.id.clone());
            writes.push(write(Some(label_of(event)), kind));
        }
    }
    for (settings, at) in &pairs {
        if let Some(event) = at.map(|at| &events[at])
            && !is_as_wanted(event, settings)
        {
            let (webhook, event) = (webhook.id.clone(), event.id.clone());
            let kind = WriteKind::UpdateEvent(webhook, event, (*settings).clone());
            writes.push(write(Some(label(settings)), kind));
        }
    }
    let missing = pairs.iter().filter(|(_, at)| at.is_none());
    writes.extend(missing.map(|(settings, _)| new_event(wanted.name(), settings)));
    writes
}

fn new_event(webhook: &str, event: &EventSettings) -> Write {
    Write {
        webhook: webhook.to_owned(),
        event: Some(label(event)),
        kind: WriteKind::CreateEvent(event.clone()),
    }
}

/// Returns each wanted event with the index of the one of the account that is to become it: one of the same fields,
/// otherwise one that cannot be there beside it.
fn pairs<'w>(
    located: &[Located<'w>],
    events: &[EventDefinition],
) -> Vec<(&'w EventSettings, Option<usize>)> {
    let mut taken = BTreeSet::new();
    let mut pairs: Vec<_> = located.iter().map(|(wanted, _)| (*wanted, None)).collect();
    let fits: [fn(&EventDefinition, &EventSettings) -> bool; 2] = [have_same_fields, excludes];
    for fits in fits {
        for ((wanted, at), (_, segment)) in pairs.iter_mut().zip(located) {
            if at.is_some() {
                continue;
            }
            *at = (0..events.len()).find(|at| {
                let event = &events[*at];
                !taken.contains(at)
                    && is_of_same_kind(event, wanted, segment)
                    && fits(event, wanted)
            });
            taken.extend(*at);
        }
    }
    pairs
}
