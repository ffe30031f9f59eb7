//! Webhooks and their events are listed, read, created, changed and deleted.

use caspio::webhooks::{
    EventKind, EventSettings, EventSource, NewWebhook, Status, WebhookId, WebhookUpdate,
};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use serde_json::{Value, json};

const URL: &str = "https://localhost/hook";

fn webhook() -> NewWebhook {
    NewWebhook::new("Orders", [URL])
}

async fn start(version: ApiVersion) -> TestEnv {
    TestEnv::start().version(version).await
}

#[tokio::test]
async fn a_webhook_is_created_read_changed_and_deleted() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = start(version).await;
        let webhooks = env.caspio.webhooks();
        assert!(webhooks.list().await.expect("a list").is_empty());

        let new = webhook()
            .description("To the warehouse.")
            .call_throttling(5);
        let created = webhooks.create(new).await.expect("created");
        let id = created.webhook.id;
        assert!(created.secret.is_some());
        assert_eq!(created.webhook.name.as_deref(), Some("Orders"));

        let update = WebhookUpdate::new()
            .name("New orders")
            .urls(["https://localhost/new"])
            .description("")
            .disable();
        webhooks.update(&id, update).await.expect("changed");

        let listed = webhooks.list().await.expect("a list");
        let [listed] = listed.as_slice() else {
            panic!("{listed:?}")
        };
        assert_eq!(listed.id, id);
        assert_eq!(listed.activity.messages, None);
        let one = webhooks.get(&id).await.expect("the webhook");
        assert_eq!(one.name.as_deref(), Some("New orders"));
        assert_eq!(one.urls, ["https://localhost/new"]);
        assert_eq!(one.call_throttling, Some(5));
        assert_eq!(one.status, Some(Status::Inactive));
        assert_eq!(one.activity.messages, Some(0));
        assert!(one.history.created.is_some() && one.history.modified.is_some());

        webhooks.delete(&id).await.expect("deleted");
        let error = webhooks.get(&id).await.expect_err("it is deleted");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.operation(), Some("webhooks.get"));
        assert_eq!(
            error.resource(),
            Some(&*format!("webhook {:?}", id.as_str()))
        );
        let again = webhooks.delete(&id).await.expect_err("it is deleted");
        assert_eq!(again.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn an_event_is_created_read_replaced_and_deleted() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = start(version).await;
        let created = env
            .caspio
            .webhooks()
            .create(webhook())
            .await
            .expect("created");
        let events = env.caspio.webhooks().events(&created.webhook.id);

        let settings = EventSettings::updated("Orders")
            .fields(["Status", "Total"])
            .sources([EventSource::RestApis, EventSource::Tasks])
            .payload_fields(["Status"])
            .template("{'id':'[@field:PK_ID]'}");
        let event = events.create(settings.clone()).await.expect("created");
        events
            .create(EventSettings::inserted("Orders"))
            .await
            .expect("created");

        assert_eq!(events.list().await.expect("a list").len(), 2);
        let one = events.get(&event.id).await.expect("the event");
        assert_eq!(one.kind, Some(EventKind::Updated));
        assert_eq!(one.status, Some(Status::Active));
        assert_eq!(one.table.as_deref(), Some("Orders"));
        assert_eq!(one.fields, ["Status", "Total"]);
        assert_eq!(one.sources, [EventSource::RestApis, EventSource::Tasks]);
        assert_eq!(one.payload_fields, ["Status"]);
        assert_eq!(one.template.as_deref(), Some("{'id':'[@field:PK_ID]'}"));
        let read = one.settings().expect("settings");
        assert_eq!(read.clone().with_secret(), settings.clone().with_secret());

        // What the new definition does not have is reset.
        let bare = EventSettings::updated("Orders").disabled();
        events.update(&event.id, bare).await.expect("changed");
        let one = events.get(&event.id).await.expect("the event");
        assert_eq!(one.status, Some(Status::Inactive));
        assert_eq!((one.fields.len(), one.payload_fields.len()), (0, 0));
        assert_eq!(one.template, None);
        assert_eq!(one.sources.len(), 5);

        events.delete(&event.id).await.expect("deleted");
        let error = events.get(&event.id).await.expect_err("it is deleted");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.operation(), Some("webhook_events.get"));
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_a_call() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = start(version).await;
        let webhooks = env.caspio.webhooks();
        let id = WebhookId::from("b5x49p");
        env.emulator.reset_calls();

        for new in [
            NewWebhook::new(" ", [URL]),
            NewWebhook::new("Orders", ["http://example.com/hook"]),
            NewWebhook::new("Orders", [URL, URL]),
            NewWebhook::new("Orders", [""; 0]),
            webhook().call_throttling(0),
            webhook().call_throttling(u32::MAX),
        ] {
            let error = webhooks.create(new).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(error.operation(), Some("webhooks.create"));
        }
        let nothing = webhooks.update(&id, WebhookUpdate::new()).await;
        assert_eq!(nothing.expect_err("refused").kind(), ErrorKind::Refused);
        for event in [
            EventSettings::inserted(""),
            EventSettings::inserted("Orders").fields(["Status"]),
            EventSettings::updated("Orders").fields([" "]),
        ] {
            let error = webhooks
                .events(&id)
                .create(event)
                .await
                .expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        }
        for empty in [
            webhooks.get(&"".into()).await.map(drop),
            webhooks.delete(&"".into()).await,
            webhooks.events(&"".into()).list().await.map(drop),
            webhooks.events(&id).delete(&"".into()).await,
        ] {
            assert_eq!(empty.expect_err("refused").kind(), ErrorKind::Refused);
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn a_version_without_an_operation_is_named() {
    let env = start(ApiVersion::V2).await;
    let webhooks = env.caspio.webhooks();
    let id = WebhookId::from("b5x49p");
    env.emulator.reset_calls();

    for refused in [
        webhooks.list().await.map(drop),
        webhooks.get(&id).await.map(drop),
        webhooks.create(webhook()).await.map(drop),
        webhooks.update(&id, WebhookUpdate::new().enable()).await,
        webhooks.delete(&id).await,
        webhooks.regenerate_secret(&id).await.map(drop),
        webhooks.events(&id).list().await.map(drop),
        webhooks
            .events(&id)
            .create(EventSettings::inserted("Orders"))
            .await
            .map(drop),
    ] {
        let error = refused.expect_err("v2 has none");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(
            error.hint().is_some_and(|hint| hint.contains("v3 or v4")),
            "{error}"
        );
    }
    let v3 = start(ApiVersion::V3).await;
    let error = v3
        .caspio
        .webhooks()
        .regenerate_secret(&id)
        .await
        .expect_err("v3");
    assert!(
        error.hint().is_some_and(|hint| hint.contains("v4")),
        "{error}"
    );
    let hidden = EventSettings::inserted("Orders").without_secret();
    let error = v3
        .caspio
        .webhooks()
        .events(&id)
        .create(hidden)
        .await
        .expect_err("v3");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_secret_is_regenerated_once() {
    let env = start(ApiVersion::V4).await;
    let webhooks = env.caspio.webhooks();
    let created = webhooks.create(webhook()).await.expect("created");

    let renewed = webhooks
        .regenerate_secret(&created.webhook.id)
        .await
        .expect("a secret");

    assert!(!format!("{created:?} {renewed:?}").contains(&exposed(&renewed)));
    assert_ne!(
        exposed(&created.secret.expect("a secret")),
        exposed(&renewed)
    );
    let lost = Rule::new(Fault::ResetAfterwards).operation("RegenerateOutgoingWebhookSecret");
    env.emulator.set_faults(Faults::none().rule(lost.always()));
    env.emulator.reset_calls();
    let error = webhooks
        .regenerate_secret(&created.webhook.id)
        .await
        .expect_err("lost");
    assert!(error.maybe_applied() && error.hint().is_some(), "{error}");
    assert_eq!(
        env.emulator
            .calls_of("RegenerateOutgoingWebhookSecret")
            .count(),
        1
    );
}

fn exposed(secret: &caspio::SecretString) -> String {
    use caspio_core::secrecy::ExposeSecret as _;
    secret.expose_secret().to_owned()
}

#[tokio::test]
async fn a_lost_creation_is_not_repeated_and_other_writes_are() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = start(version).await;
        let webhooks = env.caspio.webhooks();
        let lost = |operation: &str| {
            let rule = Rule::new(Fault::ResetAfterwards).operation(operation);
            env.emulator
                .set_faults(Faults::none().rule(rule.calls([1])));
        };

        lost("CreateOutgoingWebhook");
        let error = webhooks.create(webhook()).await.expect_err("lost");
        assert!(error.maybe_applied(), "{error}");
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("secret is lost")),
            "{error}"
        );
        let listed = webhooks.list().await.expect("a list");
        assert_eq!(listed.len(), 1);
        let id = &listed[0].id;

        lost("UpdateOutgoingWebhook");
        let update = WebhookUpdate::new().description("x");
        webhooks.update(id, update).await.expect("repeated");
        let events = webhooks.events(id);
        let event = events
            .create(EventSettings::inserted("Orders"))
            .await
            .expect("created");
        lost("UpdateOutgoingWebhookEvent");
        let disabled = EventSettings::inserted("Orders").disabled();
        events.update(&event.id, disabled).await.expect("repeated");
        lost("DeleteOutgoingWebhookEvent");
        events.delete(&event.id).await.expect("repeated");
        lost("DeleteOutgoingWebhook");
        webhooks.delete(id).await.expect("repeated");
        assert!(webhooks.list().await.expect("a list").is_empty());
    }
}

#[tokio::test]
async fn names_and_urls_are_unique_in_the_account() {
    let env = start(ApiVersion::V3).await;
    let webhooks = env.caspio.webhooks();
    webhooks.create(webhook()).await.expect("created");

    for rival in [
        NewWebhook::new("Orders", ["https://localhost/other"]),
        NewWebhook::new("Other", [URL]),
    ] {
        let error = webhooks.create(rival).await.expect_err("a rival");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(!error.maybe_applied());
    }
}

/// Members and types of requests are those of Caspio's document of v3.
#[tokio::test]
async fn requests_of_v3_are_those_of_the_document() {
    let env = start(ApiVersion::V3).await;
    let webhooks = env.caspio.webhooks();
    env.emulator.reset_calls();

    let id = webhooks
        .create(webhook())
        .await
        .expect("created")
        .webhook
        .id;
    webhooks
        .update(&id, WebhookUpdate::new().enable())
        .await
        .expect("changed");
    let events = webhooks.events(&id);
    let settings = EventSettings::updated("Orders")
        .fields(["Status"])
        .sources([EventSource::RestApis]);
    let event = events.create(settings).await.expect("created").id;
    let settings = EventSettings::inserted("Orders")
        .payload_fields(["Status"])
        .template("{}");
    events
        .update(&event, settings.disabled())
        .await
        .expect("changed");
    events.delete(&event).await.expect("deleted");

    let base = "/integrations/rest/v3/outgoingWebhooks";
    let expected = [
        (
            "POST",
            base.to_owned(),
            json!({ "Name": "Orders", "OutgoingUrls": [URL] }),
        ),
        ("PUT", format!("{base}/{id}"), json!({ "Enabled": true })),
        (
            "POST",
            format!("{base}/{id}/events"),
            json!({
                "EventType": "table.recordUpdate", "ObjectName": "Orders", "Enabled": true,
                "ObjectFields": ["Status"], "EventSources": ["RESTAPIs"],
            }),
        ),
        (
            "PUT",
            format!("{base}/{id}/events/{event}"),
            json!({
                "EventType": "table.recordInsert", "ObjectName": "Orders", "Enabled": false,
                "EventSources": [], "CustomPayloadFields": ["Status"], "CustomPayloadTemplate": "{}",
            }),
        ),
        ("DELETE", format!("{base}/{id}/events/{event}"), Value::Null),
    ];
    let calls = env.emulator.latest_calls();
    let sent: Vec<_> = calls
        .iter()
        .filter(|call| call.operation() != "Token")
        .map(|call| {
            let body = call
                .body()
                .map_or(Value::Null, |body| body.parse().expect("JSON"));
            (call.method(), call.path().to_owned(), body)
        })
        .collect();
    assert_eq!(sent, expected);
}
