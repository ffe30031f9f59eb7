//! Imports that are stopped by a signal.

use super::people::{count, people, write};
use super::{Ran, TestEnv};
use caspio_emulator::Emulator;
use std::fmt::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Starts an import of a bad row and many good ones, and waits until it has inserted some.
pub(crate) fn begun(env: &TestEnv) -> Child {
    begun_with(env, &[])
}

pub(crate) fn begun_with(env: &TestEnv, more: &[&str]) -> Child {
    let table = people("People");
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..60_000).fold("Code,Age\nbad,x\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(env, "a.csv", &rows);
    let mut command = env.command(&[&["import", "People", "a.csv", "--json"], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while count(env, "People") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

pub(crate) fn interrupt(child: &Child) {
    signal(child, "-INT");
}

pub(crate) fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
}

pub(crate) fn end(child: Child) -> Ran {
    let output = child.wait_with_output().expect("it ends");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A busy machine must not finish the import before the signal arrives.
pub(crate) fn slow_env() -> TestEnv {
    let latency = Duration::from_millis(400);
    TestEnv::of(Emulator::builder().empty().latency(latency))
}
