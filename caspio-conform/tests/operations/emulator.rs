//! The emulator has the operations of the list, under the same names.

use crate::list::{VERSIONS, operations, pattern};
use caspio_emulator::__private::{EmulatedOperation, emulated_operations};

/// Returns the emulator's operation for a method and a path.
pub(crate) fn emulated(version: &str, method: &str, path: &str) -> Option<EmulatedOperation> {
    let wanted = pattern(path.trim_start_matches('/'));
    let mut all = emulated_operations().into_iter();
    all.find(|one| one.version == version && one.method == method && one.pattern == wanted.as_str())
}

#[test]
fn names_are_those_of_the_emulator() {
    let mut wrong = Vec::new();
    for operation in operations() {
        for version in VERSIONS {
            let call = operation.call(version);
            let emulated = call.and_then(|(method, path)| emulated(version, method, path));
            if let Some(other) = emulated.filter(|one| one.name != operation.name) {
                wrong.push(format!("{version} {}: {}", operation.name, other.name));
            }
        }
    }

    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn everything_that_is_emulated_is_listed() {
    let operations = operations();
    let missing: Vec<_> = emulated_operations()
        .into_iter()
        .filter(|emulated| {
            let is_same = |(method, path): (&str, &str)| {
                method == emulated.method
                    && pattern(path.trim_start_matches('/')) == emulated.pattern
            };
            let listed = operations
                .iter()
                .filter_map(|one| one.call(emulated.version));
            !listed.into_iter().any(is_same)
        })
        .collect();

    assert!(missing.is_empty(), "{missing:#?}");
}
