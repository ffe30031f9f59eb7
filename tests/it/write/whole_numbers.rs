//! Fractions that a struct writes to an Integer field, which stores their whole part.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, Error, ErrorKind, WriteChecks, http};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;

/// A record whose counts are no integers in Rust.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Stock", rename_all = "PascalCase")]
struct Stock {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    count: Option<f64>,
    boxes: Option<Decimal>,
    weight: Option<f64>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Stock)]
struct NewStock {
    code: String,
    count: Option<f64>,
    boxes: Option<Decimal>,
    weight: Option<f64>,
}

fn stock(code: &str, count: f64) -> NewStock {
    NewStock {
        code: code.to_owned(),
        count: Some(count),
        boxes: None,
        weight: None,
    }
}

fn boxes(code: &str, boxes: Decimal) -> NewStock {
    NewStock {
        code: code.to_owned(),
        count: None,
        boxes: Some(boxes),
        weight: None,
    }
}

fn weight(code: &str, weight: f64) -> NewStock {
    NewStock {
        code: code.to_owned(),
        count: None,
        boxes: None,
        weight: Some(weight),
    }
}

async fn stocks(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Stock")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("Count", DataType::Integer))
        .field(FieldDef::new("Boxes", DataType::Integer))
        .field(FieldDef::new("Weight", DataType::Number));
    env.emulator.create_table(table).expect("a table");
    env
}

/// A service whose profile may read no definitions of tables.
#[derive(Debug)]
struct NoFields(ReqwestService);

impl HttpService for NoFields {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let path = request.uri().path();
        if !path.ends_with("/fields") && !path.ends_with("/columns") {
            return self.0.call(request);
        }
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::FORBIDDEN;
        async move { Ok(response) }.boxed()
    }
}

fn assert_refused(error: &Error, field: &str, number: &str) {
    let kind = (error.kind(), error.field());
    assert_eq!(kind, (ErrorKind::Refused, Some(field)), "{error}");
    let text = error.to_string();
    assert!(text.contains(number) && text.contains("Integer"), "{text}");
}

on_every_version! {
    async fn writes_of_many_rows_refuse_a_fraction_for_an_integer(version) {
        let rows = [stock("a", 1.0), stock("b", 1.5), boxes("c", dec!(2.5)), weight("d", 0.5)];

        let env = stocks(version).await;
        let inserted = env.caspio.table::<Stock>().insert_many(&rows).await.expect("a report");
        let env = stocks(version).await;
        let synced = env.caspio.table::<Stock>().sync_many(|s| s.code, &rows).await.expect("a report");
        let other = stocks(version).await;
        let replaced = other.caspio.table::<Stock>().replace_all(|s| s.code, &rows).await.expect("a report");

        for report in [inserted, synced, replaced] {
            let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
            assert_eq!((report.inserted, failed), (2, vec![Some(1), Some(2)]), "{report:?}");
            assert_refused(&report.failed()[0].error, "Count", "1.5");
            assert_refused(&report.failed()[1].error, "Boxes", "2.5");
        }
        let again = env.caspio.table::<Stock>().sync_many(|s| s.code, [stock("a", 1.25)]);
        let again = again.await.expect("a report");
        assert_refused(&again.failed()[0].error, "Count", "1.25");
    }

    async fn updates_of_many_records_refuse_a_fraction_for_an_integer(version) {
        let env = stocks(version).await;
        env.emulator.insert("Stock", json!({ "Code": "a", "Count": 1 })).expect("a record");
        env.emulator.insert("Stock", json!({ "Code": "b", "Count": 1 })).expect("a record");
        let c = Stock::COLUMNS;

        let changes = [(1, c.count.to(2.5)), (2, c.count.to(3.0))];
        let report = env.caspio.table::<Stock>().update_many(changes).await.expect("a report");

        assert_eq!(report.updated, 1, "{report:?}");
        assert_eq!(report.failed()[0].key, Some(1));
        assert_refused(&report.failed()[0].error, "Count", "2.5");
    }

    async fn writes_of_many_rows_read_the_fields_once(version) {
        let env = stocks(version).await;
        let table = env.caspio.table::<Stock>();
        let of_fields = || {
            let calls = env.emulator.calls();
            let calls = calls.iter().filter(|(operation, ..)| operation.contains("Field"));
            calls.map(|(_, _, count)| count).sum::<u64>()
        };

        table.insert_many([stock("a", 1.0)]).await.expect("a report").into_result().expect("a key");
        assert_eq!(of_fields(), 0, "no row has a fraction");
        let rows: Vec<NewStock> = (0..2500).map(|at| weight(&format!("w{at}"), 0.5)).collect();
        table.insert_many(&rows).await.expect("a report").into_result().expect("keys");
        table.sync_many(|s| s.code, [weight("w1", 0.25)]).await.expect("a report").into_result().expect("a key");

        assert_eq!(of_fields(), 1);
    }

    async fn a_single_row_is_checked_against_fields_that_are_known(version) {
        let env = stocks(version).await;
        let table = env.caspio.table::<Stock>();
        assert_refused(&table.check(&stock("a", 1.5)).await.expect_err("refused"), "Count", "1.5");

        let insert = table.insert(&stock("a", 1.5)).await.expect_err("refused");
        let update = table.update(1).set(|s| s.count.to(1.5)).await.expect_err("refused");

        assert_refused(&insert, "Count", "1.5");
        assert_refused(&update, "Count", "1.5");
    }

    async fn a_profile_that_may_not_read_the_fields_may_write_rows(version) {
        let env = stocks(version).await;
        let service = ReqwestService::for_account(env.caspio.account()).expect("a service");
        let caspio = Client::builder()
            .account(env.emulator.url())
            .credentials(env.emulator.client_id(), env.emulator.client_secret())
            .api_version(version)
            .http_service(Arc::new(NoFields(service)))
            .build()
            .expect("a client");

        let rows = [weight("a", 0.5), weight("b", 1.5)];
        let report = caspio.table::<Stock>().insert_many(&rows).await.expect("a report");

        assert_eq!(report.into_result().expect("keys"), [1, 2]);
    }
}

#[tokio::test]
async fn a_client_that_checks_nothing_reads_no_fields() {
    let env = stocks(ApiVersion::V3).await;
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .write_checks(WriteChecks::Off)
        .build()
        .expect("a client");

    let rows = [stock("a", 1.5)];
    let report = caspio.table::<Stock>().insert_many(&rows).await;

    assert_eq!(report.expect("a report").inserted, 1);
    assert_eq!(env.emulator.calls().operation("ListTableFields"), 0);
}
