//! The program is killed in the middle of its writes, repeatedly with one data folder.

#![cfg(feature = "program")]

#[path = "common/program.rs"]
mod program;

use program::{Caller, Program, command};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SINGLE_WRITERS: usize = 50;
const BULK: u64 = 200;
/// The longest time until the first write of a run.
const PATIENCE: Duration = Duration::from_secs(30);

/// The numbers of the records whose write was acknowledged.
type Answered = Arc<Mutex<BTreeSet<u64>>>;

fn runs() -> u64 {
    std::env::var("CASPIO_TEST_RUNS")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(50)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_a_kill_and_no_record_is_half_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a plain name");
    let arguments = ["--empty", "--data", data];
    let next = Arc::new(AtomicU64::new(1));
    let mut answered = BTreeSet::new();
    let (mut there, mut checked) = (BTreeSet::new(), 0);
    let mut seed = fastrand::Rng::with_seed(7);
    {
        let program = Program::start(&arguments);
        make_table(&program.caller().await).await;
        program.kill();
    }

    for run in 0..runs() {
        let program = Program::start(&arguments);
        let caller = program.caller().await;
        let (last, whole) = check(&caller, checked).await;
        there.extend(whole);
        assert_all(&answered, &there);
        checked = last;

        let now = Answered::default();
        let writers = writers(&caller, &next, &now).await;
        tokio::time::timeout(PATIENCE, first(&now))
            .await
            .unwrap_or_else(|_| panic!("run {run} wrote nothing"));
        tokio::time::sleep(Duration::from_millis(seed.u64(20..100))).await;
        program.kill();
        for writer in writers {
            writer.await.expect("no panic");
        }

        let now = std::mem::take(&mut *now.lock().expect("no panic"));
        answered.extend(now);
    }

    let program = Program::start(&arguments);
    let (_, there) = check(&program.caller().await, 0).await;
    assert_all(&answered, &there);
}

/// Waits for the first acknowledged write.
async fn first(now: &Answered) {
    while now.lock().expect("no panic").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn assert_all(answered: &BTreeSet<u64>, there: &BTreeSet<u64>) {
    let lost: Vec<_> = answered.difference(there).collect();
    assert!(lost.is_empty(), "lost {lost:?}");
}

#[tokio::test]
async fn killed_start_leaves_no_partial_sample() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a plain name");
    let arguments = ["--sample-rows", "20000", "--data", data];
    for wait in [5, 20, 60, 120, 200] {
        let mut child = command()
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .expect("a process");
        tokio::time::sleep(Duration::from_millis(wait)).await;
        child.kill().expect("killed");
        child.wait().expect("gone");
    }

    let program = Program::start(&arguments);

    let path = "v3/tables/Orders/records?q.select=COUNT(*)%20AS%20Orders";
    let orders = program.caller().await.json(path).await.expect("a count");
    assert_eq!(orders["Result"], json!([{ "Orders": 20_000 }]));
    let directories = program.caller().await.json("v3/directories").await;
    let directories = directories.expect("directories");
    assert_eq!(directories["Result"][0]["NumberOfUsers"], 3);
}

async fn make_table(caller: &Caller) {
    let table = json!({ "Name": "Log", "Fields": [
        { "Name": "Number", "Type": "INTEGER", "Unique": true },
        { "Name": "Copy", "Type": "NUMBER" },
        { "Name": "Words", "Type": "TEXT" },
        { "Name": "Made", "Type": "AUTONUMBER", "Unique": true },
    ] });
    let response = caller.post("v3/tables", &table).await;
    assert_eq!(response.expect("a response").0, 201);
}

/// A record whose fields all follow from its number, so that a half-written one is detected.
fn record(number: u64) -> Value {
    json!({ "Number": number, "Copy": number, "Words": words(number) })
}

fn words(number: u64) -> String {
    format!("{number} ").repeat(number as usize % 400 + 1)
}

/// Starts tasks that write until the connection breaks.
async fn writers(
    caller: &Caller,
    next: &Arc<AtomicU64>,
    answered: &Answered,
) -> Vec<tokio::task::JoinHandle<()>> {
    let mut writers = Vec::new();
    for _ in 0..SINGLE_WRITERS {
        let (caller, next, answered) = (caller.clone(), Arc::clone(next), Arc::clone(answered));
        writers.push(tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let response = caller.post("v3/tables/Log/records", &record(number)).await;
                let Some((201, _)) = response else { return };
                answered.lock().expect("no panic").insert(number);
            }
        }));
    }
    let path = bulk_path(caller).await.expect("the table in v4");
    let (caller, next, answered) = (caller.clone(), Arc::clone(next), Arc::clone(answered));
    writers.push(tokio::spawn(async move {
        loop {
            let first = next.fetch_add(BULK, Ordering::Relaxed);
            let records: Vec<_> = (first..first + BULK).map(record).collect();
            let response = caller.post(&path, &Value::Array(records)).await;
            let Some((201, _)) = response else { return };
            answered
                .lock()
                .expect("no panic")
                .extend(first..first + BULK);
        }
    }));
    writers
}

/// The bulk operation of v4.
async fn bulk_path(caller: &Caller) -> Option<String> {
    let tables = caller.json("v4/tables").await?;
    let id = tables["data"]
        .as_array()?
        .iter()
        .find(|table| table["name"] == "Log")?["tableId"]
        .as_str()?
        .to_owned();
    Some(format!("v4/tables/{id}/records/bulk"))
}

/// Reads all records after a key, and checks that each is complete. Returns the last key and the
/// numbers.
async fn check(caller: &Caller, after: u64) -> (u64, BTreeSet<u64>) {
    let mut there = BTreeSet::new();
    let mut last = after;
    loop {
        let path =
            format!("v3/tables/Log/records?q.where=PK_ID%3E{last}&q.orderBy=PK_ID&q.limit=1000");
        let page = caller.json(&path).await.expect("a page");
        let rows = page["Result"].as_array().expect("records");
        for row in rows {
            let number = row["Number"].as_u64().expect("a number");
            assert_eq!(row["Copy"].as_f64(), Some(number as f64), "{row}");
            assert_eq!(row["Words"].as_str(), Some(words(number).as_str()), "{row}");
            assert!(row["Made"].is_u64(), "{row}");
            assert!(there.insert(number), "{number} is there twice");
            last = row["PK_ID"].as_u64().expect("a key");
        }
        if rows.len() < 1_000 {
            break;
        }
    }
    (last, there)
}
