//! An oracle for writes: random tables, operations, faults, cancellation and other programs. After each operation every
//! row is in the table once, reported as not written, or reported as unresolved, and a sync that runs again writes
//! nothing.
//!
//! Every case follows from one number. `CASPIO_TEST_SEED=n` is the first one, `CASPIO_TEST_CASES=n` runs so many,
//! `CASPIO_TEST_SHARDS=n` on so many threads. A case that fails is made simpler and printed as a line for `kept.rs`,
//! which does not depend on how cases are made; `CASPIO_TEST_CASE` is such a line, to run alone.
//!
//! The calls reach an emulator in this process, and the clock of each shard is paused: it advances when everything
//! waits. So a wait between two lookups takes no time, and the calls of a case have one order.
//!
//! It is a test program of its own, so that a release build for a long run compiles nothing else:
//! `CASPIO_TEST_CASES=200000 cargo test --release -p caspio-tests --test write_oracle`.

mod case;
mod check;
mod faults;
mod files;
mod generate;
mod in_process;
mod kept;
mod lag;
mod make;
mod outcome;
mod planned;
mod random;
mod run;
mod server;
mod table;
mod typed;
mod values;

use case::Case;
use futures::FutureExt;
use server::TestServer;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many cases run by default.
const CASES: u64 = 1_000;
/// How many simpler cases are tried.
const SIMPLER: usize = 600;
/// After how many failures the run ends.
const FAILURES: usize = 20;
/// How many characters of a failure are shown.
const SHOWN: usize = 4_000;

/// A case that failed: its number, and what is wrong.
type Failure = (u64, Case, String);

async fn check_case(case: &Case, server: &TestServer) -> Result<(), String> {
    let run = AssertUnwindSafe(run::run(case, server))
        .catch_unwind()
        .await;
    run.unwrap_or_else(|_| Err("a panic".to_owned()))
}

/// Makes a failing case as simple as it gets.
async fn simplest(mut case: Case, mut failure: String, server: &TestServer) -> (Case, String) {
    let mut tried = 0;
    'simpler: while tried < SIMPLER {
        for simpler in case.simpler() {
            tried += 1;
            if let Err(error) = check_case(&simpler, server).await {
                (case, failure) = (simpler, error);
                continue 'simpler;
            }
        }
        break;
    }
    (case, failure)
}

/// The cases of a run that all shards share.
struct Cases<'c> {
    of: &'c (dyn Fn(u64) -> Case + Sync),
    next: AtomicU64,
    end: u64,
    failures: Mutex<Vec<Failure>>,
    is_over: AtomicBool,
}

impl Cases<'_> {
    /// Runs the cases that no other shard runs.
    async fn shard(&self) {
        let server = TestServer::start().await;
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.end {
                return;
            }
            let case = (self.of)(number);
            if let Err(failure) = check_case(&case, &server).await {
                self.failed((number, case, failure));
            }
        }
    }

    fn failed(&self, failure: Failure) {
        let failures = self.failures.lock();
        let mut failures = failures.unwrap_or_else(PoisonError::into_inner);
        failures.push(failure);
        if failures.len() >= FAILURES {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs the cases of these numbers, and shows the first that fails as simple as it gets.
#[expect(clippy::print_stderr, reason = "how long a run takes is of interest")]
fn judge_all(numbers: std::ops::Range<u64>, of: &(dyn Fn(u64) -> Case + Sync)) {
    let started = Instant::now();
    let cases = Cases {
        of,
        next: AtomicU64::new(numbers.start),
        end: numbers.end,
        failures: Mutex::default(),
        is_over: AtomicBool::new(false),
    };
    std::thread::scope(|scope| {
        for _ in 0..number("CASPIO_TEST_SHARDS").unwrap_or(2) {
            scope.spawn(|| in_runtime(cases.shard()));
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    let count = numbers.end - numbers.start;
    eprintln!("{count} cases in {seconds:.1} s");
    let failures = cases.failures.into_inner();
    let mut failures = failures.unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|(number, ..)| *number);
    let numbers: Vec<u64> = failures.iter().map(|(number, ..)| *number).collect();
    let Some((number, case, failure)) = failures.into_iter().next() else {
        return;
    };
    eprintln!("{} cases fail: {numbers:?}", numbers.len());
    let (case, failure) = in_runtime(async {
        let server = TestServer::start().await;
        simplest(case, failure, &server).await
    });
    let line = serde_json::to_string(&case).expect("JSON");
    let failure: String = failure.chars().take(SHOWN).collect();
    panic!("{number}: r#\"{line}\"#\n{failure}");
}

/// Runs a job with a clock that advances when everything waits.
fn in_runtime<T>(job: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(job)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

#[test]
fn what_is_reported_is_what_happened() {
    let first = number("CASPIO_TEST_SEED").unwrap_or(1);
    let cases = number("CASPIO_TEST_CASES").unwrap_or(CASES);
    judge_all(first..first + cases, &generate::case);
}

#[test]
fn cases_that_once_failed_hold() {
    let only = std::env::var("CASPIO_TEST_CASE").ok();
    let only: Option<Vec<&str>> = only.as_deref().map(|text| vec![text]);
    let kept = only.unwrap_or_else(|| kept::CASES.to_vec());
    judge_all(0..kept.len() as u64, &|at| {
        serde_json::from_str(kept[at as usize]).expect("a case")
    });
}
