//! Refused duplicates, and inserts that are confirmed without a key.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::{ApiVersion, Error, ErrorKind};
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::items::{Item, item, items, items_env, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Responds to the first reads of records as if the table were empty, as a read right after a write may.
#[derive(Debug)]
struct Lag<S> {
    service: S,
    reads: AtomicUsize,
}

impl<S: HttpService> HttpService for Lag<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let is_read = request.method() == "GET" && request.uri().path().ends_with("/records");
        let hides = |reads: usize| reads.checked_sub(1);
        let order = Ordering::Relaxed;
        if !is_read || self.reads.fetch_update(order, order, hides).is_err() {
            return self.service.call(request);
        }
        let empty = match request.uri().path().contains("/v4/") {
            true => r#"{"data":[],"pagination":{"totalCount":0,"pageNumber":1,"pageSize":1000}}"#,
            false => r#"{"Result":[]}"#,
        };
        async move { Ok(http::Response::new(Body::from(empty))) }.boxed()
    }
}

/// Leaves the keys out of the responses to inserts.
#[derive(Debug)]
struct WithoutKeys<S>(S);

impl<S: HttpService> HttpService for WithoutKeys<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let path = request.uri().path();
        let is_insert = request.method() == "POST" && path.contains("/records");
        let body = match path.ends_with("/bulk") {
            true => r#"{"PK_ID":["7"],"data":[{"status":201,"id":"7"},{"status":201}]}"#,
            false => "",
        };
        async move {
            let response = self.0.call(request).await?;
            if !is_insert || response.status() != 201 {
                return Ok(response);
            }
            let mut response = http::Response::new(Body::from(body));
            *response.status_mut() = http::StatusCode::CREATED;
            Ok(response)
        }
        .boxed()
    }
}

async fn lagging(version: ApiVersion, reads: usize) -> TestEnv {
    let env = items_env_with(version, |service| Lag {
        service,
        reads: AtomicUsize::new(reads),
    });
    let env = env.await;
    let rule = Rule::new(Fault::ResetAfterwards).calls([1]);
    let single = rule.clone().operation("CreateTableRecord");
    let bulk = rule.operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(single).rule(bulk));
    env
}

fn assert_conflict(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(error.field(), Some("Code"), "{error}");
    assert!(
        error.hint().is_some_and(|hint| hint.contains("unique")),
        "{error}"
    );
    assert!(!error.maybe_applied(), "{error}");
}

on_every_version! {
    async fn a_value_that_a_unique_field_holds_already_is_a_conflict(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert(&item(1)).await.expect("a record");
        let other = table.insert(&item(2)).await.expect("a record");

        assert_conflict(&table.insert(&item(1)).await.expect_err("a duplicate"));
        let insert = table.insert(&item(1)).returning();
        assert_conflict(&insert.await.expect_err("a duplicate"));
        let update = table.update(other).set(|i| i.code.to("C-1"));
        assert_conflict(&update.await.expect_err("a duplicate"));

        let report = table.insert_many(items(4)).await.expect("a report");
        let failed: Vec<Option<usize>> = report.failed().iter().map(|failure| failure.index).collect();
        assert_eq!((report.inserted, failed), (2, vec![Some(1), Some(2)]));
        for failure in report.failed() {
            assert_conflict(&failure.error);
        }
    }

    async fn a_duplicate_after_a_lost_response_shows_that_the_record_is_there(version) {
        let env = lagging(version, 3).await;

        let key = env.caspio.table::<Item>().insert(&item(1)).unique_by(|i| i.code).await;

        assert_eq!(key.expect("a key"), 1);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 2);
        assert_eq!(env.emulator.count("Items").expect("a count"), 1);
    }

    async fn a_duplicate_after_a_lost_response_is_never_reported_as_not_written(version) {
        let env = lagging(version, usize::MAX).await;

        let key = env.caspio.table::<Item>().insert(&item(1)).unique_by(|i| i.code).await;

        let error = key.expect_err("the record cannot be found");
        assert!(error.maybe_applied(), "{error}");
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 2);
    }

    async fn duplicates_after_a_lost_response_are_never_reported_as_not_written(version) {
        let env = lagging(version, usize::MAX).await;

        let report = env.caspio.table::<Item>().insert_many(items(3)).unique_by(|i| i.code).await.expect("a report");

        assert_eq!((report.inserted, report.failed().len()), (0, 3));
        for failure in report.failed() {
            assert!(failure.error.maybe_applied(), "{}", failure.error);
        }
        assert_eq!(env.emulator.calls().operation("CreateTableRecords"), 2);
        assert_eq!(env.emulator.count("Items").expect("a count"), 3);
    }

    async fn an_insert_that_is_confirmed_without_a_key_is_unresolved_and_not_sent_again(version) {
        let env = items_env_with(version, WithoutKeys).await;
        let table = env.caspio.table::<Item>();

        let error = table.insert(&item(1)).await.expect_err("no key");
        assert!(error.maybe_applied() && error.sent().is_some(), "{error}");
        assert_eq!(error.status(), Some(201));
        assert!(error.to_string().contains("was inserted"), "{error}");

        let key = table.insert(&item(2)).unique_by(|i| i.code).await;
        assert_eq!(key.expect("a key"), 2);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 2);
    }

    async fn rows_that_are_confirmed_without_keys_are_unresolved_and_not_sent_again(version) {
        let env = items_env_with(version, WithoutKeys).await;
        let table = env.caspio.table::<Item>();

        let report = table.insert_many(items(2)).await.expect("a report");
        assert_eq!(report.failed().len(), 2);
        for failure in report.failed() {
            let error = &failure.error;
            assert!(error.maybe_applied() && error.sent().is_some(), "{error}");
            assert_eq!(error.status(), Some(201));
        }

        let rows = [item(2), item(3)];
        let report = table.insert_many(&rows).unique_by(|i| i.code).await.expect("a report");
        assert_eq!(report.into_result().expect("every row"), [3, 4]);
        assert_eq!(env.emulator.calls().operation("CreateTableRecords"), 2);
    }

    async fn an_insert_that_is_confirmed_without_a_key_is_not_sent_again_while_it_cannot_be_found(version) {
        let env = items_env_with(version, |service| Lag {
            service: WithoutKeys(service),
            reads: AtomicUsize::new(usize::MAX),
        });
        let env = env.await;

        let key = env.caspio.table::<Item>().insert(&item(1)).unique_by(|i| i.code).await;

        assert!(key.expect_err("no key").maybe_applied());
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 1);
    }
}
