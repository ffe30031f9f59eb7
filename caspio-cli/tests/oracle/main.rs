//! Random files imported and synchronized by the program, with faults, signals, kills, a full disk and two runs at
//! once.
//!
//! Every case follows from one number. `CASPIO_TEST_SEED=n` is the first one, `CASPIO_TEST_CASES=n` runs so many,
//! `CASPIO_TEST_WORKERS=n` so many at the same time. Most of a case is waiting: for a stopped program, and for the
//! three seconds after which a sync reads what an earlier one inserted.
//!
//! It is a test program of its own, so that a release build for a long run compiles nothing else:
//! `CASPIO_TEST_CASES=20000 cargo test --release -p caspio-cli --no-default-features --test oracle`.
#![cfg(unix)]

mod cases;
mod import;
mod import_case;
mod random;
mod reader;
mod sync;

#[path = "../it/support/mod.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod support;
