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
        None => "docs/coverage.md lists them".to_owned(),
    };
    Err(format!("there is no operation `{name}`; {hint}"))
}

/// An operation that is emulated.
#[derive(Clone, Debug)]
pub struct EmulatedOperation {
    /// The version of the API.
    pub version: &'static str,
    /// The method.
    pub method: String,
    /// The path below the URL of the version, `{}` for a value.
    pub pattern: &'static str,
    /// The name that the counts and the faults have.
    pub name: &'static str,
}

/// Returns every operation that is emulated.
pub fn emulated_operations() -> Vec<EmulatedOperation> {
    let of = |version: &'static str| {
        move |route: &'static Route| EmulatedOperation {
            version,
            method: route.method.to_string(),
            pattern: route.pattern,
            name: route.operation,
        }
    };
    let older = v2::routes().map(of("v2")).chain(v3::routes().map(of("v3")));
    older.chain(v4::routes().map(of("v4"))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
