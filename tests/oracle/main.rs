//! Random reads of random tables, compared with an independent computation of the right result.
//!
//! The oracle holds the table in memory and knows on its own which records a read must deliver, in which
//! order, and how many calls it may make. It shares no code with the SDK or with the SQL of the emulator,
//! which is only the server under the reads.
//!
//! Every case follows from one number. `CASPIO_TEST_SEED=n` runs one case, `CASPIO_TEST_CASES=n` so many from
//! `CASPIO_TEST_START` on, `CASPIO_TEST_VERSION=2` to `4` on one version of the API instead of all in turn,
//! `CASPIO_TEST_SHARDS=n` on so many threads. `CASPIO_TEST_REPORT=file` does not stop at a failure but writes each kind
//! of failure to a file; `CASPIO_TEST_OFF=Alias,Ahead` leaves out cases that use one of these features, instead of
//! those in `features.rs`; `CASPIO_TEST_MOST_ROWS=14` leaves out larger tables; `CASPIO_TEST_HTTP=1` makes all calls
//! over HTTP. A failing case is made smaller and printed as a line for `regressions.rs`; `CASPIO_TEST_CASE` is such a
//! line, to run alone.
//!
//! It is a test program of its own, so that a release build for a long run compiles nothing else:
//! `CASPIO_TEST_CASES=1000000 cargo test --release -p caspio-tests --test oracle`.

mod aggregates;
mod calls;
mod case;
mod cell;
mod check;
mod condition;
mod content;
mod during;
mod expected;
mod explained;
mod features;
mod generate;
mod history;
mod in_process;
mod into_cell;
mod maps;
mod partial;
mod places;
mod projections;
mod query_result;
mod random;
mod read;
mod records;
mod refusals;
mod regressions;
mod report;
mod resumed_reads;
mod runs;
mod server;
mod shown;
mod shrink;
mod splits;
mod values;
mod written;

use case::Case;
use check::Outcome;
use server::TestServer;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many cases run by default.
const CASES: u64 = 2_000;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

fn in_runtime<T>(job: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(job)
}

#[test]
fn random_reads_deliver_what_the_oracle_expects() {
    let version = setting("CASPIO_TEST_VERSION").map(|version| version as u8);
    let seed = setting("CASPIO_TEST_SEED");
    let (start, cases) = match seed {
        Some(seed) => (seed, 1),
        None => (
            setting("CASPIO_TEST_START").unwrap_or(0),
            setting("CASPIO_TEST_CASES").unwrap_or(CASES),
        ),
    };
    let shards = setting("CASPIO_TEST_SHARDS").unwrap_or(2).min(cases).max(1);
    let next = AtomicU64::new(start / case::CASES_OF_A_TABLE);
    let report = report::Report::new();
    std::thread::scope(|scope| {
        for _ in 0..shards {
            scope.spawn(|| in_runtime(shard(&next, start..start + cases, version, &report)));
        }
    });
    report.finish();
}

/// Runs the tables that no other shard runs.
async fn shard(
    next: &AtomicU64,
    seeds: std::ops::Range<u64>,
    version: Option<u8>,
    report: &report::Report,
) {
    let mut server = TestServer::start().await;
    let off = features::off();
    let most_rows = setting("CASPIO_TEST_MOST_ROWS").unwrap_or(u64::MAX);
    loop {
        let table = next.fetch_add(1, Ordering::Relaxed);
        let first = table * case::CASES_OF_A_TABLE;
        if first >= seeds.end || report.is_over() {
            return server.check_meters();
        }
        if generate::rows_of_seed(first) > most_rows {
            continue;
        }
        for seed in first.max(seeds.start)..(first + case::CASES_OF_A_TABLE).min(seeds.end) {
            let case = generate::of_seed(seed, version);
            if features::uses(&case, &off) {
                continue;
            }
            match check::run(&mut server, &case).await {
                Ok(outcome) => report.count(outcome),
                Err(failure) => report.failed(&mut server, seed, case, failure).await,
            }
        }
    }
}

/// Reads every case of `regressions.rs`, or only the one of `CASPIO_TEST_CASE`.
#[test]
fn cases_that_failed_once_are_right() {
    let only = std::env::var("CASPIO_TEST_CASE").ok();
    let only: Option<Vec<&str>> = only.as_deref().map(|text| vec![text]);
    in_runtime(async {
        let mut server = TestServer::start().await;
        for text in only.unwrap_or_else(|| regressions::CASES.to_vec()) {
            let case: Case = serde_json::from_str(text).expect("a case");
            let outcome = check::run(&mut server, &case).await;
            let outcome = outcome.unwrap_or_else(|failure| panic!("{failure:?} of {text}"));
            assert!(matches!(outcome, Outcome::Right | Outcome::Refused));
        }
    });
}
