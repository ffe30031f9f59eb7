//! `Concurrency::Auto`: reads and writes of many records use the rate limit, whatever time calls take.

use bytes::Bytes;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::{Concurrency, RateLimiter};
use caspio_emulator::Emulator;
use caspio_tests::Order;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
/// The calls that the service takes in a second.
const RATE: usize = 8;
/// The times that calls take, and the most calls at once that the rate needs: `RATE` times the time, and one more.
const TIMES: [(Duration, usize); 2] = [(Duration::from_millis(200), 3), (SECOND, 9)];
const ORDERS: u32 = 6_000;
/// So small that a read takes many calls.
const PAGE: u16 = 20;

/// An emulator in this process whose calls take a time, and which takes only so many calls in a second.
struct Limited {
    emulator: Emulator,
    time: Duration,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    taken: Vec<Instant>,
    refused: usize,
    inserted: usize,
    in_progress: usize,
    /// The most calls in progress at once, since the first call took its time.
    most: usize,
}

impl fmt::Debug for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limited")
    }
}

impl Limited {
    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let is_for_token = request.uri().path().ends_with("/token");
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        if !is_for_token && !self.takes() {
            return Ok(refusal());
        }
        sleep(self.time).await;
        let response = match head.uri.path().ends_with("/records/bulk") {
            true => Some(self.keys_of(&body)),
            false => {
                self.emulator
                    .respond(http::Request::from_parts(head, body))
                    .await
            }
        };
        if !is_for_token {
            self.seen.lock().expect("no panic").in_progress -= 1;
        }
        let response = response.ok_or_else(|| HttpError::new(HttpErrorKind::Interrupted))?;
        Ok(response.map(Body::from))
    }

    /// Returns the response to an insert of many records: the next keys. Their storage would take most of a test's
    /// time.
    fn keys_of(&self, rows: &[u8]) -> http::Response<Bytes> {
        let rows: Vec<serde_json::Value> = serde_json::from_slice(rows).expect("rows");
        let mut seen = self.seen.lock().expect("no panic");
        let keys = seen.inserted + 1..=seen.inserted + rows.len();
        seen.inserted += rows.len();
        let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        let body = serde_json::json!({ "PK_ID": keys }).to_string();
        http::Response::new(body.into())
    }

    fn takes(&self) -> bool {
        let mut seen = self.seen.lock().expect("no panic");
        let now = Instant::now();
        let within = |at: &&Instant| now - **at < SECOND;
        if seen.taken.iter().rev().take_while(within).count() >= RATE {
            seen.refused += 1;
            return false;
        }
        seen.taken.push(now);
        seen.in_progress += 1;
        seen.most = seen.most.max(seen.in_progress);
        true
    }
}

fn refusal() -> http::Response<Body> {
    let body =
        r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#;
    let mut response = http::Response::new(Body::from(body));
    *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    response
}

impl HttpService for Limited {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        self.answer(request).boxed()
    }
}

async fn limited(time: Duration) -> (Arc<Limited>, Client) {
    let emulator = Emulator::builder().sample_orders(ORDERS).start().await;
    let emulator = emulator.expect("the emulator starts");
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .rate_limiter(RateLimiter::caspio());
    let service = Arc::new(Limited {
        emulator,
        time,
        seen: Mutex::default(),
    });
    let client = client.http_service(Arc::clone(&service) as _).build();
    (service, client.expect("a client"))
}

/// Checks that work used the limit, and that no more calls were with the service at once than that needs.
fn check(service: &Limited, what: &str, most: usize) {
    let seen = service.seen.lock().expect("no panic");
    // All others wait for the first call.
    let taken = &seen.taken[1..];
    let (first, last) = (taken[0], taken[taken.len() - 1]);
    let calls = taken.len();
    let shortest = SECOND * (calls.div_ceil(RATE) as u32 - 1);
    let used = shortest.as_secs_f64() / (last - first).as_secs_f64();
    let time = service.time;
    assert!(calls > 50, "{what}: {calls} calls show nothing");
    assert!(used >= 0.9, "{what} of {time:?}: {used} of the limit");
    assert!(
        seen.most <= most,
        "{what} of {time:?}: {} calls at once",
        seen.most
    );
    assert_eq!(seen.refused, 0, "{what} of {time:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_uses_the_limit() {
    for (time, most) in TIMES {
        let (service, caspio) = limited(time).await;
        let orders = caspio.table::<Order>().query().page_size(PAGE);

        let read = orders
            .concurrency(Concurrency::Auto)
            .collect()
            .await
            .expect("all orders");

        assert!(
            read.iter()
                .map(|order| order.pk_id)
                .eq(1..=i64::from(ORDERS))
        );
        check(&service, "a read", most);
        let pages = u64::from(ORDERS).div_ceil(PAGE.into());
        assert!(service.emulator.calls().records_reads() <= pages * 115 / 100 + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_of_many_records_uses_the_limit() {
    for (time, most) in TIMES {
        let (service, caspio) = limited(time).await;
        let orders = caspio.table_named("Orders");
        // Each record has other values, so each takes a call.
        let changes = (1..=200).map(|key| (key, RecordMap::from([("Quantity", key)])));

        let update = orders.update_many(changes).concurrency(Concurrency::Auto);
        let report = update.await.expect("a report");

        assert_eq!(report.updated, 200);
        check(&service, "an update", most);
    }
}

#[tokio::test(start_paused = true)]
async fn an_insert_of_many_records_uses_the_limit() {
    for (time, most) in TIMES {
        let (service, caspio) = limited(time).await;
        let orders = caspio.table_named("Orders");
        let rows = (0..60_000).map(|number| RecordMap::from([("Quantity", number)]));

        let insert = orders.insert_many(rows).concurrency(Concurrency::Auto);
        let report = insert.await.expect("a report");

        let keys: Vec<i64> = (1..=60_000).collect();
        assert!(report.keys().eq(&keys), "in the order of the rows");
        check(&service, "an insert", most);
    }
}

#[tokio::test(start_paused = true)]
async fn the_fields_are_read_while_the_ids_of_tables_are() {
    let (service, caspio) = limited(SECOND).await;
    let rows = [RecordMap::from([("Total", 1.5)])];

    let report = caspio.table_named("Orders").insert_many(&rows).await;

    assert!(report.expect("a report").is_complete());
    let calls = service.seen.lock().expect("no panic").taken.clone();
    assert_eq!(calls.len(), 3, "the ids, the fields, the rows");
    assert_eq!(calls[0], calls[1]);
}
