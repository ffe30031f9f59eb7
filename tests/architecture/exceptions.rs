//! What may break a rule of ARCHITECTURE.md, with the reason.

/// The name of a rule's test, the beginning of what it reports (all of it, if empty), the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "no_two_modules_use_each_other",
        "",
        "modules are being put in order",
    ),
    (
        "only_the_dialect_asks_for_the_version",
        "",
        "requests and responses are moving into the dialect",
    ),
    (
        "only_the_http_client_names_reqwest",
        "",
        "the module `service` is becoming `http_client`",
    ),
    (
        "every_file_begins_with_its_subject",
        "",
        "first lines are being added",
    ),
    ("files_are_short", "", "long files are being split"),
];

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
