//! The schema file, and the structs generated from it.

use crate::support::TestEnv;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use std::fs;

fn schema_env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Legs", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    env
}

/// Replaces a text in a file, which has to contain it.
fn replace(env: &TestEnv, file: &str, from: &str, to: &str) {
    let path = env.path(file);
    let text = fs::read_to_string(&path).expect("the file is there");
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(path, text.replace(from, to)).expect("written");
}

#[test]
fn a_pulled_schema_matches_the_account() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    assert_eq!(env.ok(&["schema", "diff"]), "");

    replace(&env, "caspio.schema.json", "\"Legs\"", "\"Paws\"");

    let ran = env.run(&["schema", "diff"]);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("Legs") && ran.stdout.contains("Paws"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_push_shows_its_plan_and_applies_it() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"INTEGER\"", "\"NUMBER\"");

    let plan = env.ok(&["schema", "push", "--dry-run"]);
    assert!(plan.contains("Legs"), "{plan}");
    assert_eq!(env.run(&["schema", "diff"]).code, Some(7));
    let unasked = env.piped(&["schema", "push"], "no\n");
    assert_eq!(unasked.code, Some(2), "{}", unasked.stderr);
    assert_eq!(env.run(&["schema", "diff"]).code, Some(7));

    env.ok(&["schema", "push", "--yes"]);
    env.ok(&["schema", "diff"]);
}

#[test]
fn steps_that_may_lose_data_need_a_flag() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"Legs\"", "\"Paws\"");

    let ran = env.run(&["schema", "push", "--yes"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--allow-destructive"), "{}", ran.stderr);
    assert!(env.ok(&["describe", "Pets"]).contains("Legs"));

    env.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let fields = env.ok(&["describe", "Pets"]);
    assert!(
        fields.contains("Paws") && !fields.contains("Legs"),
        "{fields}"
    );
}

#[test]
fn codegen_writes_once_and_check_finds_changes() {
    let env = schema_env();
    let generate = ["codegen", "--table", "Pets", "--out", "generated"];
    let check = [&generate[..], &["--check"]].concat();
    assert_eq!(env.run(&check).code, Some(7));

    env.ok(&generate);
    let before = env.kept();
    let structs = before
        .iter()
        .filter(|(_, text)| text.contains("struct Pet"));
    assert_eq!(structs.count(), 1);

    let again = env.run(&generate);
    assert_eq!(again.code, Some(0));
    assert!(
        again.stderr.contains("Everything is up to date"),
        "{}",
        again.stderr
    );
    env.ok(&check);

    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"Legs\"", "\"Paws\"");
    env.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let ran = env.run(&check);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("not up to date"), "{}", ran.stderr);
}

#[test]
fn a_push_prints_json_on_request() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    let read = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&env.ok(arguments)).expect("JSON")
    };
    let nothing = read(&["schema", "push", "--json", "--yes"]);
    assert_eq!(nothing["steps"], serde_json::json!([]));
    replace(&env, "caspio.schema.json", "\"INTEGER\"", "\"NUMBER\"");

    let plan = read(&["schema", "push", "--json", "--dry-run"]);
    let done = read(&["schema", "push", "--json", "--yes"]);

    for (json, applied) in [(plan, false), (done, true)] {
        assert_eq!(json["applied"], applied);
        assert_eq!(json["steps"].as_array().map(Vec::len), Some(1), "{json}");
    }
}

#[test]
fn codegen_of_one_table_knows_the_names_of_the_others() {
    let env = schema_env();
    for name in ["Contacts", "Contact", "Order Items", "Order_Items"] {
        let table = TableDef::new(name).field(FieldDef::new("Name", DataType::Text255));
        env.emulator.create_table(table).expect("a new table");
    }
    let generate = |table: &str| env.run(&["codegen", "--table", table, "--out", "one"]);
    for table in ["Pets", "Contacts", "Contact", "Order Items", "Order_Items"] {
        let ran = generate(table);
        assert_eq!(ran.code, Some(0), "{table}: {}", ran.stderr);
        assert!(!ran.stdout.contains("any more"), "{table}: {}", ran.stdout);
    }
    env.ok(&["codegen", "--all", "--out", "all"]);
    for file in [
        "contact.rs",
        "contacts.rs",
        "order_items.rs",
        "order_items_2.rs",
    ] {
        let read = |folder: &str| fs::read_to_string(env.path(folder).join(file)).expect(file);
        assert_eq!(read("one"), read("all"), "{file}");
    }
}

#[test]
fn a_schema_pulled_with_v4_changes_nothing_that_v4_does_not_report() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    replace(
        &env,
        "caspio.schema.json",
        "\"type\": \"STRING\"",
        "\"type\": \"STRING\", \"unique\": true, \"unique_allow_nulls\": true, \"description\": \"Of the pet\"",
    );
    env.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let v3 = env.ok(&["describe", "Pets", "--json"]);
    env.ok(&["schema", "pull", "--out", "v4.json", "--api-version", "v4"]);

    for version in ["v2", "v3", "v4"] {
        let push = [
            "schema",
            "push",
            "--yes",
            "--file",
            "v4.json",
            "--api-version",
            version,
        ];
        let ran = env.run(&push);
        assert_eq!(ran.code, Some(0), "{version}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("Nothing to do"),
            "{version}: {}",
            ran.stdout
        );
        assert!(
            ran.stderr.contains("description"),
            "{version}: {}",
            ran.stderr
        );
    }
    assert_eq!(env.ok(&["describe", "Pets", "--json"]), v3);
    env.ok(&["schema", "diff", "--api-version", "v4"]);
}
