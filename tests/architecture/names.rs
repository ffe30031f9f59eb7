//! Names that only one part of a crate may use.

use crate::exceptions::check;
use crate::lexer::Token;
use crate::source::{Source, crates, of_crate};

/// Words that only crates above `caspio-core` know.
const OF_TABLES: [&str; 12] = [
    "Table", "Tables", "View", "Views", "Column", "Columns", "Record", "Records", "tables",
    "views", "columns", "records",
];

#[test]
fn only_the_http_client_names_reqwest() {
    let mut found = Vec::new();
    for source in crates().iter().flat_map(|name| of_crate(name)) {
        if !source.path.starts_with("caspio-core/src/http_client/") {
            found.extend(places(&source, |name| name == "reqwest"));
        }
    }

    check("only_the_http_client_names_reqwest", found);
}

#[test]
fn the_core_does_not_know_tables() {
    let mut found = Vec::new();
    for source in of_crate("caspio-core") {
        found.extend(places(&source, |name| OF_TABLES.contains(&name)));
    }

    check("the_core_does_not_know_tables", found);
}

/// `ApiVersion::default()` and passing a version on are allowed; asking which one it is, is not.
#[test]
fn only_the_dialect_asks_for_the_version() {
    let mut found = Vec::new();
    for source in of_crate("caspio") {
        if !source.path.starts_with("caspio/src/dialect") {
            found.extend(places(&source, |name| matches!(name, "V2" | "V3" | "V4")));
        }
    }

    check("only_the_dialect_asks_for_the_version", found);
}

fn places(source: &Source, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let names_it = |token: &&Token| token.ident().is_some_and(&is_meant);
    source
        .tokens
        .iter()
        .filter(names_it)
        .map(|token| format!("{}:{}", source.path, token.line))
        .collect()
}
