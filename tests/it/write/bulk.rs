//! Inserting many records.

use caspio::bulk::{BulkReport, Outcome};
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, WriteChecks};
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use caspio_tests::items::{
    Item, NewItem, Watched, WithoutV4, calls, codes, item, items, items_env, items_env_with, many,
};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn sample_env(version: ApiVersion) -> TestEnv {
    let sample = Emulator::builder().sample_orders(0);
    TestEnv::with(sample).version(version).await
}

on_every_version! {
    async fn a_thousand_rows_take_one_call(version) {
        let env = items_env(version).await;
        let rows = items(many());

        let report = env.caspio.table::<Item>().insert_many(&rows).await.expect("a report");

        let at_most = rows.len().div_ceil(1000) as u64 + 2;
        assert!(calls(&env) <= at_most, "{} calls", calls(&env));
        assert_eq!(env.emulator.calls().operation("CreateTableRecords"), rows.len().div_ceil(1000) as u64);
        let keys = report.into_result().expect("every row");
        assert_eq!(keys.len(), rows.len());
        let there = codes(&env).await;
        assert_eq!(there.len(), rows.len());
        for (key, row) in keys.iter().zip(&rows) {
            assert_eq!(there[key], row.code);
        }
    }

    async fn no_rows_take_no_call(version) {
        let env = items_env(version).await;
        let items = env.caspio.table::<Item>();

        let report = items.insert_many(Vec::<NewItem>::new()).await.expect("a report");
        let updated = items.update_many(Vec::<(i64, NewItem)>::new()).await.expect("a report");
        let deleted = items.delete_many(Vec::<i64>::new()).await.expect("a report");

        assert!(report.is_empty() && report.is_complete() && updated.is_empty());
        assert_eq!((deleted.deleted, deleted.missing), (0, 0));
        assert_eq!(calls(&env), 0);
    }

    async fn a_refused_row_does_not_affect_others(version) {
        let env = items_env(version).await;
        let mut rows = items(1500);
        rows[3].code = "C-1".into();
        rows[1200].code = "x".repeat(300);

        let report = env.caspio.table::<Item>().insert_many(rows.clone()).await.expect("a report");

        assert_eq!(report.len(), 1500);
        assert!(!report.is_complete());
        let failed: Vec<usize> = report.failed().iter().filter_map(|failure| failure.index).collect();
        assert_eq!(failed, [3, 1200]);
        for failure in report.failed() {
            let error = &failure.error;
            assert!(!error.maybe_applied() && error.resource() == Some("table \"Items\""), "{error}");
        }
        let there = codes(&env).await;
        for (row, outcome) in rows.iter().zip(report.results()) {
            if let Ok(key) = outcome {
                assert_eq!(there[key], row.code);
            }
        }
        let error = report.into_result().expect_err("two rows failed");
        assert!(error.to_string().contains("2 of 1500 rows failed, row 3 first"), "{error}");
    }

    async fn invalid_rows_are_not_sent_but_the_others_are(version) {
        let env = items_env(version).await;
        let items = env.caspio.table_named("Items");
        let row = |tags: &[&str]| RecordMap::from([("Code", json(tags.concat())), ("Tags", json(tags))]);
        let rows = [row(&["red"]), row(&["mauve"]), row(&["blue", "green"])];

        let report = items.insert_many(&rows).await.expect("a report");

        let failed = report.failed();
        assert_eq!(failed.len(), 1);
        let error = &failed[0].error;
        assert_eq!((failed[0].index, error.kind(), error.field()), (Some(1), ErrorKind::Refused, Some("Tags")));
        assert_eq!(env.emulator.count("Items").expect("a count"), 2);
    }

    async fn untyped_rows_and_results_of_rows_are_accepted(version) {
        let env = items_env(version).await;
        let row = |code: &str| RecordMap::from([("Code", code)]);
        let rows = vec![Ok(row("a")), Err("line 2 is not JSON"), Ok(row("c"))];

        let report = env.caspio.table_named("Items").insert_stream(stream::iter(rows)).await.expect("a report");

        let failed: Vec<_> = report.failed().iter().map(|failure| (failure.index, failure.error.to_string())).collect();
        assert_eq!(failed.len(), 1);
        assert!(failed[0].0 == Some(1) && failed[0].1.contains("line 2 is not JSON"), "{failed:?}");
        assert_eq!(report.keys().count(), 2);
    }

    async fn hostile_values_are_stored_unchanged(version) {
        let env = items_env(version).await;
        let hostile = ["'; DROP TABLE Items --", "a\"b\\c\n\t", "N'x'", "%_[]", "Grüße 東京", "", "\u{1F642}\u{1F680}"];
        let rows = hostile.iter().enumerate().map(|(at, text)| NewItem {
            code: at.to_string(),
            status: Some((*text).to_owned()),
        });

        let report = env.caspio.table::<Item>().insert_many(rows).await.expect("a report");

        assert!(report.is_complete(), "{report:?}");
        let items = env.caspio.table::<Item>().collect().await.expect("the items");
        let there: Vec<_> = items.iter().map(|item| item.status.as_deref().unwrap_or_default()).collect();
        assert_eq!(there, hostile);
    }

    async fn without_v4_every_row_takes_a_call_after_one_attempt_on_v4(version) {
        if version == ApiVersion::V4 {
            return;
        }
        let env = items_env_with(version, WithoutV4).await;
        let mut rows = items(120);
        rows[7].code = "C-1".into();

        let first = env.caspio.table::<Item>().insert_many(&rows).await.expect("a report");
        let learnt = calls(&env);
        let second = env.caspio.table::<Item>().insert_many(&items(240)[120..]).await.expect("a report");

        assert_eq!(learnt, 121);
        assert_eq!(calls(&env), learnt + 120);
        assert_eq!(first.failed().iter().filter_map(|failure| failure.index).collect::<Vec<_>>(), [7]);
        assert!(second.is_complete());
        let there = codes(&env).await;
        for (key, row) in second.keys().zip(&items(240)[120..]) {
            assert_eq!(there[key], row.code);
        }
    }

    async fn concurrency_limits_the_calls_in_progress(version) {
        for v4 in [true, false] {
            let most = Arc::new(AtomicUsize::new(0));
            let seen = Arc::clone(&most);
            let env = items_env_with(version, move |service| Watched::new(service, v4, most)).await;
            if !v4 && version == ApiVersion::V4 {
                return;
            }
            env.emulator.set_faults(Faults::none().latency(std::time::Duration::from_millis(5)));
            let rows = if v4 { 8000 } else { 1100 };

            let report = env.caspio.table::<Item>().insert_many(items(rows)).concurrency(3).await.expect("a report");

            assert!(report.is_complete());
            assert_eq!(seen.load(Ordering::Relaxed), 3);
        }
    }

    async fn many_records_of_a_view_are_written_by_their_keys(version) {
        let env = sample_env(version).await;
        let view = env.caspio.view_named("Active_Contacts").writable();
        let row = |at: usize| RecordMap::from([
            ("First_Name", json(format!("Ada {at}"))),
            ("Active", json(true)),
        ]);

        let report = view.insert_many((0..30).map(row)).await.expect("a report");
        let keys: Vec<String> = report.into_result().expect("every row");
        let moved = keys.iter().map(|key| (key.clone(), RecordMap::from([("City", "Paris")])));
        let updated = view.update_many(moved).await.expect("a report");
        let paris = view.filter_raw("City = ? AND First_Name LIKE ?", ("Paris", "Ada %")).count().await;
        let deleted = view.delete_many(keys.clone()).await.expect("a report");

        assert_eq!(updated.into_result().expect("all").len(), 30);
        assert_eq!(paris.expect("a count"), 30);
        assert_eq!(deleted.deleted, 30);
    }

    async fn a_stream_is_read_no_further_than_its_rows_are_inserted(version) {
        let env = items_env(version).await;
        let (pulled, furthest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let rows = stream::iter(0..30_000).map(|number| {
            pulled.fetch_add(1, Ordering::Relaxed);
            item(number)
        });
        let items = env.caspio.table::<Item>();

        let mut outcomes = items.insert_stream(rows).concurrency(3).outcomes();
        let mut known = 0;
        while let Some(Outcome { index, result, .. }) = outcomes.next().await {
            let ahead = pulled.load(Ordering::Relaxed) - known;
            furthest.fetch_max(ahead, Ordering::Relaxed);
            assert_eq!(index, known);
            result.expect("a key");
            known += 1;
        }

        assert_eq!(known, 30_000);
        // Three calls and the one that is prepared; as many again may have ended before the ones in front of them.
        let furthest = furthest.load(Ordering::Relaxed);
        assert!(furthest <= 8000, "{furthest} rows ahead");
    }

    async fn large_rows_are_sent_in_smaller_calls(version) {
        let env = items_env(version).await;
        let table = TableDef::new("Texts").field(FieldDef::new("Body", DataType::Text64000));
        env.emulator.create_table(table).expect("a table");
        let rows: Vec<RecordMap> = (0..200).map(|_| RecordMap::from([("Body", "x".repeat(60_000))])).collect();

        let report = env.caspio.table_named("Texts").insert_many(&rows).await.expect("a report");

        assert!(report.is_complete());
        // 12 MB, in calls of 4 MB.
        assert_eq!(env.emulator.calls().operation("CreateTableRecords"), 3);
    }

    async fn a_missing_table_fails_before_any_row_is_sent(version) {
        let env = items_env(version).await;

        let error = env.caspio.table_named("Nothing").insert_many([RecordMap::from([("A", 1)])]).await;

        let error = error.expect_err("no such table");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(calls(&env), 1);
    }
}

fn json(value: impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).expect("JSON")
}

#[tokio::test]
async fn a_refusal_of_the_whole_table_stops_further_calls() {
    let env = items_env_with(ApiVersion::V3, Forbidding).await;

    let report = env
        .caspio
        .table::<Item>()
        .insert_many(items(5000))
        .concurrency(1)
        .await;

    let report: BulkReport<i64> = report.expect("a report");
    assert_eq!(report.failed().len(), 5000);
    assert!(
        report
            .failed()
            .iter()
            .all(|failure| failure.error.kind() == ErrorKind::Permission)
    );
    assert_eq!(calls(&env), 2);
}

/// Responds to every insert with 403.
#[derive(Debug)]
struct Forbidding(ReqwestService);

impl HttpService for Forbidding {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if !request.uri().path().ends_with("/bulk") {
            return self.0.call(request);
        }
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::FORBIDDEN;
        async move { Ok(response) }.boxed()
    }
}

#[tokio::test]
async fn rows_are_checked_before_sending_if_requested() {
    let env = items_env(ApiVersion::V3).await;
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .write_checks(WriteChecks::Always)
        .build()
        .expect("a client");
    let mut rows = items(2000);
    rows[1500].code = "x".repeat(256);

    let report = caspio
        .table::<Item>()
        .insert_many(&rows)
        .await
        .expect("a report");

    let failed = report.failed();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].index, failed[0].error.kind()),
        (Some(1500), ErrorKind::Refused)
    );
    // The fields, v4's ids, and two calls for the rows.
    assert_eq!(caspio.meter().snapshot().calls, 1 + 4);
}

#[tokio::test]
async fn any_number_of_concurrent_calls_can_be_set() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table_named("Contacts");
    let rows: Vec<RecordMap> = (0..3)
        .map(|number| RecordMap::from([("Last_Name", format!("Row {number}"))]))
        .collect();

    let inserted = contacts.insert_many(&rows).concurrency(usize::MAX).await;
    assert_eq!(inserted.expect("a report").inserted, 3);
    let synced = contacts
        .sync_many(|_| "Last_Name", &rows)
        .concurrency(usize::MAX)
        .await;
    assert_eq!(synced.expect("a report").unchanged, 3);
}
