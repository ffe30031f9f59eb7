//! Whether a webhook or an event of the account is as it is wanted.

use crate::webhooks::definitions::{EventDefinition, Webhook};
use crate::webhooks::settings::{EventSettings, NewWebhook, WebhookUpdate};
use crate::webhooks::url_check;
use crate::webhooks::words::{EventKind, EventSource, Status};
use caspio_schema::{folded_name, is_same_name};
use std::collections::BTreeSet;

/// The sources that an event has by default, which are those of Caspio's document.
const DEFAULT_SOURCES: [EventSource; 5] = [
    EventSource::Datasheet,
    EventSource::DataPages,
    EventSource::RestApis,
    EventSource::TriggeredActions,
    EventSource::Tasks,
];

/// Returns what of a webhook is not as wanted; `None` if all is.
pub(super) fn webhook_change(webhook: &Webhook, wanted: &NewWebhook) -> Option<WebhookUpdate> {
    let mut update = WebhookUpdate::new();
    if !url_check::are_same(&webhook.urls, &wanted.urls) {
        update.urls = Some(wanted.urls.clone());
    }
    let description = webhook.description.as_deref().unwrap_or_default();
    let wanted_description = wanted.description.as_deref();
    if wanted_description.is_some_and(|wanted| wanted != description) {
        update.description.clone_from(&wanted.description);
    }
    let throttling = wanted.throttling.map(u64::from);
    if throttling.is_some() && throttling != webhook.call_throttling {
        update.throttling = wanted.throttling;
    }
    (update != WebhookUpdate::new()).then_some(update)
}

/// Whether an event of the account is as wanted.
pub(super) fn is_as_wanted(event: &EventDefinition, wanted: &EventSettings) -> bool {
    let is_enabled = match event.status {
        Some(Status::Active) => wanted.enabled,
        Some(Status::Inactive) => !wanted.enabled,
        _ => true,
    };
    let secret_differs = wanted.has_secret.is_some()
        && event.has_secret.is_some()
        && wanted.has_secret != event.has_secret;
    is_enabled
        && !secret_differs
        && names(&event.fields) == names(&wanted.fields)
        && names(&event.payload_fields) == names(&wanted.payload_fields)
        && sources(&event.sources) == sources(&wanted.sources)
        && event.template == wanted.template
}

/// Whether an event of the account is of the same table and kind as a wanted one. `segment` identifies the table in
/// requests.
pub(super) fn is_of_same_kind(
    event: &EventDefinition,
    wanted: &EventSettings,
    segment: &str,
) -> bool {
    let has_name = event.table.as_deref();
    let has_name = has_name.is_some_and(|table| is_same_name(table, &wanted.table));
    let is_of_table = has_name || event.table_id.as_deref() == Some(segment);
    is_of_table && event.kind.as_ref() == Some(&wanted.kind)
}

/// Whether two events of one table and kind report changes of exactly the same fields.
pub(super) fn have_same_fields(event: &EventDefinition, wanted: &EventSettings) -> bool {
    names(&event.fields) == names(&wanted.fields)
}

/// Whether an event of the account cannot be there beside a wanted one of its table and kind.
pub(super) fn excludes(event: &EventDefinition, wanted: &EventSettings) -> bool {
    wanted.kind != EventKind::Updated || overlap(&event.fields, &wanted.fields)
}

/// Whether two wanted events cannot be events of one webhook: two of one table and kind, unless they report changes of
/// different fields (documented).
pub(super) fn exclude(one: &EventSettings, other: &EventSettings) -> bool {
    one.kind == other.kind
        && is_same_name(&one.table, &other.table)
        && (one.kind != EventKind::Updated || overlap(&one.fields, &other.fields))
}

/// No fields are all fields.
fn overlap(one: &[String], other: &[String]) -> bool {
    one.is_empty() || other.is_empty() || !names(one).is_disjoint(&names(other))
}

/// Whether an event reports the writes of the REST API.
pub(super) fn sees_rest_writes(event: &EventSettings) -> bool {
    event.sources.is_empty() || event.sources.contains(&EventSource::RestApis)
}

/// Names an event in messages.
pub(super) fn label(event: &EventSettings) -> String {
    let (kind, table) = (&event.kind, &event.table);
    match event.fields.as_slice() {
        [] => format!("event {kind} of table {table:?}"),
        fields => format!("event {kind} of table {table:?} ({})", fields.join(", ")),
    }
}

/// Names an event of the account in messages.
pub(super) fn label_of(event: &EventDefinition) -> String {
    match event.settings() {
        Some(settings) => label(&settings),
        None => format!("event {:?}", event.id.as_str()),
    }
}

fn names(names: &[String]) -> BTreeSet<String> {
    names.iter().map(|name| folded_name(name)).collect()
}

/// The sources that are not the default; none for the default, which the service may return as a list of all or as an
/// empty one (inferred, fact `default-event-sources`).
fn sources(sources: &[EventSource]) -> BTreeSet<&str> {
    let named: BTreeSet<&str> = sources.iter().map(EventSource::as_str).collect();
    let is_default = DEFAULT_SOURCES
        .iter()
        .all(|source| named.contains(source.as_str()));
    match is_default && named.len() == DEFAULT_SOURCES.len() {
        true => BTreeSet::new(),
        false => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{WebhookEventJson, WebhookJson, webhook_json};

    fn event(json: &str) -> EventDefinition {
        let json: WebhookEventJson = webhook_json(json.as_bytes()).expect("an object");
        EventDefinition::from(json)
    }

    #[test]
    fn the_default_sources_may_be_listed_or_left_out() {
        let wanted = EventSettings::inserted("Orders");
        let listed = event(
            r#"{"Type":"table.recordInsert","ObjectName":"Orders",
                "EventSources":["Tasks","Datasheet","DataPages","RESTAPIs","TriggeredActions"]}"#,
        );
        let left_out =
            event(r#"{"Type":"table.recordInsert","ObjectName":"Orders","EventSources":null}"#);
        let some = event(r#"{"Type":"table.recordInsert","EventSources":["Tasks"]}"#);

        assert!(is_as_wanted(&listed, &wanted));
        assert!(is_as_wanted(&left_out, &wanted));
        assert!(!is_as_wanted(&some, &wanted));
        assert!(is_as_wanted(&some, &wanted.sources([EventSource::Tasks])));
    }

    #[test]
    fn names_are_compared_without_case_and_order() {
        let wanted = EventSettings::updated("orders").fields(["Status", "Total"]);
        let kept = event(
            r#"{"Type":"table.recordUpdate","ObjectName":"Orders","ObjectFields":["total","STATUS"],"Status":"Active"}"#,
        );

        assert!(is_of_same_kind(&kept, &wanted, "Orders"));
        assert!(is_as_wanted(&kept, &wanted));
        assert!(!is_as_wanted(&kept, &wanted.clone().disabled()));
        assert!(!is_as_wanted(&kept, &wanted.template("{'a':'b'}")));
    }

    #[test]
    fn a_table_is_recognized_by_its_id() {
        let wanted = EventSettings::deleted("Orders");
        let kept = event(r#"{"type":"table.recordDelete","objectId":"x2y7pe"}"#);

        assert!(is_of_same_kind(&kept, &wanted, "x2y7pe"));
        assert!(!is_of_same_kind(&kept, &wanted, "q4y4zp"));
    }

    #[test]
    fn what_is_not_wanted_of_a_webhook_is_not_compared() {
        let json = br#"{"Name":"N","OutgoingUrls":["https://a.example/"],"Description":"D","CallThrottling":10}"#;
        let json: WebhookJson = webhook_json(json).expect("an object");
        let webhook = Webhook::from(json);
        let wanted = NewWebhook::new("N", ["https://a.example"]);

        assert_eq!(webhook_change(&webhook, &wanted), None);
        let slower = wanted.clone().call_throttling(5);
        assert_eq!(
            webhook_change(&webhook, &slower),
            Some(WebhookUpdate::new().call_throttling(5))
        );
        let moved = NewWebhook::new("N", ["https://b.example"]).description("D");
        assert_eq!(
            webhook_change(&webhook, &moved),
            Some(WebhookUpdate::new().urls(["https://b.example"]))
        );
    }
}
