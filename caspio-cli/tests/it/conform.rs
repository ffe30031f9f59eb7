//! `caspio conform` against the emulator.

use crate::support::TestEnv;
use serde_json::Value;
use std::fs;

#[test]
fn an_emulator_agrees_and_the_report_is_written() {
    let env = TestEnv::new();
    let arguments = [
        "conform",
        "--table",
        "Contacts",
        "--view",
        "Active_Contacts",
        "--scratch",
        "Probe",
        "--report",
        "report.json",
    ];

    let ran = env.run(&arguments);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("This makes at most "), "{}", ran.stderr);
    assert!(ran.stdout.contains(" 0 differ, "), "{}", ran.stdout);
    let report = fs::read_to_string(env.path("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["records_left"], false);
    assert_eq!(report["calls"], env.emulator.calls().total());
}

#[test]
fn a_dry_run_makes_no_call() {
    let env = TestEnv::new();

    let text = env.ok(&["conform", "--dry-run"]);
    let json = env.ok(&["conform", "--dry-run", "--json", "--only", "longest-url"]);

    assert!(text.contains("call-without-token"), "{text}");
    assert!(text.contains("no table to read is named"), "{text}");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["calls"], 2);
    assert_eq!(json["probes"][0]["fact"], "longest-url");
    assert_eq!(env.emulator.calls().total(), 0);
}

#[test]
fn without_scratch_nothing_is_written() {
    let env = TestEnv::new();

    let out = env.ok(&["conform", "--table", "Contacts", "--all-versions"]);

    assert!(out.contains("no tables to write to are named"), "{out}");
    let calls = env.emulator.calls();
    assert_eq!(calls.operation("CreateTable"), 0);
    assert_eq!(calls.operation("CreateTableRecord"), 0);
}

#[test]
fn a_budget_is_kept() {
    let env = TestEnv::new();

    let out = env.ok(&["conform", "--table", "Contacts", "--max-calls", "5"]);

    assert!(out.contains("more calls than are permitted"), "{out}");
    assert!(env.emulator.calls().total() <= 5);
}

#[test]
fn an_unknown_fact_is_an_error() {
    let env = TestEnv::new();

    let ran = env.run(&["conform", "--only", "no-such-fact"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("no-such-fact"), "{}", ran.stderr);
}
