//! Many concurrent requests when a token expires or is revoked.

use super::endpoint::{Endpoint, ReceivedRequest, Reply};
use caspio_core::token::ManualClock;
use caspio_core::{
    Account, ApiVersion, ClientCredentials, OAuth2, Operation, RateLimiter, Request, RetryPolicy,
    Transport,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const CROWD: usize = 10_000;

/// Sends all requests; halfway through, the first token expires, for the service and by the clock.
async fn send(passes: Duration) -> (usize, Vec<String>) {
    let ended = Arc::new(AtomicBool::new(false));
    let is_ended = ended.clone();
    let endpoint = Arc::new(Endpoint::new(move |request: &ReceivedRequest, number| {
        let old = request.authorization == "Bearer access-1";
        match (
            request.is_token_request(),
            old && is_ended.load(Ordering::SeqCst),
        ) {
            (true, _) => Reply::token(number, 86_400),
            (false, true) => Reply::say(401, r#"{"Code":"Unauthorized","Message":"m"}"#),
            (false, false) => Reply::say(200, "{}"),
        }
    }));
    let clock = Arc::new(ManualClock::new());
    let account = Account::new("b3poa").expect("an account");
    let auth = OAuth2::for_account(&account, ClientCredentials::new("id", "secret"))
        .service(endpoint.clone())
        .clock(clock.clone())
        .build()
        .expect("settings");
    auth.token().await.expect("the first token");
    let transport = Transport::builder()
        .account(&account)
        .service(endpoint.clone())
        .auth(Arc::new(auth))
        .retry(RetryPolicy::none())
        .rate_limiter(RateLimiter::unlimited())
        .build()
        .expect("a transport");

    let calls = (0..CROWD).map(|number| {
        let (transport, clock, ended) = (transport.clone(), clock.clone(), ended.clone());
        let url = account.api_url(ApiVersion::V3);
        tokio::spawn(async move {
            if number == CROWD / 2 {
                ended.store(true, Ordering::SeqCst);
                clock.advance(passes);
            }
            transport
                .send(Request::get(url, Operation::new("tables.list")))
                .await
        })
    });
    let mut failures = Vec::new();
    for call in futures::future::join_all(calls).await {
        if let Err(error) = call.expect("no panic") {
            failures.push(error.to_string());
        }
    }
    (endpoint.token_requests() - 1, failures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_requests_across_an_expiry_cause_one_token_request_and_no_failure() {
    let (renewals, failures) = send(Duration::from_secs(2 * 86_400)).await;

    assert_eq!((renewals, failures), (1, Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn revoked_token_is_renewed_once_for_ten_thousand_requests() {
    let (renewals, failures) = send(Duration::ZERO).await;

    assert_eq!((renewals, failures), (1, Vec::new()));
}
