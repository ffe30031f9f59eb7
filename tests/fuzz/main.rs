//! Responses that were changed at random: every operation of a client ends with a result or an error. Nothing panics,
//! nothing repeats calls for ever, and nothing is allocated without bound.
//!
//! The targets in `fuzz` are run as well, with random changes of their seeds.
//!
//! `CASPIO_TEST_CASES=n` runs so many cases from `CASPIO_TEST_START` on, 3,000 by default and 500 of a target;
//! `CASPIO_TEST_SEED=n` one.

// The targets name what they share by the name of their own crate.
extern crate self as caspio_fuzz;

mod bytes;
mod changes;
#[expect(unreachable_pub, reason = "it is a part of a library, too")]
#[path = "../../fuzz/src/checks.rs"]
mod checks;
mod operations;
#[expect(dead_code, reason = "the oracle of reads uses more")]
#[path = "../oracle/random.rs"]
mod random;
#[expect(unreachable_pub, reason = "it is a part of a library, too")]
#[path = "../../fuzz/src/responses.rs"]
mod responses;
mod seeds;
mod service;
mod targets;

use caspio::http_client::HttpService;
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter};
use caspio_emulator::Emulator;
use random::Random;
use service::{Changing, When};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

const CASES: u64 = 3_000;
/// Longer than all waits and deadlines of an operation together. Time is simulated.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

async fn emulator() -> Arc<Emulator> {
    let emulator = Emulator::builder().sample_orders(40).start().await;
    Arc::new(emulator.expect("the emulator starts"))
}

/// Creates a client that calls an emulator through a service.
fn client(emulator: &Emulator, version: ApiVersion, service: Arc<dyn HttpService>) -> Client {
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .rate_limiter(RateLimiter::unlimited())
        .http_service(service)
        .build()
        .expect("a client")
}

/// Runs one operation of a new client, whose responses are changed.
async fn run(emulator: &Arc<Emulator>, seed: u64) {
    let random = &mut Random::of(&[seed]);
    let version = random.pick(&[ApiVersion::V2, ApiVersion::V3, ApiVersion::V4]);
    let when = match random.below(4) {
        0 => When::Call(random.below(5)),
        1 => When::Each,
        2 => When::Some(20),
        _ => When::Some(60),
    };
    let operation = random.below(operations::COUNT);
    let service = Arc::new(Changing::new(Arc::clone(emulator), random.clone(), when));
    let caspio = client(emulator, version, Arc::clone(&service) as _);
    let work = operations::run(operation, &caspio, random);
    let ended = AssertUnwindSafe(tokio::time::timeout(LONGEST, work));
    let ended = futures::FutureExt::catch_unwind(ended).await;
    let case = format!("CASPIO_TEST_SEED={seed}, {version:?}, operation {operation}, {when:?}");
    match ended {
        Ok(Ok(_)) => {}
        Ok(Err(_)) => panic!("{case}: it does not end, after {} calls", service.calls()),
        Err(_) => panic!("{case}: a panic, see above"),
    }
    assert!(!service.is_endless(), "{case}: calls without end");
}

#[tokio::test(start_paused = true)]
async fn every_operation_ends_whatever_the_service_responds() {
    let seed = setting("CASPIO_TEST_SEED");
    let start = seed.or(setting("CASPIO_TEST_START")).unwrap_or(0);
    let cases = match seed {
        Some(_) => 1,
        None => setting("CASPIO_TEST_CASES").unwrap_or(CASES),
    };
    let mut server = emulator().await;
    for seed in start..start + cases {
        // Writes change the tables, and may delete all records.
        if seed % 50 == 0 {
            server = emulator().await;
        }
        run(&server, seed).await;
    }
}
