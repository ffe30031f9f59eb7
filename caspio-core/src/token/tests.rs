//! Tests of the token cache.

mod losses;
mod sharing;

use super::{
    CachePolicy, Clock as _, Grant, ManualClock, MemoryStore, StoredToken, Token, TokenCache,
    TokenSource, TokenStore,
};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Issues numbered tokens of one hour, unless a failure is scripted; waits while the gate is closed.
#[derive(Debug)]
struct Source {
    clock: Arc<ManualClock>,
    gate: Semaphore,
    fetches: AtomicUsize,
    failures: Mutex<VecDeque<Error>>,
    refresh_seen: Mutex<Vec<Option<String>>>,
    lifetime: Mutex<Option<Duration>>,
    takes: Mutex<Duration>,
}

impl Source {
    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn fail_next(&self, error: Error) {
        self.failures.lock().expect("no panic").push_back(error);
    }

    fn close(&self) {
        self.gate.forget_permits(usize::MAX);
    }

    fn open(&self) {
        self.gate.add_permits(1 << 20);
    }
}

impl TokenSource for Source {
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        Box::pin(async move {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            let refresh = refresh.map(|token| token.expose_secret().to_owned());
            self.refresh_seen.lock().expect("no panic").push(refresh);
            let _pass = self.gate.acquire().await.expect("never closed");
            self.clock.advance(*self.takes.lock().expect("no panic"));
            let failure = self.failures.lock().expect("no panic").pop_front();
            if let Some(error) = failure {
                return Err(error);
            }
            let grant =
                Grant::new(format!("access-{number}")).with_refresh(format!("refresh-{number}"));
            match *self.lifetime.lock().expect("no panic") {
                Some(lifetime) => Ok(grant.with_lifetime(lifetime)),
                None => Ok(grant),
            }
        })
    }
}

struct Bench {
    clock: Arc<ManualClock>,
    source: Arc<Source>,
    cache: TokenCache,
}

fn bench() -> Bench {
    bench_with(None)
}

fn bench_with(store: Option<Arc<dyn TokenStore>>) -> Bench {
    let clock = Arc::new(ManualClock::new());
    let source = Arc::new(Source {
        clock: clock.clone(),
        gate: Semaphore::new(1 << 20),
        fetches: AtomicUsize::new(0),
        failures: Mutex::default(),
        refresh_seen: Mutex::default(),
        lifetime: Mutex::new(Some(HOUR)),
        takes: Mutex::default(),
    });
    let policy = CachePolicy {
        jitter: 0.0,
        ..CachePolicy::default()
    };
    let cache = TokenCache::with_store(source.clone(), clock.clone(), policy, store, None);
    Bench {
        clock,
        source,
        cache,
    }
}

impl Bench {
    async fn access(&self) -> String {
        let token = self.cache.token().await.expect("a token");
        token.secret().expose_secret().to_owned()
    }

    async fn failure(&self) -> Error {
        self.cache.token().await.expect_err("no token")
    }

    /// Lets a renewal in the background finish.
    async fn settle(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
}

fn refused() -> Error {
    Error::new(ErrorKind::Auth, "no").with_code("invalid_client")
}

fn offline() -> Error {
    Error::new(ErrorKind::Connect, "no connection")
}

async fn ask_together(cache: &TokenCache, tasks: usize) -> Vec<Result<Token>> {
    let asked = (0..tasks).map(|_| {
        let cache = cache.clone();
        tokio::spawn(async move { cache.token().await })
    });
    let asked = futures::future::join_all(asked).await;
    asked
        .into_iter()
        .map(|task| task.expect("no panic"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousand_tasks_without_a_token_cause_one_request() {
    let bench = bench();

    let tokens = ask_together(&bench.cache, 1000).await;

    assert!(
        tokens
            .iter()
            .all(|token| token.as_ref().is_ok_and(|t| t.generation() == 1))
    );
    assert_eq!(bench.source.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousand_tasks_with_an_expired_token_cause_one_request() {
    let bench = bench();
    bench.access().await;
    bench.clock.advance(2 * HOUR);

    let tokens = ask_together(&bench.cache, 1000).await;

    assert!(
        tokens
            .iter()
            .all(|token| token.as_ref().is_ok_and(|t| t.generation() == 2))
    );
    assert_eq!(bench.source.fetches(), 2);
}

#[tokio::test]
async fn waiting_callers_share_one_failure() {
    let bench = bench();
    bench.source.fail_next(offline());

    let tokens = ask_together(&bench.cache, 100).await;

    assert!(tokens.iter().all(|token| {
        token
            .as_ref()
            .is_err_and(|e| e.kind() == ErrorKind::Connect)
    }));
    assert_eq!(bench.source.fetches(), 1);
}

#[tokio::test]
async fn token_about_to_expire_is_used_during_the_renewal() {
    let bench = bench();
    bench.access().await;
    bench.source.close();

    bench.clock.advance(HOUR - 300 * SECOND - SECOND);
    assert_eq!(bench.access().await, "access-1");
    bench.settle().await;
    assert_eq!(bench.source.fetches(), 1, "not yet near its end");

    bench.clock.advance(SECOND);
    for _ in 0..10 {
        assert_eq!(bench.access().await, "access-1");
        bench.settle().await;
    }
    assert_eq!(bench.source.fetches(), 2);

    bench.source.open();
    bench.settle().await;
    assert_eq!(bench.access().await, "access-2");
}

#[tokio::test]
async fn refresh_failure_keeps_the_old_token() {
    let bench = bench();
    bench.access().await;
    bench.clock.advance(HOUR - 200 * SECOND);

    for _ in 0..5 {
        bench.source.fail_next(refused());
        assert_eq!(bench.access().await, "access-1");
        bench.settle().await;
        bench.clock.advance(31 * SECOND);
    }
    assert_eq!(bench.source.fetches(), 6);

    bench.clock.advance(HOUR);
    assert_eq!(bench.access().await, "access-7");
}

#[tokio::test]
async fn token_is_not_used_in_its_last_seconds() {
    let bench = bench();
    bench.access().await;
    bench.source.fail_next(offline());

    bench.clock.advance(HOUR - 20 * SECOND);

    assert_eq!(bench.failure().await.kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn pause_after_a_failure_saves_requests_and_doubles() {
    let bench = bench();
    let mut pauses = Vec::new();

    for _ in 0..8 {
        bench.source.fail_next(offline());
        let fetches = bench.source.fetches();
        bench.failure().await;
        let again = bench.failure().await;
        assert_eq!(
            bench.source.fetches(),
            fetches + 1,
            "the second one is spared"
        );
        let left = again.retry_after().expect("a wait");
        pauses.push(left.as_secs_f64());
        bench.clock.advance(left);
    }

    for (pause, full) in pauses
        .iter()
        .zip([1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0])
    {
        assert!((0.75 * full..=full).contains(pause), "{pauses:?}");
    }
    assert_eq!(bench.access().await, "access-9");
}

#[tokio::test]
async fn rejected_credentials_pause_longer_but_not_forever() {
    let bench = bench();
    bench.source.fail_next(refused());

    assert_eq!(bench.failure().await.code(), Some("invalid_client"));
    bench.clock.advance(29 * SECOND);
    assert_eq!(bench.failure().await.code(), Some("invalid_client"));
    assert_eq!(bench.source.fetches(), 1);

    bench.clock.advance(SECOND);
    assert_eq!(bench.access().await, "access-2");
}

#[tokio::test]
async fn pause_is_as_long_as_the_service_asks() {
    let bench = bench();
    bench
        .source
        .fail_next(Error::new(ErrorKind::RateLimited, "slow").with_retry_after(90 * SECOND));

    bench.failure().await;
    bench.clock.advance(89 * SECOND);
    bench.failure().await;
    assert_eq!(bench.source.fetches(), 1);
    bench.clock.advance(SECOND);

    assert_eq!(bench.access().await, "access-2");
}

#[tokio::test]
async fn dropped_caller_does_not_lose_the_requested_token() {
    let bench = bench();
    bench.source.close();
    {
        let waiting = bench.cache.token();
        let given_up = tokio::time::timeout(Duration::from_millis(5), waiting).await;
        assert!(given_up.is_err());
    }
    bench.source.open();

    assert_eq!(bench.access().await, "access-1");
    assert_eq!(bench.source.fetches(), 1);
}

#[test]
fn cache_survives_the_runtime_that_ran_its_request() {
    let bench = bench();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    };
    bench.source.close();
    runtime().block_on(async {
        let given_up = tokio::time::timeout(Duration::from_millis(5), bench.cache.token()).await;
        assert!(given_up.is_err());
    });
    bench.source.open();

    assert_eq!(runtime().block_on(bench.access()), "access-2");
    assert!(
        bench
            .cache
            .token()
            .now_or_never()
            .is_some_and(|token| token.is_ok()),
        "no runtime is needed for a token in hand"
    );
    bench.cache.invalidate(1);
    let error = bench
        .cache
        .token()
        .now_or_never()
        .expect("no wait")
        .expect_err("no runtime");
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn rejection_of_an_old_token_keeps_the_new_one() {
    let bench = bench();
    bench.access().await;

    bench.cache.invalidate(1);
    assert_eq!(bench.access().await, "access-2");
    for _ in 0..20 {
        bench.cache.invalidate(1);
    }

    assert_eq!(bench.access().await, "access-2");
    assert_eq!(bench.source.fetches(), 2);
}

#[tokio::test]
async fn suspected_token_is_used_until_its_successor_is_available() {
    let bench = bench();
    bench.access().await;

    bench.source.fail_next(offline());
    assert!(bench.cache.renew(1).await.is_err());
    assert_eq!(bench.access().await, "access-1");

    bench.clock.advance(2 * SECOND);
    let renewals = (0..20).map(|_| bench.cache.renew(1));
    let renewed = futures::future::join_all(renewals).await;
    assert!(
        renewed
            .iter()
            .all(|token| token.as_ref().is_ok_and(|t| t.generation() == 2))
    );
    assert_eq!(bench.source.fetches(), 3);
}

#[tokio::test]
async fn token_expires_by_either_clock() {
    let bench = bench();
    bench.access().await;

    bench.clock.advance_wall(2 * HOUR);
    assert_eq!(bench.access().await, "access-2");
    bench.clock.advance_monotonic(2 * HOUR);
    assert_eq!(bench.access().await, "access-3");
}

#[tokio::test]
async fn lifetime_counts_from_before_the_request() {
    let bench = bench();
    *bench.source.takes.lock().expect("no panic") = 10 * SECOND;
    let before = bench.clock.now().wall;

    let token = bench.cache.token().await.expect("a token");

    assert_eq!(token.issued_at(), before);
    assert_eq!(token.expires_at(), before + HOUR);
}

#[tokio::test]
async fn missing_zero_and_huge_lifetimes_do_no_harm() {
    for (named, taken) in [
        (None, 24 * HOUR),
        (Some(Duration::ZERO), 24 * HOUR),
        (Some(Duration::MAX), 365 * 24 * HOUR),
        (Some(SECOND), SECOND),
    ] {
        let bench = bench();
        *bench.source.lifetime.lock().expect("no panic") = named;
        let before = bench.clock.now().wall;

        let token = bench.cache.token().await.expect("a token");

        assert_eq!(token.expires_at(), before + taken, "{named:?}");
        assert_eq!(bench.access().await, "access-1");
    }
}

#[tokio::test]
async fn short_lived_tokens_are_not_requested_in_a_loop() {
    let bench = bench();
    *bench.source.lifetime.lock().expect("no panic") = Some(10 * SECOND);

    for _ in 0..100 {
        bench.access().await;
        bench.settle().await;
        bench.clock.advance(SECOND);
    }

    assert!(bench.source.fetches() <= 21, "{}", bench.source.fetches());
}

#[tokio::test]
async fn renewals_of_many_programs_are_spread_over_time() {
    let policy = CachePolicy::default();
    let times: Vec<_> = (0..100).map(|_| policy.renew_after(HOUR)).collect();

    assert!(
        times
            .iter()
            .all(|t| (3600 - 300 - 360..=3300).contains(&t.as_secs()))
    );
    assert!(times.iter().any(|t| *t != times[0]));
}

#[tokio::test]
async fn each_renewal_uses_the_newest_refresh_token() {
    let bench = bench();
    bench.access().await;
    bench.cache.invalidate(1);
    bench.access().await;
    bench.clock.advance(2 * HOUR);
    bench.access().await;

    let seen = bench.source.refresh_seen.lock().expect("no panic").clone();
    assert_eq!(
        seen,
        [
            None,
            Some("refresh-1".to_owned()),
            Some("refresh-2".to_owned())
        ]
    );
}

#[tokio::test]
async fn stored_token_saves_the_request_and_new_ones_are_stored() {
    let store = Arc::new(MemoryStore::new());
    let first = bench_with(Some(store.clone()));
    first.access().await;

    let second = bench_with(Some(store.clone()));
    assert_eq!(second.access().await, "access-1");
    assert_eq!(second.source.fetches(), 0);

    second.cache.invalidate(1);
    second.access().await;
    assert_eq!(
        second.source.fetches(),
        1,
        "the refused token is not taken from the store again"
    );
    let stored = store.load().await.expect("a store").expect("a token");
    assert_eq!(
        stored.refresh.map(|t| t.expose_secret().to_owned()),
        Some("refresh-1".to_owned())
    );
}

#[tokio::test]
async fn refresh_token_of_an_expired_stored_token_is_used() {
    let store = Arc::new(MemoryStore::new());
    let bench = bench_with(Some(store.clone()));
    let now = bench.clock.now().wall;
    let old = StoredToken::new("old", now - 2 * HOUR, now - HOUR).with_refresh("kept");
    store.save(old).await.expect("a store");

    assert_eq!(bench.access().await, "access-1");
    let seen = bench.source.refresh_seen.lock().expect("no panic").clone();
    assert_eq!(seen, [Some("kept".to_owned())]);
}

#[tokio::test]
async fn failing_store_does_not_fail_calls() {
    #[derive(Debug)]
    struct Broken;
    impl TokenStore for Broken {
        fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
            Box::pin(async { Err(Error::new(ErrorKind::Config, "disk full")) })
        }
        fn save(&self, _: StoredToken) -> BoxFuture<'_, Result<()>> {
            Box::pin(async { Err(Error::new(ErrorKind::Config, "disk full")) })
        }
    }

    assert_eq!(
        bench_with(Some(Arc::new(Broken))).access().await,
        "access-1"
    );
}

#[tokio::test]
async fn panicking_source_is_an_error_with_a_pause() {
    #[derive(Debug)]
    struct Panics(AtomicUsize);
    impl TokenSource for Panics {
        fn fetch(&self, _: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
            Box::pin(async {
                assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "first time");
                Ok(Grant::new("fine"))
            })
        }
    }
    let clock = Arc::new(ManualClock::new());
    let source = Arc::new(Panics(AtomicUsize::new(0)));
    let cache = TokenCache::new(source.clone(), clock.clone(), CachePolicy::default());

    assert!(cache.token().await.is_err());
    assert!(cache.token().await.is_err(), "without another request");
    assert_eq!(source.0.load(Ordering::SeqCst), 1);
    clock.advance(31 * SECOND);
    assert!(cache.token().await.is_ok());
}

#[tokio::test]
async fn debug_hides_tokens() {
    let bench = bench_with(Some(Arc::new(MemoryStore::new())));
    let token = bench.cache.token().await.expect("a token");
    let stored = StoredToken::new("access-1", token.issued_at(), token.expires_at())
        .with_refresh("refresh-1");
    let grant = Grant::new("access-1").with_refresh("refresh-1");

    let shown = format!(
        "{token:?}{:?}{:?}{stored:?}{grant:?}{:?}",
        bench.cache,
        token.secret(),
        token.header_value()
    );

    assert!(
        !shown.contains("access-1") && !shown.contains("refresh-1"),
        "{shown}"
    );
}
