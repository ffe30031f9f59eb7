//! The schema file, and the structs generated from it.

use crate::support::TestEnv;
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

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
    let ran = env.run(&["schema", "push", "--yes", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(
        (ran.code, &plan["applied"]),
        (Some(2), &serde_json::json!(false))
    );
    let ran = env.run(&["schema", "push", "--allow-destructive"]);
    assert!(ran.stderr.contains("`yes` was not typed"), "{}", ran.stderr);
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

#[test]
fn a_dry_run_ends_as_the_push_would() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"Legs\"", "\"Paws\"");
    for flags in [&[][..], &["--json"], &["--cost"]] {
        let dry = env.run(&[&["schema", "push", "--dry-run"], flags].concat());
        let push = env.run(&[&["schema", "push", "--yes"], flags].concat());
        assert_eq!((dry.code, push.code), (Some(2), Some(2)), "{}", dry.stderr);
        assert_eq!(dry.stderr, push.stderr);
        assert!(dry.stderr.contains("--allow-destructive"), "{}", dry.stderr);
    }
    env.ok(&["schema", "push", "--dry-run", "--allow-destructive"]);
    assert!(env.ok(&["describe", "Pets"]).contains("Legs"));
}

#[test]
fn a_schema_file_may_begin_with_a_byte_order_mark() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    let path = env.path("caspio.schema.json");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, format!("\u{feff}{text}")).expect("written");

    env.ok(&["schema", "diff"]);
    env.ok(&[
        "codegen",
        "--all",
        "--schema",
        "caspio.schema.json",
        "--out",
        "generated",
    ]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_push_after_the_step_in_progress() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    let new = ["One", "Two", "Three"]
        .map(|name| format!("{{\"name\": \"{name}\", \"type\": \"STRING\"}},"));
    let pets = "{\"name\": \"Name\"";
    replace(
        &env,
        "caspio.schema.json",
        pets,
        &format!("{}{pets}", new.concat()),
    );
    env.emulator
        .set_faults(Faults::none().latency(Duration::from_millis(400)));
    let before = env.emulator.calls().operation("CreateTableField");
    let mut command = env.command(&["schema", "push", "--yes"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while env.emulator.calls().operation("CreateTableField") == before {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill runs").success());

    let output = child.wait_with_output().expect("it ends");

    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{message}");
    let count = |word: &str| {
        message
            .lines()
            .filter(|line| line.trim_start().starts_with(word))
            .count()
    };
    let (done, left) = (count("done:"), count("not done:"));
    assert_eq!(done + left, 3, "{message}");
    assert!(done > 0 && left > 0, "{message}");
    env.emulator
        .set_faults(Faults::none().latency(Duration::ZERO));
    let fields = env.ok(&["describe", "Pets"]);
    let there = ["One", "Two", "Three"]
        .into_iter()
        .filter(|name| fields.contains(name));
    assert_eq!(there.count(), done, "{message}");
    env.ok(&["schema", "push", "--yes"]);
    let again = env.run(&["schema", "push", "--yes"]);
    assert!(again.stderr.contains("Nothing to do"), "{}", again.stderr);
}

#[test]
fn a_push_that_fails_reports_the_steps_and_the_facts() {
    let env = schema_env();
    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"INTEGER\"", "\"NUMBER\"");
    let fails = Rule::new(Fault::InternalError).rate(1.0);
    let fails = fails.operation("UpdateTableField");
    env.emulator.set_faults(Faults::none().rule(fails));

    let ran = env.run(&["schema", "push", "--yes", "--json"]);

    let error: serde_json::Value = serde_json::from_str(&ran.stderr).expect("JSON");
    assert_eq!(ran.code, Some(6), "{error}");
    assert_eq!(error["error"]["status"], 500);
    assert_eq!(error["error"]["kind"], "server");
    assert!(ran.stderr.contains("0 of 1 step"), "{error}");
}

#[cfg(unix)]
#[test]
fn code_that_cannot_be_written_leaves_the_old_files() {
    let env = schema_env();
    let generate = ["codegen", "--all", "--out", "generated"];
    env.ok(&generate);
    let table = TableDef::new("Vets").field(FieldDef::new("Name", DataType::Text255));
    env.emulator.create_table(table).expect("a new table");
    env.ok(&["schema", "pull"]);
    replace(&env, "caspio.schema.json", "\"Legs\"", "\"Paws\"");
    env.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let read = |name: &str| fs::read(env.path("generated").join(name)).expect(name);
    let before = ["pets.rs", "mod.rs"].map(read);
    // The program may not make any file longer than 512 bytes.
    let program = env!("CARGO_BIN_EXE_caspio");
    let mut command = env.command(&[]);
    let script = format!("ulimit -f 1; exec {program} {}", generate.join(" "));
    let mut limited = Command::new("sh");
    limited
        .args(["-c", &script])
        .env_clear()
        .current_dir(env.path(""));
    limited.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command = limited;

    let ran = command.output().expect("it runs");

    assert_ne!(ran.status.code(), Some(0));
    assert!(["pets.rs", "mod.rs"].map(read) == before);
    assert!(!env.path("generated/vets.rs").exists());
    env.ok(&generate);
}
