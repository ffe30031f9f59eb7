//! Outgoing webhooks and their events.

use super::document::Document;
use super::field::same_name;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The event sources in Caspio's document, and two more that Caspio's own node sends.
pub(crate) const SOURCES: [&str; 7] = [
    "Datasheet",
    "DataPages",
    "RESTAPIs",
    "TriggeredActions",
    "Tasks",
    "DataParts",
    "Extensions",
];

/// The kind of change of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EventType {
    #[serde(rename = "table.recordInsert")]
    Insert,
    #[serde(rename = "table.recordUpdate")]
    Update,
    #[serde(rename = "table.recordDelete")]
    Delete,
}

impl EventType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Insert => "table.recordInsert",
            Self::Update => "table.recordUpdate",
            Self::Delete => "table.recordDelete",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Insert, Self::Update, Self::Delete]
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// How many messages were sent. Caspio counts thirty days, the emulator since its start.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Traffic {
    pub(crate) messages: u32,
    pub(crate) calls: u32,
    pub(crate) errors: u32,
}

/// A webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) urls: Vec<String>,
    pub(crate) throttling: i32,
    pub(crate) secret: String,
    pub(crate) active: bool,
    pub(crate) stamps: Stamps,
    pub(crate) traffic: Traffic,
}

/// When an object was created and changed, and by whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stamps {
    pub(crate) created: String,
    pub(crate) created_by: String,
    pub(crate) modified: Option<String>,
    pub(crate) modified_by: Option<String>,
}

/// What a webhook listens for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) webhook: String,
    pub(crate) kind: EventType,
    pub(crate) table: u32,
    /// The fields whose change counts; empty means all.
    pub(crate) fields: Vec<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) payload_fields: Vec<String>,
    /// Whether messages without a template leave out the secret.
    #[serde(default)]
    pub(crate) hides_secret: bool,
    pub(crate) template: Option<String>,
    pub(crate) active: bool,
    pub(crate) stamps: Stamps,
    pub(crate) traffic: Traffic,
}

impl Event {
    /// Returns whether the event is about this kind of write on this table from this source.
    pub(crate) fn listens(&self, table: u32, kind: EventType, source: &str) -> bool {
        self.active
            && self.table == table
            && self.kind == kind
            && self
                .sources
                .iter()
                .any(|known| known.eq_ignore_ascii_case(source))
    }

    /// Returns whether the event is about a record with these changed fields.
    pub(crate) fn matches(&self, kind: EventType, changed: &[String]) -> bool {
        kind != EventType::Update
            || self.fields.is_empty()
            || changed
                .iter()
                .any(|name| self.fields.iter().any(|field| same_name(field, name)))
    }
}

impl Document for Webhook {
    const KIND: &'static str = "webhook";

    fn key(&self) -> &str {
        &self.id
    }
}

impl Document for Event {
    const KIND: &'static str = "event";

    fn key(&self) -> &str {
        &self.id
    }
}

/// Returns a key of six characters, as webhooks, events and tables have.
pub(crate) fn short_id(random: &mut fastrand::Rng) -> String {
    (0..6).map(|_| random.digit(36)).collect()
}

/// Returns a key of six characters that is always the same for the same words.
pub(crate) fn derived_id(words: &[&str]) -> String {
    let hash = Sha256::digest(words.join("\0").to_lowercase());
    let seed = hash
        .iter()
        .take(8)
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    short_id(&mut fastrand::Rng::with_seed(seed))
}
