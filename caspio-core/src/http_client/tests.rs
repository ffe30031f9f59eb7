//! Tests of bodies, errors and settings of the HTTP client.

use super::{Body, HttpError, HttpErrorKind, Proxy, ReqwestService};
use crate::{Account, Error, ErrorKind};
use bytes::Bytes;
use futures::{StreamExt as _, stream};

fn pieces(
    parts: &'static [&'static str],
) -> impl futures::Stream<Item = Result<Bytes, HttpError>> + Send {
    stream::iter(
        parts
            .iter()
            .map(|part| Ok(Bytes::from_static(part.as_bytes()))),
    )
}

#[tokio::test]
async fn body_is_read_completely_or_fails() {
    let whole =
        |length, limit| Body::response_stream(pieces(&["ab", "cd", "e"]), length).bytes(limit);

    assert_eq!(whole(None, 5).await.expect("whole"), "abcde");
    assert_eq!(whole(Some(5), 5).await.expect("whole"), "abcde");
    assert_eq!(
        whole(None, 4).await.expect_err("large").kind(),
        HttpErrorKind::TooLarge
    );
    assert_eq!(
        whole(Some(5), 4).await.expect_err("large").kind(),
        HttpErrorKind::TooLarge
    );
    assert_eq!(
        whole(Some(9), 9).await.expect_err("cut").kind(),
        HttpErrorKind::CutShort
    );
    assert_eq!(
        whole(Some(4), 9).await.expect_err("too much").kind(),
        HttpErrorKind::CutShort
    );
    assert_eq!(Body::empty().bytes(0).await.expect("empty"), "");
    assert_eq!(
        Body::response_stream(pieces(&["ab"]), None)
            .bytes(1)
            .await
            .expect_err("large")
            .kind(),
        HttpErrorKind::TooLarge
    );
}

#[tokio::test]
async fn only_resendable_bodies_are_cloned() {
    let source = Body::from_source(2, || pieces(&["ab"]));

    let copy = source.try_clone().expect("a copy");
    assert_eq!(copy.bytes(9).await.expect("whole"), "ab");
    assert_eq!(source.into_stream().count().await, 1);
    assert!(Body::from("ab").try_clone().is_some());
    assert!(Body::from_stream(pieces(&["ab"]), 2).try_clone().is_none());
}

#[test]
fn debug_shows_the_length_and_hides_the_content() {
    assert_eq!(
        format!("{:?}", Body::from("secret")),
        "Body(bytes, 6 bytes)"
    );
    assert_eq!(
        format!("{:?}", Body::response_stream(pieces(&[]), None)),
        "Body(stream)"
    );
}

#[test]
fn failures_map_to_kinds_with_hints() {
    for (kind, expected) in [
        (HttpErrorKind::NeverSent, ErrorKind::Connect),
        (HttpErrorKind::Timeout, ErrorKind::Timeout),
        (HttpErrorKind::Interrupted, ErrorKind::Interrupted),
        (HttpErrorKind::CutShort, ErrorKind::Protocol),
        (HttpErrorKind::TooLarge, ErrorKind::Protocol),
        (HttpErrorKind::Unsendable, ErrorKind::Refused),
    ] {
        assert_eq!(Error::from(HttpError::new(kind)).kind(), expected);
    }
    let untrusted = HttpError::new(HttpErrorKind::NeverSent)
        .with_source("invalid peer certificate: UnknownIssuer");
    assert!(Error::from(untrusted).to_string().contains("not trusted"));
}

#[test]
fn invalid_settings_are_config_errors_without_the_password() {
    let proxy = ReqwestService::builder().proxy(Proxy::Url("http://user:pa55word@ bad".to_owned()));
    assert!(!format!("{proxy:?}").contains("pa55word"));

    let errors = [
        proxy.build().expect_err("a bad proxy"),
        ReqwestService::builder()
            .root_certificate_pem("no certificate")
            .build()
            .expect_err("a bad certificate"),
        ReqwestService::builder()
            .user_agent("a\nb")
            .build()
            .expect_err("a bad user agent"),
    ];

    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}").contains("pa55word"));
    }
}

#[test]
fn service_for_an_emulator_needs_no_certificates() {
    let emulator = Account::new("http://127.0.0.1:1").expect("an account");

    assert!(ReqwestService::for_account(&emulator).is_ok());
}

#[test]
fn service_that_trusts_no_certificate_is_refused() {
    let service = ReqwestService::builder().only_given_certificates().build();

    assert_eq!(
        service.expect_err("nothing to trust").kind(),
        ErrorKind::Config
    );
}
