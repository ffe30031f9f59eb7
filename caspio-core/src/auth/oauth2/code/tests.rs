//! Tests of the authorization code flow.

use super::{Authorization, AuthorizationCode, Pkce};
use crate::auth::{ClientAuth, ClientCredentials, OAuth2};
use crate::testing::{Reply, Script};
use crate::token::{ManualClock, MemoryStore, TokenStore};
use crate::{ErrorKind, Result};
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

const GRANTED: &str =
    r#"{"access_token":"T0ken","expires_in":3600,"refresh_token":"R3fresh","scope":"read write"}"#;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn flow_for(script: &Arc<Script>, credentials: ClientCredentials) -> AuthorizationCode {
    OAuth2::builder(url("https://id.example.com/token"), credentials)
        .service(script.clone())
        .scope("read write")
        .authorization_code(url("https://id.example.com/authorise?tenant=7"))
        .expect("settings")
}

fn flow(script: &Arc<Script>) -> AuthorizationCode {
    flow_for(script, ClientCredentials::public("cl1ent"))
        .redirect_uri(url("https://app.example.com/back"))
}

fn granting() -> Arc<Script> {
    Arc::new(Script::by(|_| Reply::new(200, GRANTED)))
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn own_state(authorization: &Authorization) -> String {
    authorization.state().expose_secret().to_owned()
}

#[test]
fn the_authorization_url_requests_a_code_bound_to_this_program() {
    let script = granting();
    let first = flow(&script)
        .parameter("prompt", "consent")
        .authorize_url()
        .expect("a URL");
    let second = flow(&script).authorize_url().expect("a URL");

    let asked = query(first.url());
    for (name, value) in [
        ("tenant", "7"),
        ("response_type", "code"),
        ("client_id", "cl1ent"),
        ("redirect_uri", "https://app.example.com/back"),
        ("scope", "read write"),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
    ] {
        assert_eq!(asked[name], value);
    }
    let expected = Pkce::S256
        .challenge(first.verifier())
        .expect("a challenge")
        .1;
    assert_eq!(asked["code_challenge"], expected);
    assert_eq!(asked["state"], own_state(&first));
    assert!((43..=128).contains(&first.verifier().expose_secret().len()));
    assert_ne!(own_state(&first), own_state(&second));
    assert_ne!(
        first.verifier().expose_secret(),
        second.verifier().expose_secret()
    );
}

#[tokio::test]
async fn a_code_becomes_tokens_that_are_stored() {
    let script = granting();
    let store = Arc::new(MemoryStore::new());
    let authorization = flow(&script)
        .store(store.clone())
        .authorize_url()
        .expect("a URL");
    let (state, verifier) = (own_state(&authorization), authorization.verifier().clone());

    let auth = authorization
        .exchange("c0de", &state)
        .await
        .expect("tokens");

    let token = auth.token().await.expect("a token");
    assert_eq!(token.secret().expose_secret(), "T0ken");
    assert_eq!(token.scope(), Some("read write"));
    let seen = script.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].body,
        format!(
            "grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fapp.example.com%2Fback\
             &code_verifier={}&client_id=cl1ent",
            verifier.expose_secret()
        )
    );
    assert_eq!(seen[0].authorization(), "");
    let stored = store.load().await.expect("a store").expect("a token");
    assert_eq!(stored.refresh.expect("one").expose_secret(), "R3fresh");
}

#[tokio::test]
async fn a_client_with_a_secret_sends_it_either_way() {
    for (how, body, header) in [
        (
            ClientAuth::Body,
            "&client_id=cl1ent&client_secret=s3cr3t",
            "",
        ),
        (ClientAuth::Basic, "", "Basic Y2wxZW50OnMzY3IzdA=="),
    ] {
        let script = granting();
        let flow = OAuth2::builder(
            url("https://id.example.com/token"),
            ClientCredentials::new("cl1ent", "s3cr3t"),
        )
        .client_auth(how)
        .service(script.clone())
        .authorization_code(url("https://id.example.com/authorise"))
        .expect("settings")
        .pkce(Pkce::Off);
        let authorization = flow.authorize_url().expect("a URL");
        let state = own_state(&authorization);
        authorization
            .exchange("c0de", &state)
            .await
            .expect("tokens");

        let seen = script.seen();
        assert_eq!(
            seen[0].body,
            format!("grant_type=authorization_code&code=c0de{body}")
        );
        assert_eq!(seen[0].authorization(), header);
    }
}

#[tokio::test]
async fn another_state_is_refused_before_anything_is_sent() {
    let script = granting();
    for state in ["", "x", "forged"] {
        let authorization = flow(&script).authorize_url().expect("a URL");
        let error = authorization
            .exchange("c0de", state)
            .await
            .expect_err(state);
        assert_eq!(error.kind(), ErrorKind::Refused);
    }
    let resumed = flow(&script).resume("", "v");
    assert!(
        resumed.exchange("c0de", "").await.is_err(),
        "an empty state proves nothing"
    );
    assert_eq!(script.calls(), 0);
}

#[tokio::test]
async fn an_authorization_resumes_from_its_stored_state_and_verifier() {
    let script = granting();
    let started = flow(&script).authorize_url().expect("a URL");
    let (state, verifier) = (own_state(&started), started.verifier().clone());

    let resumed = flow(&script).resume(state.clone(), verifier);
    assert_eq!(resumed.url(), started.url());
    let back = url(&format!(
        "https://app.example.com/back?code=c0de&state={state}"
    ));

    assert!(resumed.exchange_redirect(&back).await.is_ok());
}

#[tokio::test]
async fn redirects_without_a_code_have_their_own_error_kinds() {
    for (query, kind) in [
        ("error=access_denied", ErrorKind::Permission),
        ("error=temporarily_unavailable", ErrorKind::Server),
        (
            "error=invalid_scope&error_description=no+such",
            ErrorKind::Config,
        ),
        ("code=", ErrorKind::Protocol),
        ("", ErrorKind::Protocol),
    ] {
        let script = granting();
        let authorization = flow(&script).authorize_url().expect("a URL");
        let back = format!(
            "https://app.example.com/back?state={}&{query}",
            own_state(&authorization)
        );
        let error = authorization
            .exchange_redirect(&url(&back))
            .await
            .expect_err(query);
        assert_eq!((error.kind(), script.calls()), (kind, 0));
    }
}

#[tokio::test]
async fn tokens_of_a_consent_are_renewed_by_refresh_tokens_that_change_until_one_is_refused() {
    let script = Arc::new(Script::list([
        Reply::new(200, GRANTED),
        Reply::new(
            200,
            r#"{"access_token":"second","expires_in":3600,"refresh_token":"R2"}"#,
        ),
        Reply::new(200, r#"{"access_token":"third","expires_in":3600}"#),
        Reply::new(400, r#"{"error":"invalid_grant"}"#),
    ]));
    let clock = Arc::new(ManualClock::new());
    let flow = OAuth2::builder(
        url("https://id.example.com/token"),
        ClientCredentials::public("cl1ent"),
    )
    .service(script.clone())
    .clock(clock.clone())
    .store(Arc::new(MemoryStore::new()))
    .authorization_code(url("https://id.example.com/authorise"))
    .expect("settings");
    let authorization = flow.authorize_url().expect("a URL");
    let state = own_state(&authorization);
    authorization
        .exchange("c0de", &state)
        .await
        .expect("tokens");

    // As the next run of the program does.
    let auth = flow.stored().expect("settings");
    for expected in ["T0ken", "second", "third"] {
        let token = auth.token().await.expect("a token");
        assert_eq!(token.secret().expose_secret(), expected);
        clock.advance(Duration::from_secs(7200));
    }
    let error = auth.token().await.expect_err("refused");

    assert!(error.is_auth() && error.hint().is_some_and(|hint| hint.contains("authorize")));
    let bodies: Vec<_> = script.seen().into_iter().map(|seen| seen.body).collect();
    for (body, refresh) in bodies[1..].iter().zip(["R3fresh", "R2", "R2"]) {
        let expected = format!("grant_type=refresh_token&refresh_token={refresh}&client_id=cl1ent");
        assert_eq!(*body, expected);
    }
}

#[tokio::test]
async fn without_a_consent_the_error_asks_for_one_and_nothing_is_sent() {
    let script = granting();

    let error = flow(&script)
        .stored()
        .expect("settings")
        .token()
        .await
        .expect_err("nothing");

    assert!(error.is_auth());
    assert!(
        error.to_string().contains("authorize the program"),
        "{error}"
    );
    assert_eq!(script.calls(), 0);
}

/// A minimal browser: opens URLs of this machine and returns the response.
async fn visit(back: &Url, target: &str) -> String {
    visit_at("127.0.0.1", back, target).await
}

async fn visit_at(address: &str, back: &Url, target: &str) -> String {
    let port = back.port().expect("a port");
    let mut stream = TcpStream::connect((address, port))
        .await
        .expect("a listener");
    let request = format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("an open socket");
    let mut response = String::new();
    stream.read_to_string(&mut response).await.expect("text");
    response
}

async fn authorize_here(
    flow: AuthorizationCode,
    browse: impl AsyncFnOnce(HashMap<String, String>) + 'static,
) -> Result<OAuth2> {
    let (send, receive) = tokio::sync::oneshot::channel();
    let send = Mutex::new(Some(send));
    let local = tokio::task::LocalSet::new();
    local.spawn_local(async move { browse(receive.await.expect("a URL")).await });
    local
        .run_until(flow.authorize_here(|url| {
            let send = send.lock().expect("no panic").take().expect("once");
            send.send(query(url)).expect("a browser");
        }))
        .await
}

#[tokio::test]
async fn other_requests_do_not_end_the_wait_for_the_browser() {
    let script = granting();
    let flow = flow_for(&script, ClientCredentials::public("cl1ent"));

    let auth = authorize_here(flow, async |asked| {
        let back = url(&asked["redirect_uri"]);
        assert_eq!(
            (back.host_str(), back.path()),
            (Some("127.0.0.1"), "/callback")
        );
        let _silent = TcpStream::connect(("127.0.0.1", back.port().expect("a port"))).await;
        assert!(
            visit(&back, "/favicon.ico")
                .await
                .starts_with("HTTP/1.1 404")
        );
        assert!(
            visit(&back, "/callback?code=evil&state=forged")
                .await
                .starts_with("HTTP/1.1 400")
        );
        assert!(
            visit(&back, "//evil.example/callback?code=c&state=s")
                .await
                .starts_with("HTTP/1.1 404")
        );
        let response = visit(
            &back,
            &format!("/callback?code=c0de&state={}", asked["state"]),
        )
        .await;
        assert!(response.starts_with("HTTP/1.1 200") && response.contains("close this window"));
        assert!(!response.contains("c0de"));
    })
    .await;

    assert!(auth.expect("tokens").token().await.is_ok());
    let seen = script.seen();
    assert!(
        seen.len() == 1
            && seen[0]
                .body
                .contains("code=c0de&redirect_uri=http%3A%2F%2F127.0.0.1%3A")
    );
}

#[tokio::test]
async fn a_denial_and_a_timeout_end_the_wait() {
    let script = granting();
    let public = || flow_for(&script, ClientCredentials::public("cl1ent"));

    let declined = authorize_here(public(), async |asked| {
        let back = url(&asked["redirect_uri"]);
        visit(
            &back,
            &format!("/callback?error=access_denied&state={}", asked["state"]),
        )
        .await;
    });
    let nobody = authorize_here(public().timeout(Duration::from_millis(20)), async |_| {});
    let elsewhere = public().redirect_uri(url("https://app.example.com/back"));

    assert_eq!(
        declined.await.expect_err("declined").kind(),
        ErrorKind::Permission
    );
    assert_eq!(nobody.await.expect_err("nobody").kind(), ErrorKind::Timeout);
    let error = elsewhere
        .authorize_here(|_| {})
        .await
        .expect_err("not this machine");
    assert_eq!((error.kind(), script.calls()), (ErrorKind::Config, 0));
}

#[tokio::test]
async fn debug_and_errors_hide_the_secrets_of_an_authorization() {
    let echo = r#"{"error":"invalid_grant","error_description":"c0de s3cr3t bad"}"#;
    let script = Arc::new(Script::by(move |_| Reply::new(400, echo)));
    let flow = flow_for(&script, ClientCredentials::new("cl1ent", "s3cr3t"));
    let authorization = flow.authorize_url().expect("a URL");
    let state = own_state(&authorization);
    let verifier = authorization.verifier().expose_secret().to_owned();
    let shown = format!("{flow:?}{authorization:?}");

    let error = authorization
        .exchange("c0de", &state)
        .await
        .expect_err("refused");

    let shown = format!("{shown}{error}{error:?}");
    for secret in ["c0de", "s3cr3t", &state, &verifier] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn an_authorization_url_without_https_is_refused() {
    let open = OAuth2::builder(
        url("https://id.example.com/token"),
        ClientCredentials::public("c"),
    )
    .service(granting())
    .authorization_code(url("http://id.example.com/authorise"));

    assert_eq!(open.expect_err("plain http").kind(), ErrorKind::Config);
}

#[tokio::test]
async fn silent_connections_do_not_keep_the_browser_out() {
    let flow = flow_for(&granting(), ClientCredentials::public("cl1ent"));

    let auth = authorize_here(flow, async |asked| {
        let back = url(&asked["redirect_uri"]);
        let port = back.port().expect("a port");
        let mut silent = Vec::new();
        for _ in 0..200 {
            silent.push(
                TcpStream::connect(("127.0.0.1", port))
                    .await
                    .expect("a listener"),
            );
        }
        let target = format!("/callback?code=c0de&state={}", asked["state"]);
        assert!(visit(&back, &target).await.starts_with("HTTP/1.1 200"));
        drop(silent);
    });

    let auth = tokio::time::timeout(Duration::from_secs(5), auth).await;
    assert!(auth.expect("in time").is_ok());
}

#[tokio::test]
async fn both_addresses_of_localhost_belong_to_the_program() {
    if tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
        return;
    }
    for address in ["127.0.0.1", "::1"] {
        let flow = flow_for(&granting(), ClientCredentials::public("cl1ent"))
            .redirect_uri(url("http://localhost/back"));

        let auth = authorize_here(flow, async move |asked| {
            let back = url(&asked["redirect_uri"]);
            let target = format!("/back?code=c0de&state={}", asked["state"]);
            let page = visit_at(address, &back, &target).await;
            assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        });

        assert!(auth.await.is_ok(), "{address}");
    }
}
