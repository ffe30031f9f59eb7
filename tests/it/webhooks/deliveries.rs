//! Messages that the emulator delivers over HTTP, received.

use super::server::{next, serve};
use caspio::ApiVersion;
use caspio::http::StatusCode;
use caspio::prelude::*;
use caspio::webhooks::{
    Custom, Event, EventSettings, Message, NewWebhook, Payload, Receiver, WebhookId,
};
use caspio_emulator::Emulator;
use caspio_tests::{Contact, TestEnv};
use serde::Deserialize;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const HEADER: &str = "X-Caspio-Signature";

/// A server whose receiver is known once the webhook is defined, and what it handles.
struct Received<P> {
    url: String,
    receiver: Arc<OnceLock<Receiver>>,
    events: UnboundedReceiver<(P, Message)>,
    statuses: UnboundedReceiver<StatusCode>,
}

/// Starts a server whose handler fails for the first `failures` deliveries.
async fn server<P: Payload + Send + 'static>(failures: u32) -> Received<P> {
    let receiver: Arc<OnceLock<Receiver>> = Arc::default();
    let (handled, events) = unbounded_channel();
    let (answered, statuses) = unbounded_channel();
    let (held, left) = (Arc::clone(&receiver), Arc::new(AtomicU32::new(failures)));
    let url = serve(move |headers, body| {
        let (held, left) = (Arc::clone(&held), Arc::clone(&left));
        let (handled, answered) = (handled.clone(), answered.clone());
        async move {
            let receiver = held.get().expect("the webhook is defined");
            let status = match receiver.receive::<P>(&headers, &body) {
                Ok(delivery) => {
                    let handler = |event, message| async move {
                        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                            left.checked_sub(1)
                        });
                        if fails.is_ok() {
                            return Err("not now");
                        }
                        handled.send((event, message)).map_err(|_| "the test ended")
                    };
                    delivery.handle(handler).await.status()
                }
                Err(rejection) => rejection.status(),
            };
            let _ = answered.send(status);
            status
        }
    });
    Received {
        url: url.await,
        receiver,
        events,
        statuses,
    }
}

/// Defines a webhook with events, and gives its secret to the server.
async fn define<P>(caspio: &Client, server: &Received<P>, events: Vec<EventSettings>) -> WebhookId {
    let webhooks = caspio.webhooks();
    let created = webhooks
        .create(NewWebhook::new("Test", [&server.url]))
        .await
        .expect("created");
    let secret = created.secret.expect("a secret");
    let receiver = Receiver::signed(HEADER)
        .secret(secret)
        .build()
        .expect("a receiver");
    assert!(server.receiver.set(receiver).is_ok());
    for event in events {
        webhooks
            .events(&created.webhook.id)
            .create(event)
            .await
            .expect("an event");
    }
    created.webhook.id
}

#[tokio::test]
async fn inserts_updates_and_deletions_of_this_sdk_are_received() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let mut server = server::<Event<Contact>>(0).await;
        let events = vec![
            EventSettings::inserted("Contacts"),
            EventSettings::updated("Contacts"),
            EventSettings::deleted("Contacts"),
        ];
        let id = define(&env.caspio, &server, events).await;
        let contacts = env.caspio.table::<Contact>();

        let before = contacts.get(7).await.expect("a read").expect("the contact");
        contacts
            .update(7)
            .set(|c| c.email.to("new@example.com"))
            .await
            .expect("updated");
        let (event, message) = next(&mut server.events).await;
        let Event::Updated(updated) = event else {
            panic!("{event:?}")
        };
        let after = contacts.get(7).await.expect("a read").expect("the contact");
        assert_eq!(updated, slice::from_ref(&after));
        assert_eq!(message.webhook_id.as_deref(), Some(id.as_str()));
        assert!(message.message_id.is_some() && message.event_id.is_some());
        assert!(message.date.is_some());

        let key = contacts.insert(&before).await.expect("inserted");
        let (event, _) = next(&mut server.events).await;
        let Event::Inserted(inserted) = event else {
            panic!("{event:?}")
        };
        assert_eq!(inserted[0].pk_id, key);
        assert_eq!(inserted[0].interests, before.interests);

        contacts.delete(7).await.expect("deleted");
        let (event, _) = next(&mut server.events).await;
        assert_eq!(event, Event::Deleted(vec![after]));
    }
}

#[tokio::test]
async fn a_delivery_whose_handler_fails_comes_again_and_is_handled_once() {
    let env = TestEnv::start().await;
    let mut server = server::<Event<RecordMap>>(2).await;
    define(
        &env.caspio,
        &server,
        vec![EventSettings::deleted("Contacts")],
    )
    .await;

    env.caspio
        .table::<Contact>()
        .delete(7)
        .await
        .expect("deleted");

    let (event, _) = next(&mut server.events).await;
    assert_eq!(event.records()[0].key(), Some(Key::Id(7)));
    for status in [500, 500, 200] {
        assert_eq!(next(&mut server.statuses).await, status);
    }
}

#[tokio::test]
async fn a_new_secret_is_given_to_the_receiver() {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    let mut server = server::<Event<RecordMap>>(0).await;
    let id = define(
        &env.caspio,
        &server,
        vec![EventSettings::deleted("Contacts")],
    )
    .await;
    let contacts = env.caspio.table::<Contact>();

    let renewed = env
        .caspio
        .webhooks()
        .regenerate_secret(&id)
        .await
        .expect("a secret");
    contacts.delete(7).await.expect("deleted");
    assert_eq!(next(&mut server.statuses).await, StatusCode::FORBIDDEN);
    let receiver = server.receiver.get().expect("a receiver");
    receiver.set_secrets([renewed]).expect("a secret");

    // The service delivers it again.
    let (event, _) = next(&mut server.events).await;
    assert_eq!(event.records()[0].key(), Some(Key::Id(7)));
}

#[tokio::test]
async fn some_fields_and_own_templates_are_received() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Changed {
        message_id: String,
        email: String,
    }
    #[derive(Debug, PartialEq, CaspioRecord)]
    #[caspio(of = Contact)]
    struct EmailOnly {
        email: Option<String>,
    }
    let env = TestEnv::start().await;
    let mut custom = server::<Custom<Changed>>(0).await;
    let template = "{'messageId':'[@out-hook:messageId]','email':'[@field:Email]'}";
    let event = EventSettings::updated("Contacts").template(template);
    let id = define(&env.caspio, &custom, vec![event]).await;
    update_email(&env.emulator, "it's \"new\"@example.com");
    let (changed, message) = next(&mut custom.events).await;
    assert_eq!(changed.0.email, "it's \"new\"@example.com");
    assert_eq!(message.message_id, Some(changed.0.message_id));
    env.caspio.webhooks().delete(&id).await.expect("deleted");

    let mut some = server::<Event<EmailOnly>>(0).await;
    let event = EventSettings::updated("Contacts").payload_fields(["Email"]);
    define(&env.caspio, &some, vec![event]).await;
    update_email(&env.emulator, "newer@example.com");
    let (event, _) = next(&mut some.events).await;
    let email = Some("newer@example.com".to_owned());
    assert_eq!(event, Event::Updated(vec![EmailOnly { email }]));
}

fn update_email(emulator: &Emulator, email: &str) {
    let values = serde_json::json!({ "Email": email });
    emulator
        .update("Contacts", "PK_ID = 7", values)
        .expect("updated");
}
