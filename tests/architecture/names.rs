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
    let of_crates = crates();
    // The emulator implements each version.
    let of_clients = of_crates.iter().filter(|name| *name != "caspio-emulator");
    let found = of_clients
        .flat_map(|name| of_crate(name))
        .filter(|source| !KNOW_VERSIONS.iter().any(|at| source.path.starts_with(at)))
        .flat_map(|source| named_versions(&source))
        .collect();

    check("only_the_dialect_asks_for_the_version", found);
}

/// Where versions are defined, and what differs between them.
const KNOW_VERSIONS: [&str; 3] = [
    "caspio/src/dialect/",
    "caspio-core/src/account/",
    "caspio-conform/src/spelling.rs",
];

/// The places that name a version of the API. `SocketAddr::V4` is not one.
fn named_versions(source: &Source) -> Vec<String> {
    let is_version = |token: &Token| matches!(token.ident(), Some("V2" | "V3" | "V4"));
    let is_address = |token: &Token| matches!(token.ident(), Some("SocketAddr" | "IpAddr"));
    let tokens = source.tokens.iter().enumerate();
    tokens
        .filter(|(_, token)| is_version(token))
        .filter(|(at, _)| {
            !at.checked_sub(3)
                .is_some_and(|at| is_address(&source.tokens[at]))
        })
        .map(|(_, token)| format!("{}:{}", source.path, token.line))
        .collect()
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
