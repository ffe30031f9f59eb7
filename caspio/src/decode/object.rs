//! Objects and lists of objects other than records.

use super::page::{decode_member, decode_value, undocumented};
use crate::dialect::Dialect;
use caspio_core::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Decodes a response with one object. Where the version has no envelope for it, one is accepted.
///
/// # Errors
///
/// `NotFound`: the envelope has null. `Protocol`: the response has another shape.
pub(crate) fn decode_object<T: DeserializeOwned>(
    body: &[u8],
    dialect: &dyn Dialect,
) -> Result<T, Error> {
    if dialect.capabilities().wraps_objects || has_envelope(body, dialect.rows_member()) {
        let object: Option<T> = decode_value(body, dialect)?;
        let absent = || Error::new(ErrorKind::NotFound, "the response contains no object");
        return object.ok_or_else(absent);
    }
    serde_json::from_slice(body).map_err(undocumented)
}

fn has_envelope(body: &[u8], member: &str) -> bool {
    let members: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_slice(body);
    let object = members.unwrap_or_default();
    object.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(member) && value.get().trim_start().starts_with('{')
    })
}

/// Decodes a response with a whole list, in its envelope or as a bare array. A null is an empty list: v3 documents that
/// its lists may be null.
///
/// # Errors
///
/// `Protocol`: the response has another shape. `Incomplete`: it reports more objects than it contains.
pub(crate) fn decode_list<T: DeserializeOwned>(
    body: &[u8],
    dialect: &dyn Dialect,
) -> Result<Vec<T>, Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(body).map_err(undocumented);
    }
    let (list, total): (Option<Vec<T>>, _) = decode_member(body, dialect)?;
    let list = list.unwrap_or_default();
    match total {
        Some(total) if total > list.len() as u64 => {
            let message = format!("the response contains {} of {total} objects", list.len());
            Err(Error::new(ErrorKind::Incomplete, message))
        }
        _ => Ok(list),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;
    use caspio_core::ApiVersion;

    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Named {
        name: Option<String>,
    }

    fn object(version: ApiVersion, body: &str) -> Result<Option<String>, ErrorKind> {
        let object = decode_object::<Named>(body.as_bytes(), dialect::of(version));
        object
            .map(|object| object.name)
            .map_err(|error| error.kind())
    }

    #[test]
    fn an_object_of_v4_may_have_an_envelope() {
        let rex = Ok(Some("Rex".to_owned()));

        assert_eq!(object(ApiVersion::V4, r#"{"name":"Rex"}"#), rex);
        assert_eq!(object(ApiVersion::V4, r#"{"data":{"name":"Rex"}}"#), rex);
        assert_eq!(object(ApiVersion::V4, r#"{"name":"Rex","data":[]}"#), rex);
        assert_eq!(object(ApiVersion::V3, r#"{"Result":{"name":"Rex"}}"#), rex);
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for (version, body, kind) in [
            (ApiVersion::V3, r#"{"name":"Rex"}"#, ErrorKind::Protocol),
            (ApiVersion::V3, r#"{"Result":null}"#, ErrorKind::NotFound),
            (ApiVersion::V3, "", ErrorKind::Protocol),
            (ApiVersion::V4, "[]", ErrorKind::Protocol),
            (ApiVersion::V4, r#"{"name":7}"#, ErrorKind::Protocol),
        ] {
            assert_eq!(object(version, body), Err(kind), "{body}");
        }
    }

    #[test]
    fn a_list_is_complete_or_an_error() {
        let list = |body: &str| {
            let list = decode_list::<Named>(body.as_bytes(), dialect::of(ApiVersion::V3));
            list.map(|list| list.len()).map_err(|error| error.kind())
        };

        assert_eq!(list(r#"{"Result":[{"name":"a"},{}]}"#), Ok(2));
        assert_eq!(list(r#" [{"name":"a"}]"#), Ok(1));
        assert_eq!(list(r#"{"Result":null}"#), Ok(0));
        assert_eq!(list("{}"), Err(ErrorKind::Protocol));
        let cut = r#"{"Result":[{}],"Pagination":{"TotalCount":2}}"#;
        assert_eq!(list(cut), Err(ErrorKind::Incomplete));
    }
}
