//! Programs that take longer for a record than a call may take.

use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter, RetryPolicy};
use caspio_tests::items::{Item, items, items_env};
use caspio_tests::{Order, TestEnv};
use std::time::Duration;

/// Returns a client whose calls take at most two seconds each, and four with all attempts.
fn hasty(env: &TestEnv, version: ApiVersion) -> Client {
    let builder = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret());
    builder
        .api_version(version)
        .timeout(Duration::from_secs(2))
        .retry(RetryPolicy::default().deadline(Duration::from_secs(4)))
        .build()
        .expect("a client")
}

async fn work() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_slow_program_does_not_use_up_the_time_of_the_next_pages() {
    let env = TestEnv::start().await;
    let caspio = hasty(&env, ApiVersion::V3);
    let mut pages = caspio.table::<Order>().query().concurrency(4).pages();
    let mut read = 0;

    while let Some(page) = pages.try_next().await.expect("the service responds") {
        read += page.len();
        if read == 2_000 {
            work().await;
        }
    }

    assert_eq!(read, 10_000);
    let calls = env.emulator.calls().records_reads();
    assert!(calls <= 12, "{calls} calls");
}

#[tokio::test]
async fn rows_whose_response_waits_for_a_slow_program_are_inserted() {
    let env = items_env(ApiVersion::V3).await;
    let caspio = hasty(&env, ApiVersion::V3);
    let inserts = caspio.table::<Item>().insert_many(items(3_000));
    let mut outcomes = inserts.concurrency(2).outcomes();

    while let Some(outcome) = outcomes.next().await {
        let result = outcome.result;
        assert!(result.is_ok(), "{}: {result:?}", outcome.index);
        if outcome.index == 0 {
            work().await;
        }
    }
}

#[tokio::test]
async fn pages_that_are_read_ahead_hold_no_other_call_up() {
    let env = TestEnv::start().await;
    let limiter = RateLimiter::unlimited().concurrency(3);
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .rate_limiter(limiter)
        .build()
        .expect("a client");
    let orders = caspio.table::<Order>();
    let mut pages = orders.query().page_size(500).concurrency(8).pages();

    while let Some(page) = pages.try_next().await.expect("a page") {
        assert_eq!(page.len(), 500);
        let count = tokio::time::timeout(Duration::from_secs(30), orders.count()).await;
        assert_eq!(count.expect("no call waits").expect("a count"), 10_000);
    }
}
