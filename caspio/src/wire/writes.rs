//! How writes are spelled, and what their answers say.

use super::has_ids;
use super::url::{encoded, query_length};
use crate::record::Key;
use bytes::Bytes;
use caspio_core::{
    ApiVersion, Error, ErrorKind, Operation, Repeat, Request, Response, Result, Url,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Which records a write is about.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    /// One, by its key, and the same as a condition.
    Key { key: Key, condition: String },
    /// Some, by their keys, as a condition on `PK_ID` alone.
    Keys(String),
    /// Those for which a condition holds, as T-SQL.
    Filter(String),
}

/// Whether a write answers with the records as they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returning {
    Nothing,
    Records,
}

/// One record to be inserted.
pub(crate) fn insert(
    version: ApiVersion,
    mut records: Url,
    body: impl Into<Bytes>,
    returning: Returning,
    operation: Operation,
) -> Request {
    ask_for_records(&mut records, version, returning);
    Request::post(records, operation).json(body)
}

/// Up to 1,000 records to be inserted, as a JSON array. Only v4 has this.
pub(crate) fn insert_bulk(
    mut records: Url,
    body: impl Into<Bytes>,
    operation: Operation,
) -> Request {
    push_segment(&mut records, "bulk");
    Request::post(records, operation).json(body)
}

/// New values, as a JSON object, for some records.
pub(crate) fn update(
    version: ApiVersion,
    mut records: Url,
    which: &Which,
    values: String,
    returning: Returning,
    operation: Operation,
) -> Request {
    let by_key = matches!(which, Which::Key { .. } | Which::Keys(_));
    let request = match which {
        Which::Key { key, .. } if has_ids(version) => {
            push_segment(&mut records, &key.to_string());
            ask_for_records(&mut records, version, returning);
            Request::patch(records, operation).json(values)
        }
        Which::Keys(filter) | Which::Filter(filter) if has_ids(version) => {
            push_segment(&mut records, "bulk");
            let filter = quoted(filter);
            let body = format!("{{\"where\":{filter},\"recordValues\":{values}}}");
            Request::patch(records, operation).json(body)
        }
        which => {
            records = super::change::with_condition(version, records, condition(which));
            ask_for_records(&mut records, version, returning);
            Request::put(records, operation).json(values)
        }
    };
    request.repeat(match by_key {
        true => Repeat::Safe,
        false => Repeat::OnlyIfNeverSent,
    })
}

/// Some records to be deleted.
pub(crate) fn delete(
    version: ApiVersion,
    mut records: Url,
    which: &Which,
    operation: Operation,
) -> Request {
    match which {
        Which::Key { key, .. } if has_ids(version) => {
            push_segment(&mut records, &key.to_string());
            super::change::delete(records, operation)
        }
        which => {
            if has_ids(version) {
                push_segment(&mut records, "bulk");
            }
            super::clear_where(version, records, condition(which), operation)
        }
    }
}

/// How long an address is with a condition in it; 0 where the condition goes in the body.
pub(crate) fn condition_length(version: ApiVersion, records: &Url, filter: &str) -> usize {
    match has_ids(version) {
        true => 0,
        false => records.as_str().len() + query_length("q.where", filter),
    }
}

fn condition(which: &Which) -> &str {
    match which {
        Which::Key { condition, .. } | Which::Keys(condition) | Which::Filter(condition) => {
            condition
        }
    }
}

fn ask_for_records(url: &mut Url, version: ApiVersion, returning: Returning) {
    if returning == Returning::Records {
        match has_ids(version) {
            true => push_query(url, "echo", "true"),
            false => push_query(url, "response", "rows"),
        }
    }
}

fn push_segment(url: &mut Url, segment: &str) {
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(segment);
    }
}

fn push_query(url: &mut Url, name: &str, value: &str) {
    let query = match url.query() {
        Some(query) => format!("{query}&{name}={}", encoded(value)),
        None => format!("{name}={}", encoded(value)),
    };
    url.set_query(Some(&query));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The key of a record that was inserted: the end of `Location` on v2 and v3, `PK_ID` in v4's answer.
///
/// # Errors
///
/// `Protocol`: the answer does not say. The record is there all the same.
pub(crate) fn inserted_key(response: &Response) -> Result<Key> {
    let location = response.header("location");
    let end = location.and_then(|address| address.split(['?', '#']).next()?.rsplit('/').next());
    let from_location = end.and_then(|end| {
        let end = percent_encoding::percent_decode_str(end)
            .decode_utf8()
            .ok()?;
        (!end.is_empty()).then(|| key_of(&end))
    });
    let key = member(response.body(), "PK_ID").and_then(|raw| key_of_json(raw.get()));
    key.or(from_location).ok_or_else(|| {
        Error::new(
            ErrorKind::Protocol,
            "the record was inserted, but the answer does not say its PK_ID",
        )
        .with_maybe_applied(true)
    })
}

fn key_of(text: &str) -> Key {
    text.parse().map_or_else(|_| Key::from(text), Key::Id)
}

/// A key that came as a number or as text; some operations say a list of one.
fn key_of_json(json: &str) -> Option<Key> {
    if let Ok(id) = json.trim_matches('"').parse() {
        return Some(Key::Id(id));
    }
    match serde_json::from_str(json).ok()? {
        serde_json::Value::Number(id) => id.as_i64().map(Key::Id),
        serde_json::Value::String(text) => Some(key_of(&text)),
        serde_json::Value::Array(keys) => {
            let [key] = keys.as_slice() else { return None };
            key_of_json(&key.to_string())
        }
        _ => None,
    }
}

/// How many records a write says it changed. It may come beside an empty list of records.
///
/// # Errors
///
/// `Protocol`: the answer does not say.
pub(crate) fn affected(body: &[u8]) -> Result<u64> {
    let count = super::affected(body).map_err(|error| error.with_maybe_applied(true))?;
    count.ok_or_else(|| {
        Error::new(
            ErrorKind::Protocol,
            "the write was answered without a number of records",
        )
        .with_maybe_applied(true)
    })
}

/// The records that a write answered with, in the envelope that reads have. That v4 tells a single one bare is
/// inferred; one in an envelope is read as well.
pub(crate) fn returned(version: ApiVersion, body: &[u8]) -> Vec<u8> {
    let rows = super::Dialect::of(version).rows;
    if !has_ids(version) || member(body, rows).is_some() {
        return body.to_vec();
    }
    [format!("{{\"{rows}\":[").as_bytes(), body, b"]}"].concat()
}

/// One member of an answer's object, its name compared without case.
fn member<'b>(body: &'b [u8], name: &str) -> Option<&'b RawValue> {
    find(&members(body), name)
}

/// The members of an answer's object; none where it is no object.
fn members(body: &[u8]) -> BTreeMap<String, &RawValue> {
    serde_json::from_slice(body).unwrap_or_default()
}

fn find<'b>(members: &BTreeMap<String, &'b RawValue>, name: &str) -> Option<&'b RawValue> {
    let mut members = members.iter();
    let found = members.find(|(member, _)| member.eq_ignore_ascii_case(name));
    found.map(|(_, value)| *value)
}

/// The fate of one record of a bulk insert.
#[derive(Debug)]
pub(crate) enum Fate {
    Inserted(Key),
    Refused {
        status: Option<u16>,
        message: String,
    },
}

/// The fates of the records of a bulk insert, in the order of the request.
///
/// Two forms are on record: `PK_ID` with all keys, beside `data` with each fate where not all were
/// taken; and `Result` with each fate.
///
/// # Errors
///
/// `Protocol`: there is not one fate a record. Some may have been inserted.
pub(crate) fn fates(body: &[u8], records: usize) -> Result<Vec<Fate>> {
    let members = members(body);
    let each = ["data", "Result"]
        .iter()
        .find_map(|name| find(&members, name));
    let fates = match each {
        Some(each) => serde_json::from_str::<Vec<ToldFate>>(each.get())
            .ok()
            .map(|told| told.into_iter().map(ToldFate::read).collect()),
        None => find(&members, "PK_ID").and_then(|keys| keys_of(keys.get())),
    };
    fates
        .filter(|fates: &Vec<Fate>| fates.len() == records)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Protocol,
                format!("the answer does not tell the fate of each of the {records} records"),
            )
            .with_maybe_applied(true)
        })
}

fn keys_of(json: &str) -> Option<Vec<Fate>> {
    let keys: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    keys.into_iter()
        .map(|key| key_of_json(key.get()).map(Fate::Inserted))
        .collect()
}

#[derive(Deserialize)]
struct ToldFate {
    #[serde(alias = "Status", default)]
    status: Option<u16>,
    #[serde(rename = "PK_ID", alias = "pk_id", alias = "pkId", default)]
    key: Option<serde_json::Value>,
    #[serde(alias = "Error", alias = "Message", alias = "message", default)]
    error: Option<serde_json::Value>,
}

impl ToldFate {
    fn read(self) -> Fate {
        let key = self.key.and_then(|key| key_of_json(&key.to_string()));
        match (key, self.status) {
            (Some(key), status) if status.is_none_or(|status| status < 300) => Fate::Inserted(key),
            (_, status) => Fate::Refused {
                status,
                message: match self.error {
                    Some(serde_json::Value::String(text)) => text,
                    Some(other) => other.to_string(),
                    None => "the record was refused without a reason".to_owned(),
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_published_forms_of_a_bulk_answer_are_read() {
        let keys = br#"{"PK_ID":["101","102"]}"#;
        let partial = br#"{"PK_ID":["5"],"data":[{"status":201,"PK_ID":"5"},{"status":400,"error":"Field 'Quantity' must be a number"}]}"#;
        let published = br#"{"Result":[{"Status":201,"PK_ID":"101"}]}"#;

        let all = fates(keys, 2).expect("two fates");
        assert!(matches!(
            &all[..],
            [Fate::Inserted(Key::Id(101)), Fate::Inserted(Key::Id(102))]
        ));
        let some = fates(partial, 2).expect("two fates");
        assert!(matches!(&some[0], Fate::Inserted(Key::Id(5))));
        assert!(
            matches!(&some[1], Fate::Refused { status: Some(400), message } if message.contains("Quantity"))
        );
        let one = fates(published, 1).expect("one fate");
        assert!(matches!(&one[..], [Fate::Inserted(Key::Id(101))]));
    }

    #[test]
    fn a_bulk_answer_that_leaves_records_out_may_have_been_applied() {
        let error = fates(br#"{"PK_ID":["101"]}"#, 2).expect_err("one is missing");
        assert!(error.maybe_applied());
    }

    #[test]
    fn the_count_is_read_beside_an_empty_list() {
        assert_eq!(
            affected(br#"{"RecordsAffected":1,"Result":[]}"#).expect("a count"),
            1
        );
        assert_eq!(affected(br#"{"recordsAffected":0}"#).expect("a count"), 0);
        assert!(affected(b"").is_err());
    }
}
