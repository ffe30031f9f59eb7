//! Imports that are stopped by Ctrl-C.

use crate::support::people::{count, people, reasons, summary, write};
use crate::support::{Ran, TestEnv};
use caspio_emulator::{Emulator, Faults};
use std::fmt::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts an import of a bad row and many good ones, and waits until it has inserted some.
fn begun(env: &TestEnv) -> Child {
    let table = people("People");
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..60_000).fold("Code,Age\nbad,x\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(env, "a.csv", &rows);
    let mut command = env.command(&["import", "People", "a.csv", "--json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while count(env, "People") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &id]).status();
    assert!(interrupted.expect("kill runs").success());
}

fn end(child: Child) -> Ran {
    let output = child.wait_with_output().expect("it ends");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

fn slow_env() -> TestEnv {
    let latency = Duration::from_millis(100);
    TestEnv::of(Emulator::builder().empty().latency(latency))
}

#[test]
fn ctrl_c_stops_sending_and_prints_the_line_to_resume_from() {
    let env = slow_env();
    let child = begun(&env);
    interrupt(&child);

    let ran = end(child);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let next = result["next_line"].as_u64().expect("a line");
    assert_eq!(result["rows"].as_u64(), Some(next - 2));
    assert_eq!(count(&env, "People"), next - 3);
    let hint = format!("--from-line {next}");
    assert!(ran.stderr.contains(&hint), "{}", ran.stderr);
    assert_eq!(reasons(&env, "a.refused.csv").len(), 1);
}

#[test]
fn a_second_ctrl_c_stops_at_once_and_leaves_rows_unresolved() {
    let env = slow_env();
    let child = begun(&env);
    let slow = Faults::none().latency(Duration::from_secs(30));
    env.emulator.set_faults(slow);
    std::thread::sleep(Duration::from_millis(500));
    let asked = Instant::now();
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);

    let ran = end(child);

    assert!(asked.elapsed() < Duration::from_secs(20));
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert!(number("in_doubt") > 0, "{result}");
    assert_eq!(number("inserted") + number("refused"), number("rows"));
    let reasons = reasons(&env, "a.refused.csv");
    assert_eq!(reasons.len() as u64, number("in_doubt") + 1);
    let last = reasons.last_key_value().map(|(line, _)| *line);
    assert_eq!(last, Some(1 + number("rows")), "no row is forgotten");
}
