//! Webhooks and events in responses, in the names of v3 and v4.

use caspio_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An envelope, in which v4 returns lists, and in which Caspio's own node expects them on v3, against the document.
const ENVELOPES: [&str; 2] = ["data", "result"];

/// A webhook in a response.
#[derive(Debug)]
pub(crate) struct WebhookJson(Members);

/// An event's definition in a response.
#[derive(Debug)]
pub(crate) struct WebhookEventJson(Members);

/// The members of an object by their names in lower case. One that is null, or of another type than expected, counts as
/// absent: the response that creates a webhook is the only one with its secret, and must not be lost for another
/// member.
#[derive(Debug)]
struct Members(Map<String, Value>);

impl WebhookJson {
    pub(crate) fn id(&self) -> Option<String> {
        self.0.text(&["webhookid", "id"])
    }

    pub(crate) fn name(&self) -> Option<String> {
        self.0.text(&["name"])
    }

    pub(crate) fn description(&self) -> Option<String> {
        self.0.text(&["description"])
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.0.texts(&["outgoingurls"])
    }

    pub(crate) fn throttling(&self) -> Option<u64> {
        self.0.number("callthrottling")
    }

    pub(crate) fn secret(&self) -> Option<String> {
        self.0.text(&["secret"]).filter(|secret| !secret.is_empty())
    }
}

impl WebhookEventJson {
    pub(crate) fn id(&self) -> Option<String> {
        self.0.text(&["eventid", "id"])
    }

    /// The kind of the event, which requests call `EventType` on v3.
    pub(crate) fn kind(&self) -> Option<String> {
        self.0.text(&["type", "eventtype"])
    }

    pub(crate) fn table(&self) -> Option<String> {
        self.0.text(&["objectname"])
    }

    pub(crate) fn table_id(&self) -> Option<String> {
        self.0.text(&["objectid"])
    }

    pub(crate) fn fields(&self) -> Vec<String> {
        self.0.texts(&["objectfields"])
    }

    pub(crate) fn sources(&self) -> Vec<String> {
        self.0.texts(&["eventsources"])
    }

    /// The fields of the payload: one setting with two names (inferred, fact `webhooks-of-v4`).
    pub(crate) fn payload_fields(&self) -> Vec<String> {
        self.0
            .texts(&["custompayloadfields", "defaultpayloadfields"])
    }

    pub(crate) fn template(&self) -> Option<String> {
        let template = self.0.text(&["custompayloadtemplate"]);
        template.filter(|template| !template.is_empty())
    }

    pub(crate) fn has_secret(&self) -> Option<bool> {
        self.0.flag("defaultpayloadincludessecret")
    }
}

/// The members that webhooks and events have.
macro_rules! common {
    ($($name:ident),*) => {$(
        impl $name {
            /// `Active` or `Inactive`, on v4 also as `enabled`. That webhooks use the words of events is inferred, fact
            /// `words-of-webhooks`.
            pub(crate) fn status(&self) -> Option<String> {
                let word = self.0.text(&["status"]);
                let as_word = |enabled| if enabled { "Active" } else { "Inactive" };
                word.or_else(|| Some(as_word(self.0.flag("enabled")?).to_owned()))
            }

            /// The messages, calls and errors of the last 30 days, in the response for one object only.
            pub(crate) fn activity(&self) -> [Option<u64>; 3] {
                ["messages", "calls", "errors"].map(|name| self.0.number(name))
            }

            /// When it was created, and by whom.
            pub(crate) fn created(&self) -> (Option<String>, Option<String>) {
                (self.0.text(&["datecreated"]), self.0.text(&["createdby"]))
            }

            /// When it was changed, and by whom.
            pub(crate) fn changed(&self) -> (Option<String>, Option<String>) {
                (self.0.text(&["lastmodified"]), self.0.text(&["modifiedby"]))
            }
        }

        impl From<Map<String, Value>> for $name {
            fn from(members: Map<String, Value>) -> Self {
                let members = members.into_iter();
                let lower = members.map(|(name, value)| (name.to_lowercase(), value));
                Self(Members(lower.collect()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                Map::deserialize(json).map(Self::from)
            }
        }
    )*};
}

common!(WebhookJson, WebhookEventJson);

impl Members {
    /// The first of some members that is a text, or a number as text.
    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| match self.0.get(*name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn texts(&self, names: &[&str]) -> Vec<String> {
        let found = names.iter().find_map(|name| self.0.get(*name)?.as_array());
        let texts = found.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }
}

/// Reads one webhook or event, which comes without an envelope; one in an envelope is accepted as well.
///
/// # Errors
///
/// `Protocol`: the response is not an object. It shows nothing of the response, which may contain a secret.
pub(crate) fn webhook_json<T: From<Map<String, Value>>>(body: &[u8]) -> Result<T> {
    let mut members: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| unexpected("an object"))?;
    let inside = members
        .iter_mut()
        .find(|(name, value)| ENVELOPES.contains(&&*name.to_lowercase()) && value.is_object());
    if let Some((_, Value::Object(inside))) = inside {
        members = std::mem::take(inside);
    }
    Ok(T::from(members))
}

/// Reads a list that is not in pages: an array without an envelope, fact `webhooks-are-a-bare-array`; one in an
/// envelope is accepted as well.
///
/// # Errors
///
/// `Protocol`: the response is neither.
pub(crate) fn webhooks_json<T: From<Map<String, Value>>>(body: &[u8]) -> Result<Vec<T>> {
    let list = || unexpected("an array of objects");
    let all: Vec<Map<String, Value>> = match body.trim_ascii_start().first() {
        Some(b'[') => serde_json::from_slice(body).map_err(|_| list())?,
        _ => {
            let members: BTreeMap<String, &RawValue> =
                serde_json::from_slice(body).map_err(|_| list())?;
            let mut members = members.into_iter();
            let inside = members.find(|(name, _)| ENVELOPES.contains(&&*name.to_lowercase()));
            let (_, inside) = inside.ok_or_else(list)?;
            serde_json::from_str(inside.get()).map_err(|_| list())?
        }
    };
    Ok(all.into_iter().map(T::from).collect())
}

fn unexpected(expected: &str) -> Error {
    let message = format!("the response is not what Caspio documents: it is not {expected}");
    Error::new(ErrorKind::Protocol, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_read_in_the_names_of_both_versions() {
        for body in [
            r#"{"Id":"b5x49p","Status":"Active","Name":"N","OutgoingUrls":["https://a"],"CallThrottling":7,"Secret":"s"}"#,
            r#"{"webhookId":"b5x49p","enabled":true,"name":"N","outgoingUrls":["https://a"],"callThrottling":7,"secret":"s"}"#,
            r#"{"data":{"id":"b5x49p","status":"Active","name":"N","outgoingUrls":["https://a"],"callThrottling":7,"secret":"s"}}"#,
        ] {
            let webhook: WebhookJson = webhook_json(body.as_bytes()).expect("an object");

            assert_eq!(webhook.id().as_deref(), Some("b5x49p"), "{body}");
            assert_eq!(webhook.name().as_deref(), Some("N"));
            assert_eq!(webhook.status().as_deref(), Some("Active"));
            assert_eq!(webhook.urls(), ["https://a"]);
            assert_eq!(webhook.throttling(), Some(7));
            assert_eq!(webhook.secret().as_deref(), Some("s"));
        }
    }

    #[test]
    fn members_of_other_types_do_not_lose_the_secret() {
        let body =
            br#"{"Id":7,"Name":null,"OutgoingUrls":"https://a","CallThrottling":"x","Secret":"s",
            "Status":{},"DateCreated":12}"#;

        let webhook: WebhookJson = webhook_json(body).expect("an object");

        assert_eq!(webhook.id().as_deref(), Some("7"));
        assert_eq!(webhook.secret().as_deref(), Some("s"));
        assert!(webhook.urls().is_empty() && webhook.throttling().is_none());
    }

    #[test]
    fn a_list_is_an_array_or_in_an_envelope() {
        for body in [
            r#"[{"Id":"a"},{"Id":"b"}]"#,
            r#" {"Result":[{"Id":"a"},{"Id":"b"}],"Pagination":null}"#,
            r#"{"data":[{"id":"a"},{"id":"b"}]}"#,
        ] {
            let all: Vec<WebhookJson> = webhooks_json(body.as_bytes()).expect("a list");
            let ids: Vec<_> = all.iter().filter_map(WebhookJson::id).collect();
            assert_eq!(ids, ["a", "b"], "{body}");
        }
        for body in [
            r#"{"Code":"x"}"#,
            "null",
            "",
            "[1]",
            r#"{"Result":{}}"#,
            "<html>",
        ] {
            let read = webhooks_json::<WebhookJson>(body.as_bytes());
            assert_eq!(
                read.err().map(|error| error.kind()),
                Some(ErrorKind::Protocol),
                "{body}"
            );
        }
    }

    #[test]
    fn an_error_shows_nothing_of_the_response() {
        let error = webhook_json::<WebhookJson>(br#"["hunter2"]"#).expect_err("no object");

        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
