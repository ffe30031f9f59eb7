//! Files that another program changes while they are imported.

use crate::support::people::{count, people_env, reasons, summary, write};
use crate::support::{Ran, TestEnv, ran};
use caspio_emulator::Faults;
use serde_json::json;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

const ROWS: u64 = 6000;

/// Returns rows of one length, more than are read at once.
fn rows(prefix: char) -> String {
    let mut text = "Code,Age,Name\n".to_owned();
    for at in 0..ROWS {
        let age = if at % 2500 == 7 { "x" } else { "1" };
        writeln!(text, "{prefix}{at:05},{age},{}", "n".repeat(100)).expect("written");
    }
    text
}

/// Starts an import, does something when its first rows were inserted, and waits for its end.
fn disturbed(env: &TestEnv, more: &[&str], disturb: impl FnOnce()) -> Ran {
    let slow = Faults::none().latency(Duration::from_millis(100));
    env.emulator.set_faults(slow);
    let import = ["import", "People", "a.csv", "--concurrency", "1"];
    let mut command = env.command(&[&import[..], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while count(env, "People") == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    disturb();
    let ran = ran(child.wait_with_output().expect("it ends"));
    env.emulator.set_faults(Faults::none());
    ran
}

#[test]
fn a_file_that_changes_is_not_mixed() {
    let (old, new) = (rows('a'), rows('b'));
    for content in [new.as_bytes(), &old.as_bytes()[..old.len() * 3 / 4]] {
        let env = people_env();
        write(&env, "a.csv", &old);
        let path = env.path("a.csv");

        let ran = disturbed(&env, &[], || {
            let mut file = OpenOptions::new().write(true).open(path).expect("a file");
            file.write_all(content).expect("written");
            file.set_len(content.len() as u64).expect("its length");
        });

        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let changed = "the file was changed during the import";
        assert!(ran.stderr.contains(changed), "{}", ran.stderr);
        assert!(ran.stderr.contains("restore the file"), "{}", ran.stderr);
        let before = count(&env, "People");
        let codes = env.ok(&["query", "People", "--format", "csv", "--select", "Code"]);
        assert!(!codes.contains("\nb"), "a row of the new content");

        // The restored file is resumed.
        write(&env, "a.csv", &old);
        let again = env.run(&["import", "People", "a.csv", "--json"]);
        assert_eq!(again.code, Some(5), "{}", again.stderr);
        assert_eq!(summary(&again)["rows"], json!(ROWS));
        assert_eq!(count(&env, "People"), ROWS - 3);
        assert!(before < ROWS);
    }
}

#[test]
fn an_import_whose_refused_rows_cannot_be_named_is_finished_by_the_same_command() {
    for more in [&[][..], &["--key", "Code"], &["--json"]] {
        let env = people_env();
        write(&env, "a.csv", &rows('a'));
        let named = env.path("a.refused.csv");

        let ran = disturbed(&env, more, || fs::create_dir(&named).expect("a folder"));

        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("run the same command again"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("import it"), "{}", ran.stderr);
        assert_eq!(count(&env, "People"), ROWS - 3);
        let import = [&["import", "People", "a.csv"][..], more].concat();
        let blocked = env.run(&import);
        assert_eq!(blocked.code, Some(2), "{}", blocked.stderr);

        fs::remove_dir(&named).expect("removed");
        let again = env.run(&import);

        assert_eq!(again.code, Some(5), "{}", again.stderr);
        assert_eq!(count(&env, "People"), ROWS - 3, "no row is sent twice");
        assert_eq!(reasons(&env, "a.refused.csv").len(), 3);
        env.is_tidy("a.refused.csv");
    }
}

#[cfg(unix)]
#[test]
fn refused_rows_that_were_removed_during_the_import_are_not_named() {
    let env = people_env();
    write(&env, "a.csv", &rows('a'));
    let part = env.path("a.refused.csv.part");

    let ran = disturbed(&env, &["--key", "Code"], || {
        fs::remove_file(part).expect("removed")
    });

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(!ran.stderr.contains("they are in"), "{}", ran.stderr);
    let again = env.run(&["import", "People", "a.csv", "--key", "Code"]);
    assert_eq!(again.code, Some(5), "{}", again.stderr);
    assert_eq!(count(&env, "People"), ROWS - 3, "no row is sent twice");
    assert_eq!(reasons(&env, "a.refused.csv").len(), 3);
}
