//! An oracle for writes: random tables, operations, faults, cancellation and other programs. After each operation every
//! row is in the table once, reported as not written, or reported as unresolved, and a sync that runs again writes
//! nothing.
//!
//! `CASPIO_TEST_CASES` sets the number of cases, `CASPIO_TEST_SEED` the first one. A case that fails is made simpler and
//! printed as a line for `kept.rs`, which does not depend on how cases are made.

mod case;
mod check;
mod faults;
mod generate;
mod kept;
mod outcome;
mod random;
mod run;
mod table;
mod typed;
mod values;

use case::Case;
use caspio_emulator::Emulator;
use caspio_tests::TestEnv;
use futures::{FutureExt, StreamExt, stream};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const CASES: u64 = 1000;
/// How many cases run at once: most of their time is waits between lookups.
const AT_ONCE: usize = 64;
/// How many simpler cases are tried.
const SIMPLER: usize = 150;

static TABLES: AtomicU64 = AtomicU64::new(0);

async fn check_case(case: &Case, env: &Env) -> Result<(), String> {
    let table = format!("T{}", TABLES.fetch_add(1, Ordering::Relaxed));
    let run = run::run(case, &env.emulator, &env.reader, &table);
    let run = AssertUnwindSafe(run).catch_unwind().await;
    run.unwrap_or_else(|_| Err("a panic".to_owned()))
}

struct Env {
    emulator: Arc<Emulator>,
    reader: caspio::Client,
}

async fn env() -> Env {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let (emulator, reader) = (env.emulator, env.caspio);
    Env {
        emulator: Arc::new(emulator),
        reader,
    }
}

/// Makes a failing case as simple as it gets.
async fn simplest(mut case: Case, mut failure: String, env: &Env) -> (Case, String) {
    let mut tried = 0;
    'simpler: while tried < SIMPLER {
        for simpler in case.simpler() {
            tried += 1;
            if let Err(error) = check_case(&simpler, env).await {
                (case, failure) = (simpler, error);
                continue 'simpler;
            }
        }
        break;
    }
    (case, failure)
}

async fn judge_all(cases: impl Iterator<Item = (u64, Case)>) {
    let env = env().await;
    let cases = cases.map(|(number, case)| {
        let env = &env;
        async move {
            let failure = check_case(&case, env).await.err()?;
            Some((number, case, failure))
        }
    });
    let failures = stream::iter(cases).buffer_unordered(AT_ONCE);
    let failures: Vec<_> = failures.filter_map(std::future::ready).collect().await;
    let count = failures.len();
    let numbers: Vec<u64> = failures.iter().map(|(number, ..)| *number).collect();
    let Some((number, case, failure)) = failures.into_iter().next() else {
        return;
    };
    let (case, failure) = simplest(case, failure, &env).await;
    let line = serde_json::to_string(&case).expect("JSON");
    panic!("{count} cases fail: {numbers:?}\n{number}: r#\"{line}\"#\n{failure}");
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_is_what_happened() {
    let first = number("CASPIO_TEST_SEED").unwrap_or(1);
    let cases = number("CASPIO_TEST_CASES").unwrap_or(CASES);
    let seeds = first..first + cases;
    judge_all(seeds.map(|seed| (seed, generate::case(seed)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_that_once_failed_hold() {
    let cases = kept::CASES.iter().zip(0..);
    judge_all(cases.map(|(text, at)| (at, serde_json::from_str(text).expect("a case")))).await;
}
