//! Uploads that do not have their length, and compressed responses.

use super::*;
use caspio_core::http::Method;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

type Chunk = Result<Bytes, HttpError>;

/// An upload from a source of these chunks.
fn upload(account: &Account, length: u64, chunks: &[Result<&'static str, ()>]) -> Request {
    let chunks: Vec<_> = chunks.to_vec();
    let open = move || {
        let fails = || HttpError::new(HttpErrorKind::Interrupted);
        let chunks = chunks.clone().into_iter();
        let chunks: Vec<Chunk> = chunks
            .map(|chunk| chunk.map(Bytes::from).map_err(|()| fails()))
            .collect();
        stream::iter(chunks)
    };
    let url = account.api_url(ApiVersion::V3);
    Request::put(url, Operation::new("files.put")).body(Body::from_source(length, open))
}

#[tokio::test]
async fn upload_that_does_not_have_its_length_is_never_complete() {
    let server = one(|| response("201 Created", "", "")).await;
    let account = server.account();
    let transport = plain(&account);
    let parts = [Ok("01234"), Ok(""), Ok("56789")];
    let fails_at_the_end = [Ok("01234"), Ok("56789"), Err(())];

    for (length, chunks) in [
        (7, &parts[..]),
        (9, &parts[..]),
        (11, &parts[..]),
        (12, &parts[..]),
        (0, &parts[..]),
        (3, &[]),
        (10, &fails_at_the_end[..]),
        (5, &fails_at_the_end[1..]),
    ] {
        let error = fails(&transport, upload(&account, length, chunks)).await;

        assert_eq!(error.kind(), ErrorKind::Refused, "{length}: {error:?}");
        assert!(!error.maybe_applied() && error.attempts() == 1, "{length}");
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());

    transport
        .send(upload(&account, 10, &parts))
        .await
        .expect("sent");
    transport
        .send(upload(&account, 0, &[Ok("")]))
        .await
        .expect("sent");
    let bodies: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(bodies, [b"0123456789".to_vec(), Vec::new()]);
}

#[tokio::test]
async fn request_that_may_have_a_body_has_a_length() {
    let server = one(|| json("{}")).await;
    let account = server.account();
    let transport = plain(&account);

    for method in [Method::POST, Method::PUT, Method::PATCH] {
        let url = account.api_url(ApiVersion::V3);
        let request = Request::new(method, url, Operation::new("x"));
        transport.send(request).await.expect("a response");
    }

    for request in server.requests() {
        let head = request.head.to_ascii_lowercase();
        assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
    }
}

fn gzip(members: &[&[u8]]) -> Vec<u8> {
    let encoded = members.iter().map(|member| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(member).expect("in memory");
        encoder.finish().expect("in memory")
    });
    encoded.collect::<Vec<_>>().concat()
}

const ENCODED: &str = "content-encoding: gzip\r\n";

#[tokio::test]
async fn all_members_of_a_compressed_response_are_read() {
    let members: [&[u8]; 3] = [b"{\"Result\":[{\"PK_ID\":1}", b"", b",{\"PK_ID\":2}]}"];
    let server = one(move || response("200 OK", ENCODED, gzip(&members))).await;
    let account = server.account();
    let transport = plain(&account);

    let whole = transport.send(get(&account)).await.expect("a response");
    let download = transport
        .send_streaming(get(&account))
        .await
        .expect("a response");

    assert_eq!(whole.body(), &members.concat());
    assert_eq!(download.bytes(1000).await.expect("whole"), members.concat());
    let head = server.requests()[0].head.to_ascii_lowercase();
    assert!(head.contains("accept-encoding: gzip\r\n"), "{head}");
}

#[tokio::test]
async fn compressed_response_that_ends_early_or_is_followed_by_something_else_is_cut_short() {
    let whole = gzip(&[b"{\"Result\":[]}"]);
    let cut = |by: usize| whole[..whole.len() - by].to_vec();
    let two = gzip(&[b"{\"Result\":[]}", b" "]);
    for body in [
        cut(1),
        cut(4),
        cut(12),
        two[..two.len() - 3].to_vec(),
        [whole.clone(), b"rubbish".to_vec()].concat(),
        b"{}".to_vec(),
    ] {
        let server = one(move || response("200 OK", ENCODED, &body)).await;
        let account = server.account();

        let error = fails(&plain(&account), get(&account)).await;

        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Protocol, 3),
            "{error}"
        );
    }
}

#[tokio::test]
async fn response_without_content_may_be_said_to_be_compressed() {
    let chunked =
        format!("HTTP/1.1 201 Created\r\n{ENCODED}transfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    let server = Server::start(move |request| match request.head.starts_with("POST") {
        true => Act::Say(chunked.clone().into_bytes()),
        false => response("201 Created", ENCODED, ""),
    })
    .await;
    let account = server.account();

    assert!(plain(&account).send(post(&account)).await.is_ok());
    assert!(plain(&account).send(get(&account)).await.is_ok());
}

#[tokio::test]
async fn small_response_that_contains_a_large_one_is_refused() {
    let zeros = vec![b' '; 64 << 20];
    let bomb = gzip(&[&zeros]);
    let server = one(move || response("200 OK", ENCODED, &bomb)).await;
    let account = server.account();
    let transport = Transport::builder().account(&account).max_body(1 << 20);

    let error = fails(&transport.build().expect("settings"), get(&account)).await;

    assert!(error.message().contains("larger than allowed"), "{error}");
}

#[tokio::test]
async fn file_is_requested_without_compression() {
    let server = one(|| response("200 OK", "", "file")).await;
    let account = server.account();

    let request = get(&account).expect(Expect::Anything);
    plain(&account).send(request).await.expect("a file");

    let head = server.requests()[0].head.to_ascii_lowercase();
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
}

#[tokio::test]
async fn encoding_that_was_not_requested_is_an_error() {
    let server = one(|| response("200 OK", "content-encoding: br\r\n", "??")).await;
    let account = server.account();

    let request = get(&account).expect(Expect::Anything);
    let download = plain(&account)
        .send_streaming(request)
        .await
        .expect("a head");

    let error = download.bytes(100).await.expect_err("not the file");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.message().contains("content encoding"), "{error}");
}
