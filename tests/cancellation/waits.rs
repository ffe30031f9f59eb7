//! Calls that are cancelled while they wait for the rate limiter.

use crate::ORDERS;
use crate::checks::{emulator, polled};
use crate::service::InProcess;
use caspio::prelude::*;
use caspio::{RateLimiter, RetryPolicy};
use caspio_tests::Order;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

/// A call that has more than 20 others before it would wait for longer than this, and fail.
const DEADLINE: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_in_the_line_leaves_it() {
    let emulator = Arc::new(emulator().await);
    let limiter = RateLimiter::unlimited().limit(2, SECOND);
    for polls in 0.. {
        let at = format!("{polls} polls");
        let caspio = Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .http_service(Arc::new(InProcess::new(Arc::clone(&emulator))))
            .rate_limiter(limiter.clone())
            .retry(RetryPolicy::default().deadline(DEADLINE))
            .build()
            .expect("a client");
        // Six pages at once, of which four wait.
        let orders = caspio.table::<Order>().query().page_size(200);
        let start = Instant::now();
        let done = polled(orders.concurrency(6).collect(), polls).await;
        let took = start.elapsed();
        let count = async || caspio.table::<Order>().count().await.expect(&at);

        // The calls that were sent count for a second.
        sleep(2 * SECOND).await;
        let start = Instant::now();
        count().await;
        count().await;
        assert_eq!(start.elapsed(), Duration::ZERO, "{at}");
        count().await;
        let waited = start.elapsed();
        assert!(
            waited > SECOND && waited < SECOND * 11 / 10,
            "{at}: {waited:?}"
        );

        if let Some(result) = done {
            assert_eq!(result.expect(&at).len(), ORDERS as usize);
            assert!(took >= 2 * SECOND, "{at}: it did not wait");
            break;
        }
    }
}
