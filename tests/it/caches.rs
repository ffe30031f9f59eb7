//! Responses that are kept for a time, and never from before a change of this client.

use bytes::Bytes;
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{Account, ApiVersion, ClientBuilder};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::items::{Item, NewItem};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

const HOUR: Duration = Duration::from_secs(3_600);

fn builder(env: &TestEnv, version: ApiVersion) -> ClientBuilder {
    Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .api_version(version)
}

fn caching(env: &TestEnv, version: ApiVersion) -> Client {
    let builder = builder(env, version).cache_records(HOUR).cache_schema(HOUR);
    builder.build().expect("a client")
}

/// An emulator with three items.
async fn items() -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let table = TableDef::new("Items")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("Status", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "green"]));
    env.emulator.create_table(table).expect("a table");
    for code in ["a", "b", "c"] {
        let item = json!({ "Code": code, "Status": "old" });
        env.emulator.insert("Items", item).expect("a record");
    }
    env
}

async fn status(caspio: &Client) -> Option<String> {
    let item = caspio.table::<Item>().get(1).await.expect("a read");
    item.and_then(|item| item.status)
}

/// Changes the first item as another program would.
fn change_by_another(env: &TestEnv) {
    let changed = json!({ "Status": "of another" });
    env.emulator
        .update("Items", "PK_ID = 1", changed)
        .expect("an update");
}

on_every_version! {
    async fn a_record_is_read_once_and_its_absence_too(version) {
        let env = items().await;
        let caspio = caching(&env, version);

        for _ in 0..3 {
            assert_eq!(status(&caspio).await.as_deref(), Some("old"));
            let missing = caspio.clone().table::<Item>().get(99).await;
            assert!(missing.expect("a read").is_none());
        }
        assert_eq!(env.emulator.calls().records_reads(), 2);
        change_by_another(&env);
        assert_eq!(status(&caspio).await.as_deref(), Some("old"));

        // Other columns of the record are another read, and so are all reads but `get`.
        caspio.table_named("Items").get(1).await.expect("a map");
        caspio.table::<Item>().get_many([1]).await.expect("items");
        caspio.table::<Item>().first().await.expect("an item");
        assert_eq!(env.emulator.calls().records_reads(), 5);
    }

    async fn without_the_setting_every_read_makes_its_call(version) {
        let env = items().await;
        let caspio = builder(&env, version).build().expect("a client");
        for _ in 0..3 {
            status(&caspio).await;
            caspio.table_named("Items").fields().await.expect("the fields");
        }
        assert_eq!(env.emulator.calls().records_reads(), 3);
        assert!(env.emulator.calls().operation("ListTableFields") >= 3);
    }

    async fn lookups_of_the_schema_are_made_once_until_this_client_changes_it(version) {
        let env = items().await;
        let caspio = caching(&env, version);
        for _ in 0..3 {
            assert_eq!(caspio.tables().await.expect("the tables"), ["Items"]);
            let fields = caspio.table_named("Items").fields().await.expect("the fields");
            assert_eq!(fields.len(), 4);
        }
        let once = env.emulator.calls().total();
        assert!(once <= 5, "{:?}", env.emulator.calls());
        // A test of the connection is one.
        caspio.test_connection().await.expect("a connection");
        assert_eq!(env.emulator.calls().total(), once + 1);

        let field = caspio::schema::FieldDefinition::new("More", caspio::schema::DataType::Text255);
        caspio.table_named("Items").add_field(&field).await.expect("a field");

        let fields = caspio.table_named("Items").fields().await.expect("the fields");
        assert_eq!(fields.len(), 5);
    }

    async fn a_table_that_is_new_is_found(version) {
        let env = items().await;
        let caspio = caching(&env, version);
        assert_eq!(caspio.tables().await.expect("the tables"), ["Items"]);

        let pets = TableDef::new("Pets").field(FieldDef::new("Name", DataType::Text255));
        env.emulator.create_table(pets).expect("a table");

        assert_eq!(caspio.table_named("Pets").count().await.expect("a count"), 0);
    }

    async fn each_write_of_the_client_removes_what_is_kept(version) {
        let env = items().await;
        let items = |caspio: &Client| caspio.table::<Item>();
        let new = |code: &str| NewItem { code: code.to_owned(), status: None };
        type Write = Box<dyn FnOnce(Client) -> BoxFuture<'static, ()>>;
        let writes: [(&str, Write); 6] = [
            ("insert", Box::new(move |caspio| async move {
                items(&caspio).insert(&new("d")).await.expect("an insert");
            }.boxed())),
            ("update", Box::new(move |caspio| async move {
                let update = items(&caspio).update(2).set(|i| i.status.to("x".to_owned()));
                update.await.expect("an update");
            }.boxed())),
            ("update_where", Box::new(move |caspio| async move {
                let update = items(&caspio).update_where(|i| i.code.eq("b"));
                update.set(|i| i.status.to("y".to_owned())).await.expect("an update");
            }.boxed())),
            ("delete", Box::new(move |caspio| async move {
                items(&caspio).delete(3).await.expect("a delete");
            }.boxed())),
            ("insert_many", Box::new(move |caspio| async move {
                let report = items(&caspio).insert_many([new("e"), new("f")]).await;
                assert_eq!(report.expect("a report").inserted, 2);
            }.boxed())),
            ("a write of a clone for another version", Box::new(move |caspio| async move {
                let report = items(&caspio).update_many([(2, Item::COLUMNS.status.to("z".to_owned()))]).await;
                assert_eq!(report.expect("a report").updated, 1);
            }.boxed())),
        ];
        for (name, write) in writes {
            let caspio = caching(&env, version);
            status(&caspio).await;
            change_by_another(&env);
            write(caspio.clone()).await;
            assert_eq!(status(&caspio).await.as_deref(), Some("of another"), "{name}");
            env.emulator.update("Items", "PK_ID = 1", json!({ "Status": "old" })).expect("an update");
            // Right after a write nothing is kept.
            assert_eq!(status(&caspio).await.as_deref(), Some("old"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let env = items().await;
    let caspio = caching(&env, ApiVersion::V3);
    for fault in [Fault::InternalError, Fault::CutShort] {
        let fails = Rule::new(fault).operation("ListTableRecords");
        env.emulator.set_faults(Faults::none().rule(fails.always()));
        let failed = caspio.table::<Item>().get(1).await;
        failed.expect_err("the service fails");
        env.emulator.set_faults(Faults::none());
        assert_eq!(status(&caspio).await.as_deref(), Some("old"));
        // What was kept before is removed by the next write.
        let update = caspio
            .table::<Item>()
            .update(2)
            .set(|i| i.status.to("x".to_owned()));
        update.await.expect("an update");
    }
}

/// Holds the response of the first read of records until it is let go, and returns nonsense if it is told to.
#[derive(Debug)]
struct Held {
    service: ReqwestService,
    is_read: Notify,
    goes_on: Notify,
}

impl HttpService for Held {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let is_read = request.method() == http::Method::GET;
            let (head, body) = self.service.call(request).await?.into_parts();
            let body: Bytes = body.bytes(usize::MAX).await?;
            if is_read {
                self.is_read.notify_one();
                self.goes_on.notified().await;
            }
            Ok(http::Response::from_parts(head, Body::from(body)))
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_read_in_progress_during_a_write_is_not_kept() {
    let env = items().await;
    let account = Account::new(&env.emulator.url()).expect("an account");
    let held = Arc::new(Held {
        service: ReqwestService::for_account(&account).expect("a service"),
        is_read: Notify::new(),
        goes_on: Notify::new(),
    });
    let builder = builder(&env, ApiVersion::V3).http_service(held.clone());
    let caspio = builder.cache_records(HOUR).build().expect("a client");

    let reader = caspio.clone();
    let read = tokio::spawn(async move { status(&reader).await });
    held.is_read.notified().await;
    let update = caspio
        .table::<Item>()
        .update(1)
        .set(|i| i.status.to("new".to_owned()));
    update.await.expect("an update");
    held.goes_on.notify_one();
    assert_eq!(read.await.expect("no panic").as_deref(), Some("old"));

    held.goes_on.notify_one();
    assert_eq!(status(&caspio).await.as_deref(), Some("new"));
}
