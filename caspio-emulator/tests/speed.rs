//! Measurements. They hold in a release build only: `cargo test --release -- --ignored`.

mod common;

use std::time::{Duration, Instant};

use caspio_emulator::Emulator;
use common::Caspio;

#[tokio::test]
#[ignore = "a measurement of a release build"]
async fn the_first_answer_comes_within_50_ms_of_the_start() {
    let start = Instant::now();
    let emulator = Emulator::builder().start().await.expect("a free port");
    common::token(&emulator, &reqwest::Client::new()).await;

    let taken = start.elapsed();
    assert!(taken < Duration::from_millis(50), "{taken:?}");
}

#[tokio::test]
#[ignore = "a measurement of a release build"]
async fn one_caller_gets_100_000_records_a_second() {
    let caspio = Caspio::start(Emulator::builder().sample_orders(100_000)).await;
    let start = Instant::now();
    let mut bytes = 0;

    let mut last = 0;
    for _ in 0..100 {
        let filter = format!("PK_ID > {last}");
        let page = caspio
            .get(
                "tables/Orders/records",
                &[
                    ("q.where", &filter),
                    ("q.orderBy", "PK_ID"),
                    ("q.limit", "1000"),
                ],
            )
            .await;
        bytes += page.bytes().await.expect("a body").len();
        last += 1_000;
    }

    let taken = start.elapsed();
    assert_eq!(caspio.emulator.calls().rows_sent(), 100_000);
    assert!(taken < Duration::from_secs(1), "{bytes} bytes in {taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement of a release build"]
async fn two_hundred_callers_are_served_at_once() {
    let caspio = Caspio::sample().await;
    let start = Instant::now();

    let reads = (0..200).map(|_| caspio.rows("tables/Orders/records", &[("q.orderBy", "PK_ID")]));
    let pages = futures::future::join_all(reads).await;

    let taken = start.elapsed();
    assert!(pages.iter().all(|page| page.len() == 100));
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}

#[tokio::test]
#[ignore = "a measurement of a release build"]
async fn a_million_orders_in_a_file_take_less_than_150_mib() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let builder = || Emulator::builder().data(&file).sample_orders(1_000_000);
    drop(builder().start().await.expect("a free port"));

    let caspio = Caspio::start(builder()).await;
    let reads = (0..50).map(|_| {
        caspio.rows(
            "tables/Orders/records",
            &[("q.orderBy", "PK_ID"), ("q.limit", "1000")],
        )
    });
    futures::future::join_all(reads).await;

    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let resident: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim_end_matches("kB").trim().parse().ok())
        .expect("a size");
    assert!(resident < 150 * 1024, "{resident} KiB");
}
