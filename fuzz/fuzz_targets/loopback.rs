//! The listener that waits for the browser after a sign-in.
//!
//! Whatever another program sends, the browser's own redirect ends the sign-in. In an input, `STATE` is the state of
//! the sign-in, which only the browser knows.
#![cfg_attr(fuzzing, no_main)]

use caspio_core::{ClientCredentials, OAuth2, Result, Url};
use caspio_fuzz::checks::lines;
use caspio_fuzz::responses::Service;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const STATE: &[u8] = b"STATE";

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(sign_in(input));
}

async fn sign_in(input: &[u8]) {
    let url = |text: &str| Url::parse(text).expect("a URL");
    let service = Service::of_tokens(br#"{"access_token":"token","expires_in":3600}"#);
    let flow = OAuth2::builder(
        url("https://id.example.com/oauth/token"),
        ClientCredentials::public("id"),
    )
    .service(service as Arc<_>)
    .authorization_code(url("https://id.example.com/authorize"))
    .expect("settings")
    .timeout(Duration::from_secs(20));
    let (opened, open) = oneshot::channel();

    let browser = async {
        let url = open.await.expect("a URL");
        visit(&url, input).await;
    };
    let signed_in = flow.authorize_here(|url| opened.send(url.clone()).expect("a browser"));
    let (ended, ()) = tokio::join!(signed_in, browser);

    check(ended, input);
}

fn check(ended: Result<OAuth2>, input: &[u8]) {
    let knows_state = input.windows(STATE.len()).any(|part| part == STATE);
    match ended {
        Ok(_) => {}
        Err(error) if knows_state => lines(&error),
        Err(error) => panic!("{error}"),
    }
}

/// Sends the input, and then the redirect of the browser.
async fn visit(url: &Url, input: &[u8]) {
    let member = |name: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(key, _)| key == name).expect("a parameter");
        found.1.into_owned()
    };
    let (redirect, state) = (member("redirect_uri"), member("state"));
    let redirect = Url::parse(&redirect).expect("a URL");
    let port = redirect.port().expect("a port");

    let response = send(port, &with_state(input, state.as_bytes())).await;
    assert!(response.is_empty() || response.starts_with(b"HTTP/1.1 "));
    let request = format!("GET /callback?code=c0de&state={state} HTTP/1.1\r\n\r\n");
    send(port, request.as_bytes()).await;
}

fn with_state(input: &[u8], state: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(STATE.len()).position(|part| part == STATE) {
        bytes.extend_from_slice(&rest[..at]);
        bytes.extend_from_slice(state);
        rest = &rest[at + STATE.len()..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// Sends a request and returns the response; nothing if the port is closed or the connection is lost.
async fn send(port: u16, request: &[u8]) -> Vec<u8> {
    let mut response = Vec::new();
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else {
        return response;
    };
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut response).await;
    // The system forgets the connection at once, so that many inputs do not use up its ports.
    let _ = stream.set_zero_linger();
    response
}
