//! Hostile responses: each is an error, and the memory it takes is bounded.
//!
//! A test program of its own, because it counts what is allocated.

use bytes::Bytes;
use caspio::ErrorKind;
use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::{RateLimiter, RetryPolicy};
use caspio_tests::Contact;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream;
use std::fmt;
use std::sync::Arc;

const MEGABYTE: u64 = 1024 * 1024;
const TOKEN: &str = r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#;

type Respond = Box<dyn Fn() -> http::Response<Body> + Send + Sync>;

/// Responds with a token to requests for one, unless there are no others, and by a function to all others.
struct Hostile {
    respond: Respond,
    is_token_endpoint: bool,
}

impl fmt::Debug for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hostile")
    }
}

impl HttpService for Hostile {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let wants_token = request.uri().path() == "/oauth/token";
        let response = match wants_token && !self.is_token_endpoint {
            true => http::Response::new(Body::from(TOKEN)),
            false => (self.respond)(),
        };
        async move { Ok(response) }.boxed()
    }
}

/// Returns a response of a gigabyte that begins like a page of records, with or without its announced length.
fn gigabyte(status: u16, announced: Option<u64>) -> http::Response<Body> {
    let first = Bytes::from_static(br#"{"Result":[{"First_Name":""#);
    let megabyte = Bytes::from(vec![b'a'; MEGABYTE as usize]);
    let chunks = stream::repeat(megabyte).take(1024);
    let chunks = stream::once(async { first }).chain(chunks).map(Ok);
    let mut response = http::Response::new(Body::response_stream(chunks, announced));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}

fn body(text: String) -> http::Response<Body> {
    http::Response::new(Body::from(text))
}

/// Returns the error of a read, and the largest number of megabytes that were allocated at once.
fn error_of(
    is_token_endpoint: bool,
    reads_structs: bool,
    respond: impl Fn() -> http::Response<Body> + Send + Sync + 'static,
) -> (caspio::Error, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let service = Hostile {
        respond: Box::new(respond),
        is_token_endpoint,
    };
    let caspio = Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .retry(RetryPolicy::none())
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::new(service))
        .build()
        .expect("a client");
    let mut error = None;
    let allocated = allocation_counter::measure(|| {
        error = runtime.block_on(async {
            match reads_structs {
                true => caspio.table::<Contact>().collect().await.err(),
                false => caspio.table_named("Contacts").collect().await.err(),
            }
        });
    });
    (
        error.expect("an error"),
        allocated.bytes_max.div_ceil(MEGABYTE),
    )
}

#[test]
fn a_page_of_a_gigabyte_is_refused_in_bounded_memory() {
    let (error, megabytes) = error_of(false, true, || gigabyte(200, None));

    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains("larger than allowed"), "{error}");
    assert!(megabytes < 400, "{megabytes} MB");
}

#[test]
fn an_announced_gigabyte_is_not_read() {
    let (error, megabytes) = error_of(false, true, || gigabyte(200, Some(1024 * MEGABYTE)));

    assert!(error.to_string().contains("larger than allowed"), "{error}");
    assert!(megabytes < 4, "{megabytes} MB");
}

#[test]
fn a_failure_of_a_gigabyte_is_an_error_by_its_status() {
    let (error, megabytes) = error_of(false, true, || gigabyte(500, None));

    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    assert!(megabytes < 8, "{megabytes} MB");
}

#[test]
fn a_token_of_a_gigabyte_is_refused_in_bounded_memory() {
    for status in [200, 400] {
        let (error, megabytes) = error_of(true, true, move || gigabyte(status, None));

        assert!(error.to_string().contains("token"), "{error}");
        assert!(megabytes < 8, "{megabytes} MB, {error}");
    }
}

#[test]
fn json_of_depth_ten_thousand_is_an_error_wherever_it_is() {
    let nested =
        |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    for value in [nested("[", "]"), nested("{\"a\":", "}")] {
        for text in [
            value.clone(),
            format!(r#"{{"Result":{value}}}"#),
            format!(r#"{{"Result":[{value}]}}"#),
            format!(r#"{{"Result":[{{"PK_ID":{value}}}]}}"#),
            format!(r#"{{"Result":[{{"PK_ID":1,"First_Name":{value}}}]}}"#),
        ] {
            for reads_structs in [true, false] {
                let response = text.clone();
                let (error, megabytes) =
                    error_of(false, reads_structs, move || body(response.clone()));

                let begin = &text[..40];
                let kinds = [ErrorKind::Protocol, ErrorKind::Decode];
                assert!(kinds.contains(&error.kind()), "{begin}: {error:?}");
                assert!(error.to_string().len() < 1_000, "{begin}: {error}");
                assert!(megabytes < 4, "{begin}: {megabytes} MB");
            }
        }
        let (error, _) = error_of(true, true, move || {
            body(format!(r#"{{"access_token":{value}}}"#))
        });
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
}
