//! HTTPS with a self-signed certificate.

#![cfg(feature = "tls")]

mod common;

use caspio_emulator::{Emulator, EmulatorErrorKind};
use common::Caspio;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::Method;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Writes a new certificate for `localhost` and its key.
fn identity(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(folder.join("cert.pem"), cert.pem()).expect("written");
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("written");
    cert.der().clone()
}

/// Sends a whole request and returns the whole response.
async fn exchange(address: &str, root: CertificateDer<'static>, request: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .expect("a handshake");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut response = Vec::new();
    // The connection may end without a TLS close notification.
    let _ = stream.read_to_end(&mut response).await;
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn silent_caller_does_not_block_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = identity(folder.path());
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    let caspio = Emulator::builder().empty().tls(cert, key).start().await;
    let caspio = caspio.expect("a free port");
    let url = caspio.url();
    let address = url.strip_prefix("https://").expect("HTTPS");
    let _silent = TcpStream::connect(address).await.expect("a connection");

    let body = "grant_type=client_credentials&client_id=demo&client_secret=demo-secret";
    let request = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = exchange(address, root, &request).await;

    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("access_token"));
}

#[tokio::test]
async fn missing_key_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    identity(folder.path());
    let cert = folder.path().join("cert.pem");

    let started = Emulator::builder().empty().tls(&cert, &cert).start().await;

    let error = started.expect_err("refused");
    assert_eq!(error.kind(), EmulatorErrorKind::Start);
    assert!(error.to_string().contains("private key"), "{error}");
    assert!(error.to_string().contains("cert.pem"), "{error}");
}

/// Accepts one HTTPS request and returns it.
async fn received(listener: TcpListener, folder: &Path) -> String {
    let chain = CertificateDer::from_pem_file(folder.join("cert.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config
                .with_no_client_auth()
                .with_single_cert(vec![chain], key)
        })
        .expect("a configuration");
    let (stream, _) = listener.accept().await.expect("a connection");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut stream = acceptor.accept(stream).await.expect("a handshake");
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).contains("\"data\":[") {
        assert!(
            stream.read_buf(&mut request).await.expect("read") > 0,
            "ended early"
        );
    }
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(response).await.expect("sent");
    String::from_utf8_lossy(&request).into_owned()
}

#[tokio::test]
async fn webhook_is_delivered_by_https_with_any_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    identity(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let caspio = Caspio::sample().await;
    let webhook =
        json!({ "Name": "Test", "OutgoingUrls": [format!("https://127.0.0.1:{port}/hook")] });
    let (_, webhook) = caspio.send(Method::POST, "outgoingWebhooks", webhook).await;
    let events = format!(
        "outgoingWebhooks/{}/events",
        webhook["Id"].as_str().expect("an id")
    );
    let event = json!({ "EventType": "table.recordInsert", "ObjectName": "City",
        "EventSources": ["RESTAPIs"], "Enabled": true });
    caspio.send(Method::POST, &events, event).await;

    let city = json!({ "Name": "Bath" });
    let (request, _) = tokio::join!(
        received(listener, folder.path()),
        caspio.send(Method::POST, "tables/City/records", city)
    );

    assert!(request.starts_with("POST /hook HTTP/1.1"), "{request}");
    assert!(request.contains("\"Name\":\"Bath\""), "{request}");
}
