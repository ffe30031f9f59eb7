//! Each failure has its own clear error, without secrets.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::{Error, ErrorKind, RetryPolicy, Settings};
use caspio_tests::{Contact, TestEnv};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SECRET: &str = "sEcReT-3f9c2b";
const TOKEN: &str = "tOkEn-77aa01";

fn settings(variables: &[(&str, &str)]) -> Result<Settings, Error> {
    Settings::from_lookup(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn a_missing_and_an_empty_variable_are_each_named() {
    let complete = [
        ("CASPIO_ACCOUNT", "b3poa"),
        ("CASPIO_CLIENT_ID", "id"),
        ("CASPIO_CLIENT_SECRET", SECRET),
    ];
    assert!(settings(&complete).is_ok());
    for missing in 0..3 {
        let mut variables = complete.to_vec();
        let (name, _) = variables.remove(missing);
        let error = settings(&variables).expect_err("a variable is missing");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(name), "{error}");

        variables.push((name, ""));
        let error = settings(&variables).expect_err("a variable is empty");
        assert!(
            error.to_string().contains(name) && error.to_string().contains("empty"),
            "{error}"
        );
    }
}

#[test]
fn malformed_accounts_are_refused_with_the_expected_form() {
    for account in [
        "evil.com/",
        "a.b",
        "x@y",
        "..",
        "",
        "b3poa#",
        "b3poa:443",
        "b3poa/../x",
        "-b3poa",
        "%41",
        "https://evil.com",
        "https://b3poa.caspio.com.evil.com",
        "https://b3poa.caspio.com@evil.com",
        "http://b3poa.caspio.com",
        "http://10.0.0.1",
        "ftp://b3poa.caspio.com",
        "b3 poa",
    ] {
        let error = Client::builder()
            .account(account)
            .credentials("id", SECRET)
            .build()
            .expect_err("a malformed account");
        assert_eq!(error.kind(), ErrorKind::Config, "{account}");
        assert!(error.hint().is_some(), "{account}: {error}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_an_auth_error() {
    let env = TestEnv::start().await;
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), SECRET)
        .build()
        .expect("a client");

    let error = caspio
        .table::<Contact>()
        .first()
        .await
        .expect_err("a wrong secret");

    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    assert!(error.hint().is_some(), "{error}");
    assert_no_secret(&error);
}

#[tokio::test]
async fn an_unknown_table_is_named() {
    let env = TestEnv::start().await;

    let error = env
        .caspio
        .table_named("Kontacts")
        .first()
        .await
        .expect_err("no such table");

    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("Kontacts"), "{error}");
    assert!(error.request_id().is_some() && error.status() == Some(404));
}

#[tokio::test]
async fn a_record_that_does_not_fit_names_table_key_field_and_both_types() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    struct Wrong {
        #[caspio(pk)]
        _pk_id: i64,
        #[caspio(rename = "Last_Name")]
        _last_name: i64,
    }
    let env = TestEnv::start().await;

    let error = env
        .caspio
        .table::<Wrong>()
        .collect()
        .await
        .expect_err("a text is not a number");

    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.resource(), Some("table \"Contacts\""));
    assert_eq!(error.field(), Some("Last_Name"));
    assert_eq!(error.key(), Some("PK_ID 1"));
    let text = error.to_string();
    assert!(
        text.contains("a whole number (i64)") && text.contains("got \""),
        "{text}"
    );
}

#[tokio::test]
async fn a_null_in_a_field_without_option_suggests_the_declaration() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    struct Strict {
        #[caspio(rename = "Email")]
        _email: String,
    }
    let env = TestEnv::start().await;

    let error = env
        .caspio
        .table::<Strict>()
        .collect()
        .await
        .expect_err("some have no email");

    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("Option<String>")),
        "{error}"
    );
    assert!(error.key().is_some(), "{error}");
}

#[tokio::test]
async fn a_raw_filter_with_too_few_values_makes_no_call() {
    let env = TestEnv::start().await;

    let query = env
        .caspio
        .table::<Contact>()
        .filter_raw("Age > ? AND City = ?", (5,));
    let error = query.collect().await.expect_err("one value for two marks");

    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn values_that_caspio_does_not_have_are_refused_before_any_call() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table::<Contact>();
    let old: DateTime = "1752-12-31T00:00:00".parse().expect("a date");
    let c = Contact::COLUMNS;
    env.emulator.reset_calls();

    for condition in [
        c.score.gt(f64::NAN),
        c.score.in_([1.0, f64::INFINITY]),
        !(c.age.gt(3) & c.score.between(f64::NEG_INFINITY, 1.0)),
        c.joined.ge(old) | c.age.gt(3),
    ] {
        let query = || contacts.filter_by(condition.clone());
        for error in [
            query().collect().await.err(),
            query().count().await.err(),
            query().exists().await.err(),
            query().first().await.err(),
            contacts.delete_where_by(condition.clone()).await.err(),
        ] {
            let error = error.expect("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.hint().is_some(), "{error}");
            assert_eq!(error.resource(), Some("table \"Contacts\""), "{error}");
        }
    }
    let raw = contacts
        .filter_raw("Score > ?", (f64::NAN,))
        .collect()
        .await;
    assert_eq!(raw.expect_err("refused").kind(), ErrorKind::Refused);
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn no_value_begins_a_comment_or_ends_one() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table::<Contact>();
    let all = contacts.collect().await.expect("all contacts");
    let expected = all
        .iter()
        .filter(|c| c.age.is_some_and(|age| age > 33) && c.active)
        .count();

    let raw = contacts.filter_raw("Age > 30-?\n AND Active = ?", (-3, true));
    assert_eq!(raw.collect().await.expect("some contacts").len(), expected);

    let ended = contacts.filter_raw("Active = 1 -- only these", ());
    let ended = ended.filter(|c| c.age.gt(33)).collect().await;
    assert_eq!(ended.expect("some contacts").len(), expected);
}

/// Gives the same response to every call after the token request.
#[derive(Debug)]
struct Scripted {
    response: fn() -> Result<http::Response<Body>, HttpError>,
    calls: AtomicUsize,
}

impl HttpService for Scripted {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let response = if request.uri().path() == "/oauth/token" {
            let token = format!(
                r#"{{"access_token":"{TOKEN}","token_type":"bearer","expires_in":86399,"refresh_token":"{TOKEN}-r"}}"#
            );
            Ok(http::Response::new(Body::from(token)))
        } else {
            self.calls.fetch_add(1, Ordering::Relaxed);
            (self.response)()
        };
        async move { response }.boxed()
    }
}

async fn error_after(response: fn() -> Result<http::Response<Body>, HttpError>) -> Error {
    let service = Scripted {
        response,
        calls: AtomicUsize::new(0),
    };
    let caspio = Client::builder()
        .account("b3poa")
        .credentials("id", SECRET)
        .http_service(Arc::new(service))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let error = caspio
        .table::<Contact>()
        .collect()
        .await
        .expect_err("a failure");
    assert_no_secret(&error);
    assert!(!format!("{caspio:?}").contains(SECRET));
    error
}

fn response(status: u16, body: &'static str) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}

#[tokio::test]
async fn an_html_response_is_an_error() {
    for status in [200, 502] {
        let error = match status {
            200 => error_after(|| Ok(response(200, "<html><body>Maintenance</body></html>"))).await,
            _ => error_after(|| Ok(response(502, "<html><body>Bad gateway</body></html>"))).await,
        };
        assert!(error.to_string().contains("HTML"), "{error}");
        assert_eq!(error.status(), Some(status));
        assert!(error.hint().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_truncated_response_is_an_error() {
    let error = error_after(|| Ok(response(200, r#"{"Result":[{"PK_ID":1,"#))).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains("cut short"), "{error}");

    let error = error_after(|| Err(HttpError::new(HttpErrorKind::CutShort))).await;
    assert!(error.to_string().contains("cut short"), "{error}");
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    type Respond = fn() -> Result<http::Response<Body>, HttpError>;
    let responses: [Respond; 8] = [
        || Ok(response(401, "")),
        || Ok(response(403, r#"{"Code":"IpForbidden","Message":"no"}"#)),
        || Ok(response(404, r#"{"Code":"TableNotFound","Message":"no"}"#)),
        || Ok(response(429, r#"{"Message":"slow down"}"#)),
        || {
            Ok(response(
                500,
                r#"{"Code":"InternalError","Message":"oops"}"#,
            ))
        },
        || Err(HttpError::new(HttpErrorKind::Timeout)),
        || Err(HttpError::new(HttpErrorKind::NeverSent)),
        || Err(HttpError::new(HttpErrorKind::Interrupted)),
    ];
    for response in responses {
        error_after(response).await;
    }
}

fn assert_no_secret(error: &Error) {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
        }
        source = error.source();
    }
}
