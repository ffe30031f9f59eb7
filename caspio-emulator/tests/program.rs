//! The program: its start, its output, its end.

#![cfg(feature = "program")]

#[path = "common/program.rs"]
mod program;

use program::{Program, command};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

/// Runs the program to its end and returns its standard error.
fn refused(arguments: &[&str]) -> String {
    let output = command().args(arguments).output().expect("a process");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn ready_line_has_the_url_and_not_the_secret() {
    let program = Program::start(&["--account", "b3poa", "--sample-rows", "7"]);

    assert!(program.ready.contains("account b3poa"), "{}", program.ready);
    assert!(!program.ready.contains("demo-secret"));
    let orders = program
        .caller()
        .await
        .json("v3/tables/Orders/records")
        .await;
    assert_eq!(
        orders.expect("records")["Result"].as_array().map(Vec::len),
        Some(7)
    );
    assert!(program.terminate().success());
}

#[test]
fn address_for_other_machines_is_warned_of() {
    let mut child = command()
        .args(["--empty", "--listen", "0.0.0.0:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut line = || lines.next().expect("a line").expect("read");

    let (warning, hint) = (line(), line());

    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(
        warning.starts_with("warning: other machines can reach 0.0.0.0:0"),
        "{warning}"
    );
    assert!(
        hint.contains("choose another with --client-secret"),
        "{hint}"
    );
}

#[test]
fn port_in_use_is_reported_with_a_hint() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();

    let message = refused(&["--listen", &address]);

    assert!(message.contains(&address), "{message}");
    assert!(
        message.contains("choose another with --listen"),
        "{message}"
    );
}

#[tokio::test]
async fn schema_file_creates_the_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caspio.schema.json");
    let text = r#"{"caspio_schema": 1, "views": [], "tables": [
        {"name": "Pets", "fields": [{"name": "Name", "type": "STRING"}]}
    ]}"#;
    fs::write(&file, text).expect("written");

    let program = Program::start(&["--schema", file.to_str().expect("a plain name")]);

    let tables = program.caller().await.json("v3/tables").await;
    assert_eq!(
        tables.expect("names")["Result"],
        serde_json::json!(["Pets"])
    );
    assert!(program.terminate().success());
}

#[test]
fn broken_schema_file_is_reported_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caspio.schema.json");
    fs::write(&file, "{\n  oops").expect("written");

    let message = refused(&["--schema", file.to_str().expect("a plain name")]);

    assert!(
        message.contains("caspio.schema.json is not JSON at line 2"),
        "{message}"
    );
}

#[test]
fn missing_folder_is_reported_with_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let inside = file.join("data");

    let message = refused(&["--data", inside.to_str().expect("a plain name")]);

    assert!(message.contains("cannot write"), "{message}");
    assert!(message.contains("--data"), "{message}");
}

#[test]
fn second_program_cannot_use_the_same_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a plain name");
    let _first = Program::start(&["--empty", "--data", data]);

    let message = refused(&["--listen", "127.0.0.1:0", "--data", data]);

    assert!(message.contains("in use by another emulator"), "{message}");
}

#[test]
fn unknown_option_lists_valid_options() {
    let message = refused(&["--dta", "x"]);

    assert!(message.contains("--data"), "{message}");
}

#[tokio::test]
async fn a_folder_of_tables_is_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    let fields = r#"{"Result":[
        {"Name":"Pet_ID","Type":"AUTONUMBER","Unique":true,"DisplayOrder":1},
        {"Name":"Name","Type":"STRING","Unique":false,"DisplayOrder":2},
        {"Name":"Kinds","Type":"LIST-STRING","ListField":{"1":"Cat","4":"Dog"}}]}"#;
    write("Pets.schema.json", fields).expect("written");
    let rows =
        "PK_ID,Pet_ID,Name,Kinds\n10,5,\"Rex, the dog\",\"{\"\"4\"\":\"\"Dog\"\"}\"\n11,,Tom,Cat\n";
    write("Pets.csv", rows).expect("written");

    let program = Program::start(&["--load", folder.path().to_str().expect("a plain name")]);

    let caller = program.caller().await;
    let tables = caller.json("v3/tables").await.expect("tables");
    assert_eq!(tables["Result"], serde_json::json!(["Pets"]));
    let rows = caller.json("v3/tables/Pets/records?q.orderBy=PK_ID").await;
    assert_eq!(
        rows.expect("records")["Result"],
        serde_json::json!([
            { "PK_ID": 10, "Pet_ID": 5, "Name": "Rex, the dog", "Kinds": { "4": "Dog" } },
            { "PK_ID": 11, "Pet_ID": 6, "Name": "Tom", "Kinds": { "1": "Cat" } },
        ])
    );
}

#[test]
fn invalid_record_is_reported_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    write("Pets.schema.json", r#"[{"Name":"Age","Type":"INTEGER"}]"#).expect("written");
    write("Pets.csv", "Age\n5\nold\n").expect("written");

    let message = refused(&["--load", folder.path().to_str().expect("a plain name")]);

    assert!(message.contains("Pets.csv: line 3"), "{message}");
    assert!(message.contains("'Age'"), "{message}");
}
