//! What a test learns of the calls that were made.

mod common;

use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use common::Caspio;
use reqwest::Method;
use serde_json::{Value, json};

/// Inserts one record by a call with this body.
async fn insert(caspio: &Caspio, body: Value) {
    caspio
        .send(Method::POST, "tables/People/records", body)
        .await;
}

async fn people() -> Caspio {
    let caspio = Caspio::empty().await;
    let table = TableDef::new("People")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Number))
        .field(FieldDef::new("Way_In", DataType::Password));
    caspio.emulator.create_table(table).expect("a new table");
    caspio
}

#[tokio::test]
async fn calls_of_an_operation_are_counted_by_status() {
    let caspio = people().await;
    let rule = Rule::new(Fault::RateLimit).calls([2]);
    caspio.emulator.set_faults(Faults::none().rule(rule));

    for number in 0..3 {
        insert(&caspio, json!({ "Amount": number })).await;
    }

    let inserts = caspio.emulator.calls_of("CreateTableRecord");
    assert_eq!(
        (
            inserts.count(),
            inserts.with_status(201),
            inserts.with_status(429)
        ),
        (3, 2, 1)
    );
    let bodies: Vec<_> = inserts.latest().iter().map(|call| call.body()).collect();
    assert_eq!(
        bodies,
        [Some(r#"{"Amount":0}"#), None, Some(r#"{"Amount":2}"#)]
    );
    assert_eq!(caspio.emulator.calls_of("ListTables").count(), 0);
}

#[tokio::test]
#[should_panic(
    expected = "there is no operation `CreateTableRecrd`; did you mean `CreateTableRecord`?"
)]
async fn an_operation_that_does_not_exist_is_a_mistake_of_the_test() {
    let caspio = people().await;

    caspio.emulator.calls_of("CreateTableRecrd");
}

#[tokio::test]
async fn logged_bodies_have_no_secrets() {
    let caspio = people().await;
    let secret = "open-sesame";

    insert(&caspio, json!({ "Name": "Ann", "way_in": secret })).await;
    caspio
        .send(
            Method::PUT,
            "tables/People/passwordFields/Way_In?q.where=PK_ID%3D1",
            json!({ "Value": secret }),
        )
        .await;
    common::token(&caspio.emulator, &caspio.http).await;
    let stray = format!("{}/elsewhere?token={secret}", caspio.emulator.url());
    let request = caspio.http.post(stray).body(secret);
    request.send().await.expect("a response");

    let calls = caspio.emulator.latest_calls();
    let operations: Vec<_> = calls.iter().map(|call| call.operation()).collect();
    assert_eq!(
        operations,
        [
            "CreateTableRecord",
            "UpdatePasswordTableField",
            "Token",
            "Unknown"
        ]
    );
    assert_eq!(calls[0].body(), Some(r#"{"Name":"Ann","way_in":"***"}"#));
    for call in &calls {
        for shown in [format!("{call:?}"), call.to_curl()] {
            for hidden in [secret, "demo-secret", &caspio.token] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_without_secrets_keeps_its_digits_and_a_large_one_is_not_kept() {
    let caspio = people().await;
    let post = |body: String| {
        caspio
            .request(Method::POST, "tables/People/records")
            .header("Content-Type", "application/json")
            .body(body)
            .send()
    };

    let exact = r#"{"Amount":0.12345678901234567890}"#;
    post(exact.to_owned()).await.expect("a response");
    let large = json!({ "Name": "x".repeat(9_000) }).to_string();
    post(large).await.expect("a response");

    let inserts = caspio.emulator.calls_of("CreateTableRecord");
    let bodies: Vec<_> = inserts.latest().iter().map(|call| call.body()).collect();
    assert_eq!(bodies, [Some(exact), None]);
    caspio.emulator.reset_calls();
    assert_eq!(caspio.emulator.latest_calls().len(), 0);
}
