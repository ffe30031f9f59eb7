//! What the derives accept, and what they say about what they refuse.
//!
//! Messages are recorded beside the cases in `ui/derive/fail`. Half of each is the compiler's own
//! and changes with it, so they are compared only by the compiler they were recorded with; any
//! other checks that the cases are refused. After a change of the messages:
//! `TRYBUILD=overwrite cargo test -p caspio-tests --test derive_ui`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler of the recorded messages.
const RECORDED_WITH: &str = "rustc 1.95.";

const FAIL: &str = "ui/derive/fail";

#[test]
fn the_derives_accept_what_is_right() {
    trybuild::TestCases::new().pass("ui/derive/pass/*.rs");
}

#[test]
fn the_derives_refuse_what_is_wrong() {
    if compiler().starts_with(RECORDED_WITH) {
        trybuild::TestCases::new().compile_fail(format!("{FAIL}/*.rs"));
    } else {
        skipped();
        assert!(copies_are_refused(), "a case of {FAIL} compiles");
    }
}

/// Runs on copies, with whatever messages come out: see [`copies_are_refused`].
#[test]
#[ignore = "the part of another test that needs an environment of its own"]
fn refuse_copies() {
    let copies = copies();
    for case in files("rs") {
        let name = case.file_name().expect("a file has a name");
        std::fs::copy(&case, copies.join(name)).expect("the copies' folder is writable");
    }
    trybuild::TestCases::new().compile_fail(copies.join("*.rs"));
}

#[test]
fn every_refusal_has_its_message_recorded() {
    let missing: Vec<PathBuf> = files("rs")
        .into_iter()
        .filter(|case| !case.with_extension("stderr").exists())
        .collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_recorded_message_has_lost_its_case() {
    let lost: Vec<PathBuf> = files("stderr")
        .into_iter()
        .filter(|message| !message.with_extension("rs").exists())
        .collect();

    assert!(lost.is_empty(), "{lost:?}");
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = Command::new(rustc).arg("-V").output();
    answer.map_or_else(
        |_| String::new(),
        |answer| String::from_utf8_lossy(&answer.stdout).into_owned(),
    )
}

#[allow(clippy::print_stderr, reason = "a test that skips says so")]
fn skipped() {
    eprintln!(
        "note: messages were recorded with {RECORDED_WITH}x and are not compared by {}",
        compiler().trim(),
    );
}

/// Whether every case is refused, whatever the message: trybuild records messages when it is told
/// to by its environment variable, which a test cannot set for its own process.
fn copies_are_refused() -> bool {
    let folder = copies();
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("cargo's folder for tests is writable");
    Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["--exact", "refuse_copies", "--ignored"])
        .env("TRYBUILD", "overwrite")
        .status()
        .expect("this test runs")
        .success()
}

fn copies() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("derive-fail")
}

fn files(extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FAIL);
    std::fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
