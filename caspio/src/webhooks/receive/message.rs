//! A message: what it says of itself, and what identifies it.

use super::memory::Fingerprint;
use crate::webhooks::words::EventKind;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The members that may differ between two attempts to deliver a message: a secret is replaced, and a call has an id of
/// its own (inferred, fact `repeated-deliveries`).
const NOT_OF_CONTENT: [&str; 2] = ["secret", "callid"];

/// What a message says of itself.
///
/// A member that the message does not have is `None`: a template of your own may leave out any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The id of the message, the same in every attempt to deliver it.
    pub message_id: Option<String>,
    /// The id of the webhook.
    pub webhook_id: Option<String>,
    /// The id of the event's definition.
    pub event_id: Option<String>,
    /// The id of the call.
    pub call_id: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// What happened.
    pub kind: Option<EventKind>,
    /// The table.
    pub table: Option<String>,
    /// When it happened, in UTC. Messages may arrive in another order (documented).
    pub date: Option<DateTime>,
}

/// The members of a message, by their names in lower case.
pub(super) struct Members<'b>(BTreeMap<String, &'b RawValue>);

impl<'b> Members<'b> {
    /// Reads the members of a body; `None` if it is JSON, but no object.
    ///
    /// # Errors
    ///
    /// `Decode`: the body is not JSON.
    pub(super) fn read(body: &'b [u8]) -> Result<Option<Self>> {
        if let Ok(members) = serde_json::from_slice::<BTreeMap<Cow<'b, str>, &'b RawValue>>(body) {
            let members = members.into_iter();
            let named = members.map(|(name, value)| (name.to_lowercase(), value));
            return Ok(Some(Self(named.collect())));
        }
        match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
            Ok(_) => Ok(None),
            Err(error) => Err(malformed(&error)),
        }
    }

    /// Returns a member that is a text, or a number as text. An empty one is absent.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let raw = self.0.get(name)?.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).ok()?,
            Some(b'-' | b'0'..=b'9') => raw.to_owned(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn message(&self) -> Message {
        // Older documents call the date `occurredAt`.
        let date = self.text("eventdate").or_else(|| self.text("occurredat"));
        Message {
            message_id: self.text("messageid"),
            webhook_id: self.text("webhookid"),
            event_id: self.text("eventid"),
            call_id: self.text("callid"),
            account_id: self.text("accountid"),
            kind: self.text("eventtype").map(|kind| EventKind::from(&*kind)),
            table: self.text("objectname"),
            date: date.as_deref().and_then(in_utc),
        }
    }

    /// Returns what identifies the delivery: its id together with its content, so that a template with the same id in
    /// every message does not hide other messages. `None` without an id: two equal messages may be of two events.
    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        self.text("messageid")?;
        let mut hash = Sha256::new();
        let content = self.0.iter();
        for (name, value) in content.filter(|(name, _)| !NOT_OF_CONTENT.contains(&name.as_str())) {
            for part in [name.as_str(), value.get()] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        let whole = hash.finalize();
        whole.first_chunk().copied()
    }
}

/// Reads a date without an offset as UTC, in which the dates of messages are (documented).
fn in_utc(text: &str) -> Option<DateTime> {
    let at_offset = || text.parse::<Timestamp>().ok();
    let civil = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).datetime();
    at_offset().map(civil).or_else(|| text.parse().ok())
}

/// The error of a body that is not JSON. It shows nothing of the body, which may contain a secret.
fn malformed(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let message = format!("the message is not JSON, at line {line} column {column}");
    Error::new(ErrorKind::Decode, message)
        .with_hint("in a template, check the quotes around each value and the commas")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(body: &str) -> Members<'_> {
        let members = Members::read(body.as_bytes()).expect("JSON");
        members.expect("an object")
    }

    #[test]
    fn a_recorded_message_is_read() {
        let body = r#"{"eventId":"p150qb","messageId":"bd79b323-ae75-4d7d-884e-4cf2902edb93",
            "webhookId":"b5x49p","accountId":"","secret":"","eventDate":"2026-01-16T19:52:55",
            "eventType":"table.recordInsert","objectName":"New_Table",
            "data":[{"PK_ID":1,"id":"1","name":"example"}]}"#;

        let message = members(body).message();

        assert_eq!(message.event_id.as_deref(), Some("p150qb"));
        assert_eq!(message.kind, Some(EventKind::Inserted));
        assert_eq!(message.table.as_deref(), Some("New_Table"));
        assert_eq!(message.date, "2026-01-16T19:52:55".parse().ok());
        assert_eq!((message.account_id, message.call_id), (None, None));
    }

    #[test]
    fn members_of_any_type_may_be_null_or_absent() {
        assert_eq!(members("{}").message(), Message::default());
        let nulls = r#"{"messageId":null,"webhookId":[1],"eventId":{},"callId":true,"eventDate":"soon",
            "eventType":null,"objectName":null,"accountId":null,"data":null}"#;
        assert_eq!(members(nulls).message(), Message::default());
        assert_eq!(
            members(r#"{"messageId":17}"#)
                .message()
                .message_id
                .as_deref(),
            Some("17")
        );
        assert!(Members::read(b"[1]").expect("JSON").is_none());
    }

    #[test]
    fn a_date_with_an_offset_is_in_utc() {
        let date = |text: &str| {
            members(&format!(r#"{{"eventDate":"{text}"}}"#))
                .message()
                .date
        };
        let utc: Option<DateTime> = "2026-01-16T19:52:55".parse().ok();

        assert_eq!(date("2026-01-16T19:52:55Z"), utc);
        assert_eq!(date("2026-01-16T21:52:55+02:00"), utc);
        assert_eq!(date("2026-01-16T19:52:55.000"), utc);
    }

    #[test]
    fn an_error_shows_nothing_of_the_body() {
        let error = Members::read(br#"{"secret":"hunter2" "x"}"#)
            .err()
            .expect("no JSON");

        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
    }

    #[test]
    fn a_delivery_is_identified_by_its_id_and_content() {
        let of = |body: &str| members(body).fingerprint();
        let first = of(r#"{"messageId":"m","eventId":"e","data":[{"a":1}]}"#);

        assert!(first.is_some());
        assert_eq!(
            first,
            of(r#"{"data":[{"a":1}],"eventId":"e","messageId":"m"}"#)
        );
        assert_eq!(
            first,
            of(r#"{"messageId":"m","callId":"2","secret":"s","eventId":"e","data":[{"a":1}]}"#)
        );
        for other in [
            r#"{"messageId":"n","eventId":"e","data":[{"a":1}]}"#,
            r#"{"messageId":"m","eventId":"f","data":[{"a":1}]}"#,
            r#"{"messageId":"m","eventId":"e","data":[{"a":2}]}"#,
            r#"{"messageId":"m","eventId":"e","data":[{"a":1}],"eventType":"x"}"#,
        ] {
            assert_ne!(first, of(other), "{other}");
        }
        assert_eq!(of(r#"{"data":[{"a":1}]}"#), None);
        assert_eq!(of(r#"{"messageId":"","data":[]}"#), None);
    }
}
