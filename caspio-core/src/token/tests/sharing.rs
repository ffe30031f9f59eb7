//! Caches that share a store.

use super::*;

fn pair() -> (Arc<MemoryStore>, Bench, Bench) {
    let store = Arc::new(MemoryStore::new());
    let bench = || bench_with(Some(store.clone()));
    let (first, second) = (bench(), bench());
    (store, first, second)
}

async fn stored(store: &MemoryStore) -> StoredToken {
    store.load().await.expect("a store").expect("a token")
}

fn policy(change: impl FnOnce(&mut CachePolicy)) -> CachePolicy {
    let mut policy = CachePolicy {
        jitter: 0.0,
        ..CachePolicy::default()
    };
    change(&mut policy);
    policy
}

fn with_policy(
    bench: &Bench,
    policy: CachePolicy,
    store: Option<Arc<dyn TokenStore>>,
) -> TokenCache {
    TokenCache::with_store(
        bench.source.clone(),
        bench.clock.clone(),
        policy,
        store,
        None,
    )
}

#[tokio::test]
async fn caches_that_start_together_send_one_request() {
    let (_, first, second) = pair();

    first.source.close();
    second.source.close();
    let opens = async {
        first.settle().await;
        first.source.open();
        second.source.open();
    };

    let (one, other, ()) = tokio::join!(first.access(), second.access(), opens);

    assert_eq!((one, other), ("access-1".to_owned(), "access-1".to_owned()));
    assert_eq!(first.source.fetches() + second.source.fetches(), 1);
}

#[tokio::test]
async fn renewal_of_one_cache_is_used_by_the_other() {
    let (_, first, second) = pair();
    first.access().await;
    second.access().await;
    for bench in [&first, &second] {
        bench.clock.advance(HOUR - 200 * SECOND);
    }

    first.access().await;
    first.settle().await;
    let renewed = first.access().await;
    second.access().await;
    second.settle().await;

    assert_eq!(
        (renewed.as_str(), second.access().await.as_str()),
        ("access-2", "access-2")
    );
    assert_eq!(second.source.fetches(), 0);
}

#[tokio::test]
async fn refresh_token_consumed_by_another_cache_is_not_used() {
    let (store, first, second) = pair();
    second.access().await;
    first.access().await;
    first.cache.invalidate(1);
    first.access().await;
    let newest = stored(&store).await.refresh.expect("one");
    for bench in [&first, &second] {
        bench.clock.advance(2 * HOUR);
    }

    second.access().await;

    let seen = second.source.refresh_seen.lock().expect("no panic").clone();
    assert_eq!(seen, [None, Some(newest.expose_secret().to_owned())]);
}

#[tokio::test]
async fn token_from_the_future_is_used_only_within_the_skew() {
    for (ahead, serves) in [(SECOND, true), (60 * SECOND, true), (61 * SECOND, false)] {
        let (store, bench, _) = pair();
        let issued = bench.clock.now().wall + ahead;
        let token = StoredToken::new("stored", issued, issued + HOUR);
        store.save(token).await.expect("a store");

        assert_eq!(bench.access().await == "stored", serves, "{ahead:?}");
    }
}

#[tokio::test]
async fn refresh_token_below_the_floor_is_ignored() {
    for (left, used) in [(11 * HOUR, false), (12 * HOUR, true), (13 * HOUR, true)] {
        for (floor, used) in [(None, true), (Some(CachePolicy::REFRESH_FLOOR), used)] {
            let (store, bench, _) = pair();
            let now = bench.clock.now().wall;
            let mut old = StoredToken::new("old", now - 2 * HOUR, now - HOUR).with_refresh("kept");
            old.refresh_ends_at = Some(now + left);
            store.save(old).await.expect("a store");
            let policy = policy(|policy| policy.refresh_floor = floor);

            with_policy(&bench, policy, Some(store))
                .token()
                .await
                .expect("a token");

            let seen = bench.source.refresh_seen.lock().expect("no panic").clone();
            assert_eq!(
                seen,
                [used.then(|| "kept".to_owned())],
                "{left:?} {floor:?}"
            );
        }
    }
}

#[tokio::test]
async fn unchanged_refresh_token_keeps_its_expiry() {
    #[derive(Debug, Default)]
    struct Keeps(Mutex<Vec<bool>>);
    impl TokenSource for Keeps {
        fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
            self.0.lock().expect("no panic").push(refresh.is_some());
            let grant = Grant::new("access")
                .with_lifetime(HOUR)
                .with_refresh("kept");
            Box::pin(async move {
                match refresh {
                    Some(_) => Ok(grant),
                    None => Ok(grant.with_refresh_lifetime(14 * HOUR)),
                }
            })
        }
    }
    let (source, clock) = (Arc::new(Keeps::default()), Arc::new(ManualClock::new()));
    let policy = policy(|policy| policy.refresh_floor = Some(CachePolicy::REFRESH_FLOOR));
    let cache = TokenCache::new(source.clone(), clock.clone(), policy);

    for _ in 0..4 {
        cache.token().await.expect("a token");
        clock.advance(HOUR);
    }

    let refreshed = source.0.lock().expect("no panic").clone();
    assert_eq!(
        refreshed,
        [false, true, true, false],
        "13, 12 and 11 hours are left"
    );
}

#[tokio::test(start_paused = true)]
async fn wait_for_a_locked_store_is_limited() {
    let (store, bench, _) = pair();
    let _held = store.lock().await.expect("a lock");

    let token = tokio::time::timeout(136 * SECOND, bench.cache.token()).await;

    assert!(token.expect("in time").is_ok());
}

#[tokio::test]
async fn cancelled_caller_releases_the_lock() {
    let (store, bench, _) = pair();
    bench.source.close();
    {
        let given_up = tokio::time::timeout(Duration::from_millis(5), bench.cache.token()).await;
        assert!(given_up.is_err());
    }
    bench.source.open();
    bench.access().await;

    assert!(tokio::time::timeout(SECOND, store.lock()).await.is_ok());
}

#[tokio::test]
async fn scope_is_stored_with_the_token() {
    #[derive(Debug)]
    struct Scoped;
    impl TokenSource for Scoped {
        fn fetch(&self, _: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
            let mut grant = Grant::new("access")
                .with_refresh("refresh")
                .with_refresh_lifetime(HOUR);
            grant.scope = Some("read write".to_owned());
            Box::pin(async { Ok(grant) })
        }
    }
    let store = Arc::new(MemoryStore::new());
    let cache = || {
        let clock = Arc::new(ManualClock::new());
        TokenCache::with_store(
            Arc::new(Scoped),
            clock,
            CachePolicy::default(),
            Some(store.clone()),
            None,
        )
    };

    let first = cache().token().await.expect("a token");
    let second = cache().token().await.expect("the same");

    assert_eq!(
        (first.scope(), first.refresh_ends_at()),
        (second.scope(), second.refresh_ends_at())
    );
    assert_eq!(second.scope(), Some("read write"));
    assert_eq!(second.refresh_ends_at(), Some(second.issued_at() + HOUR));
}
