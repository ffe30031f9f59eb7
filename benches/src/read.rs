//! Reading against a hand-written loop of reqwest and serde_json with the same struct.

use crate::figure::{Goal, figure, median_ratio, time};
use crate::pages::{PAGE, pages};
use crate::server::Server;
use caspio::prelude::*;
use serde::Deserialize;
use std::hint::black_box;
use std::time::Duration;
use tokio::runtime::Runtime;

const RECORDS: usize = 100_000;
const ROUNDS: usize = 9;
/// Reads so many records in a process of its own and prints its peak of memory.
pub(crate) const CHILD: &str = "read-child";

/// The record on both sides.
#[allow(dead_code, reason = "the fields are what is read")]
#[derive(Debug, Deserialize, CaspioTable)]
#[serde(rename_all = "PascalCase")]
#[caspio(table = "Contacts")]
struct Contact {
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

/// Prints the figures of reading.
pub(crate) fn run() {
    let server = Server::start(pages(RECORDS), RECORDS);
    let runtime = runtime();
    let caspio = client(&server);
    let http = reqwest::Client::new();
    sequential(&runtime, &server, &caspio, &http);
    allocations(&runtime, &server, &caspio, &http);
    ahead(&runtime, &server, &caspio);
    memory();
}

fn sequential(runtime: &Runtime, server: &Server, caspio: &Client, http: &reqwest::Client) {
    let ours = || {
        let (took, count) = time(|| runtime.block_on(ours(caspio, 1)));
        assert_eq!(count, RECORDS);
        took
    };
    let by_hand = || {
        let (took, count) = time(|| runtime.block_on(by_hand(server, http)));
        assert_eq!(count, RECORDS);
        took
    };
    ours();
    by_hand();
    let ratio = median_ratio(ROUNDS, ours, by_hand);
    figure("read.sequential", ratio, "x", Goal::AtLeast(0.95));
    let rate = RECORDS as f64 / ours().as_secs_f64();
    println!("read.rate {rate:.0} records/s");
}

fn allocations(runtime: &Runtime, server: &Server, caspio: &Client, http: &reqwest::Client) {
    let ours = allocation_counter::measure(|| {
        runtime.block_on(ours(caspio, 1));
    });
    let by_hand = allocation_counter::measure(|| {
        runtime.block_on(by_hand(server, http));
    });
    let ratio = ours.count_total as f64 / by_hand.count_total as f64;
    figure("read.allocations", ratio, "x", Goal::AtMost(1.05));
}

fn ahead(runtime: &Runtime, server: &Server, caspio: &Client) {
    server.set_latency(Duration::from_millis(50));
    server.take_calls();
    let (one, _) = time(|| runtime.block_on(ours(caspio, 1)));
    let sequential = server.take_calls();
    let (eight, count) = time(|| runtime.block_on(ours(caspio, 8)));
    let ahead = server.take_calls();
    server.set_latency(Duration::ZERO);
    assert_eq!(count, RECORDS);
    let ratio = one.as_secs_f64() / eight.as_secs_f64();
    figure("read.concurrency8", ratio, "x", Goal::AtLeast(7.0));
    let calls = ahead as f64 / sequential as f64;
    figure("read.concurrency8.calls", calls, "x", Goal::AtMost(1.15));
}

fn memory() {
    let small = peak_of(10_000);
    let large = peak_of(1_000_000);
    figure("read.memory", large / small, "x", Goal::AtMost(1.2));
}

async fn ours(caspio: &Client, concurrency: usize) -> usize {
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
struct Answer {
    #[serde(rename = "Result")]
    result: Vec<Contact>,
}

async fn by_hand(server: &Server, http: &reqwest::Client) -> usize {
    let select = "PK_ID,First_Name,Last_Name,Email,City,Age,Score,Active,Joined,Notes";
    let base = format!(
        "http://{}/integrations/rest/v3/tables/Contacts/records?q.select={select}&q.orderBy=PK_ID&q.limit=1000",
        server.address
    );
    let (mut count, mut after) = (0, 0);
    loop {
        let url = format!("{base}&q.where=PK_ID%20%3E%20{after}");
        let request = http.get(url).bearer_auth("token");
        let body = request
            .send()
            .await
            .expect("an answer")
            .bytes()
            .await
            .expect("a body");
        let answer: Answer = serde_json::from_slice(&body).expect("records");
        let full = answer.result.len() == PAGE;
        for contact in answer.result {
            after = contact.pk_id;
            black_box(&contact);
            count += 1;
        }
        if !full {
            return count;
        }
    }
}

/// Reads the table of another process, for its peak of memory.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let url = arguments.next().expect("the server's address");
    let caspio = client_at(&url);
    let count = runtime().block_on(ours(&caspio, 1));
    println!("{count} {}", peak_kib());
}

/// The peak of memory of a process that streams so many records, in KiB.
fn peak_of(records: usize) -> f64 {
    let server = Server::start(pages(records), records);
    let program = std::env::current_exe().expect("this program");
    let url = format!("http://{}", server.address);
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

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux machine");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a peak")
}

fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime")
}

fn client(server: &Server) -> Client {
    client_at(&format!("http://{}", server.address))
}

fn client_at(url: &str) -> Client {
    let builder = Client::builder().account(url).credentials("id", "secret");
    builder.build().expect("a client")
}
