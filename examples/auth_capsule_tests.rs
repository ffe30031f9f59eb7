use std::sync::atomic::Ordering;

use caspio_core::token::ManualClock;

use super::*;
use crate::service::State;

struct Bench {
    state: Arc<State>,
    base: Url,
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
}

impl Bench {
    fn new() -> Self {
        let state = Arc::new(State::default());
        Self {
            base: service::start_with(state.clone()).expect("a service"),
            state,
            clock: Arc::new(ManualClock::new()),
            store: Arc::new(MemoryStore::new()),
        }
    }

    async fn capsule(&self) -> Capsule {
        let client = ClientCredentials::public("id");
        let flow =
            flow(&self.base, client, self.store.clone(), self.clock.clone()).expect("settings");
        let auth = connect(flow, service::visit).await.expect("a consent");
        Capsule::new(&self.base, auth).expect("settings")
    }

    fn counts(&self) -> (usize, usize) {
        let count = |of: &std::sync::atomic::AtomicUsize| of.load(Ordering::SeqCst);
        (count(&self.state.consents), count(&self.state.refreshes))
    }
}

#[tokio::test]
async fn every_page_is_read() {
    let bench = Bench::new();

    let parties = bench.capsule().await.parties().await.expect("parties");

    let ids: Vec<_> = parties.iter().map(|party| party.id).collect();
    assert_eq!(ids, [11, 12, 21, 22, 31, 32]);
    assert_eq!(parties[3].display_name(), "Ada Page-2");
}

#[tokio::test]
async fn one_consent_serves_for_weeks_and_starts() {
    let bench = Bench::new();

    for week in 0..4 {
        let capsule = bench.capsule().await;
        assert_eq!(capsule.parties().await.expect("parties").len(), 6);
        assert_eq!(bench.counts(), (1, week));
        bench.clock.advance(Duration::from_secs(8 * 24 * 3600));
    }
}

#[tokio::test]
async fn a_revoked_token_is_renewed_on_the_way() {
    let bench = Bench::new();
    let capsule = bench.capsule().await;
    capsule.parties().await.expect("parties");
    let flow = flow(
        &bench.base,
        ClientCredentials::public("id"),
        bench.store.clone(),
        bench.clock.clone(),
    );
    let again = flow.expect("settings").authorize_here(service::visit).await;
    again.expect("a second consent ends the first's tokens");

    assert_eq!(capsule.parties().await.expect("parties").len(), 6);
    assert_eq!(
        bench.counts(),
        (2, 0),
        "the store has the newer token already"
    );
}

#[tokio::test]
async fn a_page_on_another_host_gets_no_token() {
    let bench = Bench::new();
    let capsule = bench.capsule().await;
    bench.state.leads_astray.store(true, Ordering::SeqCst);

    let error = capsule.parties().await.expect_err("astray");

    let error = error.downcast::<caspio_core::Error>().expect("of the core");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let bench = Bench::new();
    let capsule = bench.capsule().await;
    bench.state.is_tired.store(true, Ordering::SeqCst);

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
