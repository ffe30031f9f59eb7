//! Good files of facts, and mistakes in them.

use super::*;

const GOOD: &str = r#"
[[fact]]
id = "an-example"
statement = "It is so."
versions = ["v3", "v4"]
known = "inferred"
source = "a test"
needs = "scratch"
[[fact.step]]
request = { method = "POST", path = "tables/{scratch}/records", json = '{"Mark":"{mark}"}' }
expect = { status = 201, json = { "/{rows}/0" = { is = "object" } } }
capture = { key = "/PK_ID" }
v4 = { request = { path = "tables/{scratch}/records/bulk" } }
[[fact.step]]
only = ["v3"]
request = { path = "tables/{scratch}/records", query = { "{q}where" = "PK_ID = {key}" } }
expect = { status = [200, 500], code = "A", headers = { location = "absent" } }
"#;

/// The error of a file in which a part is replaced.
fn error(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let error = facts("test", &GOOD.replace(from, to));
    error.expect_err("a mistake").to_string()
}

#[test]
fn a_version_has_its_own_steps() {
    let facts = facts("test", GOOD).expect("no mistake");
    let [v3, v4] = [facts[0].versions[0], facts[0].versions[1]];

    assert_eq!(facts[0].calls(v3), 2);
    assert_eq!(facts[0].calls(v4), 1);
    let path = |version| facts[0].steps(version)[0].request.path.as_str();
    assert_eq!(path(v3), "tables/{scratch}/records");
    assert_eq!(path(v4), "tables/{scratch}/records/bulk");
}

#[test]
fn a_mistake_names_its_file_and_fact() {
    let cases = [
        ("status = 201", "sttaus = 201", "`status` is missing"),
        ("status = 201", "status = 2011", "not a status of HTTP"),
        ("code = \"A\"", "cod = \"A\"", "`cod` is unknown"),
        (
            "is = \"object\"",
            "is = \"objekt\"",
            "`objekt` is not a type",
        ),
        ("is = \"object\"", "contans = \"a\"", "`contans` is unknown"),
        ("\"/{rows}/0\"", "\"{rows}/0\"", "is not a JSON pointer"),
        (
            "location = \"absent\"",
            "location = \"gone\"",
            "it is not present",
        ),
        ("{key}\"", "{kye}\"", "the placeholder `{kye}` has no value"),
        ("'{\"Mark\"", "'{Mark\"", "`json` is not JSON"),
        ("\"v3\", \"v4\"", "\"v5\"", "is not a version"),
        ("\"inferred\"", "\"guessed\"", "`known` is not"),
        ("needs = \"scratch\"", "", "neither `needs` with steps"),
        (
            "needs = \"scratch\"",
            "needs = \"tables\"",
            "`needs` is not",
        ),
        ("source = \"a test\"", "", "`source` is missing"),
        ("only = [\"v3\"]", "onyl = [\"v3\"]", "`onyl` is unknown"),
        ("v4 = {", "v4 = { capture = 1,", "`capture` is not a table"),
        (
            "path = \"tables/{scratch}/records\", query",
            "path = \"/oauth/token\", query",
            "sent only below",
        ),
    ];
    for (from, to, problem) in cases {
        let error = error(from, to);
        assert!(
            error.starts_with("facts/test.toml: fact `an-example`"),
            "{error}"
        );
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn a_file_that_is_not_toml_names_the_line() {
    let error = error("known = ", "known ");

    assert!(error.starts_with("facts/test.toml: "), "{error}");
    assert!(error.contains("line 6"), "{error}");
}
