//! Tables whose names differ in case only, which an account may have.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::client_of;
use std::sync::{Arc, Mutex};

/// A client of v4 whose account has two such tables, and the URLs of its calls.
fn two_tables() -> (Client, Arc<Mutex<Vec<String>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let client = client_of(ApiVersion::V4, move |url| {
        seen.lock().expect("no panic").push(url.to_owned());
        if url.contains("/records") {
            return r#"{"data":[],"pagination":{"totalCount":0}}"#.to_owned();
        }
        r#"{"data":[{"tableId":"aaaaaa","name":"Time_Off_Request"},
            {"tableId":"bbbbbb","name":"Time_Off_REquest"},
            {"tableId":"cccccc","name":"Pets"}]}"#
            .to_owned()
    });
    (client, calls)
}

fn last(calls: &Mutex<Vec<String>>) -> String {
    let calls = calls.lock().expect("no panic");
    calls.last().cloned().unwrap_or_default()
}

#[tokio::test]
async fn each_table_is_found_by_its_own_spelling() {
    let (caspio, calls) = two_tables();
    for (name, id) in [
        ("Time_Off_Request", "/aaaaaa/"),
        ("Time_Off_REquest", "/bbbbbb/"),
        ("pets", "/cccccc/"),
    ] {
        let records = caspio.table_named(name).collect().await;
        assert_eq!(records.expect("no records").len(), 0);
        assert!(last(&calls).contains(id), "{name}: {}", last(&calls));
    }
}

#[tokio::test]
async fn a_spelling_that_may_be_either_table_is_refused() {
    let (caspio, calls) = two_tables();
    let table = caspio.table_named("TIME_OFF_REQUEST");

    let read = table.collect().await.expect_err("two tables");
    let deleted = table
        .delete_where_raw("A = 1", ())
        .await
        .expect_err("two tables");

    for error in [read, deleted] {
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        let text = error.to_string();
        assert!(
            text.contains("`Time_Off_Request` and `Time_Off_REquest`"),
            "{text}"
        );
    }
    let calls = calls.lock().expect("no panic");
    assert!(
        calls.iter().all(|url| !url.contains("/records")),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_position_of_one_table_is_refused_by_the_other() {
    let caspio = client_of(ApiVersion::V3, |_| {
        r#"{"Result":[{"PK_ID":1},{"PK_ID":2}]}"#.to_owned()
    });
    let page = caspio.table_named("Time_Off_Request").query();
    let page = page.page(1, None).await.expect("a page");
    let next = page.next.expect("more records");

    let other = caspio.table_named("Time_Off_REquest").query();
    let error = other.page(1, Some(&next)).await.expect_err("another table");

    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}
