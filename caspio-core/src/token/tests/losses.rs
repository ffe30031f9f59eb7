//! Clocks, stores and runtimes that misbehave: no refresh token is lost, and no call waits forever.

use super::*;
use crate::token::{FileStore, StoreLock};
use std::future::pending;

/// The refresh tokens that the source was asked with.
fn sent(bench: &Bench) -> Vec<Option<String>> {
    bench.source.refresh_seen.lock().expect("no panic").clone()
}

fn some(token: &str) -> Option<String> {
    Some(token.to_owned())
}

/// A stored token that expired an hour ago.
fn expired(bench: &Bench, refresh: &str) -> StoredToken {
    let now = bench.clock.now().wall;
    StoredToken::new("old", now - 2 * HOUR, now - HOUR).with_refresh(refresh)
}

async fn store_with(token: StoredToken) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    store.save(token).await.expect("a store");
    store
}

#[tokio::test]
async fn refresh_token_of_a_stored_token_from_the_future_is_used() {
    let now = ManualClock::new().now().wall;
    let token = StoredToken::new("future", now + HOUR, now + 2 * HOUR).with_refresh("kept");
    let bench = bench_with(Some(store_with(token).await));

    assert_eq!(bench.access().await, "access-1");
    assert_eq!(sent(&bench), [some("kept")]);
}

#[tokio::test]
async fn newest_refresh_token_is_the_stored_one_whatever_the_clocks_show() {
    let now = ManualClock::new().now().wall;
    let ahead = now + 50 * SECOND;
    let first = StoredToken::new("first", ahead, ahead + HOUR).with_refresh("refresh-a");
    let store = store_with(first).await;
    let bench = bench_with(Some(store.clone()));
    assert_eq!(bench.access().await, "first");
    // Another program renews after its clock was set back.
    let second = StoredToken::new("second", now - HOUR, now).with_refresh("refresh-b");
    store.save(second).await.expect("a store");
    bench.clock.advance(2 * HOUR);

    bench.access().await;

    assert_eq!(sent(&bench), [some("refresh-b")]);
}

/// A store that fails, hangs or panics in one of its methods.
#[derive(Debug)]
struct Faulty {
    token: Option<StoredToken>,
    method: &'static str,
    fault: &'static str,
}

impl Faulty {
    async fn fail(&self, method: &str) -> Result<()> {
        match (self.method == method, self.fault) {
            (false, _) => Ok(()),
            (true, "hangs") => pending().await,
            (true, "panics") => panic!("the store"),
            (true, _) => Err(Error::new(ErrorKind::Config, "disk full")),
        }
    }
}

impl TokenStore for Faulty {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        Box::pin(async { self.fail("load").await.map(|()| self.token.clone()) })
    }

    fn save(&self, _: StoredToken) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.fail("save"))
    }

    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(async { self.fail("lock").await.map(|()| StoreLock::default()) })
    }
}

#[tokio::test(start_paused = true)]
async fn store_that_fails_hangs_or_panics_stops_no_call() {
    for method in ["load", "save", "lock"] {
        for fault in ["fails", "hangs", "panics"] {
            let store = Faulty {
                token: None,
                method,
                fault,
            };
            let bench = bench_with(Some(Arc::new(store)));

            let token = tokio::time::timeout(180 * SECOND, bench.access()).await;

            assert_eq!(token.as_deref(), Ok("access-1"), "{method} {fault}");
            let again = tokio::time::timeout(SECOND, bench.access()).await;
            assert_eq!(again.as_deref(), Ok("access-1"), "{method} {fault}");
        }
    }
}

#[tokio::test]
async fn refresh_token_that_could_not_be_stored_is_used_instead_of_the_stored_one() {
    let bench = bench();
    let store = Faulty {
        token: Some(expired(&bench, "stored")),
        method: "save",
        fault: "fails",
    };
    let bench = bench_with(Some(Arc::new(store)));
    bench.access().await;
    bench.clock.advance(2 * HOUR);
    bench.access().await;

    assert_eq!(sent(&bench), [some("stored"), some("refresh-1")]);
}

#[tokio::test]
async fn given_refresh_token_is_used_when_the_stored_one_is_rejected() {
    let store = store_with(expired(&bench(), "dead")).await;
    let bench = bench_with(Some(store));
    bench.cache.set_initial_refresh_token("given".into());
    bench.source.fail_next(refused());

    assert_eq!(bench.access().await, "access-2");
    bench.clock.advance(2 * HOUR);
    bench.access().await;

    assert_eq!(
        sent(&bench),
        [some("dead"), some("given"), some("refresh-2")]
    );
}

#[tokio::test]
async fn rejected_given_refresh_token_is_not_tried_again() {
    let store = store_with(expired(&bench(), "dead")).await;
    let bench = bench_with(Some(store));
    bench.cache.set_initial_refresh_token("dead too".into());
    bench.source.fail_next(refused());
    bench.source.fail_next(refused());
    bench.source.fail_next(refused());

    assert_eq!(bench.failure().await.kind(), ErrorKind::Auth);
    bench.clock.advance(31 * SECOND);
    assert_eq!(bench.failure().await.kind(), ErrorKind::Auth);

    assert_eq!(sent(&bench), [some("dead"), some("dead too"), some("dead")]);
}

#[tokio::test]
async fn refresh_token_with_an_unusable_access_token_is_kept_and_stored() {
    #[derive(Debug, Default)]
    struct Odd(Mutex<Vec<Option<String>>>);
    impl TokenSource for Odd {
        fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
            let refresh = refresh.map(|token| token.expose_secret().to_owned());
            self.0.lock().expect("no panic").push(refresh);
            Box::pin(async { Ok(Grant::new("not a token").with_refresh("next")) })
        }
    }
    let store = store_with(expired(&bench(), "old")).await;
    let (source, clock) = (Arc::new(Odd::default()), Arc::new(ManualClock::new()));
    let dynamic: Arc<dyn TokenStore> = store.clone();
    let policy = CachePolicy::default();
    let cache = TokenCache::with_store(source.clone(), clock, policy, Some(dynamic), None);

    assert!(cache.token().await.is_err());

    let stored = store.load().await.expect("a store").expect("a token");
    let refresh = stored.refresh.expect("a refresh token");
    assert_eq!(refresh.expose_secret(), "next");
    assert_eq!(*source.0.lock().expect("no panic"), [some("old")]);
}

#[tokio::test]
async fn token_of_another_owner_is_not_used() {
    for (owner, serves) in [(None, true), (some("we"), true), (some("others"), false)] {
        let bench = bench();
        let now = bench.clock.now().wall;
        let mut token = StoredToken::new("stored", now, now + HOUR).with_refresh("theirs");
        token.owner.clone_from(&owner);
        let store: Arc<dyn TokenStore> = store_with(token).await;
        let (source, clock) = (bench.source.clone(), bench.clock.clone());
        let policy = CachePolicy::default();
        let cache = TokenCache::with_store(source, clock, policy, Some(store), some("we"));

        let token = cache.token().await.expect("a token");

        assert_eq!(
            token.secret().expose_secret() == "stored",
            serves,
            "{owner:?}"
        );
        assert!(!sent(&bench).contains(&some("theirs")), "{owner:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn request_of_another_program_may_take_as_long_as_the_source_allows() {
    let store = store_with(expired(&bench(), "once")).await;
    let bench = bench_with(Some(store.clone()));
    let held = store.lock().await.expect("a lock");
    let now = bench.clock.now().wall;
    let renews = async {
        tokio::time::sleep(100 * SECOND).await;
        let new = StoredToken::new("renewed", now, now + HOUR).with_refresh("next");
        store.save(new).await.expect("a store");
        drop(held);
    };

    let (token, ()) = tokio::join!(bench.access(), renews);

    assert_eq!((token.as_str(), sent(&bench)), ("renewed", Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn usable_stored_token_is_used_while_another_program_holds_the_lock() {
    let now = ManualClock::new().now().wall;
    let token = StoredToken::new("usable", now - 3400 * SECOND, now + 200 * SECOND);
    let store = store_with(token).await;
    let bench = bench_with(Some(store.clone()));
    let _held = store.lock().await.expect("a lock");

    let token = tokio::time::timeout(SECOND, bench.access()).await;

    assert_eq!(token.as_deref(), Ok("usable"));
    // The next caller waits for the other program's renewal, but not for long.
    let token = tokio::time::timeout(11 * SECOND, bench.access()).await;
    assert_eq!(token.as_deref(), Ok("usable"));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// A source that takes 200 ms, after which the server accepts only the next refresh token.
#[derive(Debug, Default)]
struct Slow(AtomicUsize);

impl TokenSource for Slow {
    fn fetch(&self, _: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(Grant::new(format!("access-{number}")).with_refresh(format!("refresh-{number}")))
        })
    }

    fn longest_fetch(&self) -> Duration {
        SECOND
    }
}

fn slow(store: Option<Arc<dyn TokenStore>>) -> (Arc<Slow>, TokenCache) {
    let source = Arc::new(Slow::default());
    let clock = Arc::new(crate::token::SystemClock::new());
    let policy = CachePolicy::default();
    let cache = TokenCache::with_store(source.clone(), clock, policy, store, None);
    (source, cache)
}

#[test]
fn short_program_stores_the_token_that_it_renewed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(FileStore::new(folder.path().join("token")));
    let now = std::time::SystemTime::now();
    let old = StoredToken::new("old", now - 3400 * SECOND, now + 200 * SECOND).with_refresh("0");
    runtime().block_on(store.save(old)).expect("a store");
    let (source, cache) = slow(Some(store.clone()));

    // The program ends after its first calls, and with it its runtime.
    runtime().block_on(async {
        cache.token().await.expect("a token");
        cache.token().await.expect("a token");
    });

    let stored = runtime()
        .block_on(store.load())
        .expect("a store")
        .expect("a token");
    let refresh = stored.refresh.expect("a refresh token");
    assert_eq!(source.0.load(Ordering::SeqCst), 1);
    assert_eq!(refresh.expose_secret(), "refresh-1");
}

#[test]
fn settled_cache_has_finished_what_runs_in_the_background() {
    let (source, cache) = slow(None);
    runtime().block_on(async {
        let given_up = tokio::time::timeout(Duration::from_millis(5), cache.token()).await;
        assert!(given_up.is_err());
        cache.settle().await;
    });

    let token = cache
        .token()
        .now_or_never()
        .expect("no wait")
        .expect("a token");
    assert_eq!(token.secret().expose_secret(), "access-1");
    assert_eq!(source.0.load(Ordering::SeqCst), 1);
}

#[test]
fn request_on_a_runtime_that_nothing_drives_is_given_up() {
    let (_, cache) = slow(None);
    let idle = runtime();
    let other = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    idle.block_on(async {
        let given_up = tokio::time::timeout(Duration::from_millis(5), cache.token()).await;
        assert!(given_up.is_err());
    });

    let token = other.block_on(async { tokio::time::timeout(60 * SECOND, cache.token()).await });

    assert!(token.expect("in time").is_ok());
}

#[test]
fn runtime_that_was_shut_down_is_an_error() {
    let (_, cache) = slow(None);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let handle = runtime.handle().clone();
    drop(runtime);
    let (send, receive) = std::sync::mpsc::channel();

    std::thread::spawn(move || {
        let _ = send.send(handle.block_on(cache.token()).is_err());
    });

    assert_eq!(receive.recv_timeout(10 * SECOND), Ok(true));
}

#[tokio::test]
async fn settings_that_are_not_numbers_or_too_large_do_no_harm() {
    let source = bench();
    let policy = CachePolicy {
        jitter: f64::NAN,
        longest_pause: Duration::MAX,
        ..CachePolicy::default()
    };
    let (fetches, clock) = (source.source.clone(), source.clock.clone());
    let cache = TokenCache::new(fetches, clock, policy);
    source.source.fail_next(refused());

    let first = cache.token().await.expect_err("refused");
    let second = cache.token().await.expect_err("in the pause");

    assert_eq!(
        (first.kind(), second.kind()),
        (ErrorKind::Auth, ErrorKind::Auth)
    );
    assert_eq!(source.source.fetches(), 1);
    cache.invalidate(0);
}
