//! Tests of the classification of responses.

use super::RejectionCertainty;
use super::{CaspioClassifier, Classification, ResponseClassifier as _, ResponseView};
use crate::{Error, ErrorKind, Expect};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::time::Duration;

const HTML: &str = "<!DOCTYPE html><html><head><title>Runtime Error</title></head></html>";

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

fn classify(status: u16, body: &str) -> Classification {
    classify_with(status, &HeaderMap::new(), body, None)
}

fn classify_with(
    status: u16,
    headers: &HeaderMap,
    body: &str,
    age: Option<Duration>,
) -> Classification {
    let status = StatusCode::from_u16(status).expect("a status");
    let response = ResponseView::new(status, headers, body.as_bytes()).with_token_age(age);
    CaspioClassifier::new().classify(&response)
}

fn failure(status: u16, body: &str) -> Error {
    match classify(status, body) {
        Classification::Failed(error) => error,
        other => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn codes_and_statuses_map_to_kinds() {
    for (status, code, kind) in [
        (400, "IncorrectBodyParameter", ErrorKind::Invalid),
        (400, "IncorrectQueryParameter", ErrorKind::Invalid),
        (400, "InvalidInputValue", ErrorKind::Invalid),
        (500, "InvalidInputValue", ErrorKind::Invalid),
        (400, "SqlServerError", ErrorKind::Invalid),
        (500, "SqlServerError", ErrorKind::Invalid),
        (500, "AlterReadOnlyData", ErrorKind::Invalid),
        (404, "FieldNotFound", ErrorKind::Invalid),
        (404, "ColumnNotFound", ErrorKind::Invalid),
        (404, "TableNotFound", ErrorKind::NotFound),
        (404, "ViewNotFound", ErrorKind::NotFound),
        (404, "ObjectNotFound", ErrorKind::NotFound),
        (404, "ResourceNotFound", ErrorKind::NotFound),
        (404, "FileNotFound", ErrorKind::NotFound),
        (400, "UnsufficientPrivileges", ErrorKind::Permission),
        (400, "ProfileDisabled", ErrorKind::Permission),
        (403, "IpForbidden", ErrorKind::Permission),
        (403, "UnsecuredConnection", ErrorKind::Permission),
        (409, "FILE_EXISTS", ErrorKind::Conflict),
        (400, "DuplicateValues", ErrorKind::Conflict),
        (400, "InternalError", ErrorKind::Server),
        (400, "SomethingNew", ErrorKind::Invalid),
        (405, "SomethingNew", ErrorKind::Invalid),
    ] {
        let error = failure(
            status,
            &format!("{{\"Code\":\"{code}\",\"Message\":\"m\"}}"),
        );
        assert_eq!(error.kind(), kind, "{status} {code}");
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        assert!(
            !error.is_retryable(),
            "{status} {code}: a coded response would come again"
        );
    }
    let unknown = failure(500, r#"{"Code":"SomethingNew","Message":"m"}"#);
    assert_eq!(
        (unknown.kind(), unknown.code()),
        (ErrorKind::Server, Some("SomethingNew"))
    );
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (403, ErrorKind::Permission),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Invalid),
        (408, ErrorKind::Timeout),
        (409, ErrorKind::Conflict),
        (413, ErrorKind::Invalid),
        (414, ErrorKind::Invalid),
        (415, ErrorKind::Invalid),
        (500, ErrorKind::Server),
        (502, ErrorKind::Server),
        (302, ErrorKind::Protocol),
    ] {
        assert_eq!(failure(status, "").kind(), kind, "{status}");
    }
}

#[test]
fn the_error_body_of_v2_and_v3_is_read_whole() {
    let body = r#"{"Code":"InvalidInputValue","Message":"Cannot perform operation because the value doesn't match the data type of the following field(s): Order_Type, Total","Resource":"r","RequestId":"from-body"}"#;

    let error = failure(400, body);

    assert_eq!(error.code(), Some("InvalidInputValue"));
    assert!(
        error
            .service_message()
            .is_some_and(|m| m.starts_with("Cannot perform"))
    );
    assert_eq!(error.field(), Some("Order_Type, Total"));
    assert_eq!(error.request_id(), Some("from-body"));
    assert!(error.hint().is_some());
}

#[test]
fn unknown_fields_are_named() {
    let body = r#"{"Code":"FieldNotFound","Message":"Cannot perform operation because the following field(s) do not exist: 'CUID', 'CommunityName'."}"#;

    assert_eq!(failure(404, body).field(), Some("CUID, CommunityName"));
}

#[test]
fn a_duplicate_is_a_conflict_whatever_its_code() {
    let text = "Cannot perform operation because duplicate or blank values are not allowed in field 'CU''ID'.";
    for (status, code) in [
        (400, "SqlServerError"),
        (500, "SqlServerError"),
        (400, "SomethingNew"),
    ] {
        let body = format!("{{\"Code\":\"{code}\",\"Message\":\"{text}\"}}");

        let error = failure(status, &body);

        assert_eq!(error.kind(), ErrorKind::Conflict, "{status} {code}");
        assert_eq!(error.field(), Some("CU''ID"));
        assert!(error.hint().is_some_and(|hint| hint.contains("unique")));
        assert!(!error.maybe_applied());
    }
    let other = r#"{"Code":"SqlServerError","Message":"Invalid column name 'x'."}"#;
    assert_eq!(failure(400, other).kind(), ErrorKind::Invalid);
}

#[test]
fn the_error_body_of_v4_is_read_in_either_case() {
    let upper = r#"{"Code":"X1","Message":"m","RequestId":"r","DocumentationUrl":"u","Hint":{"Note":"n","Remediation":"do that"}}"#;
    let lower = r#"{"code":"X1","message":"m","requestId":"r","documentationUrl":"u","hint":{"note":"n","remediation":"do that"}}"#;

    for body in [upper, lower] {
        let error = failure(400, body);
        assert_eq!(error.code(), Some("X1"));
        assert_eq!(error.service_message(), Some("m"));
        assert_eq!(error.request_id(), Some("r"));
        assert_eq!(error.hint(), Some("do that"));
    }
}

#[test]
fn request_id_of_the_header_takes_precedence() {
    let headers = headers(&[("x-caspio-request-id", "from-header")]);
    let classification = classify_with(
        404,
        &headers,
        r#"{"Code":"ObjectNotFound","RequestId":"b"}"#,
        None,
    );

    let Classification::Failed(error) = classification else {
        panic!("{classification:?}")
    };
    assert_eq!(error.request_id(), Some("from-header"));
}

#[test]
fn rate_limit_is_recognized_in_both_forms() {
    let array =
        r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#;
    let headers = headers(&[("retry-after", "7")]);

    for (status, body) in [
        (400, array),
        (429, array),
        (429, ""),
        (429, HTML),
        (429, r#"{"error":"rate limit reached"}"#),
    ] {
        let classification = classify_with(status, &headers, body, None);
        let Classification::RateLimited(error) = classification else {
            panic!("{status} {body}: {classification:?}")
        };
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.status(), Some(status));
    }
}

#[test]
fn a_401_is_a_refused_token_with_or_without_a_body() {
    for body in ["", HTML, r#"{"Code":"Unauthorized","Message":"nope"}"#] {
        let classification = classify(401, body);
        let Classification::TokenRejected { error, certainty } = classification else {
            panic!("{classification:?}")
        };
        assert_eq!(certainty, RejectionCertainty::Certain);
        assert!(error.is_auth());
    }
}

#[test]
fn query_error_is_attributed_only_to_an_old_token() {
    let body = r#"{"Code":"IncorrectQueryParameter","Message":"m"}"#;
    let stale = |age: Option<u64>| {
        let age = age.map(Duration::from_secs);
        match classify_with(400, &HeaderMap::new(), body, age) {
            Classification::TokenRejected { certainty, error } => {
                assert_eq!(
                    (certainty, error.kind()),
                    (RejectionCertainty::Suspected, ErrorKind::Invalid)
                );
                true
            }
            _ => false,
        }
    };

    assert!(stale(Some(301)));
    assert!(!stale(Some(300)));
    assert!(!stale(Some(0)));
    assert!(!stale(None));
}

#[test]
fn success_must_be_json_unless_anything_is_expected() {
    for body in [
        "",
        " ",
        "{}",
        "[]",
        "[1]\n",
        "\u{feff}{\"a\":1}",
        "\"x\"",
        "1",
        "-1.5",
        "null",
        "true",
    ] {
        assert!(matches!(classify(200, body), Classification::Ok), "{body}");
    }
    for (body, message, retryable) in [
        (HTML, "HTML page", false),
        ("\n<html>", "HTML page", false),
        ("OK", "not JSON", false),
        ("<?xml version=\"1.0\"?><a/>", "not JSON", false),
        ("{\"Result\":[{\"a\":1},", "cut short", true),
        ("[1,2", "cut short", true),
        ("{", "cut short", true),
        ("\"abc", "cut short", true),
    ] {
        let error = failure(200, body);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
        assert!(error.message().contains(message), "{body}: {error}");
        assert!(error.hint().is_some(), "{body}");
        assert_eq!(error.is_retryable(), retryable, "{body}");
    }
    let headers = HeaderMap::new();
    let file =
        ResponseView::new(StatusCode::OK, &headers, HTML.as_bytes()).expecting(Expect::Anything);
    assert!(matches!(
        CaspioClassifier::new().classify(&file),
        Classification::Ok
    ));
}

#[test]
fn html_page_instead_of_an_error_body_is_reported() {
    let runtime = failure(500, HTML);
    let gateway = failure(502, HTML);
    let wrong_path = failure(404, HTML);
    let bare = failure(404, "");

    assert_eq!(runtime.kind(), ErrorKind::Server);
    assert!(runtime.to_string().contains("HTML page"), "{runtime}");
    assert!(gateway.is_retryable());
    assert_eq!(wrong_path.kind(), ErrorKind::Protocol);
    assert!(
        wrong_path
            .hint()
            .is_some_and(|hint| hint.contains("API version"))
    );
    assert!(bare.is_not_found());
}

#[test]
fn service_texts_are_cleaned() {
    let long = format!(
        "{{\"Code\":\"X\",\"Message\":\"a\\nb\\u001b[0m{}\"}}",
        "x".repeat(5000)
    );

    let error = failure(400, &long);

    let message = error.service_message().unwrap_or_default();
    assert!(!message.is_empty() && !message.contains(['\n', '\u{1b}']));
}

#[test]
fn a_redirect_is_an_error_with_a_reason() {
    let headers = headers(&[("location", "https://evil.example/")]);
    let classification = classify_with(302, &headers, "", None);

    let Classification::Failed(error) = classification else {
        panic!("{classification:?}")
    };
    assert!(
        error.to_string().contains("redirects are not followed"),
        "{error}"
    );
}
