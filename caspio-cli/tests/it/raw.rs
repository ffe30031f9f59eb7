//! `caspio raw`.

use crate::support::people::{count, people, people_env};
use crate::support::{SECRET, TestEnv, block_on};
use caspio::Client;
use caspio::attachment::Upload;
use caspio_emulator::{Fault, Faults, Rule};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

const RECORDS: &str = "tables/People/records";

#[test]
fn a_response_is_printed_as_it_came() {
    let env = people_env();
    for version in ["v2", "v3"] {
        let tables = env.ok(&["raw", "GET", "tables", "--api-version", version]);
        let tables: Value = serde_json::from_str(&tables).expect("JSON");
        assert_eq!(tables["Result"], json!(["People", "Copy"]), "{version}");
    }
    let tables = env.ok(&["raw", "get", "/tables", "--api-version", "v4"]);
    let tables: Value = serde_json::from_str(&tables).expect("JSON");
    assert_eq!(tables["pagination"]["totalCount"], 2);
    assert!(!env.ok(&["raw", "GET", "tables"]).ends_with('\n'));
}

#[test]
fn parameters_are_sent() {
    let env = people_env();
    for code in ["A&B + 1%", "b"] {
        env.ok(&["insert", "People", &format!("Code={code}")]);
    }
    let select = ["--query", "q.select=Code"];
    let condition = ["--query", "q.where=Code = 'A&B + 1%'"];

    let page = env.ok(&[&["raw", "GET", RECORDS][..], &select, &condition].concat());

    let page: Value = serde_json::from_str(&page).expect("JSON");
    let rows = page["Result"].as_array().expect("records");
    assert_eq!((rows.len(), &rows[0]["Code"]), (1, &json!("A&B + 1%")));
}

#[test]
fn a_call_that_writes_asks_first() {
    let env = people_env();
    let insert = ["raw", "POST", RECORDS, "--body", r#"{"Code":"A"}"#];

    assert_eq!(env.run(&insert).code, Some(2), "no answer is no");
    let no = env.piped(&insert, "no\n");
    assert_eq!(no.code, Some(2), "{}", no.stderr);
    assert_eq!(
        (env.emulator.calls().total(), count(&env, "People")),
        (0, 0)
    );

    let yes = env.piped(&insert, "yes\n");
    assert_eq!(
        (yes.code, yes.stdout.as_str()),
        (Some(0), ""),
        "{}",
        yes.stderr
    );
    assert!(yes.stderr.contains("201 Created"), "{}", yes.stderr);
    assert!(yes.stderr.contains("location"), "{}", yes.stderr);
    assert_eq!(count(&env, "People"), 1);
    let delete = [
        "raw",
        "delete",
        RECORDS,
        "--query",
        "q.where=Code = 'A'",
        "--yes",
    ];
    assert_eq!(env.ok(&delete), r#"{"RecordsAffected":1}"#);
}

#[test]
fn json_has_the_status_and_where_the_new_record_is() {
    let env = people_env();
    let insert = [
        "raw",
        "POST",
        RECORDS,
        "--body",
        r#"{"Code":"A"}"#,
        "--yes",
        "--json",
    ];

    let printed: Value = serde_json::from_str(&env.ok(&insert)).expect("JSON");

    assert_eq!(
        (&printed["status"], &printed["body"]),
        (&json!(201), &Value::Null)
    );
    let location = printed["location"].as_str().expect("a location");
    assert!(location.ends_with("/1"), "{location}");
    assert!(printed["request_id"].is_string(), "{printed}");
    let read: Value =
        serde_json::from_str(&env.ok(&["raw", "GET", RECORDS, "--json"])).expect("JSON");
    assert_eq!(read["body"]["Result"][0]["Code"], "A");
}

#[test]
fn a_body_comes_from_the_command_line_a_file_or_a_pipe_and_keeps_its_digits() {
    let env = people_env();
    let of = |code: &str| format!("{{\"Code\":\"{code}\",\"Balance\":922337203685477.5807}}");
    fs::write(env.path("body.json"), of("file")).expect("written");
    let insert = |body: &str, input: &str| {
        let ran = env.piped(&["raw", "POST", RECORDS, "--yes", "--body", body], input);
        assert_eq!(ran.code, Some(0), "{body}: {}", ran.stderr);
    };

    insert(&of("text"), "");
    insert("body.json", "");
    insert("-", &of("pipe"));

    let read = [
        RECORDS,
        "--query",
        "q.select=Code,Balance",
        "--query",
        "q.orderBy=PK_ID",
    ];
    let page = env.ok(&[&["raw", "GET"][..], &read].concat());
    assert_eq!(page.matches("922337203685477.5807").count(), 3, "{page}");
    let codes = ["text", "file", "pipe"].map(|code| page.find(code).expect(code));
    assert!(codes.is_sorted(), "{page}");
}

#[test]
fn what_cannot_be_sent_is_refused_without_a_call() {
    let env = people_env();
    for (words, expected) in [
        (&["FETCH", "tables"][..], "GET, HEAD"),
        (&["GET", "tables?q.limit=1"], "--query"),
        (&["GET", "tables/../../oauth"], "segments one by one"),
        (&["GET", "tables", "--query", "q.limit"], "NAME=VALUE"),
        (&["GET", "tables", "--body", "{}"], "has no body"),
        (
            &["POST", RECORDS, "--yes", "--body", "{\"a\":}"],
            "not JSON",
        ),
        (
            &["POST", RECORDS, "--yes", "--body", "none.json"],
            "none.json",
        ),
        (&["POST", RECORDS, "--body", "-"], "--yes"),
        (&["GET", "tables", "--out", "none/file"], "no folder"),
    ] {
        let ran = env.run(&[&["raw"][..], words].concat());
        assert_eq!(ran.code, Some(2), "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{words:?}: {}", ran.stderr);
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[test]
fn segments_are_sent_as_they_are() {
    let env = TestEnv::of(caspio_emulator::Emulator::builder().empty());
    for name in ["a/b", "50%20off", "q?#", "é 1"] {
        env.emulator.create_table(people(name)).expect("a table");
        let body = format!("{{\"Code\":{}}}", json!(name));
        env.ok(&[
            "raw", "POST", "tables", name, "records", "--body", &body, "--yes",
        ]);

        let page = env.ok(&["raw", "GET", "tables", name, "records"]);

        let page: Value = serde_json::from_str(&page).expect("JSON");
        assert_eq!(page["Result"][0]["Code"], name);
        assert_eq!(count(&env, name), 1, "{name}");
    }
}

#[test]
fn errors_have_the_status_the_request_id_and_the_exit_code() {
    let env = people_env();
    let missing = ["raw", "GET", "tables/Nothing/fields"];

    let ran = env.run(&missing);

    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(3), ""),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("404"), "{}", ran.stderr);
    assert!(ran.stderr.contains("request id"), "{}", ran.stderr);
    let json = env.run(&[&missing[..], &["--json"]].concat());
    let error: Value = serde_json::from_str(&json.stderr).expect("JSON");
    assert_eq!(error["error"]["status"], 404);
    assert!(error["error"]["request_id"].is_string(), "{error}");
}

#[test]
fn a_write_whose_response_is_lost_is_not_sent_again() {
    let env = people_env();
    let lost = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord");
    env.emulator
        .set_faults(Faults::none().rule(lost.calls(1..2)));

    let ran = env.run(&["raw", "POST", RECORDS, "--body", r#"{"Code":"A"}"#, "--yes"]);

    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 1);
}

/// Uploads the photo of the first person.
async fn upload(env: &TestEnv, bytes: &[u8]) {
    let client = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), SECRET)
        .build()
        .expect("a client");
    let photo = client.table_named("People").attachment(1, |_| "Photo");
    let file = Upload::bytes("photo.bin", bytes.to_vec());
    photo.upload(file).await.expect("uploaded");
}

#[test]
fn bytes_go_to_a_pipe_or_a_file() {
    let bytes: Vec<u8> = (0..=255).collect();
    let env = people_env();
    env.ok(&["insert", "People", "Code=A"]);
    block_on(upload(&env, &bytes));
    let get = ["raw", "GET", "tables/People/attachments/Photo/1"];

    let mut command = env.command(&get);
    let piped = command.stdout(Stdio::piped()).output().expect("it runs");
    assert_eq!(piped.stdout, bytes);
    env.ok(&[&get[..], &["--out", "photo.bin"]].concat());
    assert_eq!(fs::read(env.path("photo.bin")).expect("a file"), bytes);
    let to_file = env.ok(&[&get[..], &["--out", "photo.bin", "--json"]].concat());
    let to_file: Value = serde_json::from_str(&to_file).expect("JSON");
    assert_eq!(
        (&to_file["bytes"], &to_file["body"]),
        (&json!(256), &Value::Null)
    );
    let as_json = env.run(&[&get[..], &["--json"]].concat());
    assert_eq!(as_json.code, Some(2), "{}", as_json.stderr);
    assert!(as_json.stderr.contains("--out"), "{}", as_json.stderr);
}
