//! `caspio record`, and `caspio conform --replay` of what it wrote.

use crate::support::{SECRET, TestEnv};
use serde_json::Value;
use std::fs;

/// Records commands that read and write, and returns the recording.
fn recorded(env: &TestEnv) -> String {
    for command in [
        &["record", "--to", "calls.jsonl", "describe", "Contacts"][..],
        &[
            "record",
            "--to",
            "calls.jsonl",
            "query",
            "Contacts",
            "--where",
            "Age > 30",
            "--limit",
            "5",
        ],
        &["record", "--to", "calls.jsonl", "--", "tables"],
    ] {
        env.ok(command);
    }
    let refused = env.run(&[
        "record",
        "--to",
        "calls.jsonl",
        "query",
        "Contacts",
        "--select",
        "Nonsense",
    ]);
    assert_ne!(refused.code, Some(0));
    fs::read_to_string(env.path("calls.jsonl")).expect("a recording")
}

#[test]
fn a_command_is_run_as_without_record() {
    let env = TestEnv::new();

    let plain = env.ok(&["query", "Contacts", "--limit", "3", "--format", "csv"]);
    let ran = env.run(&[
        "record", "query", "Contacts", "--limit", "3", "--format", "csv",
    ]);

    assert_eq!(ran.stdout, plain);
    assert!(
        ran.stderr
            .contains("the calls were recorded in caspio-calls.jsonl, without values"),
        "{}",
        ran.stderr
    );
    let recording = fs::read_to_string(env.path("caspio-calls.jsonl")).expect("a recording");
    assert!(recording.starts_with("{\"recording\":1,"), "{recording}");
}

#[test]
fn a_recording_has_nothing_of_the_account() {
    let env = TestEnv::new();

    let recording = recorded(&env);

    for word in [
        "Contacts",
        "Last_Name",
        "Nonsense",
        "First_Name",
        SECRET,
        "test-client-id",
        "127.0.0.1",
    ] {
        assert!(!recording.contains(word), "{word}");
    }
}

#[test]
fn the_emulator_agrees_with_its_own_recording() {
    let env = TestEnv::new();
    recorded(&env);

    let out = env.ok(&[
        "conform",
        "--replay",
        "calls.jsonl",
        "--report",
        "report.json",
    ]);

    assert!(out.contains("agrees") && !out.contains("differs"), "{out}");
    assert!(out.contains("it is not a call of the API"), "{out}");
    let report = fs::read_to_string(env.path("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert!(report[0]["calls"][0]["request"].is_string(), "{report}");
}

#[test]
fn a_response_that_the_emulator_does_not_give_is_told() {
    let env = TestEnv::new();
    let recording = recorded(&env);
    let changed = recording.replace("\"status\":200", "\"status\":202");
    fs::write(env.path("changed.jsonl"), changed).expect("a file");

    let ran = env.run(&["conform", "--replay", "changed.jsonl"]);

    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("recorded 202, emulator 200"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("attach the recording"),
        "{}",
        ran.stderr
    );
}

#[test]
fn other_files_are_not_written_and_not_replayed() {
    let env = TestEnv::new();
    fs::write(env.path("notes.txt"), "my notes\n").expect("a file");

    let written = env.run(&["record", "--to", "notes.txt", "tables"]);
    let replayed = env.run(&["conform", "--replay", "notes.txt"]);

    assert_eq!((written.code, replayed.code), (Some(2), Some(2)));
    assert!(
        written.stderr.contains("something else than a recording"),
        "{}",
        written.stderr
    );
    assert!(
        replayed
            .stderr
            .contains("notes.txt is not a recording: line 1"),
        "{}",
        replayed.stderr
    );
    assert_eq!(
        fs::read_to_string(env.path("notes.txt")).expect("a file"),
        "my notes\n"
    );
}

#[test]
fn record_works_with_the_emulator_and_needs_no_account() {
    let mut env = TestEnv::new();
    env.environment = false;

    let ran = env.run(&["--emulator", "record", "tables"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("the calls were recorded"),
        "{}",
        ran.stderr
    );
}
