//! A position in a read, to resume from.

use super::cursor::{Cursor, Value};
use super::plan::Plan;
use super::seen::Shown;
use crate::client::{Client, LEAST_POSITION, OpenError, POSITION_VERSION};
use crate::record::Key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// How far a read got: every record before it was delivered, and none after it.
///
/// It is stored as text ([`Display`](fmt::Display) and [`FromStr`]) or by serde, and passed to
/// [`Query::resume_from`](super::Query::resume_from) or [`Query::page`](super::Query::page) of the same query,
/// in this process or another. The text needs no escaping in a URL, and has about 60 characters for a read in
/// the order of keys. It is encrypted: it reveals nothing about the records or the query, and is refused, before
/// any call, when it was altered or belongs to a different query or account.
///
/// In an order by other columns it contains the last record's values, encrypted, so its length grows with that
/// of their texts: 255 letters make about 500 characters. Sort by short columns where a URL has to hold it.
///
/// Clients with the same credentials, or the same
/// [`position_secret`](crate::ClientBuilder::position_secret), read each other's positions. A position does
/// not expire. It gives no access to records by itself: only a program that runs the same query can resume from it.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::Position;
///
/// let position: Position = caspio.table::<Order>().stream().position();
/// let kept = position.to_string();
/// assert_eq!(kept.parse::<Position>()?, position);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Position(Box<[u8]>);

impl Position {
    /// Seals the position behind a cursor; `None` is the start.
    pub(super) fn seal(client: &Client, plan: &Plan, cursor: Option<Cursor>, shown: Shown) -> Self {
        let cursor = cursor.map(|cursor| Cursor { shown, ..cursor });
        let plain = cursor.as_ref().map(to_bytes).unwrap_or_default();
        let sealed = client.position_key().seal(plan.fingerprint(), &plain);
        Self(sealed.into())
    }

    /// Returns the cursor of a position of this plan.
    ///
    /// # Errors
    ///
    /// `Refused`: it belongs to a different query, was altered, or is after a record without a key.
    pub(super) fn open(&self, client: &Client, plan: &Plan) -> Result<Option<Cursor>> {
        let refused = |message: &'static str, hint: &str| {
            Error::new(ErrorKind::Refused, message)
                .with_resource(plan.target.to_string())
                .with_hint(hint.to_owned())
        };
        let plain = client.position_key().open(plan.fingerprint(), &self.0);
        let plain = plain.map_err(|error| match error {
            OpenError::OtherQuery => refused(
                "this position belongs to a different query",
                "resume with the same table, filter, order and credentials as the read that stopped, and the same \
                 columns of a view",
            ),
            OpenError::Altered => refused(
                "this position was altered",
                "pass the text of `RecordStream::position` unchanged",
            ),
        })?;
        if plain.is_empty() {
            return Ok(None);
        }
        // Groups without columns are a single group, without values.
        let is_one_group = plan.is_grouped() && plan.terms().is_empty();
        match from_bytes(&plain) {
            Some(cursor) if cursor == Cursor::UNKNOWN && !is_one_group => Err(refused(
                "this position is after a record that the service returned without its PK_ID, so its place is not known",
                "start the read over; name the columns, so that PK_ID is requested",
            )),
            Some(cursor) => Ok(Some(cursor)),
            None => Err(refused(
                "this position was made by another version of this library",
                "start the read over",
            )),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Position({self})")
    }
}

impl FromStr for Position {
    type Err = Error;

    /// Reads the text of a position. Whether it was altered is known when a query resumes from it.
    ///
    /// # Errors
    ///
    /// `Refused`: the text is not a position, or one of another version of this library.
    fn from_str(text: &str) -> Result<Self> {
        let not_a_position = "this text is not a position of a read";
        let sealed = URL_SAFE_NO_PAD.decode(text);
        let sealed = sealed
            .map_err(|error| Error::new(ErrorKind::Refused, not_a_position).with_source(error))?;
        match sealed.first() {
            Some(&POSITION_VERSION) if sealed.len() >= LEAST_POSITION => Ok(Self(sealed.into())),
            Some(version) if sealed.len() >= LEAST_POSITION => {
                let message = format!(
                    "this position has version {version}, which this library does not read"
                );
                Err(Error::new(ErrorKind::Refused, message))
            }
            _ => Err(Error::new(ErrorKind::Refused, not_a_position)),
        }
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Returns the content of a position: the key alone in a read of a table in the order of keys.
fn to_bytes(cursor: &Cursor) -> Vec<u8> {
    let json = match &cursor.key {
        Some(key) if cursor.values.is_empty() && cursor.row.is_none() => serde_json::to_vec(key),
        _ => serde_json::to_vec(&Content::of(cursor)),
    };
    json.expect("a cursor has text keys only")
}

/// Reads the content of a position.
fn from_bytes(bytes: &[u8]) -> Option<Cursor> {
    let key = serde_json::from_slice(bytes).ok();
    let key = key.map(|key| Cursor::at_key(&key));
    let content = || serde_json::from_slice::<Content>(bytes).ok();
    key.or_else(|| content().map(Content::into_cursor))
}

/// The content of a position in an order by columns.
#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Key>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<Option<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nulls: Option<Vec<bool>>,
    /// The key of the record before it, if that has the same values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<u64>,
    /// The hashes of the rows of the record and of the one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row_before: Option<u64>,
    #[serde(default, skip_serializing_if = "Shown::is_default")]
    shown: Shown,
}

impl Content {
    fn of(cursor: &Cursor) -> Self {
        let before = cursor.before.first();
        let values = (&cursor.values, &cursor.nulls);
        let alike = before.filter(|before| (&before.values, &before.nulls) == values);
        Self {
            key: cursor.key.clone(),
            values: cursor.values.clone(),
            nulls: cursor.nulls.clone(),
            before: alike.and_then(|before| before.key.clone()),
            first: cursor.first,
            row: cursor.row,
            row_before: alike.and_then(|before| before.row),
            shown: cursor.shown,
        }
    }

    fn into_cursor(self) -> Cursor {
        let count = self.values.len();
        let cursor = Cursor {
            key: self.key,
            values: self.values,
            nulls: self.nulls.filter(|nulls| nulls.len() == count),
            first: self.first,
            row: self.row,
            shown: self.shown,
            ..Cursor::UNKNOWN
        };
        let before = self.before.map(|key| Cursor {
            key: Some(key),
            row: self.row_before,
            ..cursor.clone()
        });
        Cursor {
            before: before.into_iter().collect(),
            ..cursor
        }
    }
}
