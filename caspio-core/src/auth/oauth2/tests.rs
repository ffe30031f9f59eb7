//! Tests of token requests and their responses.

use super::{ClientAuth, OAuth2, OAuth2Builder, token_response};
use crate::auth::ClientCredentials;
use crate::testing::{Reply, Script, Seen};
use crate::token::{Grant, ManualClock, Token};
use crate::{Account, Error, ErrorKind, HttpErrorKind, Result};
use http::{Method, StatusCode, header};
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const GRANTED: &str = r#"{"access_token":"T0ken~1","token_type":"bearer","expires_in":86399,"refresh_token":"R3fresh"}"#;

fn builder(script: &Arc<Script>) -> OAuth2Builder {
    let account = Account::new("b3poa").expect("an account");
    OAuth2::for_account(&account, ClientCredentials::new("cl1ent", "s3cr3t"))
        .service(script.clone())
}

async fn ask(replies: impl IntoIterator<Item = Reply>) -> (Result<Token>, Vec<Seen>) {
    let script = Arc::new(Script::list(replies));
    let auth = builder(&script).build().expect("settings");
    let result = auth.token().await;
    (result, script.seen())
}

async fn refusal(replies: impl IntoIterator<Item = Reply>) -> Error {
    ask(replies).await.0.expect_err("an error")
}

#[tokio::test]
async fn the_request_matches_the_documentation() {
    let (token, seen) = ask([Reply::new(200, GRANTED)]).await;

    assert_eq!(token.expect("a token").secret().expose_secret(), "T0ken~1");
    let [request] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!(request.method, Method::POST);
    assert_eq!(request.url.as_str(), "https://b3poa.caspio.com/oauth/token");
    assert_eq!(
        request.headers[header::CONTENT_TYPE],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        request.body,
        "grant_type=client_credentials&client_id=cl1ent&client_secret=s3cr3t"
    );
    assert_eq!(request.authorization(), "");
    assert_eq!(
        request.operation.as_ref().map(|o| o.name),
        Some("auth.token")
    );
}

#[tokio::test]
async fn credentials_can_be_sent_in_the_header() {
    let script = Arc::new(Script::list([Reply::new(200, GRANTED)]));
    let auth = builder(&script)
        .client_auth(ClientAuth::Basic)
        .build()
        .expect("settings");

    auth.token().await.expect("a token");

    let seen = script.seen();
    assert_eq!(seen[0].body, "grant_type=client_credentials");
    assert_eq!(seen[0].authorization(), "Basic Y2wxZW50OnMzY3IzdA==");
    assert!(seen[0].headers[header::AUTHORIZATION].is_sensitive());
}

#[tokio::test]
async fn special_characters_are_form_encoded() {
    let script = Arc::new(Script::list([Reply::new(200, GRANTED)]));
    let account = Account::new("b3poa").expect("an account");
    let credentials = ClientCredentials::new("a b&c", "p+q=r/ä%");
    let auth = OAuth2::for_account(&account, credentials)
        .service(script.clone())
        .build();

    auth.expect("settings").token().await.expect("a token");

    assert!(
        script.seen()[0]
            .body
            .ends_with("client_id=a%20b%26c&client_secret=p%2Bq%3Dr%2F%C3%A4%25")
    );
}

#[tokio::test]
async fn the_token_is_renewed_with_the_refresh_token() {
    let renewed = r#"{"access_token":"second","expires_in":86399}"#;
    let script = Arc::new(Script::list([
        Reply::new(200, GRANTED),
        Reply::new(200, renewed),
        Reply::new(200, renewed),
    ]));
    let clock = Arc::new(ManualClock::new());
    let auth = builder(&script)
        .clock(clock.clone())
        .build()
        .expect("settings");

    auth.token().await.expect("a token");
    for _ in 0..2 {
        clock.advance(2 * DAY);
        auth.token().await.expect("a token");
    }

    let seen = script.seen();
    // Without a refresh token in the response, the old one stays valid.
    for request in &seen[1..] {
        assert_eq!(
            request.body,
            "grant_type=refresh_token&refresh_token=R3fresh"
        );
        assert_eq!(request.authorization(), "Basic Y2wxZW50OnMzY3IzdA==");
    }
}

#[tokio::test]
async fn rejected_refresh_token_falls_back_to_the_credentials_in_the_same_task() {
    for refused in [
        Reply::new(401, ""),
        Reply::new(400, r#"{"error":"invalid_grant"}"#),
        Reply::new(401, r#"{"Code":"Unauthorized","Message":"m"}"#),
    ] {
        let fresh = r#"{"access_token":"fresh"}"#;
        let script = Arc::new(Script::list([
            Reply::new(200, GRANTED),
            refused,
            Reply::new(200, fresh),
            Reply::new(200, fresh),
        ]));
        let clock = Arc::new(ManualClock::new());
        let auth = builder(&script)
            .clock(clock.clone())
            .build()
            .expect("settings");
        auth.token().await.expect("a token");
        clock.advance(2 * DAY);

        let token = auth.token().await.expect("a token");

        assert_eq!(
            (token.secret().expose_secret(), token.generation()),
            ("fresh", 2)
        );
        assert!(
            script.seen()[2]
                .body
                .starts_with("grant_type=client_credentials")
        );
        clock.advance(2 * DAY);
        auth.token().await.expect("a token");
        assert!(
            script.seen()[3]
                .body
                .starts_with("grant_type=client_credentials"),
            "the spent one is not tried again"
        );
    }
}

#[test]
fn grants_are_parsed_tolerantly() {
    let read = |body: &str| -> Result<Grant> {
        token_response::read(StatusCode::OK, &http::HeaderMap::new(), body.as_bytes())
    };
    for (members, seconds) in [
        (r#""access_token":"a""#, None),
        (
            r#""access_token":"a","token_type":null,"refresh_token":null,"expires_in":null"#,
            None,
        ),
        (
            r#""access_token":"a","token_type":"BEARER","expires_in":60,"extra":{}"#,
            Some(60),
        ),
        (r#""access_token":"a","expires_in":"86399""#, Some(86399)),
        (r#""access_token":"a","expires_in":" 60.0 ""#, Some(60)),
        (r#""access_token":"a","expires_in":60.0"#, Some(60)),
        (r#""access_token":"a","expires_in":0"#, None),
        (r#""access_token":"a","expires_in":-5"#, None),
        (r#""access_token":"a","expires_in":"soon""#, None),
        (r#""access_token":"a","expires_in":"NaN""#, None),
        (r#""access_token":"a","expires_in":[1]"#, None),
        (r#""access_token":"a","expires_in":1e300"#, Some(u64::MAX)),
    ] {
        let grant = read(&format!("{{{members}}}")).expect(members);
        assert_eq!(grant.access.expose_secret(), "a");
        assert_eq!(grant.lifetime.map(|l| l.as_secs()), seconds, "{members}");
        assert!(grant.refresh.is_none());
    }
    for (body, kind) in [
        ("", ErrorKind::Protocol),
        ("{}", ErrorKind::Protocol),
        (r#"{"access_token":""}"#, ErrorKind::Protocol),
        (r#"{"access_token":5}"#, ErrorKind::Protocol),
        ("<html></html>", ErrorKind::Protocol),
        (r#"{"error":"invalid_client"}"#, ErrorKind::Auth),
    ] {
        assert_eq!(read(body).expect_err(body).kind(), kind, "{body}");
    }
}

#[tokio::test]
async fn token_that_is_not_a_header_value_is_a_protocol_error() {
    let error = refusal([Reply::new(200, r#"{"access_token":"a\nb"}"#)]).await;

    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn wrong_credentials_are_an_auth_error_in_both_error_formats() {
    for (status, body, code) in [
        (400, r#"{"error":"invalid_client"}"#, Some("invalid_client")),
        (
            401,
            r#"{"error":"invalid_client","error_description":"d"}"#,
            Some("invalid_client"),
        ),
        (400, r#"{"error":"invalid_grant"}"#, Some("invalid_grant")),
        (
            401,
            r#"{"Code":"Unauthorized","Message":"d"}"#,
            Some("Unauthorized"),
        ),
        (403, "", None),
        (401, "", None),
    ] {
        let error = refusal([Reply::new(status, body).header("x-caspio-request-id", "r-1")]).await;
        assert!(error.is_auth(), "{status} {body}: {error}");
        assert_eq!((error.status(), error.code()), (Some(status), code));
        assert_eq!(error.operation(), Some("auth.token"));
        assert_eq!(error.resource(), Some("account b3poa.caspio.com"));
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(error.attempts(), 1);
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("CASPIO_CLIENT_SECRET"))
        );
        assert!(!error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn transient_endpoint_failures_are_retried_once() {
    for failure in [
        Reply::new(503, "<html></html>"),
        Reply::fail(HttpErrorKind::NeverSent),
        Reply::fail(HttpErrorKind::Timeout),
        Reply::fail(HttpErrorKind::Interrupted),
        Reply::new(200, GRANTED).after(Duration::from_secs(60)),
    ] {
        let (token, seen) = ask([failure.clone(), Reply::new(200, GRANTED)]).await;
        assert!(token.is_ok(), "{failure:?}");
        assert_eq!(seen.len(), 2);

        let error = refusal([failure.clone(), failure]).await;
        assert_eq!(error.attempts(), 2);
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn other_failures_have_their_own_kinds() {
    let array =
        r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#;
    let limited = refusal([Reply::new(429, "").header("retry-after", "9")]).await;
    let limited_too = refusal([Reply::new(400, array)]).await;
    let nowhere = refusal([Reply::new(404, "<html></html>")]).await;
    let redirect = refusal([Reply::new(302, "").header("location", "https://evil.example/")]).await;
    let page = refusal([Reply::new(200, "<html></html>")]).await;

    assert!(limited.is_rate_limited() && limited_too.is_rate_limited());
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(9)));
    assert_eq!(nowhere.kind(), ErrorKind::Config);
    assert!(nowhere.to_string().contains("CASPIO_ACCOUNT"), "{nowhere}");
    assert_eq!(redirect.kind(), ErrorKind::Protocol);
    assert_eq!(page.kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn echoed_secrets_are_redacted_from_the_error() {
    let echo =
        r#"{"error":"s3cr3t","error_description":"secret s3cr3t of cl1ent\nwas R3fresh wrong"}"#;
    let error = refusal([Reply::new(400, echo)]).await;
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_eq!(error.code(), Some("[REDACTED]"));

    let long = format!(
        "{{\"error\":\"invalid_grant\",\"error_description\":\"R3fresh {}\"}}",
        "x".repeat(5000)
    );
    let script = Arc::new(Script::list([Reply::new(400, long)]));
    let auth = builder(&script).refresh_token("R3fresh").build();
    let error = auth.expect("settings").token().await.expect_err("refused");
    let message = error.service_message().unwrap_or_default();
    assert!(
        message.starts_with("[REDACTED] x") && message.chars().count() <= 201,
        "{message}"
    );
}

#[test]
fn invalid_settings_are_refused_before_any_call() {
    let script = Arc::new(Script::list([]));
    let account = Account::new("b3poa").expect("an account");
    for (id, secret) in [("", "s"), ("i", ""), (" ", "s")] {
        let built = OAuth2::for_account(&account, ClientCredentials::new(id, secret))
            .service(script.clone())
            .build();
        assert_eq!(built.expect_err("empty").kind(), ErrorKind::Config);
    }
    let public = OAuth2::for_account(&account, ClientCredentials::public("i"))
        .service(script.clone())
        .build();
    assert_eq!(public.expect_err("no secret").kind(), ErrorKind::Config);
    let open = url::Url::parse("http://example.com/token").expect("a URL");
    let built = OAuth2::builder(open, ClientCredentials::new("i", "s"))
        .service(script.clone())
        .build();
    assert_eq!(built.expect_err("plain http").kind(), ErrorKind::Config);
}

#[tokio::test]
async fn debug_hides_secrets() {
    let script = Arc::new(Script::list([Reply::new(200, GRANTED)]));
    let builder = builder(&script);
    let settings = format!("{builder:?}");
    let auth = builder.build().expect("settings");
    auth.token().await.expect("a token");

    let shown = format!("{settings}{auth:?}");

    for secret in ["s3cr3t", "T0ken", "R3fresh", "cl1ent"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn missing_or_empty_variable_is_named() {
    let read = |id: Option<&'static str>, secret: Option<&'static str>| {
        ClientCredentials::from_lookup(move |name| match name {
            "CASPIO_CLIENT_ID" => id,
            "CASPIO_CLIENT_SECRET" => secret,
            _ => None,
        })
    };

    let texts = [
        read(None, Some("s")),
        read(Some(""), Some("s")),
        read(Some("i"), None),
        read(Some("i"), Some("\n")),
    ]
    .map(|result| result.expect_err("incomplete").to_string());

    assert!(
        texts[0].starts_with("environment variable CASPIO_CLIENT_ID is not set"),
        "{}",
        texts[0]
    );
    assert!(
        texts[1].starts_with("environment variable CASPIO_CLIENT_ID is set but empty"),
        "{}",
        texts[1]
    );
    assert!(
        texts[2].starts_with("environment variable CASPIO_CLIENT_SECRET is not set"),
        "{}",
        texts[2]
    );
    assert!(
        texts[3].starts_with("environment variable CASPIO_CLIENT_SECRET is set but empty"),
        "{}",
        texts[3]
    );
    let both = read(Some(" i "), Some("s\n")).expect("both");
    assert_eq!((both.id(), both.secret().expose_secret()), ("i", "s"));
}

#[cfg(feature = "password")]
#[tokio::test]
async fn password_is_sent_again_only_after_the_refresh_token_was_rejected() {
    let script = Arc::new(Script::list([
        Reply::new(200, GRANTED),
        Reply::new(400, r#"{"error":"invalid_grant"}"#),
        Reply::new(
            400,
            r#"{"error":"p4ss","error_description":"p4ss is wrong"}"#,
        ),
    ]));
    let clock = Arc::new(ManualClock::new());
    let url = url::Url::parse("https://id.example.com/token").expect("a URL");
    let auth = OAuth2::builder(url, ClientCredentials::new("cl1ent", "s3cr3t"))
        .password("ada", "p4ss")
        .scope("read")
        .clock(clock.clone())
        .service(script.clone())
        .build()
        .expect("settings");
    auth.token().await.expect("a token");
    clock.advance(2 * DAY);

    let error = auth.token().await.expect_err("an error");

    let bodies: Vec<_> = script.seen().into_iter().map(|seen| seen.body).collect();
    let client = "&client_id=cl1ent&client_secret=s3cr3t";
    let password = format!("grant_type=password&username=ada&password=p4ss&scope=read{client}");
    let refresh = format!("grant_type=refresh_token&refresh_token=R3fresh{client}");
    assert_eq!(bodies, [password.clone(), refresh, password]);
    let shown = format!("{error}{error:?}{auth:?}");
    assert!(
        !shown.contains("p4ss") && !shown.contains("CASPIO"),
        "{shown}"
    );
}

#[tokio::test]
async fn builder_fields_are_in_every_token_request() {
    let script = Arc::new(Script::by(|_| Reply::new(200, GRANTED)));
    let url = url::Url::parse("https://id.example.com/token").expect("a URL");
    let auth = OAuth2::builder(url, ClientCredentials::public("cl1ent"))
        .refresh_token("f1rst")
        .field("audience", "https://api.example.com")
        .service(script.clone())
        .build()
        .expect("settings");

    auth.token().await.expect("a token");

    assert_eq!(
        script.seen()[0].body,
        "grant_type=refresh_token&refresh_token=f1rst&audience=https%3A%2F%2Fapi.example.com&client_id=cl1ent"
    );
}

#[tokio::test(start_paused = true)]
async fn only_a_rejection_of_the_credentials_is_an_auth_error() {
    for (status, body, kind, requests) in [
        (400, "", ErrorKind::Invalid, 1),
        (400, r#"{"error":"invalid_grant"}"#, ErrorKind::Auth, 1),
        (401, "", ErrorKind::Auth, 1),
        (403, "", ErrorKind::Auth, 1),
        (407, "", ErrorKind::Invalid, 1),
        (408, "", ErrorKind::Timeout, 2),
        (411, "", ErrorKind::Invalid, 1),
        (413, "", ErrorKind::Invalid, 1),
        (421, "", ErrorKind::Server, 2),
        (425, "", ErrorKind::Server, 2),
        (431, "", ErrorKind::Invalid, 1),
        (451, "", ErrorKind::Invalid, 1),
        (503, r#"[{"name":"api-calls-rate"}]"#, ErrorKind::Server, 2),
        (504, r#"{"error":"gateway_timeout"}"#, ErrorKind::Server, 2),
    ] {
        let replies = [Reply::new(status, body), Reply::new(status, body)];

        let (result, seen) = ask(replies.into_iter().take(requests)).await;

        let error = result.expect_err("refused");
        assert_eq!(
            (error.kind(), seen.len()),
            (kind, requests),
            "{status} {body}"
        );
        assert_eq!(error.is_retryable(), requests == 2, "{status} {body}");
    }
}

#[tokio::test]
async fn members_of_unexpected_types_do_not_refuse_a_grant() {
    for body in [
        r#"{"access_token":"a","refresh_expires_in":10,"refresh_token_expires_in":10}"#,
        r#"{"access_token":"a","refresh_token":false,"expires_in":[],"token_type":null}"#,
        r#"{"access_token":"a","scope":["x"],"token_type":"BEARER"}"#,
        "\u{feff}{\"access_token\":\"a\"}",
    ] {
        let (token, _) = ask([Reply::new(200, body)]).await;

        assert_eq!(token.expect(body).secret().expose_secret(), "a");
    }
    let mac = r#"{"access_token":"a","token_type":"mac"}"#;
    let error = refusal([Reply::new(200, mac)]).await;
    assert!(error.to_string().contains("of type mac"), "{error}");
}
