//! The client against the mock: pages, consent, renewal, rate limits, links to other hosts.

use super::*;
use caspio_core::token::ManualClock;
use caspio_examples::mock_capsule::State;
use std::sync::atomic::Ordering;

struct TestEnv {
    state: Arc<State>,
    base: Url,
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
}

impl TestEnv {
    fn new() -> Self {
        let state = Arc::new(State::default());
        Self {
            base: mock_capsule::start_with(state.clone()).expect("a service"),
            state,
            clock: Arc::new(ManualClock::new()),
            store: Arc::new(MemoryStore::new()),
        }
    }

    async fn capsule(&self) -> Capsule {
        let client = ClientCredentials::public("id");
        let flow =
            flow(&self.base, client, self.store.clone(), self.clock.clone()).expect("settings");
        let auth = connect(flow, mock_capsule::visit).await.expect("a consent");
        Capsule::new(&self.base, auth).expect("settings")
    }

    fn counts(&self) -> (usize, usize) {
        let count = |of: &std::sync::atomic::AtomicUsize| of.load(Ordering::SeqCst);
        (count(&self.state.consents), count(&self.state.refreshes))
    }
}

#[tokio::test]
async fn every_page_is_read() {
    let env = TestEnv::new();

    let parties = env.capsule().await.parties().await.expect("parties");

    let ids: Vec<_> = parties.iter().map(|party| party.id).collect();
    assert_eq!(ids, [11, 12, 21, 22, 31, 32]);
    assert_eq!(parties[3].display_name(), "Ada Page-2");
}

#[tokio::test]
async fn one_consent_lasts_for_weeks_and_restarts() {
    let env = TestEnv::new();

    for week in 0..4 {
        let capsule = env.capsule().await;
        assert_eq!(capsule.parties().await.expect("parties").len(), 6);
        assert_eq!(env.counts(), (1, week));
        env.clock.advance(Duration::from_secs(8 * 24 * 3600));
    }
}

#[tokio::test]
async fn a_revoked_token_is_replaced_by_the_stored_one() {
    let env = TestEnv::new();
    let capsule = env.capsule().await;
    capsule.parties().await.expect("parties");
    let flow = flow(
        &env.base,
        ClientCredentials::public("id"),
        env.store.clone(),
        env.clock.clone(),
    );
    let again = flow
        .expect("settings")
        .authorize_here(mock_capsule::visit)
        .await;
    again.expect("a second consent ends the first's tokens");

    assert_eq!(capsule.parties().await.expect("parties").len(), 6);
    assert_eq!(
        env.counts(),
        (2, 0),
        "the store has the newer token already"
    );
}

#[tokio::test]
async fn a_link_to_another_host_is_refused() {
    let env = TestEnv::new();
    let capsule = env.capsule().await;
    env.state.links_to_other_host.store(true, Ordering::SeqCst);

    let error = capsule.parties().await.expect_err("another host");

    let error = error.downcast::<caspio_core::Error>().expect("of the core");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
}

#[tokio::test]
async fn a_rate_limited_call_is_repeated() {
    let env = TestEnv::new();
    let capsule = env.capsule().await;
    env.state.rate_limits_next.store(true, Ordering::SeqCst);

    assert_eq!(capsule.parties().await.expect("parties").len(), 6);
}

#[test]
fn the_next_page_is_found_among_other_links() {
    for (link, next) in [
        (
            "<https://a/b?page=2>; rel=\"next\"",
            Some("https://a/b?page=2"),
        ),
        (
            "<https://a/1>; rel=\"prev\", </b?page=3>; rel=\"next\"",
            Some("/b?page=3"),
        ),
        ("<https://a/1>; rel=\"prev\"", None),
        ("", None),
    ] {
        assert_eq!(next_page(link), next);
    }
}
