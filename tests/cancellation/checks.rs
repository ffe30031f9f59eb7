//! Cancels an operation at each of its await points, and checks what is left behind.

use crate::ORDERS;
use crate::service::InProcess;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, RateLimiter, Result};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::items::Item;
use futures::future::join_all;
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// An operation that has more await points than this does not end.
const MOST_POLLS: u32 = 2_000;

/// The calls in progress at once.
const SLOTS: usize = 4;

/// The calls that the limits allow: more than an operation and the checks take.
const CALLS: usize = 40;

/// How long the limits hold, which no check waits for.
const PERIOD: Duration = Duration::from_secs(24 * 3600);

/// Cancels the operation after `n` polls, for each `n` until it completes.
pub(crate) async fn cancelled_at_every_point(
    name: &str,
    version: ApiVersion,
    operation: impl AsyncFn(Client) -> Result<()>,
) {
    let emulator = Arc::new(emulator().await);
    for has_read in [false, true] {
        for polls in 0.. {
            assert!(polls < MOST_POLLS, "{name} does not complete");
            let at = format!("{name} on {version}, has_read: {has_read}, {polls} polls");
            let service = Arc::new(InProcess::new(Arc::clone(&emulator)));
            let caspio = client(&emulator, &service, version);
            if has_read {
                // There is a token then, and a record in the cache.
                caspio.table::<Item>().get(1).await.expect(&at);
            }
            let done = polled(operation(caspio.clone()), polls).await;
            after(&at, &emulator, &caspio, &service).await;
            if let Some(result) = done {
                result.expect(&at);
                assert!(polls >= 2, "{at}: it was never cancelled");
                break;
            }
        }
    }
}

/// Polls a future at most so often, each time when it has been woken, and drops it.
pub(crate) async fn polled<T>(future: impl Future<Output = T>, mut polls: u32) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Checks the state of a client after an operation was cancelled.
async fn after(at: &str, emulator: &Arc<Emulator>, caspio: &Client, service: &InProcess) {
    let start = Instant::now();
    caspio.settle().await;
    check_meter(at, caspio, service);
    check_cache(at, emulator, caspio).await;

    // As many calls at once as there are slots.
    let items = caspio.table_named("Items");
    let counts = join_all((0..SLOTS).map(|_| items.count())).await;
    assert!(counts.iter().all(Result::is_ok), "{at}: {counts:?}");
    assert_eq!(start.elapsed(), Duration::ZERO, "{at}: a call had to wait");
    check_meter(at, caspio, service);

    check_limits(at, caspio, service).await;
    assert!(service.tokens() <= 1, "{at}: {} tokens", service.tokens());
}

fn check_meter(at: &str, caspio: &Client, service: &InProcess) {
    let counted = caspio.meter().snapshot();
    let (sent, tokens) = (service.sent(), service.tokens());
    assert_eq!(counted.token_calls, tokens, "{at}: tokens");
    assert_eq!(counted.calls, sent + tokens, "{at}: calls");
    assert_eq!(caspio.usage().calls(), sent + tokens, "{at}: usage");
}

/// Checks that the client returns the record that the service has, also if it is read again.
async fn check_cache(at: &str, emulator: &Arc<Emulator>, caspio: &Client) {
    let other = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .http_service(Arc::new(InProcess::new(Arc::clone(emulator))));
    let other = other.build().expect("a client");
    let stored = other.table::<Item>().get(1).await.expect(at);
    for _ in 0..2 {
        let read = caspio.table::<Item>().get(1).await.expect(at);
        assert_eq!(read, stored, "{at}");
    }
}

/// Checks that the limits have counted the calls that were sent, and no other.
async fn check_limits(at: &str, caspio: &Client, service: &InProcess) {
    let items = caspio.table_named("Items");
    for _ in service.sent()..CALLS as u64 {
        items.count().await.expect(at);
    }
    let over = items.count().await.expect_err(at);
    assert_eq!(over.kind(), ErrorKind::RateLimited, "{at}: {over}");
    assert_eq!(service.sent(), CALLS as u64, "{at}: calls within the limit");
}

pub(crate) async fn emulator() -> Emulator {
    let emulator = Emulator::builder().sample_orders(ORDERS);
    let emulator = emulator.start().await.expect("the emulator starts");
    let table = TableDef::new("Items")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("Status", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "green"]));
    emulator.create_table(table).expect("a table");
    for number in 0..5 {
        let item = json!({ "Code": format!("first {number}") });
        emulator.insert("Items", item).expect("a record");
    }
    emulator
}

fn client(emulator: &Emulator, service: &Arc<InProcess>, version: ApiVersion) -> Client {
    let limiter = RateLimiter::unlimited()
        .limit(CALLS, PERIOD)
        .concurrency(SLOTS);
    let minute = Duration::from_secs(60);
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .http_service(Arc::clone(service) as _)
        .rate_limiter(limiter)
        .api_version(version)
        .cache_records(minute)
        .cache_schema(minute)
        .build()
        .expect("a client")
}
