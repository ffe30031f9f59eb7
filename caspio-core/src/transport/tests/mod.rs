//! Tests of the transport against a scripted service.

mod limits;
#[cfg(feature = "metrics")]
mod metrics;
mod pace;
mod renewals;
mod response_table;
mod responses;
mod retries;
mod transfers;

use crate::auth::BearerToken;
use crate::response::REQUEST_ID;
use crate::testing::{Reply, Script, Seen};
use crate::token::ManualClock;
use crate::transport::{RateLimiter, RetryPolicy, Transport, TransportBuilder};
use crate::{
    Account, ApiVersion, Body, ClientCredentials, Error, ErrorKind, Expect, HttpErrorKind,
    Idempotency, OAuth2, Operation, Request, Url,
};
use bytes::Bytes;
use futures::stream;
use http::header;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const ARRAY: &str =
    r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#;
const HTML: &str = "<!DOCTYPE html><html></html>";

fn account() -> Account {
    Account::new("b3poa").expect("an account")
}

fn records() -> Url {
    let mut url = account().api_url(ApiVersion::V3);
    url.set_path("/integrations/rest/v3/tables/Contacts/records");
    url
}

fn list() -> Operation {
    Operation::new("records.list").on("table \"Contacts\"")
}

fn get() -> Request {
    Request::get(records(), list())
}

fn insert() -> Request {
    Request::post(
        records(),
        Operation::new("records.insert").on("table \"Contacts\""),
    )
    .json("{}")
}

fn builder(script: &Arc<Script>) -> TransportBuilder {
    Transport::builder()
        .account(&account())
        .service(script.clone())
        .rate_limiter(RateLimiter::unlimited())
}

struct Bench {
    script: Arc<Script>,
    transport: Transport,
}

fn bench(replies: impl IntoIterator<Item = Reply>) -> Bench {
    let script = Arc::new(Script::list(replies));
    let transport = builder(&script).build().expect("settings");
    Bench { script, transport }
}

fn bench_by(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Bench {
    let script = Arc::new(Script::by(reply));
    let transport = builder(&script).build().expect("settings");
    Bench { script, transport }
}

async fn failure(request: Request, replies: impl IntoIterator<Item = Reply>) -> (Error, usize) {
    let bench = bench(replies);
    let error = bench.transport.send(request).await.expect_err("a failure");
    (error, bench.script.calls())
}

fn ok() -> Reply {
    Reply::new(200, "{\"Result\":[]}")
}

/// A script with a token endpoint that numbers its tokens; `api` is the reply of the API.
fn with_tokens(api: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Arc<Script> {
    let issued = AtomicU32::new(0);
    Arc::new(Script::by(move |seen| {
        if seen.is_token_request() {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::new(
                200,
                format!("{{\"access_token\":\"t{number}\",\"expires_in\":86399}}"),
            );
        }
        api(seen.authorization())
    }))
}

fn oauth(script: &Arc<Script>, clock: &Arc<ManualClock>) -> Transport {
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s3cr3t"))
        .service(script.clone())
        .clock(clock.clone())
        .build()
        .expect("settings");
    builder(script)
        .auth(Arc::new(auth))
        .build()
        .expect("settings")
}
