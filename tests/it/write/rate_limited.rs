//! Bulk writes during a rate limit.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter, RetryPolicy};
use caspio_emulator::Emulator;
use caspio_tests::on_every_version;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;

/// How long the rate limit lasts: a period of 300 seconds, with shorter waits.
const LASTS: Duration = Duration::from_secs(1);

/// An emulator that refuses calls of records for a second, after the first two.
#[derive(Debug)]
struct Limited {
    emulator: Emulator,
    calls: AtomicU32,
    limited: OnceLock<Instant>,
}

impl Limited {
    fn refuses(&self, path: &str) -> bool {
        if !path.ends_with("/records") && !path.ends_with("/bulk") {
            return false;
        }
        if self.calls.fetch_add(1, Ordering::Relaxed) < 2 {
            return false;
        }
        let begin = *self.limited.get_or_init(Instant::now);
        begin.elapsed() < LASTS
    }
}

impl HttpService for Limited {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            if self.refuses(request.uri().path()) {
                let mut response = http::Response::new(Body::empty());
                *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
                return Ok(response);
            }
            let (head, body) = request.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let response = self.emulator.respond(http::Request::from_parts(head, body));
            let interrupted = || HttpError::new(HttpErrorKind::Interrupted);
            Ok(response.await.ok_or_else(interrupted)?.map(Body::from))
        }
        .boxed()
    }
}

/// A policy in which a second is about 300.
fn shorter_waits() -> RetryPolicy {
    RetryPolicy::default()
        .rate_limit_backoff(Duration::from_millis(4), Duration::from_millis(200))
        .bulk_rate_limit_wait(Duration::from_millis(1_200))
}

async fn limited(version: ApiVersion) -> (Client, Arc<Limited>) {
    let emulator = Emulator::builder()
        .start()
        .await
        .expect("the emulator starts");
    let credentials = (
        emulator.client_id().to_owned(),
        emulator.client_secret().to_owned(),
    );
    let url = emulator.url();
    let service = Arc::new(Limited {
        emulator,
        calls: AtomicU32::new(0),
        limited: OnceLock::new(),
    });
    let caspio = Client::builder()
        .account(url)
        .credentials(credentials.0, credentials.1)
        .api_version(version)
        .retry(shorter_waits())
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::clone(&service) as Arc<dyn HttpService>)
        .build()
        .expect("a client");
    (caspio, service)
}

on_every_version! {
    async fn a_bulk_insert_waits_out_the_rate_limit(version) {
        let (caspio, service) = limited(version).await;
        let table = caspio.table_named("Contacts");
        let row = |at: i32| RecordMap::from([("Last_Name", format!("Row {at}"))]);
        let rows: Vec<RecordMap> = (0..5_000).map(row).collect();
        let start = Instant::now();

        let report = table.insert_many(&rows).await.expect("all rows");

        assert!(report.is_complete(), "{:?}", report.failed().first());
        assert_eq!(report.len(), 5_000);
        assert!(start.elapsed() >= LASTS);
        let calls = service.calls.load(Ordering::Relaxed);
        assert!(calls <= 5 + 20, "{calls} calls");
        let stored = table.filter_raw("Last_Name LIKE 'Row %'", ()).count().await;
        assert_eq!(stored.expect("a count"), 5_000);
    }
}
