//! Authorizing a request with a cached token, alone and with 16 tasks at once.

use crate::metric::{Target, metric, time};
use caspio_core::auth::Authenticate;
use caspio_core::http::{HeaderValue, Request, Response, header};
use caspio_core::{Account, Body, ClientCredentials, HttpError, HttpService, OAuth2};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::hint::black_box;

const TIMES: usize = 200_000;
const TASKS: usize = 16;

/// A service that only issues a token.
#[derive(Debug)]
struct Grants;

impl HttpService for Grants {
    fn call(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        let token = r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#;
        async move { Ok(Response::new(Body::from(token))) }.boxed()
    }
}

/// Prints the metrics of authorizing.
pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let account = Account::new("b3poa").expect("an account");
    let credentials = ClientCredentials::new("id", "secret");
    let oauth = OAuth2::for_account(&account, credentials).service(std::sync::Arc::new(Grants));
    let oauth = oauth.build().expect("an authentication");
    runtime.block_on(oauth.token()).expect("a token");

    let allocations = allocation_counter::measure(|| authorize(&oauth, 1_000));
    let by_hand = allocation_counter::measure(|| insert_header(1_000));
    let more = allocations.count_total as f64 - by_hand.count_total as f64;
    metric(
        "auth.allocations",
        more / 1_000.0,
        "allocations",
        Target::AtMost(0.0),
    );

    let (alone, ()) = time(|| authorize(&oauth, TIMES));
    let nanos = alone.as_nanos() as f64 / TIMES as f64;
    println!("auth.alone {nanos:.0} ns");

    let (contended, ()) = time(|| {
        runtime.block_on(async {
            let tasks = (0..TASKS).map(|_| {
                let oauth = oauth.clone();
                tokio::spawn(async move { authorize(&oauth, TIMES) })
            });
            futures::future::join_all(tasks).await;
        });
    });
    let nanos = contended.as_nanos() as f64 / (TIMES * TASKS) as f64;
    metric("auth.contended", nanos, "ns", Target::AtMost(1_000.0));
}

fn authorize(oauth: &OAuth2, times: usize) {
    for _ in 0..times {
        let mut request = Request::new(Body::empty());
        let version = oauth.authorize_now(&mut request).expect("a cached token");
        version.expect("credentials");
        black_box(&request);
    }
}

/// The hand-written code: sets the header of every request.
fn insert_header(times: usize) {
    let value = HeaderValue::from_static("Bearer token");
    for _ in 0..times {
        let mut request = Request::new(Body::empty());
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, value.clone());
        black_box(&request);
    }
}
