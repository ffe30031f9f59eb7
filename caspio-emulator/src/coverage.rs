//! The coverage document, generated from the routes.
//!
//! `UPDATE_COVERAGE=1 cargo test -p caspio-emulator coverage` writes the file.

use crate::http::route::{self, Route};
use crate::{v2, v3, v4};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/emulator-coverage.md");

/// Every operation of v4, one `METHOD path` per line.
const OPERATIONS_OF_V4: &str = include_str!("v4/operations.txt");

/// v4's operations with the route for each, if there is one.
fn of_v4() -> Vec<(&'static str, &'static str, Option<&'static Route>)> {
    let lines = OPERATIONS_OF_V4.lines();
    let operations = lines.filter_map(|line| line.split_once(' '));
    let found = operations.map(|(method, path)| {
        let steps: Vec<_> = path
            .trim_start_matches("/v4/")
            .split('/')
            .map(str::to_owned)
            .collect();
        let parsed = method.parse().expect("a method");
        let found = route::find(v4::routes(), &parsed, &steps).ok();
        // A literal segment must not be treated as the value of another operation's path.
        let found = found.filter(|(_, values)| values.iter().all(|value| value.starts_with('{')));
        (method, path, found.map(|(route, _)| route))
    });
    found.collect()
}

fn table<'r>(out: &mut String, base: &str, routes: impl Iterator<Item = &'r Route>) {
    out.push_str("| method | path | operation |\n|---|---|---|\n");
    for route in routes {
        let path = route.path(base);
        let _ = writeln!(out, "| {} | `{path}` | {} |", route.method, route.operation);
    }
}

fn document() -> String {
    let mut out = String::from(
        "# What the emulator covers\n\n\
         Generated from the emulator's routes; a test fails when it is stale, and\n\
         `UPDATE_COVERAGE=1 cargo test -p caspio-emulator coverage` writes it.\n\n",
    );
    let _ = writeln!(out, "## v3: all {} operations\n", v3::routes().count());
    table(&mut out, "/v3", v3::routes());
    let _ = writeln!(out, "\n## v2: {} operations\n", v2::routes().count());
    table(&mut out, "/v2", v2::routes());
    let all = of_v4();
    let emulated = all.iter().filter(|(_, _, route)| route.is_some()).count();
    let _ = writeln!(out, "\n## v4: {emulated} of {} operations\n", all.len());
    out.push_str("| method | path | emulated as |\n|---|---|---|\n");
    for (method, path, route) in &all {
        let operation = route.map_or("not emulated", |route| route.operation);
        let _ = writeln!(out, "| {method} | `{path}` | {operation} |");
    }
    out.push_str("\nAlso emulated, without a token except for `me`:\n\n");
    table(&mut out, "/v4", unlisted(&all));
    out
}

/// The routes of v4 that are not in the list of operations.
fn unlisted(all: &[(&str, &str, Option<&'static Route>)]) -> impl Iterator<Item = &'static Route> {
    v4::routes().filter(|route| {
        all.iter()
            .all(|(_, _, known)| known.is_none_or(|known| !std::ptr::eq(known, *route)))
    })
}

#[test]
fn coverage_in_the_docs_is_up_to_date() {
    let made = document();
    if env::var_os("UPDATE_COVERAGE").is_some() {
        let folder = Path::new(FILE).parent().expect("a folder");
        fs::create_dir_all(folder).expect("a folder to write to");
        fs::write(FILE, &made).expect("written");
    }
    let kept = fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        kept == made,
        "docs/emulator-coverage.md is stale: see src/coverage.rs"
    );
}

#[test]
fn every_version_has_its_operations() {
    assert_eq!(v3::routes().count(), 70);
    assert_eq!(of_v4().len(), 107);
}

#[test]
fn no_operation_hides_another() {
    for routes in [
        v2::routes().collect::<Vec<_>>(),
        v3::routes().collect(),
        v4::routes().collect(),
    ] {
        for route in &routes {
            let steps = route.pattern.split('/').filter(|step| !step.is_empty());
            let steps: Vec<_> = steps.map(str::to_owned).collect();
            let (found, _) = route::find(routes.iter().copied(), &route.method, &steps)
                .expect("a known operation");
            assert!(
                std::ptr::eq(found, *route),
                "{} {}",
                route.method,
                route.pattern
            );
        }
    }
}
