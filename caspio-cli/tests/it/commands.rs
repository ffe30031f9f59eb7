//! The output of the reading commands, compared with snapshots.

use crate::support::TestEnv;
use caspio_emulator::{DataType, FieldDef, TableDef};
use serde_json::json;

/// An environment with one small table of values that are easily confused, such as null and an empty text.
fn pets_env() -> TestEnv {
    let env = TestEnv::of(caspio_emulator::Emulator::builder().empty());
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Price", DataType::Currency).description("What it costs"))
        .field(FieldDef::new("Legs", DataType::Integer).label("How many legs"))
        .field(FieldDef::new("Born", DataType::DateTime))
        .field(FieldDef::new("Tame", DataType::YesNo))
        .field(FieldDef::new("Food", DataType::ListText).list(["Hay", "Salt, coarse", "Fish"]));
    env.emulator.create_table(table).expect("a new table");
    for pet in [
        json!({ "Name": "Rex", "Price": 1234567.8901, "Legs": 4, "Born": "2020-02-29T10:00:00",
            "Tame": true, "Food": [1, 2] }),
        json!({ "Name": "", "Legs": 2, "Tame": false }),
        json!({ "Name": "\u{1b}[2JMiau, \"the\"\ncat", "Price": 12.5, "Born": "1999-12-31T23:59:59.607",
            "Food": [3] }),
    ] {
        env.emulator.insert("Pets", pet).expect("a pet");
    }
    env
}

#[test]
fn names_are_listed() {
    let env = TestEnv::new();
    env.snapshot("tables", &["tables"]);
    env.snapshot("views", &["views"]);
    env.snapshot("tables_json", &["tables", "--json"]);
}

#[test]
fn fields_are_described() {
    let env = pets_env();
    env.snapshot("describe", &["describe", "Pets"]);
    env.snapshot("describe_json", &["describe", "Pets", "--json"]);
    TestEnv::new().snapshot("describe_view", &["describe", "Order_Details"]);
}

#[test]
fn records_are_printed_in_every_format() {
    let env = pets_env();
    for format in ["table", "csv", "json", "jsonl"] {
        env.snapshot(
            &format!("query_{format}"),
            &["query", "Pets", "--format", format],
        );
    }
    let json = env.ok(&["query", "Pets", "--json"]);
    let pets: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(pets.as_array().map(Vec::len), Some(3));
}

#[test]
fn query_explains_its_calls_without_reading_records() {
    let env = TestEnv::new();
    let select = ["--select", "Status,Total", "--where", "Total > 100"];
    for (version, prefix) in [("v2", "q."), ("v3", "q."), ("v4", "")] {
        let explained = |more: &[&str]| {
            env.emulator.reset_calls();
            let arguments = ["query", "Orders", "--explain", "--api-version", version];
            let explained = env.ok(&[&arguments, &select[..], more].concat());
            assert_eq!(env.emulator.calls().records_reads(), 0, "{version}");
            explained
        };

        let all = explained(&[]);
        let some = explained(&["--limit", "5"]);
        let json = explained(&["--format", "jsonl"]);

        assert!(all.starts_with("GET /"), "{all}");
        let as_json = explained(&["--json"]);
        let as_json: serde_json::Value = serde_json::from_str(&as_json).expect("JSON");
        assert!(
            as_json["explain"][0]
                .as_str()
                .is_some_and(|call| call.starts_with("GET /"))
        );
        assert!(
            all.lines()
                .next()
                .is_some_and(|call| call.contains(version) && call.ends_with("/records"))
        );
        for (parameter, value) in [
            ("select", "Status,Total,PK_ID"),
            ("where", "(Total > 100)"),
            ("orderBy", "PK_ID"),
        ] {
            let name = format!("{prefix}{parameter}");
            let is_parameter = |line: &str| {
                let line = line.trim().split_once(' ');
                line.is_some_and(|(found, text)| found == name && text.trim() == value)
            };
            assert!(all.lines().any(is_parameter), "{version}: {name} in {all}");
        }
        // A table shows 100 records, and one more call would be needed to know that there are others.
        assert!(all.contains("limit") && all.contains(" 101"), "{all}");
        assert!(
            some.contains(" 5\n") && some.ends_with("one call in total\n"),
            "{some}"
        );
        assert!(
            json.ends_with(
                "and a call for every further page, which begins after the last record\n"
            ),
            "{json}"
        );
    }
}

#[test]
fn query_applies_columns_condition_order_and_limit() {
    let env = TestEnv::new();
    env.snapshot(
        "query_narrowed",
        &[
            "query",
            "Orders",
            "--select",
            "Status,Total",
            "--where",
            "Total > 100 AND Quantity IN (1, 2)",
            "--order",
            "Status desc, Total",
            "--limit",
            "5",
        ],
    );
}

#[test]
fn a_limited_table_reports_that_there_are_more_records() {
    let env = TestEnv::new();
    let ran = env.run(&["query", "Orders", "--select", "Status"]);
    assert_eq!(ran.stdout.lines().count(), 100 + 4);
    assert!(
        ran.stderr.contains("The first 100 records; there are more"),
        "{}",
        ran.stderr
    );
    let all = env.ok(&["query", "Orders", "--select", "Status", "--format", "csv"]);
    assert_eq!(all.lines().count(), 10_001);
}

#[test]
fn an_empty_result_has_no_records() {
    let env = pets_env();
    let none = ["query", "Pets", "--where", "1 = 0", "--select", "Name"];
    let with = |format| env.ok(&[&none[..], &["--format", format]].concat());
    assert_eq!(with("json"), "[]\n");
    assert_eq!(with("csv"), "Name\n");
    assert_eq!(with("jsonl"), "");
    assert_eq!(with("table"), "");
}

#[test]
fn records_are_counted_and_read_by_key() {
    let env = pets_env();
    assert_eq!(env.ok(&["count", "Pets"]), "3\n");
    assert_eq!(env.ok(&["count", "Pets", "--where", "Legs = 2"]), "1\n");
    env.snapshot("get", &["get", "Pets", "1"]);
    env.snapshot("get_json", &["get", "Pets", "1", "--json"]);
    env.snapshot("get_missing", &["get", "Pets", "99"]);
    env.snapshot("get_no_key", &["get", "Pets", "Rex"]);
}

#[test]
fn a_view_is_found_by_its_name_alone() {
    let env = TestEnv::new();
    let count = env.ok(&["count", "Active_Contacts"]);
    assert_eq!(env.ok(&["count", "Active_Contacts", "--view"]), count);
    let one = env.ok(&["query", "Order_Details", "--limit", "1", "--json"]);
    let one: serde_json::Value = serde_json::from_str(&one).expect("JSON");
    let key = one[0]["PK_ID"].as_str().expect("a view's key is text");
    assert!(
        env.ok(&["get", "Order_Details", key, "--view", "--json"])
            .contains(key)
    );
}

#[test]
fn every_api_version_works() {
    let env = TestEnv::new();
    for version in ["v2", "v3", "v4"] {
        let ask = |arguments: &[&str]| env.ok(&[arguments, &["--api-version", version]].concat());
        assert_eq!(ask(&["count", "Contacts"]), "200\n", "{version}");
        assert_eq!(
            ask(&["query", "Orders", "--limit", "3", "--format", "jsonl"])
                .lines()
                .count(),
            3
        );
        assert!(
            ask(&["describe", "Orders"]).contains("CURRENCY"),
            "{version}"
        );
    }
}

#[test]
fn mistakes_are_explained_in_one_line() {
    let env = TestEnv::new();
    env.snapshot("no_such_table", &["count", "Kontakte"]);
    env.snapshot("no_such_table_json", &["count", "Kontakte", "--json"]);
    env.snapshot("no_such_column", &["query", "City", "--order", "Nam"]);
    env.snapshot(
        "bad_condition",
        &["count", "Contacts", "--where", "Age >> 3"],
    );
    env.snapshot("bad_list", &["query", "Contacts", "--select", "a,,b"]);
    env.snapshot("bad_extension", &["export", "Contacts", "contacts.xlsx"]);
    assert_eq!(env.run(&["query"]).code, Some(2));
    assert_eq!(env.run(&["nonsense"]).code, Some(2));
}

#[test]
fn near_names_are_suggested() {
    let env = TestEnv::new();
    let hint = |arguments: &[&str]| env.run(arguments).stderr;
    for command in ["describe", "count", "query"] {
        let error = hint(&[command, "Order"]);
        assert!(
            error.contains("did you mean the table `Orders`?"),
            "{error}"
        );
    }
    let error = hint(&["count", "Active_Contact", "--view"]);
    assert!(
        error.contains("did you mean the view `Active_Contacts`?"),
        "{error}"
    );
    std::fs::write(env.path("rows.csv"), "Email\na@b.c\n").expect("written");
    let error = hint(&["import", "Contact", "rows.csv"]);
    assert!(error.contains("the table `Contacts`?"), "{error}");
    let error = hint(&["codegen", "--table", "Order"]);
    assert!(error.contains("the table `Orders`?"), "{error}");
    let error = hint(&["schema", "pull", "--table", "Order"]);
    assert!(error.contains("the table `Orders`?"), "{error}");
    let error = hint(&["query", "Orders", "--select", "Status,Totl"]);
    assert!(
        error.contains("no column \"Totl\": did you mean `Total`?"),
        "{error}"
    );
    for command in ["query", "count"] {
        let error = hint(&[command, "Orders", "--where", "Totl > 1"]);
        assert!(error.contains("did you mean `Total`?"), "{error}");
    }
    let error = hint(&["export", "Orders", "a.csv", "--select", "Totl"]);
    assert!(error.contains("did you mean `Total`?"), "{error}");
}

#[test]
fn usage_lines_show_what_is_required() {
    let env = TestEnv::new();
    let usage = |arguments: &[&str]| {
        let output = env
            .command(arguments)
            .env("CASPIO_PROFILE", "work")
            .output();
        String::from_utf8(output.expect("the program runs").stderr).expect("text")
    };
    let import = usage(&["import", "--sync"]);
    assert!(!import.contains("--profile"), "{import}");
    let codegen = usage(&["codegen"]);
    for choice in ["--table", "--view", "--all"] {
        assert!(codegen.contains(choice), "{codegen}");
    }
}

#[test]
fn a_closed_standard_output_is_not_an_error() {
    let env = TestEnv::new();
    let mut command = env.command(&["query", "Orders", "--format", "jsonl"]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn the_embedded_emulator_needs_no_account() {
    let mut env = TestEnv::new();
    env.environment = false;
    assert_eq!(env.ok(&["count", "Contacts", "--emulator"]), "200\n");
    assert!(env.kept().is_empty(), "nothing is kept: {:?}", env.kept());
}

#[test]
fn calls_are_counted_across_runs() {
    let env = TestEnv::new();
    for _ in 0..2 {
        env.ok(&["count", "Contacts"]);
    }
    let usage = env.ok(&["usage", "--json"]);
    let usage: serde_json::Value = serde_json::from_str(&usage).expect("JSON");
    let of = |operation: &str| -> u64 {
        let entries = usage["calls"].as_array().expect("a list").iter();
        entries
            .filter(|entry| entry["operation"] == operation)
            .filter_map(|entry| entry["calls"].as_u64())
            .sum()
    };
    assert_eq!(of("records.list"), 2);
    let counted: u64 = usage["calls"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|e| e["calls"].as_u64())
        .sum();
    assert_eq!(
        counted,
        env.emulator.calls().total(),
        "every call is counted, the token's too"
    );
    let text = env.ok(&["usage"]);
    assert!(text.contains(&format!("\n{counted} calls\n")), "{text}");
}

#[test]
fn completions_are_generated_for_every_shell() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            env.ok(&["completions", shell]).contains("caspio"),
            "{shell}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_emulator_runs_until_sigterm() {
    use std::io::{BufRead, BufReader};
    let mut env = TestEnv::new();
    env.environment = false;
    let mut command = env.command(&["emulator", "--listen", "127.0.0.1:0", "--sample-rows", "7"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut ready = String::new();
    let stdout = child.stdout.take().expect("a pipe");
    BufReader::new(stdout)
        .read_line(&mut ready)
        .expect("a line");
    let url = ready
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    let url = url.expect("the line says where it is").to_owned();

    let mut command = env.command(&["count", "Orders"]);
    command.env("CASPIO_ACCOUNT", url);
    command.env("CASPIO_CLIENT_ID", "demo");
    command.env("CASPIO_CLIENT_SECRET", "demo-secret");
    let count = command.output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&count.stdout), "7\n");

    let id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(killed.expect("kill runs").success());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_help_matches_its_snapshot() {
    TestEnv::new().snapshot("help", &["--help"]);
}

#[test]
fn a_table_that_does_not_fit_the_terminal_is_printed_record_by_record() {
    let env = TestEnv::new();
    let query = ["query", "Contacts", "--limit", "2"];
    let at = |columns: &str, more: &[&str]| {
        let mut command = env.command(&[&query[..], more].concat());
        let output = command.env("COLUMNS", columns).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };

    let narrow = at("100", &[]);
    assert!(narrow.starts_with("─[ record 1 ]"), "{narrow}");
    assert!(narrow.contains("First_Name"), "{narrow}");
    assert!(at("10000", &[]).starts_with('┌'));
    assert_eq!(at("10000", &["--expanded"]), narrow);
    assert!(env.ok(&query).starts_with('┌'), "not a terminal");
}
