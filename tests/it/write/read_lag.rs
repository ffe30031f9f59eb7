//! Reads right after a write that see the records as they were before it.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio_emulator::{DataType, FieldDef, TableDef, ViewDef};
use caspio_tests::items::{Item, items, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A service whose reads see the records of an earlier time for two seconds after each delete and update.
#[derive(Debug)]
struct LateReads<S> {
    service: S,
    /// The keys that there were.
    before: RangeInclusive<i64>,
    wrote: Mutex<Option<Instant>>,
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
            let wrote = *self.wrote.lock().expect("no panic");
            if of_records && is_read && wrote.is_some_and(|at| at.elapsed() < LONG_LAG) {
                let keys = self.before.clone().map(|key| json!({ "PK_ID": key }));
                let keys: Vec<_> = keys.collect();
                let pages = json!({ "totalCount": keys.len(), "pageNumber": 1, "pageSize": 1000 });
                let body = json!({ records: keys, "pagination": pages });
                let response = http::Response::builder().header("content-type", "application/json");
                return Ok(response.body(body.to_string().into()).expect("a response"));
            }
            let is_write = ["DELETE", "PUT", "PATCH"].contains(&request.method().as_str());
            let response = self.service.call(request).await;
            if is_write && of_records {
                *self.wrote.lock().expect("no panic") = Some(Instant::now());
            }
            response
        }
        .boxed()
    }
}

/// A service whose reads see an object without records for 400 ms after each write.
#[derive(Debug)]
struct Lagging {
    service: ReqwestService,
    wrote: Mutex<Option<Instant>>,
}

impl HttpService for Lagging {
    fn call(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let of_records = request.uri().path().contains("/records");
            let is_read = request.method() == "GET";
            let wrote = *self.wrote.lock().expect("no panic");
            if of_records && is_read && wrote.is_some_and(|at| at.elapsed() < LAG) {
                let uri = request.uri().to_string();
                let uri = uri
                    .replace("/Loaded/", "/Empty/")
                    .replace("/Shown/", "/Shown_Empty/");
                *request.uri_mut() = uri.parse().expect("a URL");
            }
            let response = self.service.call(request).await;
            if of_records && !is_read {
                *self.wrote.lock().expect("no panic") = Some(Instant::now());
            }
            response
        }
        .boxed()
    }
}

/// How long a read sees the records as they were.
const LAG: Duration = Duration::from_millis(400);
const LONG_LAG: Duration = Duration::from_secs(2);

/// Tables whose reads lag, and a view of the records with the status `open`.
async fn lagging(version: caspio::ApiVersion) -> TestEnv {
    let lagging = |service| Lagging {
        service,
        wrote: Mutex::default(),
    };
    let env = items_env_with(version, lagging).await;
    for name in ["Target", "Loaded", "Empty"] {
        let table = TableDef::new(name)
            .field(FieldDef::new("Code", DataType::Text255))
            .field(FieldDef::new("Status", DataType::Text255));
        env.emulator.create_table(table).expect("a table");
    }
    for (name, table) in [("Shown", "Loaded"), ("Shown_Empty", "Empty")] {
        let view = ViewDef::new(name, table)
            .field(&format!("{table}.Code"))
            .field(&format!("{table}.Status"))
            .filter("Status = 'open'")
            .editable(table);
        env.emulator.create_view(view).expect("a view");
    }
    env
}

fn coded(code: &str, status: &str) -> RecordMap {
    RecordMap::from([("Code", code), ("Status", status)])
}

/// Seven records, with the keys 1 to 7.
async fn seven(version: caspio::ApiVersion, before: RangeInclusive<i64>) -> TestEnv {
    let late = |service| LateReads {
        service,
        before: before.clone(),
        wrote: Mutex::default(),
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
        let env = seven(version, 1..=10).await;

        let report = env.caspio.table::<Item>().delete_many(1..=10).await.expect("a report");

        let counts = (report.deleted, report.missing, report.failed().len());
        assert_eq!(counts, (7, 3, 0), "{report:?}");
    }

    async fn new_records_that_a_read_does_not_see_are_deleted(version) {
        let env = seven(version, 1..=5).await;
        let table = env.caspio.table::<Item>();
        table.update(1).set(|c| c.status.to("new")).await.expect("an update");

        let report = table.delete_many([1, 2, 3, 4, 5, 6, 7, 9]).find_missing().await.expect("a report");

        assert_eq!((report.deleted, report.missing, report.failed().len()), (7, 1, 0), "{report:?}");
        assert!(report.missing_keys().is_empty(), "{report:?}");
        assert_eq!(env.emulator.count("Items").expect("a table"), 0);
    }

    async fn a_late_read_does_not_show_that_records_were_not_updated(version) {
        // They were deleted, inserted, or one deleted and one inserted, just before.
        for before in [1..=10, RangeInclusive::new(1, 0), 2..=8] {
            let env = seven(version, before).await;

            let rows = (1..=10).map(|key| (key, RecordMap::from([("Status", "new")])));
            let report = env.caspio.table_named("Items").update_many(rows).await.expect("a report");

            let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
            assert_eq!((report.updated, failed), (7, vec![Some(7), Some(8), Some(9)]), "{report:?}");
        }
    }
}

on_every_version! {
    async fn a_late_read_does_not_show_that_a_view_hides_new_records(version) {
        // v4 does not read by name.
        if version == caspio::ApiVersion::V4 {
            return;
        }
        let env = lagging(version).await;
        let view = env.caspio.view_named("Shown").writable();
        let rows = [coded("a", "open"), coded("b", "open"), coded("c", "closed")];

        let report = view.sync_many(|_| "Code", &rows).await.expect("a report");

        let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
        assert_eq!((report.inserted, failed), (3, vec![Some(2)]), "{report:?}");
    }

    async fn a_late_count_does_not_show_that_a_staging_table_was_not_loaded(version) {
        if version == caspio::ApiVersion::V4 {
            return;
        }
        let env = lagging(version).await;
        let rows = [coded("a", "open"), coded("b", "open"), coded("c", "open")];

        let load = env.caspio.table_named("Target").replace_all(|_| "Code", &rows).staging("Loaded");
        let report = load.await.expect("a report");

        assert_eq!(report.into_result().expect("every row").len(), 3);
        assert_eq!(env.emulator.count("Target").expect("a table"), 3);
    }
}
