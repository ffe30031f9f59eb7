//! The operations of every version.

use crate::faults::Faults;
use crate::http::route::{self, Route};
use crate::http::{Refusal, Version};
use crate::{v2, v3, v4};
use axum::http::Method;
use caspio_schema::nearest;

/// What is counted besides the operations: requests for a token, and paths that no operation has.
const OTHERS: [&str; 2] = ["Token", "Unknown"];

/// Checks that the rules name operations, because a rule for another name would never hit a call.
pub(crate) fn check_rules(faults: &Faults) -> Result<(), String> {
    let names = faults.rules.iter();
    let mut names = names.filter_map(|rule| rule.operation.as_deref());
    names.try_for_each(|name| operation(name).map(|_| ()))
}

/// Returns the name of an operation as Caspio spells it, for a name in any case.
pub(crate) fn operation(name: &str) -> Result<&'static str, String> {
    let names = || {
        let routes = v2::routes().chain(v3::routes()).chain(v4::routes());
        routes.map(|route| route.operation).chain(OTHERS)
    };
    if let Some(known) = names().find(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(known);
    }
    let hint = match nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "docs/emulator-coverage.md lists them".to_owned(),
    };
    Err(format!("there is no operation `{name}`; {hint}"))
}

/// Finds the operation of a version for a path below the version's base.
pub(crate) fn find(
    version: Version,
    method: &Method,
    path: &[String],
) -> Result<(&'static Route, Vec<String>), Refusal> {
    match version {
        Version::V2 => route::find(v2::routes(), method, path),
        Version::V3 => route::find(v3::routes(), method, path),
        Version::V4 => route::find(v4::routes(), method, path),
    }
}
