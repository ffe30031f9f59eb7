//! Stopped imports after which something other than the same command runs first, or which are stopped once more.

use crate::support::TestEnv;
use crate::support::people::{count, reasons, summary, write};
use crate::support::ran;
use crate::support::slow_proxy::SlowProxy;
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ROWS: u64 = 8000;

/// An emulator that is slow, with a table without unique fields, and a file of good rows.
fn env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let code = FieldDef::new("Code", DataType::Text255);
    let table = TableDef::new("T").field(code);
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..ROWS).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let slow = Faults::none().latency(Duration::from_millis(100));
    env.emulator.set_faults(slow);
    env
}

fn start(env: &TestEnv, more: &[&str]) -> Child {
    let mut command = env.command(&[&["import", "T", "a.csv"], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn wait_for_rows(env: &TestEnv) {
    while count(env, "T") == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn stop(child: Child) {
    let mut kill = Command::new("kill");
    kill.args(["-TERM", &child.id().to_string()]);
    assert!(kill.status().expect("it runs").success());
    child.wait_with_output().expect("it ends");
}

/// Checks that no code is in the table twice.
fn is_not_doubled(env: &TestEnv) {
    let codes = env.ok(&["query", "T", "--format", "csv", "--select", "Code"]);
    let all: Vec<&str> = codes.lines().skip(1).collect();
    let each: BTreeSet<&&str> = all.iter().collect();
    assert_eq!(all.len(), each.len(), "rows are in the table twice");
}

#[test]
fn a_resumed_import_that_is_stopped_keeps_the_rows_of_the_killed_one_unresolved() {
    let env = env();
    let mut killed = start(&env, &["--key", "Code"]);
    wait_for_rows(&env);
    killed.kill().expect("killed");
    killed.wait().expect("it ends");
    std::thread::sleep(Duration::from_millis(300));
    let resumed = start(&env, &["--key", "Code"]);
    // It waits until reads show what was sent, and looks the rows up.
    std::thread::sleep(Duration::from_millis(700));
    stop(resumed);
    env.emulator.set_faults(Faults::none());

    let ran = env.run(&["import", "T", "a.csv", "--key", "Code", "--json"]);

    is_not_doubled(&env);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    let done = number("inserted") + number("already_there");
    assert_eq!(done, count(&env, "T"), "{result}");
    assert_eq!(done + number("unresolved"), ROWS, "{result}");
}

#[test]
fn only_a_run_that_starts_over_discards_the_record_of_a_stopped_import() {
    for other in [
        &["--restart", "--cost"][..],
        &["--restart", "--dry-run"],
        &["--restart", "--from-line", "2", "--delimiter", ";"],
    ] {
        let env = env();
        let stopped = start(&env, &[]);
        wait_for_rows(&env);
        stop(stopped);
        env.emulator.set_faults(Faults::none());
        assert!(count(&env, "T") < ROWS);

        env.run(&[&["import", "T", "a.csv"], other].concat());
        let ran = env.run(&["import", "T", "a.csv", "--json"]);

        assert_eq!(ran.code, Some(0), "{other:?}: {}", ran.stderr);
        assert!(summary(&ran)["resumed"].is_u64(), "{}", ran.stdout);
        assert_eq!(count(&env, "T"), ROWS, "{other:?}");
        is_not_doubled(&env);
    }
}

#[test]
fn an_import_is_resumed_whatever_the_case_of_the_table_s_name() {
    let env = env();
    let stopped = start(&env, &[]);
    wait_for_rows(&env);
    stop(stopped);
    env.emulator.set_faults(Faults::none());

    env.ok(&["import", "t", "a.csv"]);

    assert_eq!(count(&env, "T"), ROWS);
    is_not_doubled(&env);
}

#[test]
fn a_late_update_of_a_killed_sync_is_reported() {
    let env = env();
    env.emulator.set_faults(Faults::none());
    let record = json!({"Code": "a", "Age": 1});
    env.emulator.insert("T", record).expect("a record");
    let age = || env.ok(&["query", "T", "--format", "csv", "--select", "Age"]);
    let sync = ["import", "T", "b.csv", "--sync", "--key", "Code"];
    let sync = [&sync[..], &["--api-version", "v3"]].concat();
    let json = [&sync[..], &["--json"]].concat();
    let proxy = SlowProxy::start(&env.emulator.url(), "PUT ", None);
    write(&env, "b.csv", "Code,Age\na,2\n");
    let mut command = env.command(&sync);
    command.env("CASPIO_ACCOUNT", proxy.url());
    let mut killed = command.spawn().expect("it starts");
    while proxy.held() == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().expect("killed");
    killed.wait().expect("it ends");
    write(&env, "b.csv", "Code,Age\na,3\n");

    let through = |sync: &[&str]| {
        let mut command = env.command(sync);
        ran(command
            .env("CASPIO_ACCOUNT", proxy.url())
            .output()
            .expect("it runs"))
    };
    let again = std::thread::scope(|scope| {
        let again = scope.spawn(|| through(&json));
        while proxy.held() < 2 {
            std::thread::sleep(Duration::from_millis(2));
        }
        proxy.release();
        again.join().expect("a run")
    });

    assert_eq!(
        summary(&again)["may_change"],
        json!(true),
        "{}",
        again.stdout
    );
    std::thread::sleep(Duration::from_millis(500));
    let last = through(&sync);
    assert_eq!(last.code, Some(0), "{}", last.stderr);
    assert!(
        last.stderr.contains("may still be executed"),
        "{}",
        last.stderr
    );
    assert_eq!(age(), "Age\n3\n");
}

#[test]
fn refused_rows_from_a_pipe_may_have_been_sent_just_now() {
    let env = env();
    env.emulator.set_faults(Faults::none());
    let pipe = env.path("q.refused.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("it runs").success());
    let rows = "Code,Age,Line,Reason\nk1,1,2,UNRESOLVED: lost\n";
    let writer = std::thread::spawn(move || std::fs::write(pipe, rows));

    let import = ["import", "T", "q.refused.csv", "--key", "Code", "--json"];
    let ran = env.run(&import);

    writer.join().expect("no panic").expect("written");
    assert_eq!(summary(&ran)["unresolved"], json!(1), "{}", ran.stdout);
    assert_eq!(count(&env, "T"), 0);
    assert_eq!(reasons(&env, "q.refused.refused.csv").len(), 1);
}
