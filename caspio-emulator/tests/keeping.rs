//! A store in a file.

mod common;

use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use common::Caspio;
use serde_json::json;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

#[tokio::test]
async fn written_data_is_kept_for_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let builder = || Emulator::builder().data(&file).sample_orders(10);

    {
        let first = Caspio::start(builder()).await;
        let table = TableDef::new("Pets")
            .field(FieldDef::new("Pet_ID", DataType::Autonumber))
            .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog"]));
        first.emulator.create_table(table).expect("a new table");
        let pet = json!({ "Kinds": [2] });
        first
            .emulator
            .insert("Pets", pet.clone())
            .expect("inserted");
        first.emulator.delete("Pets", "PK_ID=1").expect("deleted");
        first.emulator.insert("Pets", pet).expect("inserted");
    }

    let second = Caspio::start(builder()).await;
    let rows = second.rows("tables/Pets/records", &[]).await;
    assert_eq!(
        rows,
        [json!({ "PK_ID": 2, "Pet_ID": 2, "Kinds": { "2": "Dog" } })]
    );
    assert_eq!(second.emulator.count("Contacts").expect("the table"), 200);
    assert_eq!(
        second.rows("views/Order_Details/records", &[]).await.len(),
        10
    );
}

#[tokio::test]
async fn a_file_that_is_opened_again_gets_other_guids() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let builder = || Emulator::builder().data(&file).empty();

    {
        let first = Caspio::start(builder()).await;
        let table = TableDef::new("Pets").field(FieldDef::new("Guid", DataType::Guid));
        first.emulator.create_table(table).expect("a new table");
        first.emulator.insert("Pets", json!({})).expect("inserted");
    }
    for _ in 0..3 {
        let next = Caspio::start(builder()).await;
        next.emulator.insert("Pets", json!({})).expect("inserted");
    }
}

#[tokio::test]
async fn many_callers_read_while_one_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let caspio = Caspio::start(Emulator::builder().data(&file).sample_orders(100)).await;

    let reads = (0..50).map(|_| caspio.rows("tables/Orders/records", &[]));
    let (reads, ()) = tokio::join!(futures::future::join_all(reads), async {
        for number in 0..20 {
            let city = json!({ "Name": format!("City {number}") });
            caspio.emulator.insert("City", city).expect("inserted");
        }
    });

    assert!(reads.iter().all(|rows| rows.len() == 100));
    assert_eq!(caspio.emulator.count("City").expect("the table"), 32);
}

const CHILD: &str = "CASPIO_EMULATOR_TEST_FILE";

/// The process that gets killed: it inserts in a loop and prints each acknowledged key.
#[tokio::test]
#[ignore = "run by the test below"]
async fn insert_until_killed() {
    let Ok(file) = std::env::var(CHILD) else {
        return;
    };
    let builder = Emulator::builder().data(file).empty();
    let caspio = Caspio::start(builder).await;
    let table = TableDef::new("Pets").field(FieldDef::new("Name", DataType::Text255));
    caspio.emulator.create_table(table).expect("a new table");
    for number in 0.. {
        let pet = json!({ "Name": format!("Pet {number}") });
        let key = caspio.emulator.insert("Pets", pet).expect("inserted");
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nkey {key}").expect("a reader");
    }
}

#[tokio::test]
async fn acknowledged_writes_survive_a_killed_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let mut child = Command::new(std::env::current_exe().expect("a program"))
        .args(["insert_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(CHILD, &file)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");

    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let acknowledged = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("key ")?.parse::<u64>().ok())
        .nth(200)
        .expect("keys");
    child.kill().expect("killed");
    child.wait().expect("gone");

    let caspio = Caspio::start(Emulator::builder().data(&file).empty()).await;
    assert!(caspio.emulator.count("Pets").expect("the table") >= acknowledged);
    assert!(!caspio.rows("tables/Pets/records", &[]).await.is_empty());
}
