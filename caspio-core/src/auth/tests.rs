//! Tests of the schemes with fixed credentials.

use super::{ApiKey, Authenticate, Basic, BearerToken, BodyField, BodyKind, NoAuth};
use crate::testing::{Reply, Script, Seen};
use crate::{Error, ErrorKind, Operation, Request, Result, RetryPolicy, Transport};
use http::{HeaderName, header};
use std::sync::Arc;
use url::Url;

fn items_url() -> Url {
    Url::parse("https://api.example.com/items").expect("a URL")
}

fn transport(script: &Arc<Script>, auth: impl Authenticate + 'static) -> Transport {
    Transport::builder()
        .origin(&items_url())
        .service(script.clone())
        .auth(Arc::new(auth))
        .retry(RetryPolicy::none())
        .build()
        .expect("a transport")
}

fn get() -> Request {
    Request::get(items_url(), Operation::new("items.list"))
}

fn post() -> Request {
    Request::post(items_url(), Operation::new("items.add"))
}

async fn sent(auth: impl Authenticate + 'static, request: Request) -> Result<Seen> {
    let script = Arc::new(Script::by(|_| Reply::new(200, "{}")));
    transport(&script, auth).send(request).await?;
    Ok(script.seen().remove(0))
}

async fn refused(auth: impl Authenticate + 'static, request: Request) -> Error {
    sent(auth, request).await.expect_err("an error")
}

#[tokio::test]
async fn api_key_is_sent_in_any_header_with_any_prefix() {
    for (header, prefix, expected) in [
        ("x-api-key", "", "k3y"),
        ("X-Token", "", "k3y"),
        ("authorization", "Bearer ", "Bearer k3y"),
        ("authorization", "Token token=", "Token token=k3y"),
    ] {
        let auth = ApiKey::with_prefix(header, prefix, "k3y").expect("a key");
        let seen = sent(auth, get()).await.expect("a response");
        let value = &seen.headers[HeaderName::try_from(header).expect("a name")];
        assert_eq!(value, expected);
        assert!(value.is_sensitive());
    }
    for (header, key) in [("x key", "k"), ("", "k"), ("x-key", " "), ("x-key", "a\nb")] {
        let error = ApiKey::new(header, key).expect_err(header);
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn basic_matches_the_example_of_the_rfc() {
    let auth = Basic::new("Aladdin", "open sesame").expect("a pair");
    let seen = sent(auth, get()).await.expect("a response");
    assert_eq!(seen.authorization(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");

    let utf8 = Basic::new("test", "123£").expect("a pair");
    let seen = sent(utf8, get()).await.expect("a response");
    assert_eq!(seen.authorization(), "Basic dGVzdDoxMjPCow==");

    for (user, password) in [("", ""), ("a:b", "c"), ("a", "b\n")] {
        assert!(Basic::new(user, password).is_err(), "{user} {password}");
    }
    assert!(Basic::new("key-as-user", "").is_ok());
}

#[tokio::test]
async fn body_field_is_added_to_the_other_fields() {
    let form = || BodyField::new(BodyKind::Form, "api key", "k&y").and("app", "shop");
    let json = || BodyField::new(BodyKind::Json, "k\"", "a\"b");

    for (auth, request, body, kind) in [
        (
            form(),
            post(),
            "api%20key=k%26y&app=shop",
            "application/x-www-form-urlencoded",
        ),
        (
            form(),
            post().form(&[("a", "b c")]),
            "api%20key=k%26y&app=shop&a=b%20c",
            "application/x-www-form-urlencoded",
        ),
        (json(), post(), r#"{"k\"":"a\"b"}"#, "application/json"),
        (
            json(),
            post().json(" { } "),
            r#"{"k\"":"a\"b" }"#,
            "application/json",
        ),
        (
            json(),
            post().json(r#"{"n":1.10,"big":123456789012345678901234567890}"#),
            r#"{"k\"":"a\"b","n":1.10,"big":123456789012345678901234567890}"#,
            "application/json",
        ),
    ] {
        let seen = sent(auth, request).await.expect("a response");
        assert_eq!(seen.body, body);
        assert_eq!(seen.headers[header::CONTENT_TYPE], kind);
    }
}

#[tokio::test]
async fn request_that_cannot_contain_the_field_is_refused_before_it_is_sent() {
    let form = || BodyField::new(BodyKind::Form, "key", "k3y");
    let json = || BodyField::new(BodyKind::Json, "key", "k3y");
    let upload = crate::Body::from_stream(futures::stream::empty(), 5);

    for error in [
        refused(form(), get()).await,
        refused(form(), post().json("{}")).await,
        refused(form(), post().form(&[("key", "mine")])).await,
        refused(form(), post().body(upload)).await,
        refused(json(), post().form(&[("a", "b")])).await,
        refused(json(), post().json("[1]")).await,
        refused(json(), post().json(r#"{"k\u0065y":1}"#)).await,
    ] {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
    }
}

#[tokio::test]
async fn request_to_another_host_is_refused() {
    for other in [
        "https://evil.example/",
        "http://api.example.com/",
        "https://api.example.com:444/",
    ] {
        let url = Url::parse(other).expect("a URL");
        let auth = ApiKey::new("x-api-key", "k3y").expect("a key");
        let error = refused(auth, Request::get(url, Operation::new("items.list"))).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
    }
}

#[tokio::test]
async fn redirect_is_an_error_and_sends_no_credentials() {
    let script = Arc::new(Script::by(|_| {
        Reply::new(302, "").header("location", "https://evil.example/")
    }));
    let auth = ApiKey::new("x-api-key", "k3y").expect("a key");

    let error = transport(&script, auth)
        .send(get())
        .await
        .expect_err("a redirect");

    assert_eq!((error.kind(), script.calls()), (ErrorKind::Protocol, 1));
}

fn every_fixed_scheme() -> Vec<(Arc<dyn Authenticate>, Request)> {
    let key = "k3y-s3cret";
    vec![
        (Arc::new(NoAuth), post()),
        (Arc::new(BearerToken::new(key).expect("a token")), post()),
        (
            Arc::new(ApiKey::new("x-api-key", key).expect("a key")),
            post(),
        ),
        (
            Arc::new(ApiKey::with_prefix("x-a", "p=", key).expect("a key")),
            post(),
        ),
        (Arc::new(Basic::new("ada", key).expect("a pair")), post()),
        (Arc::new(BodyField::new(BodyKind::Form, "k", key)), post()),
        (Arc::new(BodyField::new(BodyKind::Json, "k", key)), post()),
    ]
}

#[tokio::test]
async fn errors_and_debug_hide_keys_that_the_service_echoes() {
    for (auth, request) in every_fixed_scheme() {
        let echo = |seen: &Seen| {
            let header = |name| seen.headers.get(name).and_then(|v| v.to_str().ok());
            let sent = [header("authorization"), header("x-api-key"), header("x-a")];
            let text = format!("{sent:?} {} k3y-s3cret", seen.body).replace('"', "'");
            Reply::new(
                400,
                format!(r#"{{"Code":"k3y-s3cret","Message":"no {text}"}}"#),
            )
        };
        let open = matches!(format!("{auth:?}").as_str(), "NoAuth");
        let script = Arc::new(Script::by(echo));
        let transport = Transport::builder()
            .service(script.clone())
            .auth(auth.clone())
            .build()
            .expect("a transport");

        let error = transport.send(request).await.expect_err("an error");

        let shown = format!("{error}{error:?}{auth:?}{transport:?}");
        assert!(open || !shown.contains("k3y-s3cret"), "{shown}");
        assert!(!shown.contains("YWRhOmszeS1zM2NyZXQ="), "{shown}");
    }
}

#[tokio::test]
async fn authorize_and_authorize_now_add_the_same_credentials() {
    for (auth, _) in every_fixed_scheme() {
        let blank = || {
            let mut request = http::Request::new(crate::Body::empty());
            *request.method_mut() = http::Method::POST;
            request
        };
        let (mut now, mut later) = (blank(), blank());

        let at_once = auth
            .authorize_now(&mut now)
            .expect("available")
            .expect("a version");
        let awaited = auth.authorize(&mut later).await.expect("a version");

        assert_eq!(at_once, awaited);
        assert_eq!(now.headers(), later.headers());
        assert_eq!(now.body().as_bytes(), later.body().as_bytes());
    }
}

#[test]
fn api_key_is_not_sent_in_a_header_of_the_http_client() {
    for header in ["Content-Length", "transfer-encoding", "host", "connection"] {
        let error = ApiKey::new(header, "k3y").expect_err(header);
        assert_eq!(error.kind(), ErrorKind::Config, "{header}");
    }
}
