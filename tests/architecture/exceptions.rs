//! What may break a rule of ARCHITECTURE.md, with the reason.

/// The name of a rule's test, the beginning of its report (all of it, if empty), the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "every_file_begins_with_its_subject",
    "caspio/src/doc_setup.rs",
    "it is included in the middle of documentation tests",
)];

/// Fails if a rule is broken without an exception, or has an exception that is no longer needed.
pub(crate) fn check(rule: &str, broken: Vec<String>) {
    let exceptions = || EXCEPTIONS.iter().filter(|(of, _, _)| *of == rule);
    for (_, beginning, reason) in exceptions().filter(|(_, beginning, _)| !beginning.is_empty()) {
        assert!(
            broken.iter().any(|place| place.starts_with(beginning)),
            "{rule}: remove the exception `{beginning}` ({reason}), nothing needs it"
        );
    }
    let unexpected: Vec<String> = broken
        .into_iter()
        .filter(|place| !exceptions().any(|(_, beginning, _)| place.starts_with(beginning)))
        .collect();
    assert!(unexpected.is_empty(), "{rule} is broken: {unexpected:#?}");
}
