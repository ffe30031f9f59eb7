//! Reading against a hand-written loop of reqwest and serde_json with the same struct.

use crate::instructions;
use crate::metric::{Target, median_ratio, metric, time};
use crate::server::Server;
use crate::table::{PAGE, Table};
use caspio::prelude::*;
use caspio::read::Page;
use serde::Deserialize;
use std::hint::black_box;
use std::time::Duration;
use tokio::runtime::Runtime;

const RECORDS: usize = 100_000;
const UNEVEN_RECORDS: usize = 200_000;
const ROUNDS: usize = 9;
// With latency a round takes seconds.
const SLOW_ROUNDS: usize = 3;
/// The argument that starts a process which reads a number of records and prints its peak memory.
pub(crate) const CHILD: &str = "read-child";

/// The record on both sides.
#[allow(dead_code, reason = "the fields are what is read")]
#[derive(Debug, Deserialize, CaspioTable)]
#[serde(rename_all = "PascalCase")]
#[caspio(table = "Contacts")]
pub(crate) struct Contact {
    #[caspio(pk)]
    #[serde(rename = "PK_ID")]
    pk_id: i64,
    #[serde(rename = "First_Name")]
    first_name: String,
    #[serde(rename = "Last_Name")]
    last_name: String,
    email: Option<String>,
    city: Option<String>,
    age: Option<i32>,
    score: Option<f64>,
    active: bool,
    joined: Option<String>,
    notes: Option<String>,
}

/// Prints the metrics of reading.
pub(crate) fn run() {
    let server = Server::start(Table::even(RECORDS));
    let runtime = runtime();
    let caspio = client(&server);
    let http = reqwest::Client::new();
    sequential(&runtime, &server, &caspio, &http);
    allocations(&runtime, &server, &caspio, &http);
    ahead(&runtime, &server, &caspio);
    ahead_in_uneven_keys(&runtime);
    memory();
    instructions::run();
}

fn sequential(runtime: &Runtime, server: &Server, caspio: &Client, http: &reqwest::Client) {
    let ours = || {
        let (took, count) = time(|| runtime.block_on(ours(caspio, 1)));
        assert_eq!(count, RECORDS);
        took
    };
    let by_hand = || {
        let (took, count) = time(|| runtime.block_on(by_hand(&server.url(), http)));
        assert_eq!(count, RECORDS);
        took
    };
    ours();
    by_hand();
    let ratio = median_ratio(ROUNDS, ours, by_hand);
    metric("read.sequential", ratio, "x", Target::AtLeast(0.95));
    let rate = RECORDS as f64 / ours().as_secs_f64();
    println!("read.rate {rate:.0} records/s");
}

fn allocations(runtime: &Runtime, server: &Server, caspio: &Client, http: &reqwest::Client) {
    let ours = allocation_counter::measure(|| {
        runtime.block_on(ours(caspio, 1));
    });
    let by_hand = allocation_counter::measure(|| {
        runtime.block_on(by_hand(&server.url(), http));
    });
    let ratio = ours.count_total as f64 / by_hand.count_total as f64;
    metric("read.allocations", ratio, "x", Target::AtMost(1.05));
}

fn ahead(runtime: &Runtime, server: &Server, caspio: &Client) {
    let (times, calls) = read_ahead(runtime, server, caspio, RECORDS);
    metric("read.concurrency8", times, "x", Target::AtLeast(7.0));
    metric("read.concurrency8.calls", calls, "x", Target::AtMost(1.15));
}

/// Reads ahead where keys are dense in one part of the table and sparse in another.
fn ahead_in_uneven_keys(runtime: &Runtime) {
    let server = Server::start(Table::uneven(UNEVEN_RECORDS));
    let caspio = client(&server);
    let (times, calls) = read_ahead(runtime, &server, &caspio, UNEVEN_RECORDS);
    metric("read.concurrency8.uneven", times, "x", Target::AtLeast(7.0));
    metric(
        "read.concurrency8.uneven.calls",
        calls,
        "x",
        Target::AtMost(1.15),
    );
}

/// Returns how many times faster 8 calls at once are than one at a time, and how many more calls they
/// make.
fn read_ahead(runtime: &Runtime, server: &Server, caspio: &Client, records: usize) -> (f64, f64) {
    let read = |concurrency| {
        server.take_calls();
        let (took, count) = time(|| runtime.block_on(ours(caspio, concurrency)));
        assert_eq!(count, records);
        (took, server.take_calls())
    };
    server.set_latency(Duration::from_millis(50));
    let times = median_ratio(SLOW_ROUNDS, || read(8).0, || read(1).0);
    server.set_latency(Duration::ZERO);
    let calls = read(8).1 as f64 / read(1).1 as f64;
    (times, calls)
}

fn memory() {
    let small = peak_of(10_000);
    let large = peak_of(1_000_000);
    metric("read.memory", large / small, "x", Target::AtMost(1.2));
}

/// Streams the whole table.
pub(crate) async fn ours(caspio: &Client, concurrency: usize) -> usize {
    let contacts = caspio.table::<Contact>().query().concurrency(concurrency);
    let mut stream = contacts.stream();
    let mut count = 0;
    while let Some(contact) = stream.try_next().await.expect("a record") {
        black_box(&contact);
        count += 1;
    }
    count
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "Result")]
    result: Vec<Contact>,
}

/// The first page.
pub(crate) async fn contacts_of(caspio: &Client) -> Page<Contact> {
    let mut pages = caspio.table::<Contact>().pages();
    pages.try_next().await.expect("a response").expect("a page")
}

/// Returns the URL of the page after a key.
pub(crate) fn url_of_page(account: &str, after: i64) -> String {
    let select = "PK_ID,First_Name,Last_Name,Email,City,Age,Score,Active,Joined,Notes";
    format!(
        "{account}/integrations/rest/v3/tables/Contacts/records?q.select={select}\
         &q.orderBy=PK_ID&q.limit=1000&q.where=PK_ID%20%3E%20{after}"
    )
}

/// Decodes the records of a page with serde's derive.
pub(crate) fn decode(body: &[u8]) -> Vec<Contact> {
    let response: Response = serde_json::from_slice(body).expect("records");
    response.result
}

/// Reads the whole table with hand-written code.
pub(crate) async fn by_hand(account: &str, http: &reqwest::Client) -> usize {
    let (mut count, mut after) = (0, 0);
    loop {
        let request = http.get(url_of_page(account, after)).bearer_auth("token");
        let body = request
            .send()
            .await
            .expect("a response")
            .bytes()
            .await
            .expect("a body");
        let contacts = decode(&body);
        let full = contacts.len() == PAGE;
        for contact in contacts {
            after = contact.pk_id;
            black_box(&contact);
            count += 1;
        }
        if !full {
            return count;
        }
    }
}

/// Reads the table of another process, and prints its own peak memory.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let url = arguments.next().expect("the server's URL");
    let caspio = client_at(&url);
    let count = runtime().block_on(ours(&caspio, 1));
    println!("{count} {}", peak_kib());
}

/// Returns the peak memory of a process that streams records, in KiB.
fn peak_of(records: usize) -> f64 {
    let server = Server::start(Table::even(records));
    let program = std::env::current_exe().expect("this program");
    let url = server.url();
    let output = std::process::Command::new(program)
        .args([CHILD, &url])
        .output();
    let output = String::from_utf8(output.expect("a child").stdout).expect("text");
    let mut words = output.split_whitespace();
    assert_eq!(
        words.next(),
        Some(records.to_string().as_str()),
        "the child read all"
    );
    words
        .next()
        .and_then(|peak| peak.parse().ok())
        .expect("a peak")
}

pub(crate) fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux machine");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a peak")
}

pub(crate) fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime")
}

fn client(server: &Server) -> Client {
    client_at(&server.url())
}

pub(crate) fn client_at(url: &str) -> Client {
    let builder = Client::builder().account(url).credentials("id", "secret");
    builder.build().expect("a client")
}
