//! The webhooks that a program wants are in the account, and nothing else is touched.

use caspio::prelude::*;
use caspio::webhooks::{
    EnsureAction, EnsureWarning, EventDefinition, EventKind, EventSettings, EventSource,
    NewWebhook, WantedWebhook, Webhook,
};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use std::pin::pin;

fn orders() -> WantedWebhook {
    WantedWebhook::new(NewWebhook::new("app orders", ["https://localhost/orders"]))
        .event(EventSettings::inserted("Orders"))
        .event(EventSettings::updated("Orders").fields(["Status"]))
}

fn contacts() -> WantedWebhook {
    WantedWebhook::new(NewWebhook::new(
        "app contacts",
        ["https://localhost/contacts"],
    ))
    .event(EventSettings::deleted("Contacts"))
}

async fn webhook(caspio: &Client, name: &str) -> Option<Webhook> {
    let all = caspio.webhooks().list().await.expect("a list");
    all.into_iter()
        .find(|webhook| webhook.name.as_deref() == Some(name))
}

async fn events(caspio: &Client, name: &str) -> Vec<EventDefinition> {
    let webhook = webhook(caspio, name).await.expect("the webhook");
    let events = caspio.webhooks().events(&webhook.id);
    events.list().await.expect("a list")
}

/// The number of calls that write.
fn writes(env: &TestEnv) -> usize {
    let calls = env.emulator.latest_calls();
    let written = calls
        .iter()
        .filter(|call| call.method() != "GET" && call.operation() != "Token");
    written.count()
}

#[tokio::test]
async fn a_second_run_only_reads() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let webhooks = env.caspio.webhooks();

        let first = webhooks
            .ensure([orders(), contacts()])
            .await
            .expect("ensured");
        assert_eq!(first.steps.len(), 5, "{first:?}");
        assert_eq!(first.secrets.len(), 2);
        assert_eq!(
            first.ids["app orders"],
            webhook(&env.caspio, "app orders").await.expect("it").id
        );
        assert_eq!(events(&env.caspio, "app orders").await.len(), 2);
        assert_eq!(first.steps[0].to_string(), "created webhook \"app orders\"");

        env.emulator.reset_calls();
        let all = [orders(), contacts()];
        let second = webhooks
            .ensure(all)
            .remove_other_events()
            .remove_others_named("app ")
            .await;
        let second = second.expect("ensured");
        assert!(second.is_unchanged(), "{second:?}");
        assert!(second.secrets.is_empty());
        assert_eq!(second.ids, first.ids);
        assert_eq!(writes(&env), 0);
        // The list, and the events of each.
        assert_eq!(env.emulator.calls().total(), 3, "{version}");
    }
}

#[tokio::test]
async fn what_differs_is_changed_and_the_rest_stays() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let webhooks = env.caspio.webhooks();
        let other = NewWebhook::new("of others", ["https://localhost/others"]);
        webhooks.create(other).await.expect("created");
        let _ = webhooks
            .ensure([orders(), contacts()])
            .await
            .expect("ensured");

        let moved = WantedWebhook::new(
            NewWebhook::new("app orders", ["https://localhost/moved"]).description("Moved."),
        )
        .event(EventSettings::inserted("Orders").template("{'id':'[@field:PK_ID]'}"))
        .event(EventSettings::updated("Orders").fields(["Status", "Total"]))
        .event(EventSettings::deleted("Orders"));
        let report = webhooks.ensure([moved.clone()]).await.expect("ensured");

        let actions: Vec<_> = report.steps.iter().map(|step| step.action).collect();
        let updated = EnsureAction::Updated;
        assert_eq!(
            actions,
            [updated, updated, updated, EnsureAction::Created],
            "{report:?}"
        );
        let kept = webhook(&env.caspio, "app orders")
            .await
            .expect("the webhook");
        assert_eq!(kept.urls, ["https://localhost/moved"]);
        assert_eq!(kept.description.as_deref(), Some("Moved."));
        let of_orders = events(&env.caspio, "app orders").await;
        assert_eq!(of_orders.len(), 3);
        let changed = of_orders
            .iter()
            .find(|event| event.kind == Some(EventKind::Updated));
        assert_eq!(changed.expect("the event").fields, ["Status", "Total"]);
        assert!(webhook(&env.caspio, "of others").await.is_some());
        assert_eq!(events(&env.caspio, "app contacts").await.len(), 1);
        assert!(
            webhooks
                .ensure([moved])
                .await
                .expect("ensured")
                .is_unchanged()
        );
    }
}

#[tokio::test]
async fn only_what_is_named_is_removed() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let webhooks = env.caspio.webhooks();
        let other = NewWebhook::new("of others", ["https://localhost/others"]);
        webhooks.create(other).await.expect("created");
        let _ = webhooks
            .ensure([orders(), contacts()])
            .await
            .expect("ensured");
        let fewer = WantedWebhook::new(NewWebhook::new("app orders", ["https://localhost/orders"]))
            .event(EventSettings::inserted("Orders"));

        let kept = webhooks.ensure([fewer.clone()]).await.expect("ensured");
        assert!(kept.is_unchanged(), "{kept:?}");
        let planned = webhooks.ensure([fewer.clone()]).remove_other_events();
        let planned = planned
            .remove_others_named("app ")
            .dry_run()
            .await
            .expect("a plan");
        assert_eq!(events(&env.caspio, "app orders").await.len(), 2);
        let removed = webhooks.ensure([fewer]).remove_other_events();
        let removed = removed.remove_others_named("app ").await.expect("ensured");

        assert_eq!(planned.steps, removed.steps);
        let steps: Vec<_> = removed.steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            steps,
            [
                "removed webhook \"app contacts\"",
                "removed event table.recordUpdate of table \"Orders\" (Status) of webhook \"app orders\"",
            ]
        );
        assert!(webhook(&env.caspio, "app contacts").await.is_none());
        assert!(webhook(&env.caspio, "of others").await.is_some());
        assert_eq!(events(&env.caspio, "app orders").await.len(), 1);
    }
}

#[tokio::test]
async fn a_failure_keeps_the_secret_of_a_new_webhook() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let webhooks = env.caspio.webhooks();
        let failing = Rule::new(Fault::InternalError).operation("CreateOutgoingWebhookEvent");
        env.emulator
            .set_faults(Faults::none().rule(failing.always()));

        let failed = webhooks.ensure([orders()]).await.expect_err("no event");

        assert_eq!(failed.error.operation(), Some("webhook_events.create"));
        assert!(failed.report.secrets.contains_key("app orders"));
        assert_eq!(failed.report.steps.len(), 1);
        env.emulator.set_faults(Faults::none());
        let rest = webhooks.ensure([orders()]).await.expect("ensured");
        assert_eq!(rest.steps.len(), 2);
        assert!(rest.secrets.is_empty());
    }
}

#[tokio::test]
async fn what_excludes_each_other_is_refused_before_a_write() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let webhooks = env.caspio.webhooks();
        let rival = NewWebhook::new("of others", ["https://localhost/orders/"]);
        webhooks.create(rival).await.expect("created");
        let taken = WantedWebhook::new(NewWebhook::new("app", ["https://LOCALHOST/orders/"]));
        env.emulator.reset_calls();

        for wanted in [
            vec![taken],
            vec![orders(), orders()],
            vec![
                orders(),
                WantedWebhook::new(NewWebhook::new("b", ["https://localhost/orders"])),
            ],
            vec![orders().event(EventSettings::inserted("ORDERS"))],
            vec![orders().event(EventSettings::updated("Orders"))],
            vec![WantedWebhook::new(NewWebhook::new(
                "b",
                ["http://example.com/"],
            ))],
            vec![orders().event(EventSettings::inserted(" "))],
        ] {
            let refused = webhooks.ensure(wanted.clone()).await.expect_err("refused");
            assert_eq!(refused.error.kind(), ErrorKind::Refused, "{wanted:?}");
            assert!(refused.report.is_unchanged());
        }
        let all = webhooks.ensure([orders()]).remove_others_named("").await;
        assert_eq!(all.expect_err("refused").error.kind(), ErrorKind::Refused);
        assert_eq!(writes(&env), 0);
    }
}

/// Otherwise a new webhook would be left without its event, and one that is there would go on sending the secret.
#[tokio::test]
async fn what_v3_cannot_set_is_refused_before_a_write() {
    let env = TestEnv::start().version(ApiVersion::V3).await;
    let webhooks = env.caspio.webhooks();
    let events = [
        EventSettings::deleted("Orders").with_secret(),
        EventSettings::inserted("Orders").without_secret(),
    ];

    for _ in ["a new webhook", "one that is there"] {
        for event in &events {
            let webhook = NewWebhook::new("app", ["https://localhost/app"]);
            let wanted = WantedWebhook::new(webhook).event(event.clone());
            env.emulator.reset_calls();
            let refused = webhooks.ensure([wanted]).await.expect_err("refused").error;

            assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
            assert_eq!(refused.resource(), Some("webhook \"app\""));
            assert!(refused.hint().is_some_and(|hint| hint.contains("v4")));
            assert_eq!(env.emulator.calls().total(), 0);
        }
        let webhook = NewWebhook::new("app", ["https://localhost/app"]);
        let there = WantedWebhook::new(webhook).event(EventSettings::inserted("Orders"));
        let _ = webhooks.ensure([there]).await.expect("ensured");
    }
}

#[tokio::test]
async fn an_unknown_table_is_noticed_before_a_write_on_v4() {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    let wanted = orders().event(EventSettings::inserted("Orders2"));

    let failed = env
        .caspio
        .webhooks()
        .ensure([wanted])
        .await
        .expect_err("no table");

    assert_eq!(failed.error.kind(), ErrorKind::NotFound);
    assert!(
        failed
            .error
            .hint()
            .is_some_and(|hint| hint.contains("Orders")),
        "{failed}"
    );
    assert_eq!(writes(&env), 0);
}

#[tokio::test]
async fn an_event_that_no_write_of_the_api_fires_is_warned_of() {
    let env = TestEnv::start().await;
    let silent = EventSettings::deleted("Orders").sources([EventSource::Datasheet]);

    let report = env
        .caspio
        .webhooks()
        .ensure([orders().event(silent)])
        .await
        .expect("ensured");

    let [warning] = report.warnings.as_slice() else {
        panic!("{report:?}")
    };
    assert!(
        matches!(warning, EnsureWarning::NotOnRestWrites { webhook, .. } if webhook == "app orders")
    );
    assert!(warning.to_string().contains("RESTAPIs"), "{warning}");
}

#[tokio::test]
async fn nothing_wanted_reads_one_list() {
    let env = TestEnv::start().await;
    env.emulator.reset_calls();

    let report = env.caspio.webhooks().ensure([]).await.expect("ensured");

    assert!(report.is_unchanged());
    assert_eq!(writes(&env), 0);
}

#[tokio::test]
async fn the_clone_of_a_run_that_was_begun_wants_the_same() {
    let env = TestEnv::start().await;
    let mut begun = pin!(env.caspio.webhooks().ensure([orders()]));

    let first = begun.as_mut().await.expect("ensured");
    let clone = begun.as_ref().get_ref().clone();

    assert_eq!(first.steps.len(), 3);
    assert_eq!(clone.await.expect("ensured").ids, first.ids);
}
