//! Reads right after a write that see the records as they were before it.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio_tests::items::{Item, items, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

/// A service whose first read after a delete or an update sees the records of an earlier time.
#[derive(Debug)]
struct LateReads<S> {
    service: S,
    /// How many records there were.
    before: usize,
    wrote: AtomicBool,
}

impl<S: HttpService> HttpService for LateReads<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let path = request.uri().path();
            let of_records = path.contains("/records");
            let is_read = request.method() == "GET";
            let records = match path.contains("/v4/") {
                true => "data",
                false => "Result",
            };
            if of_records && is_read && self.wrote.swap(false, Ordering::SeqCst) {
                let keys: Vec<_> = (1..=self.before)
                    .map(|key| json!({ "PK_ID": key }))
                    .collect();
                let pages = json!({ "totalCount": self.before, "pageNumber": 1, "pageSize": 1000 });
                let body = json!({ records: keys, "pagination": pages });
                let response = http::Response::builder().header("content-type", "application/json");
                return Ok(response.body(body.to_string().into()).expect("a response"));
            }
            let is_write = request.method() == "DELETE" || request.method() == "PUT";
            self.wrote
                .fetch_or(is_write && of_records, Ordering::SeqCst);
            self.service.call(request).await
        }
        .boxed()
    }
}

/// Seven records, with the keys 1 to 7.
async fn seven(version: caspio::ApiVersion, before: usize) -> TestEnv {
    let late = |service| LateReads {
        service,
        before,
        wrote: AtomicBool::new(false),
    };
    let env = items_env_with(version, late).await;
    for item in items(7) {
        let record = json!({ "Code": item.code });
        env.emulator.insert("Items", record).expect("a record");
    }
    env
}

on_every_version! {
    async fn a_late_read_does_not_show_that_records_were_not_deleted(version) {
        let env = seven(version, 10).await;

        let report = env.caspio.table::<Item>().delete_many(1..=10).await.expect("a report");

        let counts = (report.deleted, report.missing, report.failed().len());
        assert_eq!(counts, (7, 3, 0), "{report:?}");
    }

    async fn a_late_read_does_not_show_that_records_were_not_updated(version) {
        // They were deleted, or inserted, just before.
        for before in [10, 0] {
            let env = seven(version, before).await;

            let rows = (1..=10).map(|key| (key, RecordMap::from([("Status", "new")])));
            let report = env.caspio.table_named("Items").update_many(rows).await.expect("a report");

            let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
            assert_eq!((report.updated, failed), (7, vec![Some(7), Some(8), Some(9)]), "{report:?}");
        }
    }
}
