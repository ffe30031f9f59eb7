//! Imports of a file that another run of the same import reads, or has left unfinished.

use crate::support::people::{count, summary, write};
use crate::support::{Ran, TestEnv};
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ROWS: u64 = 6000;

/// An emulator that responds slowly, two tables without unique fields, and a file of good rows.
fn env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    for name in ["T", "U"] {
        let table = TableDef::new(name).field(FieldDef::new("Name", DataType::Text255));
        let table = table.field(FieldDef::new("Age", DataType::Integer));
        env.emulator.create_table(table).expect("a new table");
    }
    let rows = (0..ROWS).fold("Name,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "N{at},1").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let slow = Faults::none().latency(Duration::from_millis(300));
    env.emulator.set_faults(slow);
    env
}

/// Starts an import, and waits until it has inserted some rows.
fn begun(env: &TestEnv, arguments: &[&str]) -> Child {
    let mut command = env.command(&[&["import", "T"], arguments].concat());
    command.args(["--concurrency", "1"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while count(env, "T") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// Starts an import of a file, and kills it.
fn killed(arguments: &[&str]) -> TestEnv {
    let env = env();
    symlink("a.csv", env.path("link.csv")).expect("a link");
    let mut child = begun(&env, arguments);
    child.kill().expect("killed");
    child.wait().expect("it ends");
    // What was sent may still be executed.
    std::thread::sleep(Duration::from_millis(400));
    env.emulator.set_faults(Faults::none());
    env
}

fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
}

fn is_refused(ran: &Ran, with: &str) {
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains(with), "{with}: {}", ran.stderr);
}

#[test]
fn two_imports_of_a_file_whose_name_is_not_text_do_not_run_at_the_same_time() {
    use std::os::unix::ffi::OsStrExt;

    let env = env();
    let name = std::ffi::OsStr::from_bytes(b"a-\xff.csv");
    fs::rename(env.path("a.csv"), env.path("").join(name)).expect("renamed");
    let import = || {
        let mut command = env.command(&["import", "T", "--concurrency", "1"]);
        command
            .arg(name)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let mut child = import().spawn().expect("it starts");
    while count(&env, "T") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "-STOP");
    env.emulator.set_faults(Faults::none());

    let mut again = import();
    let again = again
        .args(["--refused", "b.refused.csv"])
        .output()
        .expect("it runs");

    signal(&child, "-CONT");
    child.wait().expect("it ends");
    let errors = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(2), "{errors}");
    assert!(errors.contains("another import of"), "{errors}");
    assert_eq!(count(&env, "T"), ROWS);
}

#[test]
fn two_imports_of_one_file_do_not_run_at_the_same_time() {
    let env = env();
    symlink("a.csv", env.path("link.csv")).expect("a link");
    let child = begun(&env, &["a.csv"]);
    // It does not end before the others have run.
    signal(&child, "-STOP");
    env.emulator.set_faults(Faults::none());

    for again in [
        &["a.csv"][..],
        &["a.csv", "--refused", "b.refused.csv"],
        &["link.csv"],
        &[
            "./a.csv",
            "--sync",
            "--key",
            "Name",
            "--refused",
            "b.refused.csv",
        ],
    ] {
        let ran = env.run(&[&["import", "T"], again].concat());
        is_refused(&ran, "wait for it");
        assert!(!ran.stderr.contains("--refused"), "{}", ran.stderr);
    }
    // Another table, and another file, are other imports.
    env.ok(&["import", "U", "link.csv"]);
    write(&env, "b.csv", "Name\nb\n");
    env.ok(&["import", "T", "b.csv"]);

    signal(&child, "-CONT");
    assert!(child.wait_with_output().expect("it ends").status.success());
    assert_eq!(count(&env, "T"), ROWS + 1);
    assert_eq!(count(&env, "U"), ROWS);
}

#[test]
fn a_stopped_import_is_not_begun_again_with_another_file_of_refused_rows() {
    for (first, again) in [
        (&["a.csv"][..], &["a.csv", "--refused", "b.refused.csv"][..]),
        (&["a.csv"], &["link.csv"]),
        (&["link.csv"], &["a.csv", "--json"]),
        (
            &["a.csv", "--refused", "b.refused.csv"],
            &["a.csv", "--restart"],
        ),
        (
            &["a.csv"],
            &[
                "a.csv",
                "--sync",
                "--key",
                "Name",
                "--refused",
                "b.refused.csv",
            ],
        ),
    ] {
        let env = killed(first);
        let before = count(&env, "T");
        assert!(before < ROWS, "it was killed too late");

        let ran = env.run(&[&["import", "T"], again].concat());

        is_refused(&ran, "was stopped");
        assert_eq!(count(&env, "T"), before, "{again:?}");
        let ran = env.run(&[&["import", "T"], first, &["--json"]].concat());
        assert!(
            summary(&ran)["resumed"].as_u64() > Some(1),
            "{}",
            ran.stderr
        );
        assert!(count(&env, "T") <= ROWS, "{again:?}");
        // When it has ended, the rows can be inserted once more.
        let records = fs::read_dir(env.path("state").join("imports"));
        assert_eq!(records.expect("a folder").count(), 0);
    }
}

#[test]
fn the_same_input_of_a_pipe_is_known_by_its_rows() {
    let env = env();
    let rows = fs::read_to_string(env.path("a.csv")).expect("rows");
    let import = ["import", "T", "-", "--format", "csv", "--concurrency", "1"];
    let mut command = env.command(&import);
    command.stdin(fs::File::open(env.path("a.csv")).expect("a file"));
    let mut child = command.spawn().expect("it starts");
    while count(&env, "T") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");
    std::thread::sleep(Duration::from_millis(400));
    env.emulator.set_faults(Faults::none());
    let other = ["--refused", "b.refused.csv"];

    let ran = env.piped(&[&import[..], &other].concat(), &rows);

    is_refused(&ran, "was stopped");
    let ran = env.piped(&[&import[..], &other].concat(), "Name\nz\n");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}
