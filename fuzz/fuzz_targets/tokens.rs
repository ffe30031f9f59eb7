//! Tokens: responses of the token endpoint, and of the requests that a token authorizes.
//!
//! The token is sent as the response has it; no error has it or the client's secret; an error is one line.
#![cfg_attr(fuzzing, no_main)]

use caspio::{ApiVersion, Client, RateLimiter};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};
use http::{HeaderMap, header};
use serde_json::Value;
use std::sync::Arc;

/// The client's secret.
const SECRET: &str = "s3cret-of-the-client";

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let service = Service::of_tokens(input);

    let read = in_proportion(input, || {
        let client = client(&service);
        responses::run(client.table_named("Contacts").collect())
    });

    if let Err(error) = read {
        lines(&error);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
    let seen = service.seen();
    let reads = seen.iter().filter(|seen| seen.uri.path() != "/oauth/token");
    reads.for_each(|read| check(&service, &read.headers));
}

fn client(service: &Arc<Service>) -> Client {
    Client::builder()
        .account("b3poa")
        .credentials("client", SECRET)
        .api_version(ApiVersion::V3)
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::clone(service) as _)
        .build()
        .expect("a client")
}

/// The token of a request is that of a response.
fn check(service: &Service, headers: &HeaderMap) {
    let sent = headers.get(header::AUTHORIZATION).expect("a token");
    let sent = sent.to_str().expect("visible characters");
    let sent = sent.strip_prefix("Bearer ").expect("a bearer token");
    let is_sent = |body: &Vec<u8>| {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        body.get("access_token").and_then(Value::as_str) == Some(sent)
    };
    assert!(
        service
            .responses()
            .iter()
            .any(|response| is_sent(response.body())),
        "{sent}"
    );
}
