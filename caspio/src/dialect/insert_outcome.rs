//! Whether the response to an insert shows what happened to every row.

use super::responses::{RowResult, inserted_key_in, parse_bulk_results};
use caspio_core::__private::{is_outcome, refused_row};
use caspio_core::{Body, http};

/// Returns whether the response to an insert shows for each row, by its error or key, whether it was inserted.
/// `rows` is how many rows a bulk insert has; `None` for an insert of one record.
#[doc(hidden)]
#[must_use]
pub fn shows_every_row(response: &http::Response<Body>, rows: Option<usize>) -> bool {
    if !is_outcome(response) {
        return false;
    }
    if !response.status().is_success() {
        return true;
    }
    let body = response.body().as_bytes().map_or(&[][..], |bytes| bytes);
    let Some(rows) = rows else {
        let location = response.headers().get(http::header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        return inserted_key_in(body, location).is_some();
    };
    let is_shown = |row: &RowResult| match row {
        RowResult::Inserted(_) => true,
        RowResult::KeyUnknown(_) => false,
        RowResult::Rejected { status, reason } => {
            !refused_row(*status, reason.as_ref(), []).maybe_applied()
        }
    };
    parse_bulk_results(body, rows).is_ok_and(|each| each.iter().all(is_shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_shows_what_happened_to_every_row_or_not() {
        let location = ("location", "https://c1.caspio.com/tables/T/records/7");
        let timeout = r#"{"Code":"SqlServerError","Message":"Timeout expired.  The timeout period elapsed prior to completion of the operation."}"#;
        let refused = r#"{"Code":"IncorrectBodyParameter","Message":"no"}"#;
        for (status, header, body, rows, is_shown) in [
            (201, None, r#"{"PK_ID":["1","2"]}"#, Some(2), true),
            (201, None, r#"{"PK_ID":["1","2"]}"#, Some(3), false),
            (201, None, r#"{"PK_ID":["1","1"]}"#, Some(2), false),
            (
                207,
                None,
                r#"{"PK_ID":["1"],"data":[{"status":201,"PK_ID":"1"},{"status":400,"error":"no"}]}"#,
                Some(2),
                true,
            ),
            (
                207,
                None,
                r#"{"PK_ID":["1"],"data":[{"status":201,"PK_ID":"1"},{"status":500,"error":"no"}]}"#,
                Some(2),
                false,
            ),
            (201, Some(location), "", None, true),
            (201, None, r#"{"PK_ID":"7"}"#, None, true),
            (201, None, "", None, false),
            (201, None, r#"{"Done":true}"#, None, false),
            (400, None, refused, Some(2), true),
            (400, None, timeout, Some(2), false),
            (500, None, timeout, None, false),
            (429, None, "", Some(2), true),
            (200, None, "", Some(2), false),
            (200, None, "<p>Please wait</p>", Some(2), false),
            (201, None, "{}", Some(2), false),
            (201, None, r#"{"PK_ID":["1""#, Some(1), false),
            (408, None, r#"{"Code":"Timeout"}"#, Some(2), false),
            (502, None, r#"{"Code":"BadGateway"}"#, Some(2), false),
        ] {
            let mut response = http::Response::builder().status(status);
            if let Some((name, value)) = header {
                response = response.header(name, value);
            }
            let response = response.body(Body::from(body)).expect("a response");
            assert_eq!(
                shows_every_row(&response, rows),
                is_shown,
                "{status} {body}"
            );
        }
    }
}
