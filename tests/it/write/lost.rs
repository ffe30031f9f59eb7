//! Inserts whose first response is lost.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::schema::FieldUpdate;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::items::{Item, WithoutV4, item, items, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Loses the response of the first insert, which reaches the service later.
#[derive(Debug)]
struct Late<S> {
    service: Arc<S>,
    inserts: Arc<AtomicUsize>,
    delay: Duration,
}

impl<S: HttpService + 'static> HttpService for Late<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let (service, delay) = (Arc::clone(&self.service), self.delay);
            let path = request.uri().path();
            let is_insert = request.method() == "POST" && path.contains("/records");
            if is_insert && self.inserts.fetch_add(1, Ordering::Relaxed) == 0 {
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
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
    late_by(Duration::from_millis(200), version, layer).await
}

async fn late_by<S: HttpService + 'static>(
    delay: Duration,
    version: ApiVersion,
    layer: impl FnOnce(ReqwestService) -> S,
) -> (TestEnv, Arc<AtomicUsize>) {
    let inserts = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&inserts);
    let env = items_env_with(version, |service| Late {
        service: Arc::new(layer(service)),
        inserts: counter,
        delay,
    });
    (env.await, inserts)
}

on_every_version! {
    async fn an_insert_is_not_sent_again_while_the_first_is_in_progress(version) {
        let (env, inserts) = late(version, |service| service).await;

        let key = env.caspio.table::<Item>().insert(&item(1)).unique_by(|i| i.code).await.expect("a key");

        assert_eq!((key, inserts.load(Ordering::Relaxed)), (1, 1));
        assert_eq!(env.emulator.count("Items").expect("a count"), 1);
    }

    async fn rows_are_not_sent_again_while_the_first_call_is_in_progress(version) {
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

/// Waits until the first insert has arrived after every lookup, and returns how many records there are.
async fn records_in_the_end(env: &TestEnv) -> u64 {
    tokio::time::sleep(Duration::from_secs(1)).await;
    env.emulator.count("Items").expect("a count")
}

on_every_version! {
    async fn a_row_is_not_sent_again_by_a_column_that_is_not_unique_any_more(version) {
        let (env, inserts) = late_by(Duration::from_secs(3), version, |service| service).await;
        let table = env.caspio.table::<Item>();
        table.fields().await.expect("the fields, of which one is unique");
        let no_longer = FieldUpdate::new().unique(false);
        let other_program = env.new_client().table_named("Items");
        other_program.change_field("Code", &no_longer).await.expect("changed");

        let error = table.insert(&item(1)).unique_by(|i| i.code).await.expect_err("not found");

        assert!(error.maybe_applied() && error.sent().is_some(), "{error}");
        assert_eq!(records_in_the_end(&env).await, 1);
        assert_eq!(inserts.load(Ordering::Relaxed), 1);
    }

    async fn rows_are_not_sent_again_by_a_column_that_is_not_unique_any_more(version) {
        let (env, inserts) = late_by(Duration::from_secs(3), version, |service| service).await;
        let table = env.caspio.table::<Item>();
        table.fields().await.expect("the fields, of which one is unique");
        let no_longer = FieldUpdate::new().unique(false);
        let other_program = env.new_client().table_named("Items");
        other_program.change_field("Code", &no_longer).await.expect("changed");

        let report = table.insert_many(items(5)).unique_by(|i| i.code).await.expect("a report");

        let unresolved = report.failed().iter().filter(|failure| failure.error.maybe_applied());
        assert_eq!((report.inserted, unresolved.count()), (0, 5), "{report:?}");
        assert_eq!(records_in_the_end(&env).await, 5);
        assert_eq!(inserts.load(Ordering::Relaxed), 1);
    }

    async fn a_first_attempt_that_arrives_last_is_refused_by_a_unique_column(version) {
        let (env, inserts) = late_by(Duration::from_secs(3), version, |service| service).await;
        let table = env.caspio.table::<Item>();
        table.fields().await.expect("the fields");

        let key = table.insert(&item(1)).unique_by(|i| i.code).await.expect("a key");

        assert_eq!(records_in_the_end(&env).await, 1);
        assert_eq!(inserts.load(Ordering::Relaxed), 2);
        let record = table.get(key).await.expect("a read").expect("a record");
        assert_eq!(record.code, "C-1");
    }
}

/// Starts an emulator with an empty table that has a unique field of this type.
async fn amounts(version: ApiVersion, data_type: DataType) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Amounts").field(FieldDef::new("Amount", data_type).unique());
    env.emulator.create_table(table).expect("a table");
    env
}

fn lose(env: &TestEnv, fault: Fault, operation: &str) {
    let rule = Rule::new(fault).operation(operation).calls([1]);
    env.emulator.reset_calls();
    env.emulator.set_faults(Faults::none().rule(rule));
}

on_every_version! {
    async fn a_record_is_found_by_a_value_that_the_row_spells_differently(version) {
        for (data_type, value) in [(DataType::Number, "7.0"), (DataType::Currency, "3.10")] {
            let env = amounts(version, data_type).await;
            lose(&env, Fault::ResetAfterwards, "CreateTableRecord");

            let row = RecordMap::from([("Amount", json!(value))]);
            let key = env.caspio.table_named("Amounts").insert(&row).unique_by(|_| "Amount").await;

            assert_eq!(key.expect("a key"), 1);
            assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 1);
        }
    }

    async fn records_are_found_by_values_that_the_rows_spell_differently(version) {
        let env = amounts(version, DataType::Number).await;
        lose(&env, Fault::ResetAfterwards, "CreateTableRecords");

        let rows = ["1.0", "2", "3.00"].map(|amount| RecordMap::from([("Amount", json!(amount))]));
        let table = env.caspio.table_named("Amounts");
        let report = table.insert_many(&rows).unique_by(|_| "Amount").await.expect("a report");

        assert_eq!(report.into_result().expect("every row"), [1, 2, 3]);
        assert_eq!(env.emulator.calls().operation("CreateTableRecords"), 1);
    }

    async fn a_row_that_is_refused_when_it_is_sent_again_was_not_inserted(version) {
        let env = amounts(version, DataType::Text255).await;
        lose(&env, Fault::Reset, "CreateTableRecord");

        let row = RecordMap::from([("Amount", json!("x".repeat(300)))]);
        let key = env.caspio.table_named("Amounts").insert(&row).unique_by(|_| "Amount").await;

        let error = key.expect_err("it is too long");
        assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Invalid, false), "{error}");
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 2);
    }
}
