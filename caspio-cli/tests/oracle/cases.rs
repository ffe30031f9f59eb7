//! Random cases of runs of the program that are stopped, killed or fail.

use crate::reader::reader;
use crate::support::{Ran, SECRET, TestEnv, block_on, ran};
use caspio::{Client, RecordMap};
use caspio_emulator::Emulator;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many cases run at the same time: most of their time is waiting.
const WORKERS: u64 = 48;
/// How many cases share an emulator, each with a table of its own.
const SHARING: u64 = 40;

/// An emulator with folders for the program, which cases use one after the other.
pub(crate) struct World {
    pub(crate) env: TestEnv,
    reader: Client,
}

impl World {
    fn new() -> Self {
        let env = TestEnv::of(Emulator::builder().empty());
        let reader = reader(&env.emulator, SECRET);
        Self { env, reader }
    }

    /// Reads the records of a table.
    pub(crate) fn records(&self, table: &str) -> Vec<RecordMap> {
        let records = block_on(self.reader.table_named(table).collect());
        records.expect("the records")
    }
}

/// Runs cases by their numbers. For a case that fails, prints its description and how to run it alone.
#[expect(clippy::print_stderr, reason = "how long a run takes is of interest")]
pub(crate) fn run_cases(
    count: u64,
    play: fn(&World, u64),
    describe: impl Fn(u64) -> String + Sync,
) {
    let first = setting("CASPIO_TEST_SEED").unwrap_or(0);
    let count = setting("CASPIO_TEST_CASES").unwrap_or(count);
    let workers = setting("CASPIO_TEST_WORKERS").unwrap_or(WORKERS).min(count);
    let next = AtomicU64::new(first);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut world = World::new();
                for at in 1.. {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= first + count {
                        return;
                    }
                    run_case(&world, number, play, &describe);
                    if at % SHARING == 0 {
                        world = World::new();
                    }
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{count} cases in {seconds:.1} s");
}

#[expect(clippy::print_stderr, reason = "a failing test shows it")]
fn run_case(world: &World, number: u64, play: fn(&World, u64), describe: &dyn Fn(u64) -> String) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(world, number))) {
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
