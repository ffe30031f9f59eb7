//! What a page of records reports about the whole.

use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

/// The member `Pagination` of v3 and `pagination` of v4.
///
/// The total counts the records that meet the condition of the request, also those beyond the page. What it
/// counts in a request with groups is not documented.
pub(crate) struct Pagination {
    pub(crate) total: Option<u64>,
}

impl Pagination {
    /// Whether a member of a response has this name.
    pub(crate) fn is_member(name: &str) -> bool {
        name.eq_ignore_ascii_case("pagination")
    }
}

/// Any content is accepted: without a total that is understood, the page is read as one that reports none.
impl<'de> Deserialize<'de> for Pagination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(members) = Value::deserialize(deserializer)? else {
            return Ok(Self { total: None });
        };
        let mut members = members.into_iter();
        let total = members.find(|(name, _)| name.eq_ignore_ascii_case("totalCount"));
        Ok(Self {
            total: total.and_then(|(_, count)| count.as_u64()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_in_every_spelling_and_may_be_absent() {
        for (json, total) in [
            (r#"{"TotalCount":7,"PageNumber":1,"PageSize":5}"#, Some(7)),
            (r#"{"totalCount":7}"#, Some(7)),
            (r#"{"totalCount":-1}"#, None),
            (r#"{"totalCount":null}"#, None),
            ("{}", None),
            ("null", None),
            ("[1]", None),
        ] {
            let pagination: Pagination = serde_json::from_str(json).expect("JSON");
            assert_eq!(pagination.total, total, "{json}");
        }
    }
}
