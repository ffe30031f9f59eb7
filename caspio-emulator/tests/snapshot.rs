//! Snapshots, and the return to one.

mod common;

use caspio_emulator::{DataType, Emulator, FieldDef, Snapshot, TableDef};
use common::Caspio;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn pets() -> TableDef {
    TableDef::new("Pets")
        .field(FieldDef::new("Number", DataType::Autonumber))
        .field(FieldDef::new("Guid", DataType::Guid))
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog"]))
}

/// An emulator with two pets, of which the second was deleted.
async fn prepared() -> (Caspio, Snapshot) {
    let caspio = Caspio::empty().await;
    caspio.emulator.create_table(pets()).expect("a new table");
    let pet = || caspio.emulator.insert("Pets", json!({ "Kinds": [2] }));
    pet().expect("inserted");
    pet().expect("inserted");
    caspio.emulator.delete("Pets", "PK_ID=2").expect("deleted");
    let snapshot = caspio.emulator.snapshot().expect("a snapshot");
    (caspio, snapshot)
}

async fn records(caspio: &Caspio) -> Vec<Value> {
    caspio.rows("tables/Pets/records", &[]).await
}

#[tokio::test]
async fn a_reset_returns_to_tables_records_and_next_ids() {
    let (caspio, snapshot) = prepared().await;
    let before = records(&caspio).await;
    let insert = || caspio.emulator.insert("Pets", json!({ "Kinds": [1] }));

    assert_eq!(insert().expect("inserted"), 3);
    let first = records(&caspio).await;
    let other = TableDef::new("Other").field(FieldDef::new("Name", DataType::Text255));
    caspio.emulator.create_table(other).expect("a new table");
    caspio.emulator.delete("Pets", "PK_ID=1").expect("deleted");
    caspio.emulator.create_folder("/Photos").expect("a folder");
    caspio.emulator.reset_to(&snapshot).expect("reset");

    assert_eq!(records(&caspio).await, before);
    assert!(caspio.emulator.count("Other").is_err());
    let folders = caspio.json("files", &[]).await;
    assert!(!folders.to_string().contains("Photos"), "{folders}");
    assert_eq!(insert().expect("inserted"), 3);
    assert_eq!(records(&caspio).await, first, "the same number and GUID");
}

#[tokio::test]
async fn a_table_that_is_created_after_a_reset_is_read_with_its_own_fields() {
    let (caspio, snapshot) = prepared().await;
    for field in ["Name", "Colour"] {
        let table = TableDef::new("Other").field(FieldDef::new(field, DataType::Text255));
        caspio.emulator.create_table(table).expect("a new table");
        let record = json!({ field: "x" });
        caspio.emulator.insert("Other", record).expect("inserted");

        let rows = caspio.rows("tables/Other/records", &[]).await;
        assert_eq!(rows, [json!({ "PK_ID": 1, field: "x" })]);
        caspio.emulator.reset_to(&snapshot).expect("reset");
    }
}

#[tokio::test]
async fn a_reset_keeps_tokens_faults_and_counts() {
    use caspio_emulator::{Fault, Faults, Rule};
    let (caspio, snapshot) = prepared().await;
    let rule = Rule::new(Fault::BadGateway)
        .operation("ListTables")
        .calls([2]);
    caspio.emulator.set_faults(Faults::none().rule(rule));
    caspio.json("tables", &[]).await;

    caspio.emulator.reset_to(&snapshot).expect("reset");
    let second = caspio.get("tables", &[]).await.status();

    assert_eq!(second, StatusCode::BAD_GATEWAY);
    assert_eq!(caspio.emulator.calls().operation("ListTables"), 2);
}

#[tokio::test]
async fn another_emulator_begins_with_a_snapshot_and_does_not_share_it() {
    let (caspio, snapshot) = prepared().await;
    let builder = Emulator::builder().account("other").snapshot(&snapshot);

    let other = Caspio::start(builder.clone()).await;
    let third = Caspio::start(builder).await;
    other.emulator.delete("Pets", "PK_ID=1").expect("deleted");

    assert_eq!(other.emulator.account(), "other");
    assert_eq!(records(&other).await, Vec::<Value>::new());
    assert_eq!(records(&third).await, records(&caspio).await);
    assert_eq!(
        other.emulator.insert("Pets", json!({})).expect("inserted"),
        3
    );
}

#[tokio::test]
async fn a_new_file_begins_with_a_snapshot_and_keeps_what_is_written_to_it() {
    let (_caspio, snapshot) = prepared().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let builder = || Emulator::builder().data(&file).snapshot(&snapshot);

    {
        let first = Caspio::start(builder()).await;
        first.emulator.insert("Pets", json!({})).expect("inserted");
    }
    let second = Caspio::start(builder()).await;
    assert_eq!(second.emulator.count("Pets").expect("the table"), 2);
    second.emulator.reset_to(&snapshot).expect("reset");
    drop(second);
    let third = Caspio::start(builder()).await;

    assert_eq!(third.emulator.count("Pets").expect("the table"), 1);
}

/// Each writer inserts two records at a time, so that a half of a write or of a reset would leave an odd number.
#[tokio::test]
async fn calls_in_progress_see_all_of_the_data_before_or_all_after() {
    let caspio = Caspio::empty().await;
    let table = TableDef::new("Pairs")
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog"]));
    caspio.emulator.create_table(table).expect("a new table");
    let snapshot = caspio.emulator.snapshot().expect("a snapshot");
    let done = AtomicBool::new(false);
    let is_done = || done.load(Ordering::Relaxed);
    let emulator = &caspio.emulator;

    thread::scope(|scope| {
        let writers = [1, 2].map(|kind| {
            scope.spawn(move || {
                let pet = json!({ "Kinds": [kind] });
                let mut written = 0;
                while !is_done() {
                    let pair = [pet.clone(), pet.clone()];
                    emulator.restore("Pairs", pair).expect("inserted");
                    written += 1;
                }
                written
            })
        });
        scope.spawn(move || {
            while !is_done() {
                let count = emulator.count("Pairs").expect("the table");
                assert_eq!(count % 2, 0, "{count} records");
            }
        });
        for _ in 0..30 {
            thread::yield_now();
            emulator.reset_to(&snapshot).expect("reset");
        }
        done.store(true, Ordering::Relaxed);
        for writer in writers {
            assert!(writer.join().expect("no panic") > 0);
        }
    });

    emulator.reset_to(&snapshot).expect("reset");
    assert_eq!(emulator.count("Pairs").expect("the table"), 0);
    assert_eq!(
        caspio.rows("tables/Pairs/records", &[]).await,
        Vec::<Value>::new()
    );
}

/// Sends a request to a path of the emulator itself.
async fn control(caspio: &Caspio, method: Method, path: &str) -> (StatusCode, Value) {
    let url = format!("{}/_emulator/{path}", caspio.emulator.url());
    let response = caspio.http.request(method, url).send().await;
    common::read(response.expect("a response")).await
}

#[tokio::test]
async fn another_process_resets_to_the_start_or_to_its_snapshot() {
    let caspio = Caspio::sample().await;
    let delete = |condition| {
        caspio
            .emulator
            .delete("Orders", condition)
            .expect("deleted")
    };
    let count = || caspio.emulator.count("Orders").expect("the table");

    delete("PK_ID > 100");
    let (reset, _) = control(&caspio, Method::POST, "reset").await;
    assert_eq!((reset, count()), (StatusCode::NO_CONTENT, 500));

    delete("PK_ID > 100");
    let (taken, _) = control(&caspio, Method::PUT, "snapshot").await;
    delete("PK_ID > 50");
    let (reset, _) = control(&caspio, Method::POST, "reset").await;
    assert_eq!(
        (taken, reset),
        (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT)
    );
    assert_eq!(count(), 100);
    assert_eq!(caspio.emulator.calls().total(), 0);
}

#[tokio::test]
async fn data_in_a_file_are_not_reset_without_a_snapshot() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let caspio = Caspio::start(Emulator::builder().data(&file).sample_orders(10)).await;

    let (refused, body) = control(&caspio, Method::POST, "reset").await;
    control(&caspio, Method::PUT, "snapshot").await;
    caspio
        .emulator
        .delete("Orders", "PK_ID > 0")
        .expect("deleted");
    let (reset, _) = control(&caspio, Method::POST, "reset").await;

    assert_eq!(refused, StatusCode::BAD_REQUEST);
    let message = body["Message"].as_str().unwrap_or_default();
    assert!(message.contains("PUT /_emulator/snapshot"), "{message}");
    assert_eq!(reset, StatusCode::NO_CONTENT);
    assert_eq!(caspio.emulator.count("Orders").expect("the table"), 10);
}

#[tokio::test]
async fn other_sites_cannot_reset() {
    let caspio = Caspio::sample().await;
    caspio
        .emulator
        .delete("Orders", "PK_ID > 0")
        .expect("deleted");
    let url = format!("{}/_emulator/reset", caspio.emulator.url());

    let request = caspio
        .http
        .post(url)
        .header("Origin", "https://elsewhere.example");
    let status = request.send().await.expect("a response").status();

    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(caspio.emulator.count("Orders").expect("the table"), 0);
}
