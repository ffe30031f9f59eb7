//! `docs/coverage.md` is made from the list.

use crate::emulator::emulated;
use crate::list::{Operation, VERSIONS, operations};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const HINT: &str = "run the tests of caspio-conform with UPDATE_COVERAGE=1";

/// Several names in a cell.
fn names(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn call(operation: &Operation, version: &str) -> String {
    let Some((method, path)) = operation.call(version) else {
        return "none".to_owned();
    };
    let mark = match emulated(version, method, path) {
        Some(_) => "",
        None => " (not emulated)",
    };
    format!("`{method} {path}`{mark}")
}

fn sdk(operation: &Operation) -> String {
    match (&operation.sdk[..], &operation.note) {
        ([], Some(note)) => format!("none: {note}"),
        ([], None) => "not yet".to_owned(),
        (methods, _) => names(methods),
    }
}

/// How many operations of a version there are, and how many of them the SDK and the emulator have.
fn counts(operations: &[Operation]) -> String {
    let mut out = String::from(
        "| version | operations | with a method of the SDK | emulated |\n|---|---|---|---|\n",
    );
    for version in VERSIONS {
        let of_version = || operations.iter().filter(|one| one.call(version).is_some());
        let in_sdk = of_version().filter(|one| !one.sdk.is_empty()).count();
        let is_emulated = |one: &&Operation| {
            let (method, path) = one.call(version).expect("a call");
            emulated(version, method, path).is_some()
        };
        let emulated = of_version().filter(is_emulated).count();
        let all = of_version().count();
        let _ = writeln!(out, "| {version} | {all} | {in_sdk} | {emulated} |");
    }
    out
}

fn page() -> String {
    let operations = operations();
    let mut out = String::from(
        "# Coverage\n\n\
         Every operation of Caspio's REST API that is known: its method and path in each version, the methods of the SDK\n\
         and the commands of the program that use it, whether the SDK sends it again after a lost response, and how many\n\
         calls a use takes. `Client::raw` makes every other call. The names are those that the faults and\n\
         the counts of the [emulator](emulator.md) have. This page is made from `caspio-conform/operations.toml`.\n\n",
    );
    out += &counts(&operations);
    let mut group = "";
    for operation in &operations {
        if operation.group != group {
            group = &operation.group;
            let _ = write!(
                out,
                "\n## {group}\n\n| operation | v2 | v3 | v4 | SDK | program | again | calls |\n|---|---|---|---|---|---|---|---|\n"
            );
        }
        let [v2, v3, v4] = VERSIONS.map(|version| call(operation, version));
        let (again, calls) = match operation.sdk.is_empty() {
            true => ("", ""),
            false => (operation.again(), operation.calls()),
        };
        let _ = writeln!(
            out,
            "| {} | {v2} | {v3} | {v4} | {} | {} | {again} | {calls} |",
            operation.name,
            sdk(operation),
            names(&operation.commands),
        );
    }
    out
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/coverage.md");
    let page = page();
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&path, &page).expect("the page is written");
    }

    let found = fs::read_to_string(&path).unwrap_or_default();

    assert!(
        found == page,
        "docs/coverage.md is not made from the list; {HINT}"
    );
}
