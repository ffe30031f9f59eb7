//! The responses of writes.

use super::Dialect;
use crate::record::{Key, reason_and_place};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Response, Result};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

/// Returns the key of an inserted record: the end of `Location` on v2 and v3, `PK_ID` in the body on v4.
///
/// # Errors
///
/// `Protocol`: the response contains no key. The record was inserted anyway.
pub(crate) fn inserted_key(response: &Response) -> Result<Key> {
    let key = inserted_key_in(response.body(), response.header("location"));
    key.ok_or_else(|| key_unknown(response.status().as_u16()))
}

pub(super) fn inserted_key_in(body: &[u8], location: Option<&str>) -> Option<Key> {
    let body_key = member(body, "PK_ID").and_then(|raw| parse_json_key(raw.get()));
    body_key.or_else(|| location.and_then(key_at_end))
}

/// The error of a record that the service confirms without its key. Its status is that of a success, so
/// [`is_confirmed`] holds for it.
pub(crate) fn key_unknown(status: u16) -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the response to the insert does not contain the record's PK_ID",
    )
    .with_status(status)
    .with_maybe_applied(true)
    .with_hint(
        "do not insert the row again; look the record up by its values, or insert with `unique_by`",
    )
}

/// Whether the service reported a success for a write whose response cannot be used, so that the write must not be sent
/// again.
pub(crate) fn is_confirmed(error: &Error) -> bool {
    let is_success = error
        .status()
        .is_some_and(|status| (200..300).contains(&status));
    error.maybe_applied() && is_success
}

/// The last segment of a URL as a key.
fn key_at_end(url: &str) -> Option<Key> {
    let segment = url.split(['?', '#']).next()?.rsplit('/').next()?;
    let decoded = percent_encoding::percent_decode_str(segment);
    let text = decoded.decode_utf8().ok()?;
    (!text.is_empty()).then(|| parse_key(&text))
}

fn parse_key(text: &str) -> Key {
    text.parse().map_or_else(|_| Key::from(text), Key::Id)
}

/// A key that is a number, a text, or a list with one of these; all three are seen.
fn parse_json_key(json: &str) -> Option<Key> {
    if let Ok(id) = json.trim_matches('"').parse() {
        return Some(Key::Id(id));
    }
    match serde_json::from_str(json).ok()? {
        Value::Number(id) => id.as_i64().map(Key::Id),
        Value::String(text) if !text.is_empty() => Some(parse_key(&text)),
        Value::Array(keys) => {
            let [key] = keys.as_slice() else { return None };
            parse_json_key(&key.to_string())
        }
        _ => None,
    }
}

/// Returns the number of records that a write changed. The response may contain an empty list of records as well.
///
/// # Errors
///
/// `Protocol`: the response does not contain the number.
pub(crate) fn affected(body: &[u8]) -> Result<u64> {
    affected_if_reported(body)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Protocol,
            "the response does not contain the number of changed records",
        )
        .with_maybe_applied(true)
    })
}

/// Returns the number of records that a write by a key changed. v4 may respond with the record itself or with nothing,
/// and responds with 404 if there is no such record.
///
/// # Errors
///
/// `Protocol`: the response does not contain the number, and the version documents it; or it is not [`confirmed`].
pub(crate) fn affected_by_key(dialect: &dyn Dialect, response: &Response) -> Result<u64> {
    match affected(response.body()) {
        Err(_) if dialect.capabilities().reports_missing_records => confirmed(response).map(|()| 1),
        counted => counted,
    }
}

/// Checks that a response without a count shows that its write was done.
///
/// # Errors
///
/// `Protocol`: it shows no success, whatever its status: an error, anything but an object, or a status other than 200,
/// 201 and 204.
pub(crate) fn confirmed(response: &Response) -> Result<()> {
    if shows_success(response) {
        return Ok(());
    }
    let message = "the response does not show that the write was done";
    Err(Error::new(ErrorKind::Protocol, message)
        .with_status(response.status().as_u16())
        .with_maybe_applied(true)
        .with_hint("read the record to find out"))
}

fn shows_success(response: &Response) -> bool {
    let body = response.body();
    if !matches!(response.status().as_u16(), 200 | 201 | 204) {
        return false;
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return true;
    }
    let members: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_slice(body);
    let Ok(members) = members else { return false };
    // The record itself may have a column of any name.
    let is_record = ["PK_ID", "data", "Result"]
        .iter()
        .any(|name| find(&members, name).is_some());
    let is_error = ["code", "message", "error", "errors"]
        .iter()
        .any(|name| find(&members, name).is_some_and(|value| value.get() != "null"));
    is_record || !is_error
}

/// Returns the number of records that a write changed, or `None` if the response does not contain it.
///
/// # Errors
///
/// `Protocol`: the response is not JSON.
pub(crate) fn affected_if_reported(body: &[u8]) -> Result<Option<u64>> {
    #[derive(Deserialize)]
    struct AffectedJson {
        #[serde(rename = "RecordsAffected", alias = "recordsAffected")]
        records: Option<u64>,
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let affected: AffectedJson = serde_json::from_slice(body).map_err(|error| {
        let reason = reason_and_place(&error);
        Error::new(
            ErrorKind::Protocol,
            format!("the response is not what Caspio documents: {reason}"),
        )
        .with_maybe_applied(true)
        .with_source(error)
    })?;
    Ok(affected.records)
}

/// Whether the object in a response has this member.
pub(super) fn has_member(body: &[u8], name: &str) -> bool {
    member(body, name).is_some()
}

/// One member of the object in a response, its name compared without case.
fn member<'b>(body: &'b [u8], name: &str) -> Option<&'b RawValue> {
    find(&members(body), name)
}

/// The members of the object in a response; none if the response is not an object.
fn members(body: &[u8]) -> BTreeMap<String, &RawValue> {
    serde_json::from_slice(body).unwrap_or_default()
}

fn find<'b>(members: &BTreeMap<String, &'b RawValue>, name: &str) -> Option<&'b RawValue> {
    let mut members = members.iter();
    let found = members.find(|(member, _)| member.eq_ignore_ascii_case(name));
    found.map(|(_, value)| *value)
}

/// The result of one record of a bulk insert.
#[derive(Debug)]
pub(crate) enum RowResult {
    Inserted(Key),
    /// The service confirms the insert without a key that can be read, by this status.
    KeyUnknown(u16),
    Rejected {
        status: Option<u16>,
        reason: Option<Value>,
    },
}

/// Returns the results of the records of a bulk insert, in the order of the request.
///
/// Two forms are published: `PK_ID` with all keys, and in addition `data` with each result if some records were
/// rejected; or `Result` with each result.
///
/// # Errors
///
/// `Protocol`: the number of results is not the number of records. Some may have been inserted.
pub(crate) fn parse_bulk_results(body: &[u8], records: usize) -> Result<Vec<RowResult>> {
    let members = members(body);
    let each = ["data", "Result"]
        .iter()
        .find_map(|name| find(&members, name));
    let results = match each {
        Some(each) => parse_row_results(each.get()),
        None => find(&members, "PK_ID").and_then(|keys| parse_keys(keys.get())),
    };
    let complete = results.filter(|results| results.len() == records);
    let complete = complete.map(without_repeated_keys);
    complete.ok_or_else(|| {
        Error::new(
            ErrorKind::Protocol,
            format!("the response does not contain a result for each of the {records} records"),
        )
        .with_maybe_applied(true)
    })
}

/// Replaces a key that several rows have, because it can be the key of one of them only.
fn without_repeated_keys(results: Vec<RowResult>) -> Vec<RowResult> {
    let mut times = HashMap::<Key, u32>::new();
    for result in &results {
        if let RowResult::Inserted(key) = result {
            *times.entry(key.clone()).or_default() += 1;
        }
    }
    let is_repeated = |key: &Key| times.get(key).is_some_and(|times| *times > 1);
    let each = results.into_iter();
    each.map(|result| match result {
        RowResult::Inserted(key) if is_repeated(&key) => RowResult::KeyUnknown(CREATED),
        result => result,
    })
    .collect()
}

fn parse_row_results(json: &str) -> Option<Vec<RowResult>> {
    let rows: Vec<RowResultJson> = serde_json::from_str(json).ok()?;
    Some(rows.into_iter().map(RowResultJson::into_result).collect())
}

fn parse_keys(json: &str) -> Option<Vec<RowResult>> {
    let keys: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    let keys = keys.into_iter().map(|key| parse_json_key(key.get()));
    let results = keys.map(|key| key.map_or(RowResult::KeyUnknown(CREATED), RowResult::Inserted));
    Some(results.collect())
}

/// The status of an insert that succeeded.
const CREATED: u16 = 201;

#[derive(Deserialize)]
struct RowResultJson {
    #[serde(alias = "Status", default)]
    status: Option<u16>,
    #[serde(rename = "PK_ID", alias = "pk_id", alias = "pkId", default)]
    key: Option<Value>,
    #[serde(alias = "Error", alias = "Message", alias = "message", default)]
    error: Option<Value>,
}

impl RowResultJson {
    fn into_result(self) -> RowResult {
        let reason = self.error.filter(|reason| !reason.is_null());
        let key = self.key.and_then(|key| parse_json_key(&key.to_string()));
        match (self.status, key) {
            (Some(300..), _) => RowResult::Rejected {
                status: self.status,
                reason,
            },
            (_, Some(key)) => RowResult::Inserted(key),
            (None, None) if reason.is_some() => RowResult::Rejected {
                status: None,
                reason,
            },
            (status, None) => RowResult::KeyUnknown(status.unwrap_or(CREATED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_published_forms_of_a_bulk_response_are_read() {
        let keys = br#"{"PK_ID":["101","102"]}"#;
        let partial = br#"{"PK_ID":["5"],"data":[{"status":201,"PK_ID":"5"},{"status":400,"error":"Field 'Quantity' must be a number"}]}"#;
        let published = br#"{"Result":[{"Status":201,"PK_ID":"101"}]}"#;

        let all = parse_bulk_results(keys, 2).expect("two results");
        assert!(matches!(
            &all[..],
            [
                RowResult::Inserted(Key::Id(101)),
                RowResult::Inserted(Key::Id(102))
            ]
        ));
        let some = parse_bulk_results(partial, 2).expect("two results");
        assert!(matches!(&some[0], RowResult::Inserted(Key::Id(5))));
        assert!(
            matches!(&some[1], RowResult::Rejected { status: Some(400), reason: Some(Value::String(text)) } if text.contains("Quantity"))
        );
        let one = parse_bulk_results(published, 1).expect("one result");
        assert!(matches!(&one[..], [RowResult::Inserted(Key::Id(101))]));
    }

    #[test]
    fn a_bulk_response_without_some_records_may_have_been_applied() {
        let error = parse_bulk_results(br#"{"PK_ID":["101"]}"#, 2).expect_err("one is missing");
        assert!(error.maybe_applied());
    }

    #[test]
    fn a_row_that_is_confirmed_without_a_key_is_not_rejected() {
        let each = br#"{"data":[{"status":201,"id":"7"},{"status":201,"PK_ID":null},{"status":400,"PK_ID":"8"}]}"#;
        let keys = br#"{"PK_ID":["101",null,""]}"#;

        let each = parse_bulk_results(each, 3).expect("three results");
        assert!(matches!(
            &each[..],
            [
                RowResult::KeyUnknown(201),
                RowResult::KeyUnknown(201),
                RowResult::Rejected {
                    status: Some(400),
                    reason: None
                }
            ]
        ));
        let keys = parse_bulk_results(keys, 3).expect("three results");
        assert!(matches!(
            &keys[..],
            [
                RowResult::Inserted(Key::Id(101)),
                RowResult::KeyUnknown(201),
                RowResult::KeyUnknown(201)
            ]
        ));
    }

    #[test]
    fn a_key_that_two_rows_have_is_the_key_of_neither() {
        for body in [
            &br#"{"PK_ID":["1","1","2"]}"#[..],
            br#"{"data":[{"status":201,"PK_ID":1},{"status":201,"PK_ID":"1"},{"status":201,"PK_ID":2}]}"#,
        ] {
            let results = parse_bulk_results(body, 3).expect("three results");
            assert!(matches!(
                &results[..],
                [
                    RowResult::KeyUnknown(201),
                    RowResult::KeyUnknown(201),
                    RowResult::Inserted(Key::Id(2))
                ]
            ));
        }
    }

    #[test]
    fn the_count_is_read_next_to_an_empty_list() {
        assert_eq!(
            affected(br#"{"RecordsAffected":1,"Result":[]}"#).expect("a count"),
            1
        );
        assert_eq!(affected(br#"{"recordsAffected":0}"#).expect("a count"), 0);
        assert!(affected(b"").is_err());
    }

    #[test]
    fn the_count_is_read_in_every_spelling_and_may_be_absent() {
        for (body, count) in [
            (&br#"{"RecordsAffected":2}"#[..], Some(2)),
            (br#"{"recordsAffected":0,"data":[]}"#, Some(0)),
            (br#"{"RecordsAffected":1,"Result":[]}"#, Some(1)),
            (b"", None),
            (b"{}", None),
        ] {
            assert_eq!(affected_if_reported(body).expect("a response"), count);
        }
        for body in [&b"<html>"[..], b"[]", b"\"done\""] {
            let error = affected_if_reported(body).expect_err("no count can be read");
            assert!(error.maybe_applied(), "{error}");
        }
    }
}
