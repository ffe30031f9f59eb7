use std::sync::Arc;

use http::{HeaderValue, Method, header};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{OAuth1, OAuth1Token, SignatureMethod, ThreeLegged, signature};
use crate::auth::{Authenticate as _, ClientCredentials};
use crate::testing::{Reply, Script};
use crate::{Body, ErrorKind};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn request(method: Method, address: &str) -> http::Request<Body> {
    let mut request = http::Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = address.parse().expect("an address");
    request
}

/// The request of RFC 5849, 3.1, whose body's parameters count.
fn example() -> http::Request<Body> {
    let mut request = request(
        Method::POST,
        "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
    );
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    *request.body_mut() = "c2&a3=2+q".into();
    request
}

fn field(header: &HeaderValue, name: &str) -> String {
    let text = header.to_str().expect("text");
    let (_, rest) = text.split_once(&format!("{name}=\"")).expect(name);
    let value = rest.split('"').next().expect("a quote");
    percent_encoding::percent_decode_str(value)
        .decode_utf8()
        .expect("UTF-8")
        .into_owned()
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

#[test]
fn the_base_string_is_that_of_section_3_4_1_1() {
    let request = example();
    let fields = [
        ("oauth_consumer_key", "9djdj82h48djs9d2".into()),
        ("oauth_token", "kkk9d7dh3k39sjv7".into()),
        ("oauth_signature_method", "HMAC-SHA1".into()),
        ("oauth_timestamp", "137131201".into()),
        ("oauth_nonce", "7d8f3e4a".into()),
    ];

    let address = url(&request.uri().to_string());
    let base = signature::base_string(
        request.method(),
        &address,
        signature::signed_body(&request),
        &fields,
    );

    assert_eq!(
        base,
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
         %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
         %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
}

#[test]
fn the_address_is_signed_as_section_3_4_1_2_says() {
    for (address, expected) in [
        (
            "http://EXAMPLE.COM:80/r%20v/X?id=123",
            "http%3A%2F%2Fexample.com%2Fr%2520v%2FX",
        ),
        (
            "https://www.example.net:8080/?q=1",
            "https%3A%2F%2Fwww.example.net%3A8080%2F",
        ),
    ] {
        let base = signature::base_string(&Method::GET, &url(address), b"", &[]);
        assert_eq!(base.split('&').nth(1), Some(expected));
    }
}

/// Section 3.4.2 with the secrets of the erratum to section 3.1; the second by an independent program.
#[test]
fn both_methods_sign_as_others_do() {
    for (method, expected) in [
        (SignatureMethod::HmacSha1, "r6/TJjbCOr97/+UU0NsvSne7s5g="),
        (
            SignatureMethod::HmacSha256,
            "ypAxjNip++Dm0fTM+gCl8wAo6ufSnseu1WHxL7py3BU=",
        ),
    ] {
        let auth = OAuth1::builder(ClientCredentials::new("9djdj82h48djs9d2", "j49sk3j29djd"))
            .token(OAuth1Token::new("kkk9d7dh3k39sjv7", "dh893hdasih9"))
            .method(method)
            .build()
            .expect("settings");

        let header = auth
            .header(&example(), 137_131_201, "7d8f3e4a")
            .expect("a header");

        assert_eq!(field(&header, "oauth_signature"), expected);
        assert_eq!(field(&header, "oauth_signature_method"), method.as_str());
    }
}

#[test]
fn the_three_requests_of_section_1_2_are_signed_as_printed() {
    let mut first = photos(None);
    first.extra = vec![(
        "oauth_callback",
        "http://printer.example.com/ready".to_owned(),
    )];
    let mut second = photos(Some(("hh5s93j4hdidpola", "hdhd0244k9j7ao03")));
    second.extra = vec![("oauth_verifier", "hfdp7dh39dks9884".to_owned())];
    let third = photos(Some(("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")));
    let initiate = request(Method::POST, "https://photos.example.net/initiate");
    let token = request(Method::POST, "https://photos.example.net/token");
    let photo = request(
        Method::GET,
        "http://photos.example.net/photos?file=vacation.jpg&size=original",
    );

    for (auth, request, time, nonce, expected) in [
        (
            first,
            initiate,
            137_131_200,
            "wIjqoS",
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
        ),
        (
            second,
            token,
            137_131_201,
            "walatlh",
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
        ),
        (
            third,
            photo,
            137_131_202,
            "chapoH",
            "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        ),
    ] {
        let header = auth.header(&request, time, nonce).expect("a header");

        assert_eq!(field(&header, "oauth_signature"), expected);
        let text = header.to_str().expect("text");
        assert!(
            text.starts_with("OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\"")
        );
        assert!(header.is_sensitive());
    }
}

#[tokio::test]
async fn every_attempt_has_its_own_nonce_and_streams_are_not_signed() {
    let auth = photos(Some(("t", "s")));
    let (mut first, mut second) = (example(), example());
    *second.body_mut() = Body::from_stream(futures::stream::empty(), 3);

    auth.authorize(&mut first).await.expect("signed");
    auth.authorize(&mut second).await.expect("signed");

    let nonce = |request: &http::Request<Body>| {
        field(&request.headers()[header::AUTHORIZATION], "oauth_nonce")
    };
    assert_ne!(nonce(&first), nonce(&second));
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
async fn three_legs_lead_to_a_token() {
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
    let value = |index: usize, name| field(&seen[index].headers[header::AUTHORIZATION], name);
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
async fn an_answer_of_another_authorization_is_refused_before_anything_is_sent() {
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
async fn no_answer_brings_a_secret_into_an_error() {
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
fn addresses_in_the_open_are_refused() {
    let open = OAuth1::builder(ClientCredentials::new("c", "s")).three_legged(
        url("http://api.example.com/initiate"),
        url("https://api.example.com/authorize"),
        url("https://api.example.com/token"),
    );

    assert_eq!(open.expect_err("plain http").kind(), ErrorKind::Config);
}
