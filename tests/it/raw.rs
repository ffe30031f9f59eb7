//! Calls that the SDK has no method for.

use caspio::raw::{HeaderName, HeaderValue, Method};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

on_every_version! {
    async fn a_call_is_made_with_the_clients_token_and_counted(version) {
        let env = TestEnv::start().version(version).await;

        let response = env.caspio.raw(Method::GET, "tables").await.expect("a list");

        assert_eq!(response.status(), 200);
        let body: Value = response.json().expect("JSON");
        assert!(body.to_string().contains("Contacts"), "{body}");
        assert_eq!(env.caspio.meter().snapshot().operations["raw"].calls, 1);
    }

    async fn errors_are_those_of_all_calls(version) {
        let env = TestEnv::start().version(version).await;

        let error = env.caspio.raw(Method::GET, "tables/Nothing/fields").await;

        let error = error.expect_err("there is no such table");
        assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid), "{error}");
        assert!(error.to_string().contains("GET tables/Nothing/fields"), "{error}");
    }
}

#[tokio::test]
async fn a_write_whose_response_is_lost_is_not_sent_again() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table_named("Contacts");
    let before = contacts.count().await.expect("a count");
    let lost = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord");
    env.emulator
        .set_faults(Faults::none().rule(lost.calls(1..2)));

    let insert = env.caspio.raw(Method::POST, "tables/Contacts/records");
    let sent = insert.json(&json!({"Last_Name": "Raw"})).await;

    assert!(sent.expect_err("no response").maybe_applied());
    assert_eq!(contacts.count().await.expect("a count"), before + 1);
}

#[tokio::test]
async fn another_version_and_parameters_are_sent() {
    let env = TestEnv::start().await;

    let profile = env.caspio.raw(Method::GET, "me").version(ApiVersion::V4);
    let profile: Value = profile.await.expect("a profile").json().expect("JSON");
    assert!(profile.is_object());

    let page = env.caspio.raw(Method::GET, "tables/Contacts/records");
    let page = page
        .query("q.where", "First_Name = 'A&B + 1%'")
        .query("q.limit", 5);
    let page: Value = page.await.expect("a page").json().expect("JSON");
    assert_eq!(page["Result"], json!([]));
}

#[tokio::test]
async fn a_path_cannot_leave_the_api() {
    let env = TestEnv::start().await;
    for path in [
        "",
        "/",
        "..",
        "../../../oauth/token",
        "tables/../../v2/tables",
        "%2e%2e/%2E%2E/oauth/token",
        "tables?q.where=1",
        "tables#a",
        "\\..\\..\\oauth",
        "tables/X\\..\\Contacts/records",
        "tables/X/../Contacts/records",
        "tables//records",
        "tables/Contacts/.",
        "https://example.com/tables",
    ] {
        let error = env.caspio.raw(Method::GET, path).await;
        let error = error.expect_err(path);
        assert_eq!(error.kind(), ErrorKind::Refused, "{path}: {error}");
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_name_is_sent_unchanged() {
    let env = TestEnv::start().await;
    env.emulator
        .create_table(
            TableDef::new("Half 50% done (a+b)").field(FieldDef::new("A", DataType::Integer)),
        )
        .expect("a table");

    let fields = env
        .caspio
        .raw(Method::GET, "tables/Half 50% done (a+b)/fields");
    let fields: Value = fields.await.expect("fields").json().expect("JSON");
    assert_eq!(fields["Result"][0]["Name"], "A", "{fields}");

    // Their parser drops a tab and a line break from URLs, which leaves the name of another table.
    for name in ["Con\ttacts", "Con\ntacts", "Con\rtacts"] {
        let path = format!("tables/{name}/records");
        let deleted = env
            .caspio
            .raw(Method::DELETE, &path)
            .query("q.where", "1=1")
            .await;
        assert_eq!(deleted.expect_err(&path).kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn segments_reach_the_table_of_that_name_and_no_other() {
    let env = TestEnv::start().await;
    let names = [
        "50%20off",
        "50 off",
        "100%",
        "a/b",
        "q?#",
        "%2e%2e",
        "Con\ttacts",
        "é",
    ];
    for name in names {
        let table = TableDef::new(name).field(FieldDef::new("A", DataType::Integer));
        env.emulator.create_table(table).expect("a table");
        let row = json!({"A": name.len()});
        let insert = env.caspio.raw(Method::POST, ["tables", name, "records"]);
        insert.json(&row).await.expect(name);
    }
    for name in names {
        let records = env.caspio.raw(Method::GET, ["tables", name, "records"]);
        let records: Value = records.await.expect(name).json().expect("JSON");
        assert_eq!(records["Result"][0]["A"], json!(name.len()), "{name}");
    }

    let delete = env
        .caspio
        .raw(Method::DELETE, vec!["tables", names[0], "records"]);
    delete.query("q.where", "A > 0").await.expect("deleted");

    let count = async |name| env.caspio.table_named(name).count().await.expect("a count");
    assert_eq!(count("50%20off").await, 0);
    assert_eq!(count("50 off").await, 1);
}

#[tokio::test]
async fn segments_cannot_leave_the_api() {
    let env = TestEnv::start().await;
    for segments in [
        vec![],
        vec![""],
        vec!["tables", "", "records"],
        vec!["..", "oauth"],
        vec!["tables", "."],
        vec!["tables", "..\\..\\oauth"],
    ] {
        let error = env.caspio.raw(Method::GET, &segments[..]).await;
        let error = error.expect_err("no path");
        assert_eq!(error.kind(), ErrorKind::Refused, "{segments:?}: {error}");
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_name_where_v4_has_an_id_is_explained() {
    let env = TestEnv::start().version(ApiVersion::V4).await;

    let error = env
        .caspio
        .raw(Method::GET, ["tables", "Contacts", "fields"])
        .await;

    let error = error.expect_err("not an id");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let hint = error.hint().expect("a hint");
    assert!(
        hint.contains("id of a table") && hint.contains("GET `tables`"),
        "{hint}"
    );
}

#[tokio::test]
async fn a_write_without_a_body_is_accepted() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table_named("Contacts");
    let before = contacts.count().await.expect("a count");

    let delete = env.caspio.raw(Method::DELETE, "tables/Contacts/records");
    let deleted = delete.query("q.where", "PK_ID = 1").await;

    assert_eq!(deleted.expect("deleted").status(), 200);
    assert_eq!(contacts.count().await.expect("a count"), before - 1);
}

#[tokio::test]
async fn headers_are_sent() {
    let env = TestEnv::start().await;
    let url = "tables/Contacts/records";

    let kind = HeaderValue::from_static("text/plain");
    let insert = env
        .caspio
        .raw(Method::POST, url)
        .header(HeaderName::from_static("content-type"), kind);
    let refused = insert.json(&json!({"Last_Name": "Raw"})).await;

    assert_eq!(refused.expect_err("not JSON").status(), Some(415));
}

#[tokio::test]
async fn headers_of_the_connection_are_refused() {
    let env = TestEnv::start().await;

    for name in ["Content-Length", "host", "Transfer-Encoding", "connection"] {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        let call = env.caspio.raw(Method::GET, "tables");
        let error = call.header(name, HeaderValue::from_static("100")).await;
        let error = error.expect_err("not sent");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_expected_is_an_error() {
    let env = TestEnv::start().await;
    let tables = env.caspio.raw(Method::GET, "tables").await.expect("a list");

    let error = tables.json::<Vec<u8>>().expect_err("not bytes");

    assert_eq!(error.kind(), ErrorKind::Decode);
    let message = error.to_string();
    assert!(message.contains("GET tables"), "{message}");
    assert!(message.contains("invalid type: map"), "{message}");
}
