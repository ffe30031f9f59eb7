//! Orders and groups by a GUID column, which SQL Server compares from the last group of digits.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::{client_of, client_of_records};
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

#[derive(Debug, CaspioTable)]
#[caspio(table = "Things")]
struct OptionalThing {
    #[caspio(pk)]
    pk_id: i64,
    guid: Option<String>,
}

/// A table whose records 1 to 3 have no GUID; record 2 is deleted after the first page.
fn client_of_nulls() -> Client {
    client_of(ApiVersion::V3, |url| {
        let url = url
            .replace("%3E", ">")
            .replace("%3D", "=")
            .replace("%27", "'")
            .replace("%28", "(");
        if url.contains("N''") {
            let message =
                "Conversion failed when converting from a character string to uniqueidentifier.";
            return format!("{{\"Code\":\"SqlServerError\",\"Message\":\"{message}\"}}");
        }
        let keys: &[i64] = match () {
            () if !url.contains("q.where") => &[1, 2],
            () if url.contains("PK_ID = 2") => &[],
            () if url.contains("PK_ID IN (2") => &[1],
            () if url.contains("PK_ID >= 1") => &[1, 3],
            () if url.contains("PK_ID >= 2") => &[3, 4],
            () => &[3, 4],
        };
        let row = |key: &i64| match key {
            4 => format!("{{\"PK_ID\":4,\"Guid\":\"{LOW}\"}}"),
            key => format!("{{\"PK_ID\":{key},\"Guid\":null}}"),
        };
        let rows: Vec<String> = keys.iter().map(row).collect();
        format!("{{\"Result\":[{}]}}", rows.join(","))
    })
}

#[tokio::test]
async fn a_guid_that_is_declared_as_text_is_not_compared_with_an_empty_text() {
    let things = client_of_nulls().table::<OptionalThing>();
    let query = things.order_by(|t| t.guid.asc()).page_size(2);

    let read = query.limit(3).collect().await.expect("the things");

    assert!(read.iter().map(|thing| thing.pk_id).eq([1, 2, 3]));
    assert!(read.iter().all(|thing| thing.guid.is_none()));
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
