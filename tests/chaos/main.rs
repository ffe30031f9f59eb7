//! Long work while every twentieth call fails: an export, inserts with a unique column, and updates have the same
//! result as without failures, nothing is written twice, and few calls are repeated.
//!
//! By default 100,000 records are exported while all faults are mixed, and 10,000 with each fault alone and on the
//! other versions of the API; a tenth as many are inserted, and a hundredth updated. `CASPIO_TEST_ROWS=1000000` sets
//! the first number, and the others with it. `CASPIO_TEST_SEED=n` repeats a run: the seed decides which calls fail.

mod gateway;

use caspio::http_client::ReqwestService;
use caspio::prelude::*;
use caspio::{Account, ApiVersion, RetryPolicy};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::Order;
use futures::stream;
use gateway::Gateway;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const MIXED_ROWS: u32 = 100_000;
/// The share of calls that fail.
const SHARE: f64 = 0.05;
/// The calls with failures may be so many times those without.
const MOST_CALLS: f64 = 1.15;
/// So many more are allowed: the calls in progress when a token is revoked are all refused.
const MORE_CALLS: f64 = 12.0;
/// So many more are allowed for inserts, which are few calls: one whose response is lost takes three lookups, one read
/// of the fields and another insert, and five of ten are lost in one run of 10,000. To look up 1,000 codes takes 63
/// calls.
const MORE_INSERT_CALLS: f64 = 36.0;
/// The updates in progress at once.
const UPDATES: usize = 8;

const FAULTS: [Fault; 7] = [
    Fault::RateLimit,
    Fault::RateLimitAs400,
    Fault::BadGateway,
    Fault::Reset,
    Fault::ResetAfterwards,
    Fault::CutShort,
    Fault::SlowDrip,
];
/// The call whose token is revoked. It is one call, because a new token that is rejected is renewed once a minute.
const TOKEN_CALL: u64 = 7;

fn revoked_token() -> Rule {
    Rule::new(Fault::RevokeToken).calls([TOKEN_CALL])
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Codes")]
struct Code {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    state: i32,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Code)]
struct NewCode {
    code: String,
    state: i32,
}

/// What the work left behind, and how many calls it took.
#[derive(Debug, PartialEq)]
struct Outcome {
    orders: Vec<Order>,
    codes: Vec<(String, i32)>,
    calls: [u64; 3],
}

fn number(name: &str) -> Option<u32> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

fn mixed_rows() -> u32 {
    number("CASPIO_TEST_ROWS").unwrap_or(MIXED_ROWS)
}

async fn work(version: ApiVersion, rows: u32, seed: u64, faults: Faults, gateway: f64) -> Outcome {
    let emulator = Emulator::builder().sample_orders(rows).seed(seed);
    let emulator = emulator.start().await.expect("the emulator starts");
    let table = TableDef::new("Codes")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("State", DataType::Integer));
    emulator.create_table(table).expect("a table");
    // The pauses after a rate limit are as short as possible, so that the test does not consist of them. Of 10,000
    // calls one fails three times in a row.
    let shortest = Duration::from_millis(1);
    let policy = RetryPolicy::default()
        .rate_limit_backoff(shortest, shortest)
        .max_attempts(6);
    let account = Account::new(&emulator.url()).expect("an account");
    let service = ReqwestService::for_account(&account).expect("a service");
    let caspio = Client::builder()
        .http_service(Arc::new(Gateway::new(service, gateway, seed)))
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .retry(policy)
        .build()
        .expect("a client");
    emulator.set_faults(faults.drip(shortest));
    let mut calls = [0; 3];
    let mut counted = 0;
    let mut count = |index: usize| {
        let all = caspio.meter().snapshot().calls;
        calls[index] = all - counted;
        counted = all;
    };

    let orders = caspio.table::<Order>().query().concurrency(4).collect();
    let orders = orders.await.expect("all orders");
    count(0);

    let codes = caspio.table::<Code>();
    let new = (0..rows / 10).map(|number| NewCode {
        code: format!("C-{number}"),
        state: 0,
    });
    let report = codes.insert_many(new).unique_by(|c| c.code).await;
    let report = report.expect("a report");
    assert_eq!(
        report.inserted,
        u64::from(rows / 10),
        "{:?}",
        report.failed()
    );
    count(1);

    let keys = report.keys();
    let updates = keys.copied().take(rows as usize / 100).map(|key| {
        let codes = &codes;
        async move {
            codes
                .update(key)
                .set(|c| c.state.to(1))
                .await
                .expect("an update");
        }
    });
    stream::iter(updates)
        .buffer_unordered(UPDATES)
        .count()
        .await;
    count(2);

    emulator.set_faults(Faults::none());
    let codes = codes.collect().await.expect("all codes");
    let codes = codes.into_iter().map(|code| (code.code, code.state));
    Outcome {
        orders,
        codes: codes.collect(),
        calls,
    }
}

/// Checks that the work has the same result with faults as without.
#[expect(clippy::print_stderr, reason = "the seed repeats a run")]
async fn check(version: ApiVersion, rows: u32, name: &str, faults: Faults, gateway: f64) {
    let seed = number("CASPIO_TEST_SEED").map_or_else(fresh_seed, u64::from);
    let quiet = work(version, rows, seed, Faults::none(), 0.0).await;
    let failing = work(version, rows, seed, faults, gateway).await;

    let run = format!("{version:?}, {name}, CASPIO_TEST_SEED={seed}");
    assert_eq!(failing.orders.len(), rows as usize, "{run}");
    assert!(failing.orders == quiet.orders, "{run}: other orders");
    let distinct: BTreeSet<_> = failing.codes.iter().collect();
    assert_eq!(distinct.len(), rows as usize / 10, "{run}");
    let updated = failing.codes.iter().filter(|(_, state)| *state == 1);
    assert_eq!(updated.count(), rows as usize / 100, "{run}");
    assert_eq!(failing.codes.len(), quiet.codes.len(), "{run}");
    let works = [
        ("export", MORE_CALLS),
        ("inserts", MORE_INSERT_CALLS),
        ("updates", MORE_CALLS),
    ];
    for (index, (work, more)) in works.into_iter().enumerate() {
        check_calls(&run, work, failing.calls[index], quiet.calls[index], more);
    }
    let [took, needed] = [&failing, &quiet].map(|outcome| outcome.calls.iter().sum());
    check_calls(&run, "all work", took, needed, MORE_INSERT_CALLS);
    eprintln!(
        "{run}: {:?} calls, {:?} without failures",
        failing.calls, quiet.calls
    );
}

fn check_calls(run: &str, work: &str, took: u64, needed: u64, more: f64) {
    let most = needed as f64 * MOST_CALLS + more;
    assert!(
        took as f64 <= most,
        "{run}: {work} took {took} calls instead of {needed}"
    );
}

fn fresh_seed() -> u64 {
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::from(time.expect("a clock after 1970").subsec_nanos())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_with_each_fault_has_the_same_result_as_without() {
    let rows = mixed_rows() / 10;
    for fault in FAULTS {
        let faults = Faults::none().rule(Rule::new(fault).rate(SHARE));
        check(ApiVersion::V3, rows, &format!("{fault:?}"), faults, 0.0).await;
    }
    let faults = Faults::none().rule(revoked_token());
    check(ApiVersion::V3, rows, "a revoked token", faults, 0.0).await;
    check(
        ApiVersion::V3,
        rows,
        "a failing gateway",
        Faults::none(),
        SHARE,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_with_all_faults_has_the_same_result_as_without() {
    let share = SHARE / (FAULTS.len() + 1) as f64;
    let rows = mixed_rows();
    for (version, rows) in [
        (ApiVersion::V3, rows),
        (ApiVersion::V2, rows / 10),
        (ApiVersion::V4, rows / 10),
    ] {
        let faults = FAULTS
            .into_iter()
            .fold(Faults::none().rule(revoked_token()), |faults, fault| {
                faults.rule(Rule::new(fault).rate(share))
            });
        check(version, rows, "all faults", faults, share).await;
    }
}
