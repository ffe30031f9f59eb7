//! A receiver passes on genuine deliveries, each once, and no others.

use super::messages::{ADA, Contact, HEADER, SECRET, body, headers, receiver, signed};
use caspio::http::{HeaderMap, StatusCode};
use caspio::prelude::*;
use caspio::webhooks::{Custom, Event, Receiver, Rejection, signature};
use caspio::{ErrorKind, SecretString};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Contact)]
struct EmailOnly {
    email: Option<String>,
}

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

#[test]
fn an_old_message_is_refused_where_that_is_chosen() {
    let strict = Receiver::signed(HEADER).secret(SECRET);
    let strict = strict.max_age(Duration::from_secs(3_600)).build();
    let strict = strict.expect("a receiver");
    let old = body("m", "e", ADA);
    let dated = |date: &str| {
        let date = format!(r#""eventDate":"{date}""#);
        old.replace(r#""eventDate":"2026-01-16T19:52:55""#, &date)
    };

    assert!(matches!(receive(&strict, &old), Err(Rejection::TooOld)));
    assert!(matches!(
        receive(&strict, &dated("")),
        Err(Rejection::TooOld)
    ));
    assert!(receive(&strict, &dated("2999-01-01T00:00:00")).is_ok());
    assert!(receive(&receiver(), &old).is_ok());
}
