//! Tests of the rate limiter.

mod shared_file;

use super::{CallPermit, RateLimiter, Turn, WIDEST_MARGIN};
use crate::ErrorKind;
use crate::Result;
use futures::FutureExt as _;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// The first attempt of a call.
async fn acquire(limiter: &RateLimiter, latest: Instant) -> Result<CallPermit> {
    limiter.acquire(latest, Turn::InOrder).await
}

fn far() -> Instant {
    Instant::now() + 1000 * SECOND
}

#[tokio::test(start_paused = true)]
async fn limits_apply_within_any_period_and_together() {
    let limiter = RateLimiter::unlimited()
        .limit(2, SECOND)
        .limit(3, 10 * SECOND);
    let start = Instant::now();
    let mut times = Vec::new();

    for _ in 0..5 {
        acquire(&limiter, far()).await.expect("room");
        times.push(start.elapsed().as_secs());
    }

    assert_eq!(times, [0, 0, 1, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn pause_delays_every_clone_until_it_ends() {
    let limiter = RateLimiter::unlimited();
    let clone = limiter.clone();
    let start = Instant::now();

    limiter.pause(|_| 10 * SECOND);
    limiter.pause(|_| SECOND);
    acquire(&clone, far()).await.expect("room");

    assert!(start.elapsed() >= 10 * SECOND && start.elapsed() <= 11 * SECOND);
    acquire(&clone, Instant::now())
        .await
        .expect("no wait any more");
}

#[tokio::test(start_paused = true)]
async fn calls_start_when_the_pause_is_ended() {
    let limiter = RateLimiter::unlimited();
    let start = Instant::now();
    limiter.pause(|_| 100 * SECOND);
    let calls = futures::future::join_all((0..3).map(|_| acquire(&limiter, far())));
    let end = async {
        tokio::time::sleep(SECOND).await;
        limiter.end_pause();
    };

    let (permits, ()) = futures::join!(calls, end);

    assert!(permits.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn wait_past_the_deadline_fails_immediately_with_the_wait() {
    let limiter = RateLimiter::unlimited().limit(1, 60 * SECOND);
    let start = Instant::now();
    acquire(&limiter, far()).await.expect("room");

    let error = acquire(&limiter, start + SECOND)
        .await
        .expect_err("no room");

    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(60 * SECOND + WIDEST_MARGIN));
    assert_eq!(error.attempts(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_in_progress_are_limited() {
    let limiter = RateLimiter::unlimited().concurrency(2);
    let first = acquire(&limiter, far()).await.expect("room");
    let _second = acquire(&limiter, far()).await.expect("room");

    assert!(acquire(&limiter, Instant::now() + SECOND).await.is_err());
    drop(first);
    assert!(acquire(&limiter, Instant::now() + SECOND).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_polled_holds_no_other_up() {
    let limiter = RateLimiter::unlimited().limit(2, SECOND);
    let _first = acquire(&limiter, far()).await.expect("room");
    let _second = acquire(&limiter, far()).await.expect("room");
    let mut not_polled: Vec<_> = (0..3).map(|_| Box::pin(acquire(&limiter, far()))).collect();
    for call in &mut not_polled {
        assert!(futures::poll!(call).is_pending());
    }
    let start = Instant::now();

    for _ in 0..6 {
        acquire(&limiter, far()).await.expect("room");
    }

    let waited = start.elapsed();
    assert!(waited >= 3 * SECOND && waited < 4 * SECOND, "{waited:?}");
    let calls = futures::future::join_all(not_polled);
    let calls = tokio::time::timeout(3 * SECOND, calls).await;
    assert!(calls.is_ok_and(|calls| calls.iter().all(Result::is_ok)));
}

/// Returns a call that waits and is not polled any more.
fn not_polled(limiter: &RateLimiter) -> impl Future<Output = Result<CallPermit>> {
    let mut call = Box::pin(acquire(limiter, far()));
    assert!(call.as_mut().now_or_never().is_none());
    call
}

#[tokio::test(start_paused = true)]
async fn calls_behind_one_that_is_not_polled_start_when_the_pause_is_ended() {
    let limiter = RateLimiter::unlimited();
    limiter.pause(|_| 600 * SECOND);
    let _not_polled = not_polled(&limiter);
    let start = Instant::now();
    let end = async {
        tokio::time::sleep(SECOND).await;
        limiter.end_pause();
    };

    let (permit, ()) = futures::join!(acquire(&limiter, far()), end);

    assert!(permit.is_ok());
    assert!(start.elapsed() < 2 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn calls_behind_one_that_is_not_polled_start_when_the_probe_passed() {
    let limiter = RateLimiter::unlimited();
    limiter.pause(|_| SECOND);
    let mut probe = acquire(&limiter, far()).await.expect("room");
    let _not_polled = not_polled(&limiter);
    let start = Instant::now();
    let passed = async {
        tokio::time::sleep(SECOND / 10).await;
        probe.accepted();
    };

    let (permit, ()) = futures::join!(acquire(&limiter, far()), passed);

    assert!(permit.is_ok());
    // The rate after the probe is low.
    assert!(start.elapsed() < 2 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_can_start_and_is_not_polled_is_not_waited_for() {
    let limiter = RateLimiter::unlimited().limit(1, SECOND);
    let _first = acquire(&limiter, far()).await.expect("room");
    let _not_polled = not_polled(&limiter);
    assert!(limiter.is_waited_for(), "there is no room");

    tokio::time::sleep(2 * SECOND).await;

    assert!(!limiter.is_waited_for());
}

/// A service that takes 8 calls a second and refuses the others, with an odd refusal at the third call.
#[derive(Default)]
struct Service {
    recent: Vec<Instant>,
    starts: Vec<Instant>,
    refused: usize,
}

impl Service {
    fn takes(&mut self) -> bool {
        let now = Instant::now();
        self.starts.push(now);
        self.recent.retain(|start| now - *start < SECOND);
        self.recent.push(now);
        let takes = self.starts.len() != 3 && self.recent.len() <= 8;
        self.refused += usize::from(!takes);
        takes
    }
}

/// The most calls within any second.
fn densest(starts: &[Instant]) -> usize {
    let within = |first: Instant| {
        let second = first..first + SECOND;
        starts.iter().filter(|at| second.contains(at)).count()
    };
    starts.iter().map(|first| within(*first)).max().unwrap_or(0)
}

/// Makes `calls` calls together, each repeated after a refusal, and returns what the service saw.
async fn load(limiter: &RateLimiter, calls: usize) -> Service {
    let service = Mutex::new(Service::default());
    let call = async || {
        let mut turn = Turn::InOrder;
        loop {
            let mut permit = limiter.acquire(far(), turn).await.expect("room");
            let takes = service.lock().expect("no panic").takes();
            tokio::time::sleep(SECOND / 10).await;
            if takes {
                permit.accepted();
                return;
            }
            limiter.pause(|_| 30 * SECOND);
            turn = Turn::First;
        }
    };
    futures::future::join_all((0..calls).map(|_| call())).await;
    service.into_inner().expect("no panic")
}

#[tokio::test(start_paused = true)]
async fn calls_after_a_rate_limit_keep_to_the_limits() {
    for calls in [100, 400] {
        let seen = load(&RateLimiter::caspio(), calls).await;

        assert!(densest(&seen.starts) <= 8, "{}", densest(&seen.starts));
        assert_eq!(seen.refused, 1, "{calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn one_call_probes_after_a_pause_and_the_rate_is_back_within_ten_seconds() {
    let limiter = RateLimiter::caspio();
    limiter.pause(|_| 20 * SECOND);
    let start = Instant::now();
    let mut starts = Vec::new();

    let calls = (0..200).map(|_| async {
        let mut permit = acquire(&limiter, far()).await.expect("room");
        let at = start.elapsed();
        tokio::time::sleep(SECOND / 5).await;
        permit.accepted();
        at
    });
    starts.extend(futures::future::join_all(calls).await);
    starts.sort();

    let before = |time: Duration| starts.iter().filter(|at| **at < time).count();
    assert!(starts[0] >= 20 * SECOND);
    assert!(
        starts[1] >= starts[0] + SECOND / 5,
        "the second waits for the first's response"
    );
    let resumed = starts[0] + 10 * SECOND;
    assert!(
        before(resumed + SECOND) - before(resumed) >= 6,
        "{starts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn pauses_in_a_row_are_counted_until_a_call_is_accepted() {
    let limiter = RateLimiter::unlimited();
    let mut counts = Vec::new();
    for accepted in [false, false, true, false] {
        limiter.pause(|row| {
            counts.push(row);
            SECOND
        });
        // A second refusal of the same moment is not another pause.
        assert!(!limiter.pause(|_| SECOND).is_new);
        let mut permit = acquire(&limiter, far()).await.expect("room");
        if accepted {
            permit.accepted();
        }
    }

    assert_eq!(counts, [1, 2, 3, 1]);
}

#[tokio::test(start_paused = true)]
async fn abandoned_probe_is_followed_by_another() {
    let limiter = RateLimiter::unlimited();
    limiter.pause(|_| SECOND);
    let probe = acquire(&limiter, far()).await.expect("room");
    let waits = acquire(&limiter, far());
    tokio::pin!(waits);
    let early = tokio::time::timeout(SECOND, &mut waits).await;
    assert!(early.is_err(), "the probe has no result yet");

    drop(probe);

    assert!(tokio::time::timeout(SECOND, waits).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn probe_without_a_response_does_not_stop_the_others_for_long() {
    let limiter = RateLimiter::unlimited();
    limiter.pause(|_| SECOND);
    let _probe = acquire(&limiter, far()).await.expect("room");

    let next = tokio::time::timeout(6 * SECOND, acquire(&limiter, far())).await;

    assert!(next.is_ok());
}

#[tokio::test(start_paused = true)]
async fn dropped_waits_use_no_start() {
    let limiter = RateLimiter::caspio();
    for _ in 0..2_100 {
        let _ = acquire(&limiter, far()).now_or_never();
    }
    let start = Instant::now();

    acquire(&limiter, far()).await.expect("room");

    let most = SECOND + WIDEST_MARGIN;
    assert!(start.elapsed() <= most, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn calls_that_arrive_a_little_unevenly_are_within_the_limit() {
    let limiter = RateLimiter::unlimited().limit(8, SECOND);
    let start = Instant::now();
    let mut arrivals = Vec::new();
    for call in 0..80 {
        acquire(&limiter, far()).await.expect("room");
        // Each second call takes 30 ms longer to arrive.
        arrivals.push(start.elapsed() + Duration::from_millis(call % 2 * 30));
    }

    arrivals.sort();
    for within in arrivals.windows(9) {
        assert!(within[8] - within[0] >= SECOND, "{within:?}");
    }
    let fastest = 9 * SECOND;
    assert!(
        start.elapsed() < fastest.mul_f64(1.05),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn calls_start_in_the_order_in_which_they_came_and_repeated_ones_first() {
    let limiter = RateLimiter::unlimited().limit(1, SECOND);
    acquire(&limiter, far()).await.expect("room");
    let order = Mutex::new(Vec::new());
    let call = async |name: usize, turn| {
        let _permit = limiter.acquire(far(), turn).await.expect("room");
        order.lock().expect("no panic").push(name);
    };

    futures::future::join_all([
        call(1, Turn::InOrder).boxed_local(),
        call(2, Turn::InOrder).boxed_local(),
        call(3, Turn::InOrder).boxed_local(),
        call(0, Turn::First).boxed_local(),
    ])
    .await;

    // The first of the line was at its head already.
    assert_eq!(order.into_inner().expect("no panic"), [1, 0, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn call_behind_a_long_line_fails_at_once() {
    let limiter = RateLimiter::unlimited().limit(10, SECOND);
    let waits: Vec<_> = (0..100)
        .map(|_| Box::pin(acquire(&limiter, far())))
        .collect();
    let mut waits = futures::future::join_all(waits);
    assert!((&mut waits).now_or_never().is_none());

    let error = acquire(&limiter, Instant::now() + 5 * SECOND).await;

    let error = error.expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.retry_after().is_some_and(|wait| wait >= 8 * SECOND));
}
