//! Orders and groups by a GUID column, which SQL Server compares from the last group of digits.

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio_tests::scripted::client_of_records;
use uuid::Uuid;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Things")]
struct Thing {
    #[caspio(pk)]
    pk_id: i64,
    guid: Uuid,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Things")]
struct TextThing {
    #[caspio(pk)]
    pk_id: i64,
    guid: String,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Thing)]
struct PerGuid {
    guid: Uuid,
    #[caspio(count)]
    count: i64,
}

const LOW: &str = "7f000000-0000-0000-0000-000000000001";
const HIGH: &str = "1f000000-0000-0000-0000-000000000002";

fn client() -> Client {
    client_of_records(format!(
        r#"[{{"PK_ID":5,"Guid":"{LOW}","Count":1}},{{"PK_ID":2,"Guid":"{HIGH}","Count":3}}]"#
    ))
}

#[tokio::test]
async fn records_in_the_order_of_a_guid_are_read() {
    let things = client().table::<TextThing>();

    let read = things.order_by(|t| t.guid.asc()).collect().await;

    let keys: Vec<i64> = read.expect("things").iter().map(|t| t.pk_id).collect();
    assert_eq!(keys, [5, 2]);
}

#[tokio::test]
async fn groups_by_a_guid_are_read() {
    let things = client().table::<Thing>().query();

    let groups = things.select::<PerGuid>().group_by(|t| t.guid).collect();

    let groups = groups.await.expect("groups");
    let groups: Vec<(String, i64)> = groups
        .iter()
        .map(|g| (g.guid.to_string(), g.count))
        .collect();
    assert_eq!(groups, [(LOW.to_owned(), 1), (HIGH.to_owned(), 3)]);
}

#[tokio::test]
async fn a_guid_that_comes_twice_is_still_noticed() {
    let client = client_of_records(format!(
        r#"[{{"PK_ID":5,"Guid":"{LOW}"}},{{"PK_ID":2,"Guid":"{HIGH}"}},{{"PK_ID":5,"Guid":"{LOW}"}}]"#
    ));
    let things = client.table::<TextThing>();

    let error = things.order_by(|t| t.guid.asc()).collect().await;

    let error = error.expect_err("record 5 came twice");
    assert_eq!(error.kind(), ErrorKind::Protocol);
}
