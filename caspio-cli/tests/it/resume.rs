//! Exports that are stopped at any moment resume without losing or repeating records.

use crate::support::TestEnv;
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

/// Each page takes a while, so that there is time to stop an export.
fn slow(orders: u32) -> TestEnv {
    TestEnv::of(
        Emulator::builder()
            .sample_orders(orders)
            .latency(Duration::from_millis(20)),
    )
}

/// Waits until an export has records that it can resume after.
fn wait_for_records(env: &TestEnv, file: &str) {
    let resume = env.path(&format!("{file}.resume"));
    let has_records = || {
        let state = fs::read(&resume).unwrap_or_default();
        let state: serde_json::Value = serde_json::from_slice(&state).unwrap_or_default();
        state["length"].as_u64().is_some_and(|length| length > 0)
    };
    while !has_records() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Kills the program at random moments until a run ends; returns how often it was killed.
fn kill_again_and_again(
    env: &TestEnv,
    arguments: &[&str],
    took: Duration,
    random: &mut Random,
) -> u32 {
    let took = took.as_millis() as u64;
    let mut kills = 0;
    loop {
        let mut command = env.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // Each kill comes later, so that a run finishes at last.
        std::thread::sleep(Duration::from_millis(
            random.below(took + 1) + u64::from(kills) * took / 20,
        ));
        let _ = child.kill();
        let output = child.wait_with_output().expect("it ends");
        match output.status.code() {
            Some(0) => return kills,
            None => kills += 1,
            Some(code) => panic!("exit {code}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

/// Moments to kill at; a different sequence in each run of the tests.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seed = now.expect("after 1970").as_nanos() as u64 | 1;
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn survives_kills(file: &str, more: &[&str]) {
    let env = slow(30_000);
    let started = std::time::Instant::now();
    let whole = env.export("Orders", &format!("whole-{file}"), more);
    let took = started.elapsed();
    let mut random = Random::new();
    let mut kills = 0;
    for round in 0.. {
        if round >= 3 && kills > 0 {
            return;
        }
        assert!(round < 50, "no round was killed");
        let file = format!("{round}-{file}");
        let arguments = [&["export", "Orders", &file], more].concat();
        kills += kill_again_and_again(&env, &arguments, took, &mut random);
        let resumed = fs::read(env.path(&file)).expect("the file is there");
        assert!(resumed == whole, "round {round}: the bytes differ");
        env.is_tidy(&file);
    }
}

#[test]
fn a_killed_csv_export_resumes_to_the_same_bytes() {
    survives_kills("orders.csv", &[]);
}

#[test]
fn a_killed_jsonl_export_resumes_to_the_same_bytes() {
    survives_kills("orders.jsonl", &["--concurrency", "4"]);
}

#[cfg(feature = "parquet")]
#[test]
fn a_killed_parquet_export_resumes_to_the_same_bytes() {
    survives_kills("orders.parquet", &["--row-group", "4500"]);
}

#[test]
fn records_that_were_written_are_not_read_again() {
    let env = slow(30_000);
    let mut command = env.command(&["export", "Orders", "a.csv"]);
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    wait_for_records(&env, "a.csv");
    std::thread::sleep(Duration::from_millis(300));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    env.emulator.reset_calls();

    let report = env.ok(&["export", "Orders", "a.csv", "--json"]);

    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let resumed = report["resumed_after"].as_u64().expect("a number");
    assert!(resumed > 0 && report["records"] == 30_000, "{report}");
    assert!(env.emulator.calls().total() <= (30_000 - resumed).div_ceil(1000) + 2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_records_read_so_far() {
    let env = slow(30_000);
    let mut command = env.command(&["export", "Orders", "a.csv"]);
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    wait_for_records(&env, "a.csv");
    let id = child.id().to_string();
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(interrupted.expect("kill runs").success());

    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{stderr}");
    assert!(
        stderr.contains("run the same command again to resume"),
        "{stderr}"
    );
    assert!(!env.path("a.csv").exists(), "no half file");

    let whole = env.export("Orders", "whole.csv", &[]);
    assert!(env.export("Orders", "a.csv", &[]) == whole);
}

#[test]
fn a_failing_service_loses_no_records_read_so_far() {
    let env = TestEnv::of(Emulator::builder().sample_orders(5_000));
    let whole = env.export("Orders", "whole.csv", &[]);
    // The columns and two pages arrive; then every call fails.
    let failing = Rule::new(Fault::InternalError).calls(4..100);
    env.emulator.set_faults(Faults::none().rule(failing));

    let ran = env.run(&["export", "Orders", "a.csv"]);
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("2000 records are kept in a.csv.part"),
        "{}",
        ran.stderr
    );

    env.emulator.set_faults(Faults::none());
    assert!(env.export("Orders", "a.csv", &[]) == whole);
}

#[test]
fn another_export_to_the_same_file_is_refused_until_it_is_restarted() {
    let env = slow(20_000);
    stop_early(&env, "a.csv");

    let other = env.run(&["export", "Orders", "a.csv", "--where", "Total > 1"]);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    assert!(other.stderr.contains("--restart"), "{}", other.stderr);

    let restarted = env.export("Orders", "a.csv", &["--where", "Total > 1", "--restart"]);
    assert!(restarted == env.export("Orders", "b.csv", &["--where", "Total > 1"]));
}

fn stop_early(env: &TestEnv, file: &str) {
    let mut command = env.command(&["export", "Orders", file]);
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    wait_for_records(env, file);
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

#[test]
fn a_resume_file_without_its_part_file_is_ignored() {
    let env = slow(20_000);
    let whole = env.export("Orders", "whole.csv", &[]);
    stop_early(&env, "a.csv");
    let entry = fs::read_to_string(env.path("a.csv.resume")).expect("there");
    // As after a kill between the last two steps of an export.
    let done = entry.replace("\"done\":false", "\"done\":true");
    assert_ne!(done, entry);
    fs::write(env.path("a.csv.resume"), done).expect("written");
    fs::remove_file(env.path("a.csv.part")).expect("removed");
    let mut command = env.command(&["export", "Orders", "a.csv"]);
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(Duration::from_millis(150));
    child.kill().expect("killed");
    child.wait().expect("it ends");

    assert!(env.export("Orders", "a.csv", &[]) == whole);
}

#[test]
fn a_part_file_is_cut_to_its_state() {
    let env = slow(20_000);
    let whole = env.export("Orders", "whole.jsonl", &[]);
    stop_early(&env, "a.jsonl");
    let mut part = fs::read(env.path("a.jsonl.part")).expect("there");
    part.extend_from_slice(b"{\"half a rec");
    fs::write(env.path("a.jsonl.part"), part).expect("written");

    assert!(env.export("Orders", "a.jsonl", &[]) == whole);
}

#[test]
fn two_exports_to_one_file_do_not_mix() {
    let env = slow(20_000);
    let mut command = env.command(&["export", "Orders", "a.csv"]);
    let mut first = command
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    while !env.path("a.csv.part").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    let second = env.run(&["export", "Orders", "a.csv"]);
    assert!(
        second.stderr.contains("another export is writing a.csv"),
        "{}",
        second.stderr
    );
    assert!(first.wait().expect("it ends").success());
    assert!(env.path("a.csv").exists());
}

/// Starts an export and kills it when some records are written.
fn killed(env: &TestEnv) {
    let mut command = env.command(&["export", "Orders", "a.csv"]);
    command.stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    wait_for_records(env, "a.csv");
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

#[test]
fn an_export_is_not_resumed_without_a_column_that_it_had() {
    let env = slow(30_000);
    killed(&env);
    env.ok(&["schema", "pull", "--table", "Orders"]);
    let schema = fs::read_to_string(env.path("caspio.schema.json")).expect("a file");
    let schema = schema.replace("\"Shipped\"", "\"Sent\"");
    fs::write(env.path("caspio.schema.json"), schema).expect("written");
    env.ok(&["schema", "push", "--yes", "--allow-destructive"]);

    let ran = env.run(&["export", "Orders", "a.csv"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("\"Shipped\""), "{}", ran.stderr);
    assert!(ran.stderr.contains("--restart"), "{}", ran.stderr);
    env.ok(&["export", "Orders", "a.csv", "--restart"]);
}

#[test]
fn a_resumed_export_reports_its_age() {
    let env = slow(30_000);
    killed(&env);
    let resume = fs::File::options()
        .append(true)
        .open(env.path("a.csv.resume"));
    let three_days = Duration::from_secs(3 * 24 * 3600 + 60);
    let then = std::time::SystemTime::now() - three_days;
    resume.expect("a file").set_modified(then).expect("set");

    let ran = env.run(&["export", "Orders", "a.csv"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("stopped 3 days ago"), "{}", ran.stderr);
}

#[test]
fn a_part_file_that_was_changed_is_not_resumed() {
    let env = slow(30_000);
    let mut command = env.command(&["export", "Orders", "orders.csv"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    wait_for_records(&env, "orders.csv");
    child.kill().expect("a running export");
    child.wait().expect("it ends");
    let part = env.path("orders.csv.part");
    let mut bytes = fs::read(&part).expect("a part file");
    bytes[100] ^= 1;
    fs::write(&part, bytes).expect("written");

    let ran = env.run(&["export", "Orders", "orders.csv"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("was changed"), "{}", ran.stderr);
    env.ok(&["export", "Orders", "orders.csv", "--restart"]);
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_not_text_is_exported_to() {
    use std::os::unix::ffi::OsStrExt;

    let env = TestEnv::new();
    let name = std::ffi::OsStr::from_bytes(b"city-\xff.csv");
    let mut command = env.command(&["export", "City", "--format", "csv", "--json"]);

    let output = command.arg(name).output().expect("the program runs");

    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(result["file"], "city-\u{fffd}.csv");
    assert!(env.path("").join(name).is_file());
}
