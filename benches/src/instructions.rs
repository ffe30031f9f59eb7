//! Instructions per record, counted by callgrind: a load on the machine does not change them.

use crate::metric::{Target, metric};
use crate::read::{by_hand, client_at, contacts_of, ours, runtime, url_of_page};
use crate::server::Server;
use crate::table::{PAGE, Table};
use std::hint::black_box;
use std::process::Command;

/// The argument that starts a process to be counted; then the work, the implementation, the URL, the number of pages.
pub(crate) const CHILD: &str = "read-instructions-child";

// The difference of two runs is counted, so that the start of the process does not count.
const FEW: usize = 2;
const MANY: usize = 12;

/// Prints the metrics if callgrind is installed.
pub(crate) fn run() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("read.instructions skipped: valgrind is not installed");
        return;
    }
    print("decode", "read.decode.instructions");
    print("read", "read.instructions");
}

fn print(work: &str, name: &str) {
    let ours = per_record(work, "ours");
    let by_hand = per_record(work, "hand");
    println!("{name} {ours:.0} a record, {by_hand:.0} by hand");
    metric(name, ours / by_hand, "x", Target::AtMost(1.05));
}

fn per_record(work: &str, implementation: &str) -> f64 {
    let more = count(work, implementation, MANY) - count(work, implementation, FEW);
    more / ((MANY - FEW) * PAGE) as f64
}

/// The instructions of a child that reads or decodes so many pages.
fn count(work: &str, implementation: &str, number: usize) -> f64 {
    let records = number * PAGE;
    let server = Server::start(Table::even(records));
    let url = server.url();
    let program = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([CHILD, work, implementation, &url, &number.to_string()])
        .output()
        .expect("callgrind");
    let output = String::from_utf8_lossy(&output.stderr);
    let collected = output
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let collected = collected.and_then(|(_, count)| count.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("callgrind printed no count: {output}"))
}

/// The work of the child.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let mut next = || arguments.next().expect("an argument");
    let (work, implementation, url, number) = (next(), next(), next(), next());
    let number: usize = number.parse().expect("a number");
    let runtime = runtime();
    match (work.as_str(), implementation.as_str()) {
        ("read", "ours") => {
            runtime.block_on(ours(&client_at(&url), 1));
        }
        ("read", _) => {
            runtime.block_on(by_hand(&url, &reqwest::Client::new()));
        }
        (_, "ours") => runtime.block_on(decode_ours(&url, number)),
        _ => runtime.block_on(decode_by_hand(&url, number)),
    }
}

async fn decode_ours(url: &str, number: usize) {
    let page = contacts_of(&client_at(url)).await;
    for _ in 0..number {
        black_box(page.clone().into_records().expect("records"));
    }
}

async fn decode_by_hand(url: &str, number: usize) {
    let response = reqwest::get(url_of_page(url, 0)).await.expect("a response");
    let body = response.bytes().await.expect("a body");
    for _ in 0..number {
        black_box(crate::read::decode(&body));
    }
}
