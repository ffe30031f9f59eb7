//! Updating and deleting many records by their keys.

use caspio::field::FieldValue;
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::record::ToRow;
use caspio::{ApiVersion, ErrorKind, http};
use caspio_tests::items::{Item, WithoutV4, calls, items, items_env, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;

on_every_version! {
    async fn equal_changes_share_a_call(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(4000)).await.expect("a report").into_result().expect("keys");
        let before = calls(&env);
        let scattered: Vec<i64> = keys.iter().copied().step_by(3).collect();

        let changes = scattered.iter().map(|key| (*key, Item::COLUMNS.status.to("done")));
        let report = table.update_many(changes).await.expect("a report");

        assert_eq!(report.into_result().expect("all of them").len(), 1334);
        assert_eq!(calls(&env) - before, 2);
        assert_eq!(table.filter(|i| i.status.eq("done")).count().await.expect("a count"), 1334);
    }

    async fn different_changes_take_a_call_each(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(30)).await.expect("a report").into_result().expect("keys");
        let before = calls(&env);

        let c = Item::COLUMNS;
        let changes = keys.iter().map(|key| (*key, [c.status.to(format!("s{}", key % 3)), c.amount.to_null()]));
        let report = table.update_many(changes).await.expect("a report");

        assert!(report.is_complete(), "{report:?}");
        assert_eq!(calls(&env) - before, 3);
        assert_eq!(table.filter(|i| i.status.eq("s1")).count().await.expect("a count"), 10);
    }

    async fn keys_without_a_record_are_named(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(10)).await.expect("a report").into_result().expect("keys");
        let before = calls(&env);

        let all = [keys[0], 5001, keys[2], 5002];
        let report = table.update_many(all.map(|key| (key, Item::COLUMNS.status.to("x")))).await.expect("a report");

        assert_eq!(report.keys().copied().collect::<Vec<_>>(), [keys[0], keys[2]]);
        let failed: Vec<_> = report.failed().iter().map(|failure| (failure.key.expect("a key"), failure.error.kind())).collect();
        assert_eq!(failed, [(5001, ErrorKind::NotFound), (5002, ErrorKind::NotFound)]);
        assert_eq!(calls(&env) - before, 2);
        let none = table.update_many([(6001, Item::COLUMNS.status.to("x")), (6002, Item::COLUMNS.status.to("x"))]);
        assert_eq!(none.await.expect("a report").failed().len(), 2);
        assert_eq!(calls(&env) - before, 4);
    }

    async fn a_refused_change_does_not_affect_others(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");

        let tags = |tag: &str| Item::COLUMNS.tags.to([tag]);
        let report = table.update_many([(keys[0], tags("red")), (keys[1], tags("mauve"))]).await.expect("a report");

        let failed: Vec<_> = report.failed().iter().map(|failure| (failure.key.expect("a key"), failure.error.kind())).collect();
        assert_eq!(failed, [(keys[1], ErrorKind::Refused)]);
        assert_eq!(table.get(keys[0]).await.expect("an item").expect("an item").tags, List::from(["red"]));
    }

    async fn scattered_keys_are_deleted_a_thousand_in_a_call(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(20_000)).await.expect("a report").into_result().expect("keys");
        let before = calls(&env);

        let report = table.delete_many(keys.iter().copied().step_by(2)).await.expect("a report");

        assert!(report.is_complete());
        assert_eq!(report.deleted, 10_000);
        report.into_result().expect("all");
        assert_eq!(calls(&env) - before, 10);
        assert_eq!(env.emulator.count("Items").expect("a count"), 10_000);
    }

    async fn a_delete_reports_missing_records(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(6)).await.expect("a report").into_result().expect("keys");

        let some = table.delete_many([keys[0], keys[1], 7001]).await.expect("a report");
        let none = table.delete_many([7001, 7003]).await.expect("a report");
        let named = table.delete_many([keys[2], 7001, 7003]).find_missing().await.expect("a report");

        assert_eq!((some.deleted, some.missing, some.missing_keys().len()), (2, 1, 0));
        assert_eq!((none.deleted, none.missing), (0, 2));
        assert_eq!(none.missing_keys(), [7001, 7003]);
        assert_eq!((named.deleted, named.missing), (1, 2));
        assert_eq!(named.missing_keys(), [7001, 7003]);
        assert!(named.failed().is_empty() && !named.is_complete());
    }

    async fn a_call_finds_a_thousand_consecutive_keys(version) {
        let env = items_env(version).await;
        for item in items(2000) {
            let row = serde_json::json!({ "Code": item.code });
            env.emulator.insert("Items", row).expect("a row");
        }
        let table = env.caspio.table::<Item>();
        env.emulator.reset_calls();

        let report = table.delete_many(1..=2000).find_missing().await.expect("a report");

        assert_eq!((report.deleted, report.missing), (2000, 0));
        assert_eq!(env.emulator.calls().records_reads(), 2);
    }

    async fn without_v4_keys_share_a_url(version) {
        if version == ApiVersion::V4 {
            return;
        }
        let env = items_env_with(version, WithoutV4).await;
        for item in items(2000) {
            let row = serde_json::json!({ "Code": item.code });
            env.emulator.insert("Items", row).expect("a row");
        }
        let table = env.caspio.table::<Item>();
        let scattered: Vec<i64> = (1..=2000).step_by(2).collect();

        let changes = scattered.iter().map(|key| (*key, Item::COLUMNS.status.to("odd")));
        let report = table.update_many(changes).await.expect("a report");
        let deleted = table.delete_many(scattered.clone()).await.expect("a report");

        assert_eq!(report.into_result().expect("all").len(), 1000);
        assert_eq!(deleted.deleted, 1000);
        // Four URLs for each write are enough, and v4 was tried once.
        assert_eq!(calls(&env), 9);
    }
}

#[test]
fn a_column_that_is_set_twice_gets_the_later_value() {
    let c = Item::COLUMNS;
    let assigned = || [c.status.to("a"), c.amount.to_null(), c.status.to("b")];

    let [first, second, third] = assigned();
    for row in [
        assigned().to_row(),
        Vec::from(assigned()).to_row(),
        (first, second, third).to_row(),
    ] {
        let columns: Vec<_> = row.iter().collect();
        assert_eq!(
            columns,
            [
                ("Amount", &FieldValue::Null),
                ("Status", &FieldValue::Text("b".into()))
            ]
        );
    }
}

/// Changes a condition so that the service deletes three of the records of a call.
struct DeletesThree(ReqwestService);

impl fmt::Debug for DeletesThree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeletesThree")
    }
}

impl HttpService for DeletesThree {
    fn call(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if request.method() == http::Method::DELETE {
            let uri = request.uri().to_string();
            let uri = uri.replace("PK_ID", "PK_ID%3C4%20AND%20PK_ID");
            *request.uri_mut() = uri.parse().expect("a URL");
        }
        self.0.call(request)
    }
}

#[tokio::test]
async fn records_that_were_not_deleted_are_failed_not_missing() {
    let env = TestEnv::start().await;
    let service = ReqwestService::for_account(env.caspio.account()).expect("settings");
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .http_service(Arc::new(DeletesThree(service)))
        .build()
        .expect("a client");
    let contacts = caspio.table_named("Contacts");

    let report = contacts
        .delete_many([1, 2, 3, 5, 7, 99_999])
        .await
        .expect("a report");

    let first = &report.failed()[0].error;
    assert_eq!((report.deleted, report.missing), (3, 1), "{first}");
    let failed: Vec<_> = report.failed().iter().map(|failure| failure.key).collect();
    assert_eq!(failed, [Some(5), Some(7)]);
    let error = &report.failed()[0].error;
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert!(contacts.get(5).await.expect("read").is_some());
}

/// Updates nothing, and counts no record.
#[derive(Debug)]
struct UpdatesNothing(ReqwestService);

impl HttpService for UpdatesNothing {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if !["PUT", "PATCH"].contains(&request.method().as_str()) {
            return self.0.call(request);
        }
        let response = http::Response::new(Body::from(r#"{"RecordsAffected":0}"#));
        async move { Ok(response) }.boxed()
    }
}

/// Deletes nothing, and responds as if the record were missing.
#[derive(Debug)]
struct DeletesNothing(ReqwestService);

impl HttpService for DeletesNothing {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if request.method() != http::Method::DELETE {
            return self.0.call(request);
        }
        let status = match request.uri().path().contains("/v4/") {
            true => http::StatusCode::NOT_FOUND,
            false => http::StatusCode::OK,
        };
        let mut response = http::Response::new(Body::from(r#"{"RecordsAffected":0}"#));
        *response.status_mut() = status;
        async move { Ok(response) }.boxed()
    }
}

on_every_version! {
    async fn a_single_record_that_was_not_deleted_is_failed_not_missing(version) {
        let env = items_env_with(version, DeletesNothing).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");

        let report = table.delete_many([keys[1]]).await.expect("a report");

        assert_eq!((report.deleted, report.missing), (0, 0), "{report:?}");
        let failure = &report.failed()[0];
        assert_eq!((failure.index, failure.key), (Some(0), Some(keys[1])));
        assert_eq!(failure.error.kind(), ErrorKind::Incomplete, "{}", failure.error);
        assert!(failure.error.maybe_applied());
    }

    async fn a_single_key_without_a_record_is_missing(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");
        let before = calls(&env);

        let report = table.delete_many([7001]).await.expect("a report");

        assert_eq!((report.deleted, report.missing, report.missing_keys()), (0, 1, &[7001][..]));
        assert_eq!(calls(&env) - before, 2);
    }
}

on_every_version! {
    async fn records_that_were_not_updated_are_not_missing(version) {
        let env = items_env_with(version, UpdatesNothing).await;
        let table = env.caspio.table::<Item>();
        let keys = table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");

        let changes = [keys[0], keys[2], 7001].map(|key| (key, Item::COLUMNS.status.to("x")));
        let report = table.update_many(changes).await.expect("a report");

        let failed = report.failed().iter().map(|failure| (failure.error.kind(), failure.error.maybe_applied()));
        let incomplete = (ErrorKind::Incomplete, true);
        assert_eq!(failed.collect::<Vec<_>>(), [incomplete, incomplete, (ErrorKind::NotFound, false)], "{report:?}");
    }
}
