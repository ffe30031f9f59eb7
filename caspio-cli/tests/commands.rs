//! What the reading commands print, compared with snapshots.

mod support;

use caspio_emulator::{FieldDef, FieldType, Profile, Rights, TableDef};
use serde_json::json;
use support::World;

/// A world with one small table, whose values are all of those that are told apart with effort.
fn pets() -> World {
    let world = World::of(caspio_emulator::Emulator::builder().empty());
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", FieldType::String).unique())
        .field(FieldDef::new("Price", FieldType::Currency).description("What it costs"))
        .field(FieldDef::new("Legs", FieldType::Integer).label("How many legs"))
        .field(FieldDef::new("Born", FieldType::DateTime))
        .field(FieldDef::new("Tame", FieldType::YesNo))
        .field(FieldDef::new("Food", FieldType::ListString).list(["Hay", "Salt, coarse", "Fish"]));
    world.emulator.create_table(table).expect("a new table");
    for pet in [
        json!({ "Name": "Rex", "Price": 1234567.8901, "Legs": 4, "Born": "2020-02-29T10:00:00",
            "Tame": true, "Food": [1, 2] }),
        json!({ "Name": "", "Legs": 2, "Tame": false }),
        json!({ "Name": "\u{1b}[2JMiau, \"the\"\ncat", "Price": 12.5, "Born": "1999-12-31T23:59:59.607",
            "Food": [3] }),
    ] {
        world.emulator.insert("Pets", pet).expect("a pet");
    }
    world
}

#[test]
fn names_are_listed() {
    let world = World::new();
    world.snapshot("tables", &["tables"]);
    world.snapshot("views", &["views"]);
    world.snapshot("tables_json", &["tables", "--json"]);
}

#[test]
fn fields_are_described() {
    let world = pets();
    world.snapshot("describe", &["describe", "Pets"]);
    world.snapshot("describe_json", &["describe", "Pets", "--json"]);
    World::new().snapshot("describe_view", &["describe", "Order_Details"]);
}

#[test]
fn records_are_printed_in_every_format() {
    let world = pets();
    for format in ["table", "csv", "json", "jsonl"] {
        world.snapshot(
            &format!("query_{format}"),
            &["query", "Pets", "--format", format],
        );
    }
    let json = world.ok(&["query", "Pets", "--json"]);
    let pets: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(pets.as_array().map(Vec::len), Some(3));
}

#[test]
fn a_query_takes_columns_a_condition_an_order_and_a_limit() {
    let world = World::new();
    world.snapshot(
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
fn a_table_for_people_says_that_there_is_more() {
    let world = World::new();
    let ran = world.run(&["query", "Orders", "--select", "Status"]);
    assert_eq!(ran.stdout.lines().count(), 100 + 4);
    assert!(
        ran.stderr.contains("The first 100 records; there are more"),
        "{}",
        ran.stderr
    );
    let all = world.ok(&["query", "Orders", "--select", "Status", "--format", "csv"]);
    assert_eq!(all.lines().count(), 10_001);
}

#[test]
fn an_empty_result_is_an_empty_result() {
    let world = pets();
    let none = ["query", "Pets", "--where", "1 = 0", "--select", "Name"];
    let with = |format| world.ok(&[&none[..], &["--format", format]].concat());
    assert_eq!(with("json"), "[]\n");
    assert_eq!(with("csv"), "Name\n");
    assert_eq!(with("jsonl"), "");
    assert_eq!(with("table"), "");
}

#[test]
fn records_are_counted_and_got_by_key() {
    let world = pets();
    assert_eq!(world.ok(&["count", "Pets"]), "3\n");
    assert_eq!(world.ok(&["count", "Pets", "--where", "Legs = 2"]), "1\n");
    world.snapshot("get", &["get", "Pets", "1"]);
    world.snapshot("get_json", &["get", "Pets", "1", "--json"]);
    world.snapshot("get_missing", &["get", "Pets", "99"]);
    world.snapshot("get_no_key", &["get", "Pets", "Rex"]);
}

#[test]
fn a_view_is_found_by_its_name_alone() {
    let world = World::new();
    let count = world.ok(&["count", "Active_Contacts"]);
    assert_eq!(world.ok(&["count", "Active_Contacts", "--view"]), count);
    let one = world.ok(&["query", "Order_Details", "--limit", "1", "--json"]);
    let one: serde_json::Value = serde_json::from_str(&one).expect("JSON");
    let key = one[0]["PK_ID"].as_str().expect("a view's key is text");
    assert!(
        world
            .ok(&["get", "Order_Details", key, "--view", "--json"])
            .contains(key)
    );
}

#[test]
fn every_version_of_the_api_is_spoken() {
    let world = World::new();
    for version in ["v2", "v3", "v4"] {
        let ask = |arguments: &[&str]| world.ok(&[arguments, &["--api-version", version]].concat());
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
fn mistakes_are_told_in_one_paragraph() {
    let world = World::new();
    world.snapshot("no_such_table", &["count", "Kontakte"]);
    world.snapshot("no_such_table_json", &["count", "Kontakte", "--json"]);
    world.snapshot("no_such_column", &["query", "City", "--order", "Nam"]);
    world.snapshot(
        "bad_condition",
        &["count", "Contacts", "--where", "Age >> 3"],
    );
    world.snapshot("bad_list", &["query", "Contacts", "--select", "a,,b"]);
    world.snapshot("bad_extension", &["export", "Contacts", "contacts.xlsx"]);
    assert_eq!(world.run(&["query"]).code, Some(2));
    assert_eq!(world.run(&["nonsense"]).code, Some(2));
}

#[test]
fn a_reader_that_stops_listening_is_no_failure() {
    let world = World::new();
    let mut command = world.command(&["query", "Orders", "--format", "jsonl"]);
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
    let mut world = World::new();
    world.environment = false;
    assert_eq!(world.ok(&["count", "Contacts", "--emulator"]), "200\n");
    assert!(
        world.kept().is_empty(),
        "nothing is kept: {:?}",
        world.kept()
    );
}

#[test]
fn the_doctor_finds_nothing_wrong_with_a_healthy_account() {
    let world = World::new();
    world.snapshot("doctor", &["doctor"]);
    world.snapshot("doctor_quick_json", &["doctor", "--quick", "--json"]);
}

#[test]
fn the_doctor_tells_what_is_wrong_and_what_to_do() {
    let granted = Profile::new("few", "rights")
        .grant("City", Rights::READ)
        .grant("Orders", Rights::INSERT);
    let world = World::of(caspio_emulator::Emulator::builder().profile(granted));
    let with = |id: &str, secret: &str| {
        let mut command = world.command(&["doctor"]);
        command
            .env("CASPIO_CLIENT_ID", id)
            .env("CASPIO_CLIENT_SECRET", secret);
        command.output().expect("the program runs")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let few = with("few", "rights");
    assert!(
        text(&few.stdout).contains("ok       table City: can be read"),
        "{}",
        text(&few.stdout)
    );
    let wrong = with("few", "wrong");
    assert_eq!(wrong.status.code(), Some(4), "{}", text(&wrong.stderr));
    assert!(
        text(&wrong.stdout).contains("failed   connection"),
        "{}",
        text(&wrong.stdout)
    );
    assert!(text(&wrong.stdout).contains("-> the client id or the client secret is wrong"));
}

#[test]
fn the_doctor_without_settings_says_how_to_make_them() {
    let mut world = World::new();
    world.environment = false;
    world.snapshot("doctor_no_settings", &["doctor"]);
}

#[test]
fn calls_are_counted_across_runs() {
    let world = World::new();
    for _ in 0..2 {
        world.ok(&["count", "Contacts"]);
    }
    let usage = world.ok(&["usage", "--json"]);
    let usage: serde_json::Value = serde_json::from_str(&usage).expect("JSON");
    let of = |operation: &str| -> u64 {
        let entries = usage.as_array().expect("a list").iter();
        entries
            .filter(|entry| entry["operation"] == operation)
            .filter_map(|entry| entry["calls"].as_u64())
            .sum()
    };
    assert_eq!(of("records.list"), 2);
    let counted: u64 = usage
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|e| e["calls"].as_u64())
        .sum();
    assert_eq!(
        counted,
        world.emulator.calls().total(),
        "every call is counted, the token's too"
    );
    assert!(world.ok(&["usage"]).ends_with(" calls\n"));
}

#[test]
fn shells_get_their_completions() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            world.ok(&["completions", shell]).contains("caspio"),
            "{shell}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_emulator_runs_until_it_is_told_to_stop() {
    use std::io::{BufRead, BufReader};
    let mut world = World::new();
    world.environment = false;
    let mut command = world.command(&["emulator", "--listen", "127.0.0.1:0", "--sample-rows", "7"]);
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

    let mut command = world.command(&["count", "Orders"]);
    command.env("CASPIO_ACCOUNT", url);
    command.env("CASPIO_CLIENT_ID", "demo");
    command.env("CASPIO_CLIENT_SECRET", "demo-secret");
    let count = command.output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&count.stdout), "7\n");

    let id = child.id().to_string();
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(told.expect("kill runs").success());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_help_is_the_documented_one() {
    World::new().snapshot("help", &["--help"]);
}
