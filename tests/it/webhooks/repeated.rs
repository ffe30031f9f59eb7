//! Deliveries that are repeated, forged and replayed, and of which each genuine event is handled once.
//!
//! `CASPIO_TEST_DELIVERIES=100000` makes so many deliveries; by default there are fewer.

use super::messages::{ADA, Contact, HEADER, SECRET, body, headers};
use caspio::http::{HeaderMap, StatusCode};
use caspio::webhooks::{Event, Receiver, signature};
use fastrand::Rng;
use std::collections::BTreeMap;

/// How many deliveries there are by default.
const DELIVERIES: usize = 4_000;

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
