//! Tests of the three-legged flow.

use super::ThreeLegged;
use crate::ErrorKind;
use crate::auth::{ClientCredentials, OAuth1, OAuth1Token};
use crate::testing::{Reply, Script, oauth_field};
use http::header;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use url::Url;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn photos(token: Option<(&str, &str)>) -> OAuth1 {
    let builder = OAuth1::builder(ClientCredentials::new(
        "dpf43f3p2l4k3l03",
        "kd94hf93k423kf44",
    ))
    .realm("Photos");
    match token {
        Some((token, secret)) => builder.token(OAuth1Token::new(token, secret)),
        None => builder,
    }
    .build()
    .expect("settings")
}

fn legs(script: &Arc<Script>) -> ThreeLegged {
    OAuth1::builder(ClientCredentials::new("c0nsumer", "c0nsumer-s3cret"))
        .service(script.clone())
        .three_legged(
            url("https://api.example.com/initiate"),
            url("https://www.example.com/authorize?lang=de"),
            url("https://api.example.com/token"),
        )
        .expect("settings")
}

#[tokio::test]
async fn flow_returns_a_token() {
    let script = Arc::new(Script::list([
        Reply::new(
            200,
            "oauth_token=temp0&oauth_token_secret=temp0-s3cret&oauth_callback_confirmed=true",
        ),
        Reply::new(200, "oauth_token=last1ng&oauth_token_secret=l%26s\n"),
    ]));
    let started = legs(&script)
        .authorize_url("https://app.example.com/back")
        .await
        .expect("a token");
    assert_eq!(
        started.url().as_str(),
        "https://www.example.com/authorize?lang=de&oauth_token=temp0"
    );

    let resumed = legs(&script).resume(started.temporary().clone());
    let back = url("https://app.example.com/back?oauth_token=temp0&oauth_verifier=v3rify");
    let auth = resumed.exchange_redirect(&back).await.expect("a token");

    let token = auth.token().expect("a token");
    assert_eq!(
        (
            token.token().expose_secret(),
            token.secret().expose_secret()
        ),
        ("last1ng", "l&s")
    );
    let seen = script.seen();
    let value = |index: usize, name| oauth_field(&seen[index].headers[header::AUTHORIZATION], name);
    assert_eq!(value(0, "oauth_callback"), "https://app.example.com/back");
    assert_eq!(
        (value(1, "oauth_token"), value(1, "oauth_verifier")),
        ("temp0".to_owned(), "v3rify".to_owned())
    );
    assert!(!seen[0].authorization().contains("oauth_token="));
    assert!(seen.iter().all(|seen| {
        seen.operation
            .as_ref()
            .is_some_and(|o| o.name == "auth.token")
    }));
}

#[tokio::test]
async fn redirect_of_another_authorization_is_refused_before_anything_is_sent() {
    let script = Arc::new(Script::list([]));
    for query in [
        "",
        "oauth_token=other&oauth_verifier=v",
        "oauth_token=temp0",
    ] {
        let authorization = legs(&script).resume(OAuth1Token::new("temp0", "s"));
        let back = url(&format!("https://app.example.com/back?{query}"));
        let error = authorization
            .exchange_redirect(&back)
            .await
            .expect_err(query);
        assert_eq!((error.kind(), script.calls()), (ErrorKind::Refused, 0));
    }
}

#[tokio::test]
async fn errors_hide_secrets_that_a_response_echoes() {
    for (status, kind) in [
        (401, ErrorKind::Auth),
        (200, ErrorKind::Protocol),
        (302, ErrorKind::Protocol),
    ] {
        let echo = r#"{"Code":"temp0-s3cret","Message":"temp0-s3cret of t0ken"}"#;
        let script = Arc::new(Script::by(move |_| Reply::new(status, echo)));
        let authorization = legs(&script).resume(OAuth1Token::new("t0ken", "temp0-s3cret"));
        let shown = format!(
            "{authorization:?}{:?}",
            photos(Some(("t0ken", "temp0-s3cret")))
        );

        let error = authorization.exchange("v").await.expect_err("no token");

        assert_eq!((error.kind(), script.calls()), (kind, 1));
        let shown = format!("{shown}{error}{error:?}");
        for secret in ["t0ken", "s3cret", "kd94hf93k423kf44"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn plain_http_urls_are_refused() {
    let open = OAuth1::builder(ClientCredentials::new("c", "s")).three_legged(
        url("http://api.example.com/initiate"),
        url("https://api.example.com/authorize"),
        url("https://api.example.com/token"),
    );

    assert_eq!(open.expect_err("plain http").kind(), ErrorKind::Config);
}

#[tokio::test]
async fn service_that_does_not_confirm_the_callback_is_refused() {
    for body in [
        "oauth_token=temp0&oauth_token_secret=temp0-s3cret",
        "oauth_token=temp0&oauth_token_secret=temp0-s3cret&oauth_callback_confirmed=false",
    ] {
        let script = Arc::new(Script::list([Reply::new(200, body)]));

        let started = legs(&script)
            .authorize_url("https://app.example.com/back")
            .await;

        let error = started.expect_err("not confirmed");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.message().contains("callback"), "{error}");
    }
}
