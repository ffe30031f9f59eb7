//! 48 hours of one cache, minute by minute, with a scripted clock.

use super::endpoint::{Endpoint, ReceivedRequest, Reply};
use caspio_core::token::ManualClock;
use caspio_core::{
    Account, ApiVersion, ClientCredentials, HttpErrorKind, OAuth2, Operation, RateLimiter, Request,
    RetryPolicy, Transport,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The events in addition to one call per minute.
fn event(minute: u32) -> &'static str {
    match minute {
        // A renewal is due after 49 to 55 minutes: this outage covers several.
        600..=603 | 1200..=1202 => "the token endpoint is down",
        900 | 901 | 2000 => "the token is revoked",
        1500 => "the machine sleeps for three hours",
        1800 => "the wall clock is set back an hour",
        _ => "nothing",
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_fails_during_forty_eight_hours() {
    let down = Arc::new(AtomicBool::new(false));
    let revoked = Arc::new(AtomicUsize::new(0));
    let (is_down, is_revoked) = (down.clone(), revoked.clone());
    let endpoint = Arc::new(Endpoint::new(move |request: &ReceivedRequest, number| {
        if request.is_token_request() {
            return match is_down.load(Ordering::SeqCst) {
                true => Reply::Fail(HttpErrorKind::NeverSent),
                false => Reply::token(number, 3600),
            };
        }
        let token = request.authorization.rsplit('-').next().expect("a number");
        match token.parse::<usize>().expect("a number") > is_revoked.load(Ordering::SeqCst) {
            true => Reply::say(200, "{}"),
            false => Reply::say(401, ""),
        }
    }));
    let clock = Arc::new(ManualClock::new());
    let account = Account::new("b3poa").expect("an account");
    let auth = OAuth2::for_account(&account, ClientCredentials::new("id", "secret"))
        .service(endpoint.clone())
        .clock(clock.clone())
        .build()
        .expect("settings");
    let transport = Transport::builder()
        .account(&account)
        .service(endpoint.clone())
        .auth(Arc::new(auth))
        .retry(RetryPolicy::none())
        .rate_limiter(RateLimiter::unlimited())
        .build()
        .expect("a transport");
    let started = Instant::now();

    for minute in 0..48 * 60 {
        let event = event(minute);
        down.store(event == "the token endpoint is down", Ordering::SeqCst);
        match event {
            "the token is revoked" => revoked.store(endpoint.token_requests(), Ordering::SeqCst),
            "the machine sleeps for three hours" => clock.advance_wall(180 * MINUTE),
            "the wall clock is set back an hour" => clock.advance_monotonic(60 * MINUTE),
            _ => {}
        }
        let request = Request::get(
            account.api_url(ApiVersion::V3),
            Operation::new("tables.list"),
        );
        let response = transport.send(request).await;
        assert!(response.is_ok(), "minute {minute}, {event}: {response:?}");
        // Lets a renewal in the background finish.
        tokio::time::sleep(Duration::from_secs(2)).await;
        clock.advance(MINUTE);
    }

    let requests = endpoint.token_requests();
    assert!((52..=80).contains(&requests), "{requests} token requests");
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}
