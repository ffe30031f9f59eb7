//! Causes of failed connections over real sockets.

use crate::server::{Server, response};
use caspio_core::diagnosis::Cause;
use caspio_core::http_client::{Proxy, ReqwestServiceBuilder};
use caspio_core::{Account, ClientCredentials, Error, ErrorKind, OAuth2, ReqwestService, Url};
use std::io::{Read as _, Write as _};
use std::sync::Arc;

async fn token_error(url: &str, service: ReqwestServiceBuilder) -> Error {
    let url = Url::parse(url).expect("a URL");
    let service = service.build().expect("a service");
    let auth = OAuth2::builder(url, ClientCredentials::new("id", "secret"))
        .service(Arc::new(service))
        .build()
        .expect("settings");
    auth.token().await.expect_err("no token")
}

fn service() -> ReqwestServiceBuilder {
    ReqwestService::builder().proxy(Proxy::None)
}

async fn closed_port() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    listener.local_addr().expect("a URL").to_string()
}

#[tokio::test]
async fn unknown_host_is_diagnosed_as_the_account() {
    let error = token_error("https://b3poa.caspio.invalid/oauth/token", service()).await;

    assert_eq!(
        (error.kind(), Cause::of(&error)),
        (ErrorKind::Connect, Cause::Account)
    );
}

#[tokio::test]
async fn closed_port_is_diagnosed_as_the_network() {
    let url = format!("https://{}/oauth/token", closed_port().await);

    let error = token_error(&url, service()).await;

    assert_eq!(Cause::of(&error), Cause::Network);
}

#[tokio::test]
async fn server_without_tls_is_diagnosed_as_tls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "https://{}/oauth/token",
        listener.local_addr().expect("a URL")
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });

    let error = token_error(&url, service()).await;

    assert_eq!(Cause::of(&error), Cause::Tls, "{error:?}");
}

#[tokio::test]
async fn missing_or_refusing_proxy_is_diagnosed_as_the_proxy() {
    let refusing = Server::start(|_| response("407 Proxy Authentication Required", "", "")).await;
    let refusing = refusing.account().base_url().to_string();
    let absent = format!("http://{}", closed_port().await);
    for proxy in [absent, refusing] {
        let service = ReqwestService::builder().proxy(Proxy::Url(proxy));

        let error = token_error("https://b3poa.caspio.invalid/oauth/token", service).await;

        assert_eq!(Cause::of(&error), Cause::Proxy, "{error:?}");
    }
}

#[tokio::test]
async fn wrong_secret_and_missing_endpoint_are_distinguished_and_the_clock_is_compared() {
    for (status, cause) in [
        ("401 Unauthorized", Cause::Credentials),
        ("404 Not Found", Cause::Account),
    ] {
        let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
        let server = Server::start(move |_| response(status, date, "")).await;
        let account: Account = server.account();
        let auth = OAuth2::for_account(&account, ClientCredentials::new("id", "secret"))
            .build()
            .expect("settings");

        let error = auth.token().await.expect_err("no token");

        assert_eq!(Cause::of(&error), cause);
        assert!(auth.clock_offset().is_some_and(|offset| offset.is_off()));
    }
}

/// Returns the versions in extension 43 of a TLS ClientHello; none if there is no such extension.
fn offered_versions(greeting: &[u8]) -> Vec<u16> {
    let number = |at: usize| usize::from(u16::from_be_bytes([greeting[at], greeting[at + 1]]));
    // Skips the record and handshake headers, version and random, then session, suites and compressions.
    let mut at = 5 + 4 + 2 + 32;
    at += 1 + usize::from(greeting[at]);
    at += 2 + number(at);
    at += 1 + usize::from(greeting[at]);
    let end = at + 2 + number(at);
    at += 2;
    while at + 4 <= end {
        let (kind, length) = (number(at), number(at + 2));
        if kind == 43 {
            let list = &greeting[at + 5..at + 4 + length];
            return list
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
        }
        at += 4 + length;
    }
    Vec::new()
}

#[tokio::test]
async fn nothing_older_than_tls_1_2_is_offered() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "https://{}/oauth/token",
        listener.local_addr().expect("a URL")
    );
    let greeting = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut greeting = vec![0; 5];
        stream.read_exact(&mut greeting).expect("a record");
        let length = usize::from(u16::from_be_bytes([greeting[3], greeting[4]]));
        greeting.resize(5 + length, 0);
        stream.read_exact(&mut greeting[5..]).expect("a greeting");
        greeting
    });

    token_error(&url, service()).await;

    let mut offered = offered_versions(&greeting.join().expect("no panic"));
    offered.retain(|version| version & 0x0f0f != 0x0a0a);
    assert_eq!(offered, [0x0304, 0x0303], "TLS 1.3 and 1.2");
}
