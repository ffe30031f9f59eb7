//! Instructions for each record, counted by callgrind: what a busy machine does not change.

use crate::figure::{Goal, figure};
use crate::pages::{PAGE, pages};
use crate::read::{by_hand, client_at, contacts_of, ours, runtime, url_of_page};
use crate::server::Server;
use std::hint::black_box;
use std::process::Command;

/// Does a piece of work in a process of its own, to be counted: what, whose way, where, how often.
pub(crate) const CHILD: &str = "read-instructions-child";

/// What is counted is the difference of two such numbers of pages, so that starting counts nothing.
const FEW: usize = 2;
const MANY: usize = 12;

/// Prints the figures, where callgrind is installed.
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
    figure(name, ours / by_hand, "x", Goal::AtMost(1.05));
}

fn per_record(work: &str, whose: &str) -> f64 {
    let more = count(work, whose, MANY) - count(work, whose, FEW);
    more / ((MANY - FEW) * PAGE) as f64
}

/// The instructions of a child that reads or decodes so many pages.
fn count(work: &str, whose: &str, number: usize) -> f64 {
    let records = number * PAGE;
    let server = Server::start(pages(records), records);
    let url = server.url();
    let program = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([CHILD, work, whose, &url, &number.to_string()])
        .output()
        .expect("callgrind");
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let collected = collected.and_then(|(_, count)| count.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("callgrind told no count: {told}"))
}

/// The work of the child.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let mut next = || arguments.next().expect("an argument");
    let (work, whose, url, number) = (next(), next(), next(), next());
    let number: usize = number.parse().expect("a number");
    let runtime = runtime();
    match (work.as_str(), whose.as_str()) {
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
    let answer = reqwest::get(url_of_page(url, 0)).await.expect("an answer");
    let body = answer.bytes().await.expect("a body");
    for _ in 0..number {
        black_box(crate::read::decode(&body));
    }
}
