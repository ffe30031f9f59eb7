//! Inserts whose first response is lost while the service still works on them.

use caspio::ApiVersion;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService, ReqwestService};
use caspio_tests::items::{Item, WithoutV4, item, items, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Loses the response of the first insert, which reaches the service 200 ms later.
#[derive(Debug)]
struct Late<S> {
    service: Arc<S>,
    inserts: Arc<AtomicUsize>,
}

impl<S: HttpService + 'static> HttpService for Late<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let service = Arc::clone(&self.service);
            let path = request.uri().path();
            let is_insert = request.method() == "POST" && path.contains("/records");
            if is_insert && self.inserts.fetch_add(1, Ordering::Relaxed) == 0 {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    let _ = service.call(request).await;
                });
                return Err(HttpError::new(HttpErrorKind::Interrupted));
            }
            service.call(request).await
        }
        .boxed()
    }
}

async fn late<S: HttpService + 'static>(
    version: ApiVersion,
    layer: impl FnOnce(ReqwestService) -> S,
) -> (TestEnv, Arc<AtomicUsize>) {
    let inserts = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&inserts);
    let env = items_env_with(version, |service| Late {
        service: Arc::new(layer(service)),
        inserts: counter,
    });
    (env.await, inserts)
}

on_every_version! {
    async fn an_insert_is_not_sent_again_while_the_first_is_under_way(version) {
        let (env, inserts) = late(version, |service| service).await;

        let key = env.caspio.table::<Item>().insert(&item(1)).unique_by(|i| i.code).await.expect("a key");

        assert_eq!((key, inserts.load(Ordering::Relaxed)), (1, 1));
        assert_eq!(env.emulator.count("Items").expect("a count"), 1);
    }

    async fn rows_are_not_sent_again_while_the_first_call_is_under_way(version) {
        let (env, inserts) = late(version, |service| service).await;

        let report = env.caspio.table::<Item>().insert_many(items(50)).unique_by(|i| i.code).await.expect("a report");

        assert_eq!(report.into_result().expect("every row").len(), 50);
        assert_eq!(inserts.load(Ordering::Relaxed), 1);
        assert_eq!(env.emulator.count("Items").expect("a count"), 50);
    }

    async fn without_v4_a_row_is_not_sent_again_while_the_first_is_under_way(version) {
        if version == ApiVersion::V4 {
            return;
        }
        let (env, inserts) = late(version, WithoutV4).await;

        let report = env.caspio.table::<Item>().insert_many(items(5)).unique_by(|i| i.code).await.expect("a report");

        assert_eq!(report.into_result().expect("every row").len(), 5);
        assert_eq!(inserts.load(Ordering::Relaxed), 5);
        assert_eq!(env.emulator.count("Items").expect("a count"), 5);
    }
}
