//! Tests of how many calls at once use a rate limit.

use super::*;
use futures::stream::{FuturesUnordered, StreamExt as _};
use std::sync::atomic::AtomicUsize;
use std::task::Poll;
use tokio::time::timeout;

/// The rate that a service takes, and for how long it is used.
const RATE: usize = 8;
const CALLS: usize = 240;

fn paced(script: &Arc<Script>, limiter: RateLimiter) -> Transport {
    let transport = builder(script).rate_limiter(limiter);
    transport.build().expect("settings")
}

/// How calls were made.
struct Made {
    took: Duration,
    /// The most calls that were with the service at once, without those of the first second.
    most_sent: usize,
    /// The most calls that waited for the limiter.
    most_waiting: usize,
    refused: usize,
}

/// A service that takes so many calls a second, refuses the others, and takes a time for each.
fn limited(time: Duration, refused: Arc<AtomicUsize>) -> Arc<Script> {
    let taken = Mutex::new(Vec::<Instant>::new());
    Arc::new(Script::by(move |seen| {
        let mut taken = taken.lock().expect("no panic");
        taken.retain(|at| seen.at - *at < SECOND);
        if taken.len() >= RATE {
            refused.fetch_add(1, Ordering::Relaxed);
            return Reply::new(429, ARRAY).after(time);
        }
        taken.push(seen.at);
        ok().after(time)
    }))
}

/// Makes calls, as many at once as the transport advises.
async fn made(transport: &Transport, refused: &AtomicUsize) -> Made {
    let start = Instant::now();
    let (mut started, mut most_sent, mut most_waiting) = (0, 0, 0);
    let mut in_progress = FuturesUnordered::new();
    std::future::poll_fn(|cx| {
        loop {
            while let Poll::Ready(Some(sent)) = in_progress.poll_next_unpin(cx) {
                let _: Result<_, Error> = sent;
            }
            let waiting = transport.0.rate_limiter.waiting();
            most_waiting = waiting.max(most_waiting);
            if start.elapsed() > SECOND {
                most_sent = (in_progress.len() - waiting).max(most_sent);
            }
            let may_start = match in_progress.len() {
                0 => true,
                count => !transport.waits_for_limit() && count < transport.calls_at_once(),
            };
            if started == CALLS || !may_start {
                return match in_progress.is_empty() {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                };
            }
            in_progress.push(transport.send(get()));
            started += 1;
        }
    })
    .await;
    Made {
        took: start.elapsed(),
        most_sent,
        most_waiting,
        refused: refused.load(Ordering::Relaxed),
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_used_and_one_call_waits_however_long_calls_take() {
    for (millis, most_at_once) in [(20, 2), (200, 3), (1_000, 9)] {
        let time = Duration::from_millis(millis);
        let refused = Arc::default();
        let script = limited(time, Arc::clone(&refused));
        let transport = paced(&script, RateLimiter::caspio());

        let made = made(&transport, &refused).await;

        let shortest = SECOND * (CALLS / RATE - 1) as u32 + time;
        let used = shortest.as_secs_f64() / made.took.as_secs_f64();
        assert!(used >= 0.9, "{millis} ms: {used} of the limit");
        assert!(
            made.most_waiting <= 1,
            "{millis} ms: {} wait",
            made.most_waiting
        );
        assert!(
            made.most_sent <= most_at_once,
            "{millis} ms: {} at once",
            made.most_sent
        );
        assert_eq!(made.refused, 0, "{millis} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn no_further_call_is_started_while_the_service_refuses_calls() {
    let script = Arc::new(Script::by(|_| Reply::new(429, ARRAY)));
    let transport = paced(&script, RateLimiter::unlimited());
    assert_eq!(
        (transport.calls_at_once(), transport.waits_for_limit()),
        (16, false)
    );

    let mut call = Box::pin(transport.send(get()));
    let sent = timeout(SECOND / 10, &mut call).await;

    assert!(sent.is_err(), "it waits");
    assert!(transport.waits_for_limit());
    assert_eq!(
        transport.calls_at_once(),
        1,
        "no call has shown how long it takes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_does_not_wait_any_more() {
    let script = Arc::new(Script::by(|_| ok()));
    for limiter in [
        RateLimiter::unlimited().limit(1, SECOND),
        RateLimiter::unlimited().concurrency(1),
    ] {
        let transport = paced(&script, limiter);
        let download = transport.send_streaming(get()).await.expect("a response");
        let mut waiting = Box::pin(transport.send(get()));
        let _ = futures::poll!(&mut waiting);
        assert!(transport.waits_for_limit());

        drop(waiting);

        assert!(!transport.waits_for_limit());
        drop(download);
    }
}
