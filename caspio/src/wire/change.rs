//! Writes to one field of every record that meets a condition.
//!
//! v2 and v3 have the condition in the address, v4 in the body.

use super::{Dialect, ListParams, list_url};
use caspio_core::http::{HeaderValue, header};
use caspio_core::{ApiVersion, Error, ErrorKind, Operation, Repeat, Request, Result, Url};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A member of a body, as each version spells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(super) v2v3: &'static str,
    pub(super) v4: &'static str,
}

impl Member {
    /// A password field's new value. v4's spelling follows from how it spells others.
    pub(crate) const VALUE: Self = Self {
        v2v3: "Value",
        v4: "value",
    };
    /// An attachment's new name. v4's spelling follows from how it spells others.
    pub(crate) const FILE_NAME: Self = Self {
        v2v3: "FileName",
        v4: "fileName",
    };
}

/// Sets a member where a condition holds. Setting it twice is as good as once.
pub(crate) fn set_where(
    version: ApiVersion,
    url: Url,
    condition: &str,
    (member, value): (Member, &str),
    operation: Operation,
) -> Request {
    let request = match version {
        ApiVersion::V4 => {
            let body = object(&[("where", condition), (member.v4, value)]);
            Request::patch(url, operation).json(body)
        }
        _ => {
            let url = with_condition(version, url, condition);
            Request::put(url, operation).json(object(&[(member.v2v3, value)]))
        }
    };
    request.repeat(Repeat::Safe)
}

/// Empties a field where a condition holds.
pub(crate) fn clear_where(
    version: ApiVersion,
    url: Url,
    condition: &str,
    operation: Operation,
) -> Request {
    match version {
        ApiVersion::V4 => Request::delete(url, operation).json(object(&[("where", condition)])),
        _ => delete(with_condition(version, url, condition), operation),
    }
}

/// A DELETE without a body: the service answers 415 to one that does not call itself JSON.
pub(crate) fn delete(url: Url, operation: Operation) -> Request {
    Request::delete(url, operation).header(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )
}

/// Adds a condition to an address; an empty one adds nothing.
pub(crate) fn with_condition(version: ApiVersion, url: Url, condition: &str) -> Url {
    let params = ListParams {
        filter: condition.to_owned(),
        ..ListParams::default()
    };
    list_url(url, Dialect::of(version), &params)
}

/// How many records a write by condition met; `None` when the answer does not say.
///
/// # Errors
///
/// `Protocol`: the answer is not what the service promises.
pub(crate) fn affected(body: &[u8]) -> Result<Option<u64>> {
    #[derive(Deserialize)]
    struct Affected {
        #[serde(rename = "RecordsAffected", alias = "recordsAffected")]
        records: Option<u64>,
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let affected: Affected = serde_json::from_slice(body).map_err(|error| {
        Error::new(
            ErrorKind::Protocol,
            format!("the answer is not what Caspio documents: {error}"),
        )
        .with_source(error)
    })?;
    Ok(affected.records)
}

/// A JSON object of texts. The values are written once, into the body: one may be a secret.
fn object(members: &[(&str, &str)]) -> Vec<u8> {
    let members: BTreeMap<_, _> = members.iter().copied().collect();
    serde_json::to_vec(&members).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_in_every_spelling_and_may_be_absent() {
        for (body, count) in [
            (&br#"{"RecordsAffected":2}"#[..], Some(2)),
            (br#"{"recordsAffected":0,"data":[]}"#, Some(0)),
            (br#"{"RecordsAffected":1,"Result":[]}"#, Some(1)),
            (b"", None),
            (b"{}", None),
        ] {
            assert_eq!(affected(body).expect("an answer"), count);
        }
        assert!(affected(b"<html>").is_err());
    }

    #[test]
    fn the_condition_is_in_the_address_on_v3_and_in_the_body_on_v4() {
        let url = || Url::parse("http://127.0.0.1/f").expect("a url");
        let set = |version| {
            let change = (Member::VALUE, "a\"b");
            let operation = Operation::new("passwords.set");
            set_where(version, url(), "PK_ID = 7", change, operation)
        };

        let (v3, v4) = (set(ApiVersion::V3), set(ApiVersion::V4));

        assert_eq!(v3.method(), "PUT");
        assert_eq!(v3.url().query(), Some("q.where=PK_ID%20%3D%207"));
        assert_eq!(v4.method(), "PATCH");
        assert_eq!(v4.url().query(), None);
        assert_eq!(v4.repeats(), Repeat::Safe);
    }
}
