//! Responses that are not those of a write: errors with the status of a success, and responses of other calls.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, FieldDef, TableDef};
use caspio_tests::items::items_env_with;
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Responds to every write of records, and executes none.
#[derive(Debug)]
struct Answering {
    service: ReqwestService,
    status: u16,
    body: &'static str,
}

impl HttpService for Answering {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let is_write = request.method() != "GET" && request.uri().path().contains("/records");
        if !is_write {
            return self.service.call(request);
        }
        let mut response = http::Response::new(Body::from(self.body));
        *response.status_mut() = self.status.try_into().expect("a status");
        async move { Ok(response) }.boxed()
    }
}

/// A table on v4 whose writes have this response.
async fn answering(status: u16, body: &'static str) -> TestEnv {
    let answering = |service| Answering {
        service,
        status,
        body,
    };
    items_env_with(ApiVersion::V4, answering).await
}

#[tokio::test]
async fn v4_an_error_with_the_status_of_a_success_is_no_success() {
    for (status, body) in [
        (200, r#"{"Code":"X","Message":"no"}"#),
        (200, r#"{"message":"no"}"#),
        (200, r#"{"error":"denied"}"#),
        (200, r#"{"errors":["denied"]}"#),
        (200, "false"),
        (200, "[]"),
        (202, ""),
        (206, ""),
        (206, "{}"),
    ] {
        let env = answering(status, body).await;
        let items = env.caspio.table_named("Items");

        let update = items.update(1).set_value("Code", "x").await;
        let delete = items.delete(1).await;
        let updated = items.update_many([(1, RecordMap::from([("Code", json!("x"))]))]);
        let updated = updated.await.expect("a report");
        let deleted = items.delete_many([1]).await.expect("a report");

        let errors = [update.err(), delete.err()];
        let failed = [&updated, &deleted].map(|report| {
            let failure = report.failed().first();
            failure.map(|failure| failure.error.clone())
        });
        for error in errors.into_iter().chain(failed) {
            let error = error.unwrap_or_else(|| panic!("{status} {body} is a success"));
            assert_eq!(
                error.kind(),
                ErrorKind::Protocol,
                "{status} {body}: {error}"
            );
            assert!(error.maybe_applied(), "{status} {body}: {error}");
            assert_eq!(error.key(), Some("PK_ID 1"), "{status} {body}: {error}");
        }
    }
}

#[tokio::test]
async fn v4_a_success_is_read_in_every_form() {
    for (status, body) in [
        (200, ""),
        (204, ""),
        (200, "{}"),
        (200, r#"{"recordsAffected":1}"#),
        (
            200,
            r#"{"PK_ID":1,"Code":"x","Message":"hello","Error":"none"}"#,
        ),
        (200, r#"{"Code":null,"Message":null}"#),
    ] {
        let env = answering(status, body).await;
        let items = env.caspio.table_named("Items");

        let update = items.update(1).set_value("Code", "x").await;
        let delete = items.delete(1).await;

        assert!(
            update.is_ok() && delete.is_ok(),
            "{status} {body}: {update:?} {delete:?}"
        );
    }
}

/// Answers the second insert with the response to the first one, and does not execute it.
#[derive(Debug)]
struct Doubling {
    service: ReqwestService,
    first: Mutex<Option<(http::response::Parts, bytes::Bytes)>>,
    inserts: AtomicUsize,
}

impl HttpService for Doubling {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let is_insert = request.method() == "POST" && request.uri().path().contains("/records");
        if !is_insert {
            return self.service.call(request);
        }
        async move {
            let first = self.first.lock().expect("no panic").clone();
            if let (1, Some((parts, body))) = (self.inserts.fetch_add(1, Ordering::Relaxed), first)
            {
                return Ok(http::Response::from_parts(parts, Body::from(body)));
            }
            let (parts, body) = self.service.call(request).await?.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let kept = (parts.clone(), body.clone());
            self.first.lock().expect("no panic").get_or_insert(kept);
            Ok(http::Response::from_parts(parts, Body::from(body)))
        }
        .boxed()
    }
}

on_every_version! {
    async fn the_keys_of_another_call_are_not_those_of_a_call(version) {
        for unique in [false, true] {
            let doubling = |service| Doubling {
                service,
                first: Mutex::default(),
                inserts: AtomicUsize::default(),
            };
            let env = items_env_with(version, doubling).await;
            let table = TableDef::new("Codes").field(FieldDef::new("Code", DataType::Text255).unique());
            env.emulator.create_table(table).expect("a table");
            let rows: Vec<RecordMap> = (0..2_500)
                .map(|at| RecordMap::from([("Code", json!(format!("C{at}")))]))
                .collect();
            let codes = env.caspio.table_named("Codes");

            let insert = codes.insert_many(&rows).concurrency(1);
            let insert = if unique { insert.unique_by(|_| "Code") } else { insert };
            let report = insert.await.expect("a report");

            let there = env.emulator.count("Codes").expect("a count");
            let expected = if unique { 2_500 } else { 1_500 };
            assert_eq!((there, report.inserted), (expected, expected), "{:?}", report.failed().first());
            for failure in report.failed() {
                assert!((1_000..2_000).contains(&failure.index.expect("a row")), "{failure:?}");
                assert!(failure.error.maybe_applied() && failure.error.sent().is_some(), "{failure:?}");
            }
        }
    }
}

/// Hides all records from the first reads.
#[derive(Debug)]
struct Hiding {
    service: ReqwestService,
    reads: AtomicUsize,
}

impl HttpService for Hiding {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let is_read = request.method() == "GET" && request.uri().path().contains("/records");
        let left = |reads: usize| reads.checked_sub(1);
        let is_hidden = is_read
            && self
                .reads
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
                .is_ok();
        if !is_hidden {
            return self.service.call(request);
        }
        async move { Ok(http::Response::new(Body::from(r#"{"Result":[]}"#))) }.boxed()
    }
}

/// v2 counts no record for an update of lists alone, so the record is looked up.
#[tokio::test]
async fn v2_a_list_of_a_new_record_is_not_reported_as_missing() {
    for (reads, is_found) in [(2, true), (9, false)] {
        let hiding = |service| Hiding {
            service,
            reads: AtomicUsize::new(reads),
        };
        let env = items_env_with(ApiVersion::V2, hiding).await;
        let tags = FieldDef::new("Tags", DataType::ListText).list(["red", "blue"]);
        let table = TableDef::new("Notes").field(tags);
        env.emulator.create_table(table).expect("a table");
        for _ in 0..2 {
            env.emulator.insert("Notes", json!({})).expect("a note");
        }
        let notes = env.caspio.table_named("Notes");

        let red = RecordMap::from([("Tags", json!(["red"]))]);
        let report = notes
            .update_many([(1, red.clone()), (2, red)])
            .await
            .expect("a report");

        assert_eq!(report.updated == 2, is_found, "{:?}", report.failed());
        for failure in report.failed() {
            assert!(failure.error.maybe_applied(), "{}", failure.error);
        }
        let one = notes.update(1).set_value("Tags", json!(["blue"])).await;
        assert_eq!(one.is_ok(), is_found, "{one:?}");
        assert!(one.err().is_none_or(|error| error.maybe_applied()));
    }
}
