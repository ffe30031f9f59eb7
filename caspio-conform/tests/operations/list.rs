//! The list itself.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

/// The versions of the API, the oldest first.
pub(crate) const VERSIONS: [&str; 3] = ["v2", "v3", "v4"];

/// The group that v4's list of 107 operations does not have.
const UNLISTED: &str = "Discovery";

/// An operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) group: String,
    v2: Option<String>,
    v3: Option<String>,
    v4: Option<String>,
    #[serde(default)]
    pub(crate) sdk: Vec<String>,
    #[serde(default)]
    pub(crate) commands: Vec<String>,
    again: Option<String>,
    calls: Option<String>,
    pub(crate) note: Option<String>,
}

impl Operation {
    /// Returns the method and the path in a version.
    pub(crate) fn call(&self, version: &str) -> Option<(&str, &str)> {
        let call = match version {
            "v2" => &self.v2,
            "v3" => &self.v3,
            _ => &self.v4,
        };
        call.as_deref()?.split_once(' ')
    }

    /// Whether the SDK sends it again after a lost response.
    pub(crate) fn again(&self) -> &str {
        let calls = VERSIONS.iter().filter_map(|version| self.call(version));
        let mut methods = calls.map(|(method, _)| method);
        match &self.again {
            Some(again) => again,
            None if methods.all(|method| matches!(method, "GET" | "PUT" | "DELETE")) => "yes",
            None => "no",
        }
    }

    pub(crate) fn calls(&self) -> &str {
        self.calls.as_deref().unwrap_or("1")
    }
}

/// Reads the list.
pub(crate) fn operations() -> Vec<Operation> {
    #[derive(Deserialize)]
    struct List {
        operation: Vec<Operation>,
    }
    let list: List = toml::from_str(include_str!("../../operations.toml")).expect("the list");
    list.operation
}

/// Returns a path without the names of its values: `tables/{}/fields`.
pub(crate) fn pattern(path: &str) -> String {
    let steps = path.split('/').map(|step| match step.starts_with('{') {
        true => "{}",
        false => step,
    });
    steps.collect::<Vec<_>>().join("/")
}

#[test]
fn the_list_has_all_operations_once() {
    let operations = operations();

    for (version, count) in [("v2", 44), ("v3", 70), ("v4", 107)] {
        let listed = operations.iter().filter(|one| one.group != UNLISTED);
        let calls = listed.filter_map(|one| one.call(version));
        let calls: Vec<_> = calls
            .map(|(method, path)| (method, pattern(path)))
            .collect();
        assert_eq!(calls.len(), count, "{version}");
        let different: BTreeSet<_> = calls.iter().collect();
        assert_eq!(different.len(), count, "{version}");
    }
    let names: BTreeSet<_> = operations.iter().map(|one| &one.name).collect();
    assert_eq!(names.len(), operations.len());
}

/// The list of v4's operations that was made from its live document: group, method and path in each line. It is read
/// from `CASPIO_V4_OPERATIONS`, or from `shared/` next to the workspace; without it the test does nothing.
#[test]
fn the_operations_of_v4_are_those_of_its_document() {
    let path = match env::var_os("CASPIO_V4_OPERATIONS") {
        Some(path) => path.into(),
        None => {
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/caspio-v4-operations.tsv")
        }
    };
    let Ok(lines) = fs::read_to_string(path) else {
        return;
    };
    let documented: BTreeSet<_> = lines
        .lines()
        .filter_map(|line| line.split_once('\t')?.1.split_once("\t/v4"))
        .collect();

    let operations = operations();
    let listed = operations.iter().filter(|one| one.group != UNLISTED);
    let listed: BTreeSet<_> = listed.filter_map(|one| one.call("v4")).collect();

    assert_eq!(listed, documented);
}

#[test]
fn the_operations_of_a_group_are_together() {
    let operations = operations();
    let mut groups: Vec<_> = operations.iter().map(|one| &one.group).collect();

    groups.dedup();

    let different: BTreeSet<_> = groups.iter().collect();
    assert_eq!(different.len(), groups.len(), "{groups:?}");
}
