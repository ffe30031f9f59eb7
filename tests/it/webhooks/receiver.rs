//! A receiver passes on genuine deliveries, each once, and no others.
//!
//! `CASPIO_TEST_DELIVERIES=100000` makes so many deliveries; by default there are fewer.

use caspio::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use caspio::prelude::*;
use caspio::webhooks::{Custom, Event, Receiver, Rejection, signature};
use caspio::{ErrorKind, SecretString};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

const HEADER: &str = "x-caspio-signature";
const SECRET: &str = "5f3c9a7be1d2468ab0c4d6e8f0a1b2c3";

/// How many deliveries there are by default.
const DELIVERIES: usize = 4_000;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    email: Option<String>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    active: bool,
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Contact)]
struct EmailOnly {
    email: Option<String>,
}

fn receiver() -> Receiver {
    Receiver::signed(HEADER)
        .secret(SECRET)
        .build()
        .expect("a receiver")
}

fn headers(name: &str, value: &str) -> HeaderMap {
    let name: HeaderName = name.parse().expect("a name");
    HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a value"))])
}

fn signed(body: &str) -> HeaderMap {
    headers(HEADER, &signature(&SECRET.into(), body.as_bytes()))
}

fn body(message: &str, event: &str, data: &str) -> String {
    format!(
        r#"{{"eventId":"{event}","messageId":"{message}","webhookId":"b5x49p","accountId":"","secret":"",
            "eventDate":"2026-01-16T19:52:55","eventType":"table.recordUpdate","objectName":"Contacts","data":[{data}]}}"#
    )
}

const ADA: &str = r#"{"PK_ID":1,"Email":"ada@example.com","Balance":922337203685477.5807,
    "Joined":"2026-01-16T19:52:55","Active":true,"Unknown":{}}"#;

fn receive(receiver: &Receiver, body: &str) -> Result<Event<Contact>, Rejection> {
    let delivery = receiver.receive::<Event<Contact>>(&signed(body), body.as_bytes())?;
    let event = delivery.payload().clone();
    let _ = delivery.handled();
    Ok(event)
}

#[test]
fn records_are_read_as_those_of_a_query() {
    let event = receive(&receiver(), &body("m", "e", ADA)).expect("an event");

    let Event::Updated(contacts) = event else {
        panic!("{event:?}")
    };
    assert_eq!(contacts[0].balance, Some(dec!(922337203685477.5807)));
    assert_eq!(contacts[0].joined, Some(datetime!("2026-01-16T19:52:55")));
    assert!(contacts[0].active);
}

#[test]
fn some_columns_are_read_by_a_struct_of_these_or_a_map() {
    let body = body("m", "e", r#"{"PK_ID":1,"Email":"ada@example.com"}"#);
    let receiver = receiver();

    let whole = receiver.receive::<Event<Contact>>(&signed(&body), body.as_bytes());
    let Err(Rejection::Malformed(error)) = whole else {
        panic!("{whole:?}")
    };
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Decode, Some("webhooks.receive"))
    );
    assert_eq!(error.field(), Some("Balance"), "{error}");

    // The attempt that failed does not count.
    let some = receiver.receive::<Event<EmailOnly>>(&signed(&body), body.as_bytes());
    let some = some.expect("a delivery");
    assert_eq!(
        some.payload().records()[0].email.as_deref(),
        Some("ada@example.com")
    );
    drop(some);
    let map = receiver.receive::<Event<RecordMap>>(&signed(&body), body.as_bytes());
    let map = map.expect("a delivery");
    assert_eq!(
        map.payload().records()[0].get("Email"),
        Some(&"ada@example.com".into())
    );
    assert_eq!(map.message().table.as_deref(), Some("Contacts"));
}

#[test]
fn a_template_of_the_program_is_read_by_serde() {
    #[derive(serde::Deserialize)]
    struct Changed {
        id: String,
    }
    let body = r#"{"messageId":"m","id":"7"}"#;
    let receiver = receiver();

    let delivery = receiver.receive::<Custom<Changed>>(&signed(body), body.as_bytes());
    let delivery = delivery.expect("a delivery");
    assert_eq!(delivery.payload().0.id, "7");
    assert_eq!(delivery.handled().status(), StatusCode::OK);
    let again = receiver.receive::<Custom<Changed>>(&signed(body), body.as_bytes());
    assert!(matches!(again, Err(Rejection::Repeated)));

    let misfit = r#"{"messageId":"n","id":["hunter2"]}"#;
    let misfit = receiver.receive::<Custom<Changed>>(&signed(misfit), misfit.as_bytes());
    let Err(Rejection::Malformed(error)) = misfit else {
        panic!("it does not fit")
    };
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn without_a_message_id_nothing_is_dropped() {
    let body = r#"{"name":"Ada"}"#;
    let receiver = receiver();

    for _ in 0..3 {
        let delivery =
            receiver.receive::<Custom<serde_json::Value>>(&signed(body), body.as_bytes());
        let _ = delivery.expect("a delivery").handled();
    }
}

#[test]
fn every_rejection_has_its_status() {
    let receiver = Receiver::signed(HEADER)
        .secret(SECRET)
        .body_limit(1_000)
        .build();
    let receiver = receiver.expect("a receiver");
    let good = body("m", "e", ADA);
    let status = |headers: &HeaderMap, body: &str| {
        let received = receiver.receive::<Event<Contact>>(headers, body.as_bytes());
        received
            .map(drop)
            .map_err(|rejection| rejection.status().as_u16())
    };

    assert_eq!(status(&HeaderMap::new(), &good), Err(401));
    assert_eq!(status(&headers("x-other", "00"), &good), Err(401));
    assert_eq!(status(&headers(HEADER, ""), &good), Err(403));
    assert_eq!(status(&headers(HEADER, "00"), &good), Err(403));
    assert_eq!(status(&signed(&body("n", "e", ADA)), &good), Err(403));
    let long = " ".repeat(1_001);
    assert_eq!(status(&signed(&long), &long), Err(413));
    for malformed in [
        "",
        "{",
        "<html>",
        "[]",
        "7",
        r#"{"data":7}"#,
        r#"{"data":[7]}"#,
        "{}",
    ] {
        assert_eq!(
            status(&signed(malformed), malformed),
            Err(400),
            "{malformed}"
        );
    }
    let of_orders = good.replace("Contacts", "Orders");
    assert_eq!(status(&signed(&of_orders), &of_orders), Err(400));
    let deep = format!(r#"{{"data":[{}]}}"#, "[".repeat(400));
    assert_eq!(status(&signed(&deep), &deep), Err(400));
    assert_eq!(status(&signed(&good), &good), Ok(()));
}

#[test]
fn a_message_without_records_is_an_event_without_records() {
    let event = receive(&receiver(), &body("m", "e", "")).expect("an event");
    assert_eq!(event, Event::Updated(Vec::new()));

    let nulls = r#"{"eventId":null,"messageId":null,"webhookId":null,"accountId":null,"secret":null,
        "eventDate":null,"eventType":null,"objectName":null,"data":[]}"#;
    let event = receive(&receiver(), nulls).expect("an event");
    assert_eq!(event, Event::Other(String::new(), Vec::new()));
}

#[test]
fn the_secret_in_the_payload_is_used_only_where_it_is_chosen() {
    let with_secret =
        body("m", "e", ADA).replace(r#""secret":"""#, &format!(r#""secret":"{SECRET}""#));
    let wrong = with_secret.replace(SECRET, "wrong");
    let status = |receiver: &Receiver, headers: &HeaderMap, body: &str| {
        let received = receiver.receive::<Event<Contact>>(headers, body.as_bytes());
        received
            .map(drop)
            .map_err(|rejection| rejection.status().as_u16())
    };
    let nothing = HeaderMap::new();

    assert_eq!(status(&receiver(), &nothing, &with_secret), Err(401));
    let by_secret = Receiver::by_secret_in_payload()
        .secret(SECRET)
        .build()
        .expect("a receiver");
    assert_eq!(status(&by_secret, &nothing, &with_secret), Ok(()));
    assert_eq!(status(&by_secret, &nothing, &wrong), Err(403));
    assert_eq!(status(&by_secret, &nothing, &body("m", "e", ADA)), Err(401));
    let either = Receiver::signed(HEADER)
        .secret(SECRET)
        .or_secret_in_payload()
        .build();
    let either = either.expect("a receiver");
    assert_eq!(status(&either, &nothing, &with_secret), Ok(()));
    assert_eq!(status(&either, &nothing, &wrong), Err(403));
    assert_eq!(
        status(&either, &headers(HEADER, "00"), &with_secret),
        Err(403)
    );
    assert_eq!(status(&either, &signed(&wrong), &wrong), Ok(()));
}

#[test]
fn both_secrets_hold_while_one_is_replaced() {
    let receiver = receiver();
    let by_new = |message: &str| {
        let body = body(message, "e", ADA);
        let headers = headers(HEADER, &signature(&"new".into(), body.as_bytes()));
        receiver
            .receive::<Event<Contact>>(&headers, body.as_bytes())
            .map(drop)
    };
    let by_old = |message: &str| {
        let body = body(message, "e", ADA);
        receiver
            .receive::<Event<Contact>>(&signed(&body), body.as_bytes())
            .map(drop)
    };

    assert!(matches!(by_new("1"), Err(Rejection::WrongSignature)));
    receiver
        .set_secrets([SECRET.into(), "new".into()])
        .expect("secrets");
    assert!(by_new("2").is_ok() && by_old("3").is_ok());
    receiver.set_secrets(["new".into()]).expect("a secret");
    assert!(by_new("4").is_ok());
    assert!(matches!(by_old("5"), Err(Rejection::WrongSignature)));
    for wrong in [vec![], vec![SecretString::from(" ")]] {
        assert!(receiver.set_secrets(wrong).is_err());
    }
    assert!(by_new("6").is_ok());
}

#[test]
fn a_receiver_without_a_secret_or_header_is_refused() {
    for builder in [
        Receiver::signed(HEADER),
        Receiver::signed(HEADER).secret(""),
        Receiver::by_secret_in_payload(),
        Receiver::by_secret_in_payload().secret(SECRET).secret(" "),
        Receiver::signed("not a header").secret(SECRET),
    ] {
        let error = builder.build().expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    }
    assert!(!format!("{:?}", receiver()).contains(SECRET));
}

/// A delivery that comes again while the first one is handled is not confirmed: the first one may still fail.
#[tokio::test]
async fn a_delivery_in_progress_is_neither_handled_twice_nor_confirmed() {
    let receiver = receiver();
    let body = body("m", "e", ADA);
    let attempt = || receiver.receive::<Event<Contact>>(&signed(&body), body.as_bytes());

    let first = attempt().expect("a delivery");
    let meanwhile = attempt().expect_err("the first is in progress");
    assert_eq!(meanwhile.status(), StatusCode::SERVICE_UNAVAILABLE);
    let failed = first.handle(async |_, _| Err("the database is away")).await;
    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);

    let second = attempt().expect("it was given back");
    let handled = second.handle(async |_, _| Ok::<(), &str>(())).await;
    assert_eq!(handled.status(), StatusCode::OK);
    assert_eq!(attempt().expect_err("handled").status(), StatusCode::OK);

    // The caller goes while the handler runs.
    let body = body.replace("\"m\"", "\"n\"");
    let attempt = || receiver.receive::<Event<Contact>>(&signed(&body), body.as_bytes());
    let dropped = attempt().expect("a delivery");
    let handling = dropped.handle(async |_, _| {
        std::future::pending::<()>().await;
        Ok::<(), &str>(())
    });
    assert!(futures::poll!(Box::pin(handling)).is_pending());
    assert!(attempt().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_attempts_at_once_one_is_passed_on() {
    let receiver = receiver();
    let passed = AtomicU32::new(0);
    let attempts = (0..200).map(|_| async {
        let body = body("m", "e", ADA);
        match receiver.receive::<Event<Contact>>(&signed(&body), body.as_bytes()) {
            Ok(delivery) => {
                let handler = async |_, _| {
                    tokio::task::yield_now().await;
                    passed.fetch_add(1, Ordering::SeqCst);
                    Ok::<(), &str>(())
                };
                delivery.handle(handler).await.status()
            }
            Err(rejection) => rejection.status(),
        }
    });

    let statuses = futures::future::join_all(attempts).await;

    assert_eq!(passed.load(Ordering::SeqCst), 1);
    assert!(statuses.contains(&StatusCode::OK));
}

/// What happens to one genuine event.
struct Genuine {
    body: String,
    /// How often its handler fails before it succeeds.
    failures: u32,
    handled: u32,
}

/// The deliveries of a service that repeats them, mixed with those of somebody who forges and replays.
#[test]
fn of_all_deliveries_each_genuine_event_is_handled_once() {
    let deliveries = std::env::var("CASPIO_TEST_DELIVERIES");
    let deliveries = deliveries.map_or(DELIVERIES, |count| count.parse().expect("a number"));
    let mut random = Rng::with_seed(7);
    let receiver = Receiver::signed(HEADER)
        .secret("old")
        .secret(SECRET)
        .build();
    let receiver = receiver.expect("a receiver");
    let mut genuine: Vec<Genuine> = (0..deliveries / 4)
        .map(|number| event(&mut random, number))
        .collect();
    let mut counts = BTreeMap::<u16, u32>::new();

    for attempt in 0..deliveries {
        // New ones mostly in turn, and among them some of long ago.
        let newest = (attempt * genuine.len()).div_ceil(deliveries).max(1);
        let at = match random.u8(..4) {
            0 => random.usize(..newest),
            _ => newest - 1,
        };
        let event = &mut genuine[at];
        let status = match random.u8(..10) {
            0 => forged(&receiver, &event.body, &mut random),
            _ => delivered(&receiver, event, &mut random),
        };
        *counts.entry(status.as_u16()).or_default() += 1;
    }
    // The service delivers until it is answered with success.
    for event in &mut genuine {
        while delivered(&receiver, event, &mut random) != StatusCode::OK {}
    }

    let wrong: Vec<_> = genuine
        .iter()
        .filter(|event| event.handled != 1)
        .map(|event| &event.body)
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:?}",
        wrong.len(),
        genuine.len()
    );
    for status in [200, 403, 500] {
        assert!(
            counts.get(&status).is_some_and(|count| *count > 0),
            "{counts:?}"
        );
    }
}

/// An event: some with the same message id as all others of this kind, some with the id of another event.
fn event(random: &mut Rng, number: usize) -> Genuine {
    let message = match random.u8(..10) {
        0 => "constant".to_owned(),
        1 => (number / 2).to_string(),
        _ => format!("m{number}"),
    };
    let event = format!("e{}", random.u8(..3));
    let contact = ADA.replace("\"PK_ID\":1", &format!("\"PK_ID\":{number}"));
    Genuine {
        body: body(&message, &event, &contact),
        failures: u32::from(random.u8(..8) == 0),
        handled: 0,
    }
}

fn delivered(receiver: &Receiver, event: &mut Genuine, random: &mut Rng) -> StatusCode {
    // One attempt may differ from another in the id of the call and in the secret.
    let call = format!(r#"{{"callId":"{}","#, random.u64(..));
    let body = event.body.replacen('{', &call, 1);
    let secret = match random.bool() {
        true => "old",
        false => SECRET,
    };
    let headers = headers(HEADER, &signature(&secret.into(), body.as_bytes()));
    match receiver.receive::<Event<Contact>>(&headers, body.as_bytes()) {
        Ok(delivery) if event.failures > 0 => {
            event.failures -= 1;
            delivery.failed().status()
        }
        Ok(delivery) => {
            event.handled += 1;
            delivery.handled().status()
        }
        Err(rejection) => rejection.status(),
    }
}

/// A delivery of somebody who has seen the event, but does not know the secret.
fn forged(receiver: &Receiver, body: &str, random: &mut Rng) -> StatusCode {
    let seen = signature(&SECRET.into(), body.as_bytes());
    let (headers, body) = match random.u8(..4) {
        // Another content with the signature of the first.
        0 => (headers(HEADER, &seen), body.replace("ada@", "eve@")),
        1 => (
            headers(HEADER, &signature(&"guessed".into(), body.as_bytes())),
            body.to_owned(),
        ),
        2 => (headers(HEADER, &seen[..63]), body.to_owned()),
        _ => (HeaderMap::new(), body.to_owned()),
    };
    let received = receiver.receive::<Event<Contact>>(&headers, body.as_bytes());
    received.expect_err("it is forged").status()
}
