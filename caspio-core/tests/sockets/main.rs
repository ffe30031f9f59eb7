//! All steps of a call over real sockets: account, token, request, response, and network failures.

#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod causes;
mod doubled;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod http2;
mod server;
mod transfers;

use caspio_core::auth::{ApiKey, Authenticate, Basic, BodyField, BodyKind};
use caspio_core::http_client::{Body, HttpError, HttpErrorKind, ReqwestService};
use caspio_core::{
    Account, ApiVersion, Bytes, ClientCredentials, Error, ErrorKind, Expect, HttpService, OAuth2,
    Operation, Request, RetryPolicy, Transport,
};
use futures::stream;
use server::{Act, Server, json, response};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const TOKEN: &str = r#"{"access_token":"T0ken","token_type":"bearer","expires_in":86399,"refresh_token":"R3fresh"}"#;

fn get(account: &Account) -> Request {
    let mut url = account.api_url(ApiVersion::V3);
    url.set_path(&format!("{}/tables/My%20Table/records", url.path()));
    url.set_query(Some("q.where=Name%3D%27O%27%27Brien%27"));
    Request::get(url, Operation::new("records.list").on("table \"My Table\""))
}

fn post(account: &Account) -> Request {
    Request::post(
        account.api_url(ApiVersion::V3),
        Operation::new("records.insert"),
    )
    .json("{}")
}

fn plain(account: &Account) -> Transport {
    let policy = RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(5));
    Transport::builder()
        .account(account)
        .retry(policy)
        .build()
        .expect("a transport")
}

fn authorized(account: &Account) -> Transport {
    let service: Arc<dyn HttpService> =
        Arc::new(ReqwestService::for_account(account).expect("a service"));
    let auth = OAuth2::for_account(account, ClientCredentials::new("cl1ent", "s3cr3t"))
        .service(service.clone())
        .build()
        .expect("settings");
    Transport::builder()
        .account(account)
        .service(service)
        .auth(Arc::new(auth))
        .build()
        .expect("a transport")
}

/// A service that reacts to every API request in the same way.
async fn one(act: impl Fn() -> Act + Send + Sync + 'static) -> Server {
    Server::start(move |_| act()).await
}

async fn fails(transport: &Transport, request: Request) -> Error {
    transport.send(request).await.expect_err("a failure")
}

#[tokio::test]
async fn call_sends_the_token_and_keeps_the_escapes_of_the_url() {
    let server = Server::start(|request| match request.is_token_request() {
        true => json(TOKEN),
        false => response("200 OK", "X-Caspio-Request-ID: r-1\r\n", "{\"Result\":[]}"),
    })
    .await;
    let account = server.account();
    let transport = authorized(&account);

    let response = transport.send(get(&account)).await.expect("a response");
    transport.send(get(&account)).await.expect("a response");

    assert_eq!(response.body(), "{\"Result\":[]}");
    assert_eq!(response.request_id(), Some("r-1"));
    let requests = server.requests();
    assert_eq!(requests.len(), 3, "one token for both calls");
    assert_eq!(
        requests[0].body,
        b"grant_type=client_credentials&client_id=cl1ent&client_secret=s3cr3t"
    );
    let head = requests[1].head.to_ascii_lowercase();
    assert!(requests[1].head.starts_with(
        "GET /integrations/rest/v3/tables/My%20Table/records?q.where=Name%3D%27O%27%27Brien%27 HTTP/1.1\r\n"
    ));
    assert!(head.contains("authorization: bearer t0ken\r\n"), "{head}");
    assert!(head.contains("user-agent: caspio-rust/0.1.0\r\n"), "{head}");
    assert_eq!(server.connections(), 1, "the connection is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_cause_one_token_request() {
    let server = Server::start(|request| match request.is_token_request() {
        true => json(TOKEN),
        false => json("{}"),
    })
    .await;
    let account = server.account();
    let transport = authorized(&account);

    let calls = (0..1000).map(|_| {
        let (transport, request) = (transport.clone(), get(&account));
        tokio::spawn(async move {
            transport
                .auth()
                .authorize(&mut blank())
                .await
                .map(|_| drop(request))
        })
    });
    for call in futures::future::join_all(calls).await {
        call.expect("no panic").expect("a token");
    }

    assert_eq!(server.requests().len(), 1);
}

fn blank() -> caspio_core::http::Request<Body> {
    caspio_core::http::Request::new(Body::empty())
}

#[tokio::test]
async fn closed_port_is_a_connect_error_for_every_method() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let account = Account::new(&format!("http://{address}")).expect("an account");
    let transport = plain(&account);

    for request in [get(&account), post(&account)] {
        let error = fails(&transport, request).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
        assert!(error.is_retryable() && !error.maybe_applied());
    }
    let counts = transport.meter().snapshot();
    assert_eq!((counts.calls, counts.never_sent), (0, 6));
}

#[tokio::test]
async fn connection_closed_without_a_response_repeats_a_read_and_never_an_insert() {
    let server = one(|| Act::SayAndClose(Vec::new())).await;
    let account = server.account();
    let transport = plain(&account);

    let read = fails(&transport, get(&account)).await;
    assert_eq!((read.kind(), read.attempts()), (ErrorKind::Interrupted, 3));
    assert_eq!(server.requests().len(), 3);

    let insert = fails(&transport, post(&account)).await;
    assert_eq!(
        (insert.kind(), insert.attempts()),
        (ErrorKind::Interrupted, 1)
    );
    assert!(insert.maybe_applied());
    assert_eq!(server.requests().len(), 4, "exactly one on the wire");
}

#[tokio::test]
async fn response_shorter_than_its_length_is_cut_short() {
    let cut = b"HTTP/1.1 200 OK\r\nX-Caspio-Request-ID: r-7\r\ncontent-length: 100\r\n\r\n{\"Result\":[]}";
    let server = one(|| Act::SayAndClose(cut.to_vec())).await;
    let account = server.account();

    let error = fails(&plain(&account), get(&account)).await;

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Protocol, 3));
    assert_eq!(
        (error.status(), error.request_id()),
        (Some(200), Some("r-7"))
    );
    assert!(error.to_string().contains("cut short"), "{error}");
    let insert = fails(&plain(&account), post(&account)).await;
    assert!(insert.attempts() == 1 && insert.maybe_applied());
}

#[tokio::test]
async fn incomplete_chunked_response_is_cut_short() {
    let cut = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"Res\r\n";
    let server = one(|| Act::SayAndClose(cut.to_vec())).await;
    let account = server.account();

    let error = fails(&plain(&account), get(&account)).await;

    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn no_response_is_a_timeout_and_an_insert_is_sent_once() {
    let server = one(|| Act::Silence).await;
    let account = server.account();
    let short = Duration::from_millis(50);
    let transport = plain(&account);

    let error = fails(&transport, post(&account).timeout(short)).await;

    assert!(error.is_timeout() && error.maybe_applied());
    assert_eq!(server.requests().len(), 1);
    assert_eq!(
        transport.meter().snapshot().operations["records.insert"].unanswered,
        1
    );
}

#[tokio::test]
async fn no_data_within_a_download_is_a_timeout() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc";
    let server = one(|| Act::Say(head.to_vec())).await;
    let account = server.account();
    let service = ReqwestService::builder()
        .account(&account)
        .read_timeout(Duration::from_millis(50))
        .build()
        .expect("a service");
    let transport = Transport::builder()
        .account(&account)
        .service(Arc::new(service))
        .build()
        .expect("a transport");

    let mut response = transport
        .send_streaming(get(&account))
        .await
        .expect("a head");
    assert_eq!(
        response.chunk().await.expect("a chunk").as_deref(),
        Some(&b"abc"[..])
    );
    let error = response.chunk().await.expect_err("silence");

    assert!(error.is_timeout());
    assert_eq!(error.operation(), Some("records.list"));
    assert!(response.chunk().await.expect("over").is_none());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = one(|| json("{}")).await;
    let location = format!("location: {}\r\n", other.account().base_url());
    let server = Server::start(move |_| response("307 Temporary Redirect", &location, "")).await;
    let account = server.account();

    let call = fails(&plain(&account), get(&account)).await;
    let token = fails(&authorized(&account), get(&account)).await;

    assert_eq!(
        (call.kind(), call.status()),
        (ErrorKind::Protocol, Some(307))
    );
    assert_eq!(
        (token.kind(), token.operation()),
        (ErrorKind::Protocol, Some("auth.token"))
    );
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn credentials_are_sent_only_to_their_own_host() {
    let other = one(|| json("{}")).await;
    let elsewhere = other.account().base_url();
    let location = format!("location: {elsewhere}\r\n");
    let server = Server::start(move |_| response("302 Found", &location, "")).await;
    let account = server.account();
    let schemes: [Arc<dyn Authenticate>; 3] = [
        Arc::new(ApiKey::new("x-api-key", "k3y").expect("a key")),
        Arc::new(Basic::new("ada", "p4ss").expect("a pair")),
        Arc::new(BodyField::new(BodyKind::Form, "key", "k3y")),
    ];

    for auth in schemes {
        let transport = Transport::builder()
            .account(&account)
            .auth(auth)
            .build()
            .expect("a transport");
        let redirected = fails(
            &transport,
            Request::post(account.base_url(), Operation::new("add")),
        )
        .await;
        let refused = fails(
            &transport,
            Request::post(elsewhere.clone(), Operation::new("add")),
        )
        .await;
        assert_eq!(
            (redirected.kind(), refused.kind()),
            (ErrorKind::Protocol, ErrorKind::Refused)
        );
    }

    assert_eq!(server.requests().len(), 3);
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn upload_with_a_failing_source_is_not_retried() {
    let server = one(|| response("201 Created", "", "")).await;
    let account = server.account();
    let body = || {
        let gone = HttpError::new(HttpErrorKind::Unsendable).with_source("the disk is gone");
        stream::iter([Ok(Bytes::from_static(b"ab")), Err(gone)])
    };
    let put = Request::put(account.base_url(), Operation::new("files.put"));
    let request = put.body(Body::from_source(5, body));

    let error = plain(&account)
        .send(request)
        .await
        .expect_err("half an upload");

    assert_eq!(error.kind(), ErrorKind::Refused, "{error:?}");
    assert_eq!((error.attempts(), error.maybe_applied()), (1, false));
}

#[tokio::test]
async fn upload_is_sent_with_its_length_and_not_chunked() {
    let server = one(|| response("201 Created", "", "")).await;
    let account = server.account();
    let body =
        || stream::iter(["ab", "cd", "e"].map(|part| Ok(Bytes::from_static(part.as_bytes()))));
    let transport = plain(&account);

    for body in [Body::from_stream(body(), 5), Body::from_source(5, body)] {
        let request = Request::put(account.base_url(), Operation::new("files.put")).body(body);
        transport.send(request).await.expect("a response");
    }

    for request in server.requests() {
        let head = request.head.to_ascii_lowercase();
        assert!(
            head.contains("content-length: 5\r\n") && !head.contains("transfer-encoding"),
            "{head}"
        );
        assert_eq!(request.body, b"abcde");
    }
}

#[tokio::test]
async fn compressed_responses_are_decompressed() {
    const PACKED: [u8; 33] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 10, 74, 45, 46, 205, 41, 81, 178, 138, 142, 173,
        5, 0, 217, 233, 187, 37, 13, 0, 0, 0,
    ];
    let server = one(|| response("200 OK", "content-encoding: gzip\r\n", PACKED)).await;
    let account = server.account();

    let response = plain(&account)
        .send(get(&account))
        .await
        .expect("a response");

    assert_eq!(response.body(), "{\"Result\":[]}");
    assert!(
        server.requests()[0]
            .head
            .to_ascii_lowercase()
            .contains("accept-encoding: gzip")
    );
}

#[tokio::test]
async fn a_download_streams_to_its_end() {
    let server = one(|| response("200 OK", "content-type: text/html\r\n", "<html>x</html>")).await;
    let account = server.account();
    let transport = plain(&account);

    let request = get(&account).expect(Expect::Anything);
    let response = transport.send_streaming(request).await.expect("a head");

    assert_eq!(response.content_length(), Some(14));
    assert_eq!(response.bytes(100).await.expect("a body"), "<html>x</html>");
}

/// Responses of a broken service that echo a secret.
fn troubles(echo: &str) -> [Vec<u8>; 5] {
    let oauth = format!("{{\"error\":\"{echo}\",\"error_description\":\"no {echo}\"}}");
    [
        Vec::new(),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{{\"{echo}").into_bytes(),
        format!("rubbish {echo}\r\n\r\n").into_bytes(),
        format!("HTTP/1.1 401 No\r\n\r\n{oauth}").into_bytes(),
        format!("HTTP/1.1 500 Oops\r\n\r\n<html>{echo}</html>").into_bytes(),
    ]
}

#[tokio::test]
async fn network_errors_hide_secrets_and_queries() {
    let mut shown = String::new();
    for trouble in troubles("s3cr3t") {
        let server = one(move || Act::SayAndClose(trouble.clone())).await;
        let transport = authorized(&server.account());
        let error = fails(&transport, get(&server.account())).await;
        assert_eq!(error.operation(), Some("auth.token"));
        shown.push_str(&format!("{error}{error:?}{transport:?}"));
    }
    for trouble in troubles("T0ken") {
        let server = Server::start(move |request| match request.is_token_request() {
            true => json(TOKEN),
            false => Act::SayAndClose(trouble.clone()),
        })
        .await;
        let transport = authorized(&server.account());
        let error = fails(&transport, post(&server.account())).await;
        assert_eq!(error.operation(), Some("records.insert"));
        shown.push_str(&format!("{error}{error:?}{transport:?}"));
    }

    for secret in ["s3cr3t", "R3fresh", "T0ken", "Brien", "O%27"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn first_call_counts_one_token_request_and_one_call() {
    let tokens = Arc::new(AtomicUsize::new(0));
    let counted = tokens.clone();
    let server = Server::start(move |request| {
        counted.fetch_add(usize::from(request.is_token_request()), Ordering::SeqCst);
        if request.is_token_request() {
            json(TOKEN)
        } else {
            json("{}")
        }
    })
    .await;
    let account = server.account();
    let transport = authorized(&account);

    transport.send(post(&account)).await.expect("a response");

    let counts = transport.meter().snapshot();
    assert_eq!((counts.calls, counts.token_calls), (2, 1));
    assert_eq!(tokens.load(Ordering::SeqCst), 1);
}
