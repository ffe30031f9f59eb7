//! Tests every grant against an independent authorization server: npm's oidc-provider, on loopback.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod server;

use caspio_core::auth::{AuthorizationCode, ClientAuth, Pkce};
use caspio_core::secrecy::ExposeSecret as _;
use caspio_core::token::{CachePolicy, ManualClock, MemoryStore, TokenStore};
use caspio_core::{
    ClientCredentials, ErrorKind, OAuth2, Operation, Request, Token, Transport, Url,
};
use server::{Browser, Server};
use std::sync::Arc;
use std::time::Duration;

const SECRET: &str = "s3cr3t &+% of the client";
const BACK: &str = "https://app.example.com/back";

fn is_back(url: &Url) -> bool {
    url.as_str().starts_with(BACK)
}

fn text(token: &Token) -> String {
    token.secret().expose_secret().to_owned()
}

fn web(server: &Server, clock: &Arc<ManualClock>) -> AuthorizationCode {
    OAuth2::builder(server.url("/token"), ClientCredentials::new("web", SECRET))
        .client_auth(ClientAuth::Basic)
        .scope("openid offline_access")
        .clock(clock.clone())
        .authorization_code(server.url("/auth"))
        .expect("settings")
        .redirect_uri(BACK.parse().expect("a URL"))
        .parameter("prompt", "consent")
}

fn native(server: &Server) -> AuthorizationCode {
    OAuth2::builder(server.url("/token"), ClientCredentials::public("native"))
        .scope("openid")
        .authorization_code(server.url("/auth"))
        .expect("settings")
}

/// Returns the report of the server's introspection endpoint on a token.
async fn who(server: &Server, auth: &OAuth2) -> String {
    let transport = Transport::builder()
        .origin(&server.url)
        .auth(Arc::new(auth.clone()))
        .build()
        .expect("a transport");
    let request = Request::get(server.url("/me"), Operation::new("who"));
    let response = transport.send(request).await.expect("a response");
    String::from_utf8(response.body().to_vec()).expect("text")
}

#[tokio::test]
async fn client_credentials_in_the_body_and_in_the_header() {
    let Some(server) = Server::start() else {
        return;
    };
    for (id, how) in [
        ("machine-basic", ClientAuth::Basic),
        ("machine-post", ClientAuth::Body),
    ] {
        let clock = Arc::new(ManualClock::new());
        let build = |secret: &str| {
            OAuth2::builder(server.url("/token"), ClientCredentials::new(id, secret))
                .client_auth(how)
                .scope("api")
                .clock(clock.clone())
                .build()
                .expect("settings")
        };
        let auth = build(SECRET);

        let first = auth.token().await.expect("a token");
        clock.advance(Duration::from_secs(700));
        let second = auth.token().await.expect("a token");
        let wrong = build("wrong").token().await.expect_err("an error");

        assert_ne!(
            text(&first),
            text(&second),
            "renewed once its 600 seconds were over"
        );
        let lifetime = first.expires_at().duration_since(first.issued_at());
        assert_eq!(lifetime.expect("later"), Duration::from_secs(600));
        assert_eq!(
            (wrong.kind(), wrong.code()),
            (ErrorKind::Auth, Some("invalid_client"))
        );
        let offset = auth.clock_offset().expect("the server reports its time");
        assert!(offset.is_off(), "the clocks differ: {offset}");
    }
}

#[tokio::test]
async fn code_with_the_two_steps_of_a_server_then_rotating_refresh_tokens() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let store = Arc::new(MemoryStore::new());
    let flow = web(&server, &clock).store(store.clone());

    let authorization = flow.authorize_url().expect("a URL");
    let mut browser = Browser::new(&server);
    let back = browser.open(authorization.url(), is_back).await;
    let auth = authorization
        .exchange_redirect(&back)
        .await
        .expect("tokens");
    assert!(who(&server, &auth).await.contains("\"ada\""));

    // As a later run of the program does; each refresh token can be used once.
    let later = flow.stored().expect("settings");
    let mut seen = vec![text(&later.token().await.expect("a token"))];
    let mut refresh = Vec::new();
    for _ in 0..3 {
        let stored = store.load().await.expect("a store").expect("a token");
        refresh.push(stored.refresh.expect("one").expose_secret().to_owned());
        clock.advance(Duration::from_secs(4000));
        seen.push(text(&later.token().await.expect("a token")));
        assert!(who(&server, &later).await.contains("\"ada\""));
    }
    for tokens in [&mut seen, &mut refresh] {
        let count = tokens.len();
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), count, "each is new");
    }
}

#[tokio::test]
async fn reused_refresh_token_ends_the_consent() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let store = Arc::new(MemoryStore::new());
    let flow = web(&server, &clock).store(store.clone());
    let authorization = flow.authorize_url().expect("a URL");
    let back = Browser::new(&server)
        .open(authorization.url(), is_back)
        .await;
    let auth = authorization
        .exchange_redirect(&back)
        .await
        .expect("tokens");
    let first = store.load().await.expect("a store").expect("a token");
    clock.advance(Duration::from_secs(4000));
    auth.token().await.expect("a second token");

    let again = OAuth2::builder(server.url("/token"), ClientCredentials::new("web", SECRET))
        .client_auth(ClientAuth::Basic)
        .refresh_token(first.refresh.expect("one"))
        .build()
        .expect("settings");
    let error = again.token().await.expect_err("used already");

    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Auth, Some("invalid_grant"))
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("authorize the program again"))
    );
}

#[tokio::test]
async fn code_with_the_loopback_of_a_program() {
    let Some(server) = Server::start() else {
        return;
    };
    let (send, receive) = tokio::sync::oneshot::channel();
    let mut browser = Browser::new(&server);
    let person = tokio::spawn(async move {
        let url: Url = receive.await.expect("a URL");
        let back = browser.open(&url, |url| url.path() == "/callback").await;
        browser.get(&back).await.0
    });

    let flow = native(&server);
    let auth = flow.authorize_here(|url| send.send(url.clone()).expect("a person"));
    let auth = auth.await.expect("tokens");

    assert!(person.await.expect("no panic").is_success());
    assert!(who(&server, &auth).await.contains("\"ada\""));
}

#[tokio::test]
async fn declined_consent_is_a_permission_error() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let flow = web(&server, &clock).parameter("login_hint", "nobody");
    let authorization = flow.authorize_url().expect("a URL");

    let back = Browser::new(&server)
        .open(authorization.url(), is_back)
        .await;
    let error = authorization
        .exchange_redirect(&back)
        .await
        .expect_err("declined");

    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Permission, Some("access_denied"))
    );
}

#[tokio::test]
async fn stolen_code_is_rejected_without_the_verifier() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let flow = web(&server, &clock);
    let authorization = flow.authorize_url().expect("a URL");
    let state = authorization.state().clone();
    let back = Browser::new(&server)
        .open(authorization.url(), is_back)
        .await;

    let thief = flow.resume(state, "another-verifier-of-at-least-forty-three-characters");
    let error = thief
        .exchange_redirect(&back)
        .await
        .expect_err("no verifier");

    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Auth, Some("invalid_grant"))
    );
}

#[tokio::test]
async fn server_without_plain_pkce_reports_it_to_the_browser() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let authorization = web(&server, &clock)
        .pkce(Pkce::Plain)
        .authorize_url()
        .expect("a URL");

    let back = Browser::new(&server)
        .open(authorization.url(), is_back)
        .await;
    let error = authorization
        .exchange_redirect(&back)
        .await
        .expect_err("S256 only");

    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Config, Some("invalid_request"))
    );
}

#[tokio::test]
async fn password_then_refresh_token_then_password_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let build = |password: &str, floor: Option<Duration>| {
        let mut policy = CachePolicy::default();
        policy.refresh_floor = floor;
        OAuth2::builder(
            server.url("/token"),
            ClientCredentials::new("legacy", SECRET),
        )
        .password("ada", password)
        .clock(clock.clone())
        .cache_policy(policy)
        .build()
        .expect("settings")
    };
    let auth = build("p4ss & word", Some(CachePolicy::REFRESH_FLOOR));

    assert!(who(&server, &auth).await.contains("\"ada\""));
    for _ in 0..3 {
        clock.advance(Duration::from_secs(4000));
        assert!(who(&server, &auth).await.contains("\"ada\""));
    }
    let wrong = build("p4ss", None).token().await.expect_err("an error");

    assert_eq!(
        (wrong.kind(), wrong.code()),
        (ErrorKind::Auth, Some("invalid_grant"))
    );
}
