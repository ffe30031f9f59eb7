//! Tests of OAuth 1 signatures.

use super::{OAuth1, OAuth1Token, SignatureMethod, signature};
use crate::Body;
use crate::auth::{Authenticate as _, ClientCredentials};
use crate::testing::oauth_field;
use http::{HeaderValue, Method, header};
use url::Url;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn request(method: Method, target: &str) -> http::Request<Body> {
    let mut request = http::Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().expect("a URL");
    request
}

/// The request of RFC 5849, 3.1, whose body parameters are signed.
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
fn the_base_string_is_built_as_in_section_3_4_1_1() {
    let request = example();
    let fields = [
        ("oauth_consumer_key", "9djdj82h48djs9d2".into()),
        ("oauth_token", "kkk9d7dh3k39sjv7".into()),
        ("oauth_signature_method", "HMAC-SHA1".into()),
        ("oauth_timestamp", "137131201".into()),
        ("oauth_nonce", "7d8f3e4a".into()),
    ];

    let request_url = url(&request.uri().to_string());
    let base = signature::base_string(
        request.method(),
        &request_url,
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
fn the_url_is_signed_as_in_section_3_4_1_2() {
    for (text, expected) in [
        (
            "http://EXAMPLE.COM:80/r%20v/X?id=123",
            "http%3A%2F%2Fexample.com%2Fr%2520v%2FX",
        ),
        (
            "https://www.example.net:8080/?q=1",
            "https%3A%2F%2Fwww.example.net%3A8080%2F",
        ),
    ] {
        let base = signature::base_string(&Method::GET, &url(text), b"", &[]);
        assert_eq!(base.split('&').nth(1), Some(expected));
    }
}

/// Section 3.4.2 with the secrets of the erratum to section 3.1; the second signature is from an independent
/// program.
#[test]
fn both_methods_match_reference_signatures() {
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

        assert_eq!(oauth_field(&header, "oauth_signature"), expected);
        assert_eq!(
            oauth_field(&header, "oauth_signature_method"),
            method.as_str()
        );
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

        assert_eq!(oauth_field(&header, "oauth_signature"), expected);
        let text = header.to_str().expect("text");
        assert!(
            text.starts_with("OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\"")
        );
        assert!(header.is_sensitive());
    }
}

#[tokio::test]
async fn every_attempt_has_a_new_nonce_and_streams_are_not_signed() {
    let auth = photos(Some(("t", "s")));
    let (mut first, mut second) = (example(), example());
    *second.body_mut() = Body::from_stream(futures::stream::empty(), 3);

    auth.authorize(&mut first).await.expect("signed");
    auth.authorize(&mut second).await.expect("signed");

    let nonce = |request: &http::Request<Body>| {
        oauth_field(&request.headers()[header::AUTHORIZATION], "oauth_nonce")
    };
    assert_ne!(nonce(&first), nonce(&second));
}

#[test]
fn parameters_that_are_not_utf8_are_signed_unchanged() {
    let base = |text: &str| signature::base_string(&Method::GET, &url(text), b"", &[]);

    let (raw, replaced) = (
        base("https://e.example/?a=%FF"),
        base("https://e.example/?a=%EF%BF%BD"),
    );

    assert!(raw.ends_with("a%3D%25FF"), "{raw}");
    assert_ne!(raw, replaced);
}
