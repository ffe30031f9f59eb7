//! What a page of records reports about the whole.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

/// The member `Pagination` of v3 and `pagination` of v4.
///
/// The total counts the records that meet the condition of the request, also those beyond the page. It is not
/// documented what it counts in a request with groups.
pub(crate) struct Pagination {
    pub(crate) total: Option<u64>,
}

impl Pagination {
    /// Whether a member of a response has this name.
    pub(crate) fn is_member(name: &str) -> bool {
        name.eq_ignore_ascii_case("pagination")
    }
}

/// The other members are not read. A total that is there and is not understood is an error: without it, a page that
/// is shorter than it should be would be the end of the read.
impl<'de> Deserialize<'de> for Pagination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(members) = Value::deserialize(deserializer)? else {
            return Ok(Self { total: None });
        };
        let mut members = members.into_iter();
        let total = members.find(|(name, _)| name.eq_ignore_ascii_case("totalCount"));
        let total = match total {
            None | Some((_, Value::Null)) => None,
            Some((_, count)) => Some(whole(&count).ok_or_else(|| {
                D::Error::custom(format_args!(
                    "the total number {count} is not a whole number"
                ))
            })?),
        };
        Ok(Self { total })
    }
}

/// Reads a number, also from a text.
fn whole(count: &Value) -> Option<u64> {
    match count {
        Value::String(digits) => digits.trim().parse().ok(),
        number => number.as_u64(),
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
            (r#"{"TotalCount":"7"}"#, Some(7)),
            (r#"{"totalCount":null}"#, None),
            ("{}", None),
            ("null", None),
            ("[1]", None),
        ] {
            let pagination: Pagination = serde_json::from_str(json).expect("JSON");
            assert_eq!(pagination.total, total, "{json}");
        }
    }

    #[test]
    fn a_total_that_is_not_understood_is_an_error() {
        for count in ["-1", "1.5", "true", r#""""#, r#""many""#, "[7]"] {
            let json = format!(r#"{{"TotalCount":{count}}}"#);
            assert!(serde_json::from_str::<Pagination>(&json).is_err(), "{json}");
        }
    }
}
