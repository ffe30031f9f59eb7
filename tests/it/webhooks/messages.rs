//! Messages as Caspio sends them, and a receiver of them.

use caspio::http::{HeaderMap, HeaderName, HeaderValue};
use caspio::prelude::*;
use caspio::webhooks::{Receiver, signature};

pub(super) const HEADER: &str = "x-caspio-signature";
pub(super) const SECRET: &str = "5f3c9a7be1d2468ab0c4d6e8f0a1b2c3";

/// A record of a message.
pub(super) const ADA: &str = r#"{"PK_ID":1,"Email":"ada@example.com","Balance":922337203685477.5807,
    "Joined":"2026-01-16T19:52:55","Active":true,"Unknown":{}}"#;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
pub(super) struct Contact {
    #[caspio(pk)]
    pub(super) pk_id: i64,
    pub(super) email: Option<String>,
    pub(super) balance: Option<Decimal>,
    pub(super) joined: Option<DateTime>,
    pub(super) active: bool,
}

pub(super) fn receiver() -> Receiver {
    let receiver = Receiver::signed(HEADER).secret(SECRET);
    receiver.build().expect("a receiver")
}

pub(super) fn headers(name: &str, value: &str) -> HeaderMap {
    let name: HeaderName = name.parse().expect("a name");
    HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a value"))])
}

pub(super) fn signed(body: &str) -> HeaderMap {
    headers(HEADER, &signature(&SECRET.into(), body.as_bytes()))
}

/// Returns the body of a message with this id, of this event, about these records.
pub(super) fn body(message: &str, event: &str, data: &str) -> String {
    format!(
        r#"{{"eventId":"{event}","messageId":"{message}","webhookId":"b5x49p","accountId":"","secret":"",
            "eventDate":"2026-01-16T19:52:55","eventType":"table.recordUpdate","objectName":"Contacts","data":[{data}]}}"#
    )
}
