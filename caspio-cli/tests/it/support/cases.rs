//! Random cases of runs of the program that are stopped, killed or fail.
//!
//! `CASPIO_TEST_CASES` sets the number of cases, `CASPIO_TEST_SEED` the first of them.

use super::{Ran, TestEnv, ran};
use caspio_emulator::Emulator;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How many cases run at the same time: most of their time is waiting.
const WORKERS: u64 = 16;

/// Runs cases by their numbers, each with its own emulator and folders. For a case that fails, prints its description
/// and how to run it alone.
pub(crate) fn run_cases(
    count: u64,
    play: fn(&TestEnv, u64),
    describe: impl Fn(u64) -> String + Sync,
) {
    let first = setting("CASPIO_TEST_SEED").unwrap_or(0);
    let count = setting("CASPIO_TEST_CASES").unwrap_or(count);
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let describe = &describe;
            scope.spawn(move || {
                for number in (first + worker..first + count).step_by(WORKERS as usize) {
                    let env = TestEnv::of(Emulator::builder().empty());
                    run_case(&env, number, play, describe);
                }
            });
        }
    });
}

#[expect(clippy::print_stderr, reason = "a failing test shows it")]
fn run_case(env: &TestEnv, number: u64, play: fn(&TestEnv, u64), describe: &dyn Fn(u64) -> String) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(env, number))) {
        eprintln!("case {number}: {}", describe(number));
        eprintln!("run it alone with CASPIO_TEST_SEED={number} CASPIO_TEST_CASES=1");
        resume_unwind(panic);
    }
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok();
    text.map(|text| text.parse().expect(name))
}

/// Starts a command whose output is read.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Sends signals by their names, such as `-INT`, one after the other.
pub(crate) fn send_signals(child: &Child, names: &[&str]) {
    for name in names {
        let mut kill = Command::new("kill");
        // The program may have ended before.
        let _ = kill
            .args([name, &*child.id().to_string()])
            .stderr(Stdio::null())
            .status();
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Returns the result of a run; `None` if it was killed before it printed its result.
pub(crate) fn ended(child: Child) -> Option<Ran> {
    let output = child.wait_with_output().expect("it ends");
    let is_killed = output.status.code().is_none() && !output.stdout.ends_with(b"}\n");
    (!is_killed).then(|| ran(output))
}
