//! What is logged of the deliveries of webhooks.

use caspio::http::{HeaderMap, HeaderName};
use caspio::prelude::*;
use caspio::webhooks::{Event, Receiver, Rejection, signature};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber, subscriber};

/// Keeps the errors of warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Visit for &Warnings {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "error" {
            self.0.lock().expect("no panic").push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut &*self);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
}

/// The service gives up at some time, and then the content of the delivery is lost.
#[test]
fn a_genuine_delivery_that_cannot_be_read_is_logged() {
    let signed = Receiver::signed("x-signature").secret("s");
    let by_secret = Receiver::by_secret_in_payload().secret("s");
    let warnings = Warnings::default();
    let _guard = subscriber::set_default(warnings.clone());
    let warned = |receiver: &Receiver, signed_by: &str, body: &str| {
        let value = signature(&signed_by.into(), body.as_bytes());
        let value = value.parse().expect("a value");
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-signature"), value)]);
        let received = receiver.receive::<Event<Contact>>(&headers, body.as_bytes());
        let rejection = received.map(drop).expect_err("it cannot be read");
        let warnings = std::mem::take(&mut *warnings.0.lock().expect("no panic"));
        (matches!(rejection, Rejection::Malformed(_)), warnings)
    };
    let signed = signed.build().expect("a receiver");
    let by_secret = by_secret.build().expect("a receiver");

    let renamed =
        r#"{"messageId":"m","secret":"s","objectName":"Contacts","data":[{"Mail":"hunter2"}]}"#;
    for receiver in [&signed, &by_secret] {
        let (is_malformed, warnings) = warned(receiver, "s", renamed);
        assert!(is_malformed);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("Email") && !warnings[0].contains("hunter2"));
    }
    let (_, of_html) = warned(&signed, "s", "<html>");
    assert_eq!(of_html.len(), 1, "{of_html:?}");
    // Whoever has no secret cannot fill the log.
    assert_eq!(warned(&signed, "guessed", renamed), (false, Vec::new()));
    assert_eq!(warned(&by_secret, "s", "<html>"), (true, Vec::new()));
}
