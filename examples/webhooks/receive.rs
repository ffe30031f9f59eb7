//! A webhook from its definition to its messages: ensured, received by a web server, and swept for what was missed.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use axum::Router;
use axum::routing::post;
use caspio::SecretString;
use caspio::prelude::*;
use caspio::webhooks::{
    Answer, Delivery, Event, EventSettings, Message, NewWebhook, Receiver, Rejection, WantedWebhook,
};
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    #[caspio(read_only)]
    updated: Option<DateTime>,
}

#[derive(CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    first_name: String,
}

/// The header with the signature. Caspio has not published its name: look at a message that it sends.
const SIGNATURE: &str = "X-Caspio-Signature";

/// What the handler works with.
#[derive(Clone)]
struct State {
    receiver: Receiver,
    seen: UnboundedSender<Contact>,
}

impl axum::extract::FromRef<State> for Receiver {
    fn from_ref(state: &State) -> Self {
        state.receiver.clone()
    }
}

/// Answers a delivery: with success only after the contacts are safe.
async fn contacts(
    axum::extract::State(state): axum::extract::State<State>,
    delivery: Result<Delivery<Event<Contact>>, Rejection>,
) -> Result<Answer, Rejection> {
    let delivery = delivery.inspect_err(|rejection| println!("not passed on: {rejection}"))?;
    let handle = |event: Event<Contact>, message: Message| async move {
        println!("{:?} at {:?}: {event:?}", message.kind, message.date);
        event
            .records()
            .iter()
            .try_for_each(|contact| state.seen.send(contact.clone()))
    };
    Ok(delivery.handle(handle).await)
}

async fn serve(listener: TcpListener, state: State) {
    let app = Router::new().route("/contacts", post(contacts));
    let served = axum::serve(listener, app.with_state(state)).await;
    println!("the server ended: {served:?}");
}

/// Makes the account have the webhook, and keeps its secret if it is new.
async fn define(
    caspio: &Client,
    url: String,
    keep: impl FnOnce(&SecretString),
) -> caspio::Result<()> {
    let wanted = WantedWebhook::new(NewWebhook::new("Contacts", [url]))
        .event(EventSettings::inserted("Contacts"))
        .event(EventSettings::updated("Contacts"));
    let ensured = caspio.webhooks().ensure([wanted]).await;
    let report = match &ensured {
        Ok(report) => report,
        Err(failed) => &failed.report,
    };
    for step in &report.steps {
        println!("{step}");
    }
    // No other response has the secret, so it is kept before an error is returned.
    if let Some(secret) = report.secrets.get("Contacts") {
        keep(secret);
    }
    ensured.map(drop).map_err(|failed| failed.error)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run().await
}

async fn run() -> Result<(), Box<dyn Error>> {
    let connection = caspio_examples::emulate().await?;
    let table = connection.caspio.table::<Contact>();
    // Caspio needs a URL with https.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/contacts", listener.local_addr()?);
    let mut kept = None;
    define(&connection.caspio, url, |secret| {
        kept = Some(secret.clone());
    })
    .await?;
    let secret = kept.ok_or("the webhook was there already")?;
    let receiver = Receiver::signed(SIGNATURE).secret(secret).build()?;
    let (seen, mut delivered) = unbounded_channel();
    let server = tokio::spawn(serve(listener, State { receiver, seen }));

    let since = table.order_by(|c| c.updated.desc()).first().await?;
    let since = since
        .and_then(|contact| contact.updated)
        .unwrap_or(datetime!("2020-01-01T00:00:00"));
    let sweep = table.sweep(since, |c| c.updated, |contact| contact.updated);
    sweep.run(async |_| Ok::<(), caspio::Error>(())).await?;

    let ada = NewContact {
        first_name: "Ada".to_owned(),
    };
    let key = table.insert(&ada).await?;
    let contact = timeout(Duration::from_secs(10), delivered.recv()).await?;
    let contact = contact.ok_or("the server ended")?;
    assert_eq!(contact.pk_id, key);
    sweep.saw(&contact);

    // Nobody listens while this one is inserted.
    server.abort();
    let bob = NewContact {
        first_name: "Bob".to_owned(),
    };
    table.insert(&bob).await?;
    let missed = sweep
        .run(async |contact: Contact| {
            println!("missed: {} {}", contact.pk_id, contact.first_name);
            Ok::<(), caspio::Error>(())
        })
        .await?;
    println!("{missed} missed, up to {}", sweep.position());
    assert_eq!(missed, 1);
    Ok(())
}

#[cfg(test)]
#[tokio::test]
async fn a_delivered_contact_and_a_missed_one_are_handled() {
    run().await.expect("both");
}
