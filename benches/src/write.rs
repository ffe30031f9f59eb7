//! Writing many records against a hand-written loop of reqwest and serde_json with batches of the same size.

use crate::metric::{Target, median_ratio, metric, time};
use crate::read::{client_at, peak_kib, runtime};
use crate::server::Server;
use crate::table::Table;
use caspio::CaspioInsert;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use futures::stream;
use serde::Serialize;
use std::time::Duration;

const RECORDS: usize = 100_000;
const BATCH: usize = 1000;
const ROUNDS: usize = 9;
/// The argument that starts a process which inserts a number of rows and prints its peak memory.
pub(crate) const CHILD: &str = "write-child";

#[allow(dead_code, reason = "the columns are what is written")]
#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
pub(crate) struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    age: Option<i32>,
    score: Option<f64>,
    active: bool,
}

/// The row on both sides.
#[derive(Clone, Debug, Serialize, CaspioInsert)]
#[serde(rename_all = "PascalCase")]
#[caspio(table = Contact)]
pub(crate) struct NewContact {
    #[serde(rename = "First_Name")]
    first_name: String,
    email: Option<String>,
    age: Option<i32>,
    score: Option<f64>,
    active: bool,
}

pub(crate) fn row(number: usize) -> NewContact {
    NewContact {
        first_name: format!("Grace {}", number % 97),
        email: (!number.is_multiple_of(3)).then(|| format!("grace{number}@example.com")),
        age: i32::try_from(20 + number % 60).ok(),
        score: Some(number as f64 / 10.0),
        active: number.is_multiple_of(2),
    }
}

/// Prints the metrics of writing.
pub(crate) fn run() {
    let rows: Vec<NewContact> = (0..RECORDS).map(row).collect();
    against_the_emulator(&rows);
    against_memory(&rows);
    memory();
}

/// Against the emulator: both sides' times include the work of the service.
fn against_the_emulator(rows: &[NewContact]) {
    let service = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let emulator = service.block_on(async {
        let emulator = Emulator::builder().empty().start().await;
        emulator.expect("the emulator starts")
    });
    emulator.create_table(table()).expect("a table");
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .build()
        .expect("a client");
    let token = runtime().block_on(token(&emulator));
    let id = runtime().block_on(table_id(&emulator.url(), &token));
    let url = format!(
        "{}/integrations/rest/v4/tables/{id}/records/bulk",
        emulator.url()
    );
    let empty = || {
        let gone = emulator.delete("Contacts", "Active IN (0, 1)");
        gone.expect("an empty table");
    };
    for (name, concurrency) in [("write.insert_many", 1), ("write.insert_many.4", 4)] {
        let ratio = compare(&caspio, &url, &token, rows, concurrency, &empty);
        metric(name, ratio, "x", Target::AtLeast(0.9));
    }
}

/// Against a server that takes no time, so that only the work of the client is compared.
fn against_memory(rows: &[NewContact]) {
    let server = Server::start(Table::default());
    let base = server.url();
    let caspio = client_at(&base);
    let url = format!("{base}/integrations/rest/v4/tables/q4y4zp/records/bulk");
    let ratio = compare(&caspio, &url, "token", rows, 1, &|| ());
    println!("write.client {ratio:.3} x, against a server that takes no time");
}

fn compare(
    caspio: &Client,
    url: &str,
    token: &str,
    rows: &[NewContact],
    concurrency: usize,
    empty: &dyn Fn(),
) -> f64 {
    let runtime = runtime();
    let http = reqwest::Client::new();
    let ours = || {
        empty();
        let (took, count) = time(|| runtime.block_on(ours(caspio, rows, concurrency)));
        assert_eq!(count, rows.len());
        took
    };
    let by_hand = || {
        empty();
        let work = by_hand(&http, url, token, rows, concurrency);
        let (took, count) = time(|| runtime.block_on(work));
        assert_eq!(count, rows.len());
        took
    };
    ours();
    by_hand();
    median_ratio(ROUNDS, ours, by_hand)
}

async fn ours(caspio: &Client, rows: &[NewContact], concurrency: usize) -> usize {
    let contacts = caspio.table::<Contact>();
    let report = contacts.insert_many(rows).concurrency(concurrency).await;
    let keys = report.expect("a report").into_result();
    keys.expect("every row").len()
}

async fn by_hand(
    http: &reqwest::Client,
    url: &str,
    token: &str,
    rows: &[NewContact],
    concurrency: usize,
) -> usize {
    #[derive(serde::Deserialize)]
    struct BulkResponse {
        #[serde(rename = "PK_ID")]
        keys: Vec<String>,
    }
    let calls = stream::iter(rows.chunks(BATCH).map(|chunk| async move {
        let body = serde_json::to_vec(chunk).expect("JSON");
        let request = http.post(url).bearer_auth(token);
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let response = request.send().await.expect("a response");
        let body = response.bytes().await.expect("a body");
        let response: BulkResponse = serde_json::from_slice(&body).expect("keys");
        let keys = response
            .keys
            .into_iter()
            .map(|key| key.parse::<i64>().expect("a key"));
        keys.collect::<Vec<i64>>()
    }));
    let keys: Vec<Vec<i64>> = calls.buffered(concurrency).collect().await;
    keys.concat().len()
}

fn table() -> TableDef {
    TableDef::new("Contacts")
        .field(FieldDef::new("First_Name", DataType::Text255))
        .field(FieldDef::new("Email", DataType::Text255))
        .field(FieldDef::new("Age", DataType::Integer))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Active", DataType::YesNo))
}

async fn token(emulator: &Emulator) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        emulator.client_id(),
        emulator.client_secret()
    );
    let request = reqwest::Client::new()
        .post(format!("{}/oauth/token", emulator.url()))
        .header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form).send().await.expect("a response");
    text(response, "/access_token").await
}

async fn table_id(base: &str, token: &str) -> String {
    let url = format!("{base}/integrations/rest/v4/tables");
    let request = reqwest::Client::new().get(url).bearer_auth(token);
    text(request.send().await.expect("a response"), "/data/0/tableId").await
}

async fn text(response: reqwest::Response, pointer: &str) -> String {
    let json: serde_json::Value = response.json().await.expect("JSON");
    let text = json.pointer(pointer).and_then(serde_json::Value::as_str);
    text.expect("a text").to_owned()
}

fn memory() {
    let small = peak_of(100_000);
    let large = peak_of(1_000_000);
    metric("write.memory", large / small, "x", Target::AtMost(1.2));
}

/// Returns the peak memory of a process that inserts rows from a stream, in KiB.
fn peak_of(records: usize) -> f64 {
    let server = Server::start(Table::default());
    server.set_latency(Duration::from_millis(1));
    let program = std::env::current_exe().expect("this program");
    let url = server.url();
    let output = std::process::Command::new(program)
        .args([CHILD, &url, &records.to_string()])
        .output();
    let output = String::from_utf8(output.expect("a child").stdout).expect("text");
    let mut words = output.split_whitespace();
    let count = words.next();
    assert_eq!(count, Some(&*records.to_string()), "the child wrote all");
    let peak = words.next().and_then(|peak| peak.parse().ok());
    peak.expect("a peak")
}

/// Inserts rows into the server of another process, and prints its own peak memory.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let url = arguments.next().expect("the server's URL");
    let records = arguments.next().and_then(|records| records.parse().ok());
    let records: usize = records.expect("the number of rows");
    let count = runtime().block_on(async {
        let contacts = client_at(&url).table::<Contact>();
        let rows = stream::iter((0..records).map(row));
        let outcomes = contacts.insert_stream(rows).outcomes();
        outcomes
            .filter(|outcome| std::future::ready(outcome.result.is_ok()))
            .count()
            .await
    });
    println!("{count} {}", peak_kib());
}
