//! Failures after which a write may have been executed.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::items::{Item, items, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

/// A note, whose code is a text in the table.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Notes")]
#[allow(dead_code, reason = "no record fits it")]
struct Numbered {
    #[caspio(pk)]
    pk_id: i64,
    code: i32,
    note: String,
    tags: List<String>,
}

/// Reports 3 changed records for every write.
#[derive(Debug)]
struct Miscounting(ReqwestService);

impl HttpService for Miscounting {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let (parts, body) = self.0.call(request).await?.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let text = String::from_utf8_lossy(&body);
            let body = match text.contains("ecordsAffected") {
                true => Body::from(r#"{"RecordsAffected":3}"#),
                false => Body::from(body),
            };
            let mut response = http::Response::new(body);
            *response.status_mut() = parts.status;
            Ok(response)
        }
        .boxed()
    }
}

/// One note.
async fn notes(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Notes")
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Note", DataType::Text255))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "blue"]));
    env.emulator.create_table(table).expect("a table");
    let note = json!({ "Code": "a", "Tags": [] });
    env.emulator.insert("Notes", note).expect("a note");
    env
}

fn fail(env: &TestEnv, operation: &str) {
    let rule = Rule::new(Fault::InternalError)
        .operation(operation)
        .always();
    env.emulator.set_faults(Faults::none().rule(rule));
}

async fn tags(env: &TestEnv) -> String {
    env.emulator.set_faults(Faults::none());
    let note = env.caspio.table_named("Notes").get(1).await;
    let note = note.expect("a read").expect("the note");
    note.get("Tags").expect("the tags").to_string()
}

fn assert_uncertain(error: &Error) {
    assert!(error.maybe_applied(), "{error}");
}

on_every_version! {
    async fn an_update_of_lists_alone_that_returns_the_record_is_done_or_uncertain(version) {
        let env = notes(version).await;
        let notes = env.caspio.table_named("Notes");

        let update = notes.update(1).set_value("Tags", json!(["red"]));
        let returned = update.returning().await;

        match returned {
            Ok(note) => assert_eq!(note.get("Code"), Some(&json!("a"))),
            Err(error) => {
                assert_eq!(version, ApiVersion::V2, "{error}");
                assert_uncertain(&error);
                assert_eq!(error.key(), Some("PK_ID 1"));
                assert!(error.hint().is_some_and(|hint| hint.contains("lists alone")), "{error}");
            }
        }
        assert_eq!(tags(&env).await, r#"{"1":"red"}"#);
    }

    async fn an_update_of_lists_alone_is_uncertain_where_its_record_cannot_be_read(version) {
        let env = notes(version).await;
        fail(&env, "ListTableRecords");

        let update = env.caspio.table_named("Notes").update(1).set_value("Tags", json!(["red"]));

        if let Err(error) = update.await {
            assert_eq!(version, ApiVersion::V2, "only v2 needs the read: {error}");
            assert_uncertain(&error);
            assert_eq!(error.key(), Some("PK_ID 1"));
        }
        assert_eq!(tags(&env).await, r#"{"1":"red"}"#);
    }

    async fn an_update_whose_record_does_not_fit_the_struct_is_done(version) {
        let env = notes(version).await;

        let update = env.caspio.table::<Numbered>().update(1);
        let red: List<String> = ["red".to_owned()].into_iter().collect();
        let update = update.set(|n| (n.note.to("done"), n.tags.to(red)));
        let error = update.returning().await.expect_err("the code is not a number");

        assert_uncertain(&error);
        assert_eq!(tags(&env).await, r#"{"1":"red"}"#);
    }

    async fn an_internal_error_may_follow_the_write(version) {
        for operation in ["CreateTableRecord", "UpdateTableRecords", "UpdateTableRecord"] {
            let env = notes(version).await;
            fail(&env, operation);
            let notes = env.caspio.table_named("Notes");

            let insert = notes.insert(&RecordMap::from([("Code", json!("b"))])).await;
            let update = notes.update(1).set_value("Code", "b").await;

            let errors = [insert.err(), update.err()];
            for error in errors.iter().flatten() {
                assert_uncertain(error);
                assert_eq!(error.attempts(), 1, "it is not repeated: {error}");
            }
        }
    }

    async fn an_internal_error_of_an_insert_of_many_leaves_every_row_uncertain(version) {
        let env = notes(version).await;
        fail(&env, "CreateTableRecords");
        let rows = ["b", "c"].map(|code| RecordMap::from([("Code", json!(code))]));

        let report = env.caspio.table_named("Notes").insert_many(&rows).await.expect("a report");

        assert_eq!(report.failed().len(), 2);
        for failure in report.failed() {
            assert_uncertain(&failure.error);
            assert!(failure.error.sent().is_some(), "{}", failure.error);
        }
    }

    async fn records_that_the_service_does_not_count_are_uncertain(version) {
        let env = items_env_with(version, Miscounting).await;
        let table = env.caspio.table::<Item>();
        let inserted = table.insert_many(items(10)).await.expect("a report");
        assert!(inserted.is_complete());

        let updates = (1..=10).map(|id| (id, Item::COLUMNS.status.to("new")));
        let report = table.update_many(updates.collect::<Vec<_>>()).await.expect("a report");
        let deleted = table.delete_many([1, 2]).await.expect("a report");

        assert_eq!((report.updated, report.failed().len()), (0, 10), "{report:?}");
        for failure in report.failed() {
            assert_uncertain(&failure.error);
            assert_eq!(failure.error.kind(), ErrorKind::Incomplete);
        }
        assert_eq!(deleted.deleted, 2, "there are only two keys");
    }
}
