//! Views whose records repeat a `PK_ID`: every record is read once, or the read ends with an error.

use caspio::prelude::*;
use caspio::{ApiVersion, Column, ErrorKind};
use caspio_tests::scripted::{client_of, client_of_records};

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Row {
    a: String,
}

/// More values than one URL has room for.
fn list() -> Vec<String> {
    (0..200)
        .map(|i| format!("value-{i:04}-of-a-list"))
        .collect()
}

/// A view of these texts, each with the rows that are returned if it is in the call's list.
fn view(rows: &'static [(&'static str, &'static str)]) -> Client {
    client_of(ApiVersion::V3, move |url| {
        let found = rows.iter().filter(|(text, _)| url.contains(text));
        let found: Vec<&str> = found.map(|(_, row)| *row).collect();
        format!("{{\"Result\":[{}]}}", found.join(","))
    })
}

#[tokio::test]
async fn equal_records_of_one_page_are_read_in_an_order_by_a_column() {
    let records = r#"[{"PK_ID":"1,1","A":"x"},{"PK_ID":"1,1","A":"x"}]"#;
    let rows = client_of_records(records).view::<Row>();

    let by_key = rows.collect().await.expect("rows");
    let by_column = rows.order_by(|r| r.a.asc()).collect().await;

    assert_eq!(by_key.len(), 2);
    assert_eq!(by_column.expect("rows"), by_key);
}

#[tokio::test]
async fn a_record_that_comes_again_with_a_later_page_is_an_error() {
    // Record "2,2" follows "1,2", but the second page has "1,1" again.
    let rows = client_of(ApiVersion::V3, |url| {
        let rows = match url.contains("where") {
            false => r#"{"PK_ID":"1,1","A":""},{"PK_ID":"1,2","A":""}"#,
            true => r#"{"PK_ID":"1,2","A":""},{"PK_ID":"1,1","A":""}"#,
        };
        format!("{{\"Result\":[{rows}]}}")
    });
    let rows = rows.view::<Row>().order_by(|r| r.a.asc()).page_size(2);

    let error = rows.collect().await.expect_err("the record came twice");

    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("came twice"), "{error}");
}

#[tokio::test]
async fn different_records_of_one_key_in_two_parts_of_a_list_are_an_error() {
    let client = view(&[
        (
            "value-0000",
            r#"{"PK_ID":"1,1","A":"value-0000-of-a-list"}"#,
        ),
        (
            "value-0199",
            r#"{"PK_ID":"1,1","A":"value-0199-of-a-list"}"#,
        ),
    ]);
    let rows = client.view::<Row>();
    let list = list();

    let read = rows.filter(|r| r.a.in_(&list)).collect().await;

    let error = read.expect_err("two records have one key");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.key(), Some("PK_ID 1,1"));
    // The first of them is not delivered alone: a position after it would skip the second one.
    let first = rows.filter(|r| r.a.in_(&list)).stream().try_next().await;
    first.expect_err("two records have one key");
}

#[tokio::test]
async fn one_record_in_two_parts_of_a_list_is_read_once() {
    // The service compares texts without case.
    const ROW: &str = r#"{"PK_ID":"1,1","A":"value-0199-of-a-list"}"#;
    let client = view(&[("value-0199", ROW), ("VALUE-0199", ROW)]);
    let mut list = list();
    list.push("VALUE-0199-of-a-list".to_owned());

    let read = client.view::<Row>().filter(|r| r.a.in_(&list));

    assert_eq!(read.collect().await.expect("one row").len(), 1);
}

#[tokio::test]
async fn equal_rows_without_the_column_of_the_list_may_be_different_records() {
    const ROW: &str = r#"{"PK_ID":"1,1","A":"x"}"#;
    let client = view(&[("value-0000", ROW), ("value-0199", ROW)]);
    let other = Column::<Row, String>::new("Other");

    let read = client.view::<Row>().filter(|_| other.in_(list()));

    let error = read
        .collect()
        .await
        .expect_err("the rows may be two records");
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

/// Reads the rows of a view whose second page begins as `second`, two on a page, in the order of a column.
async fn two_pages(second: &'static str) -> caspio::Result<Vec<Row>> {
    let rows = client_of(ApiVersion::V3, move |url| {
        let rows = match url.contains("where") {
            false => r#"{"PK_ID":"1,1","A":"a"},{"PK_ID":"1,2","A":"b"}"#.to_owned(),
            true if url.contains("1%2C3") => r#"{"PK_ID":"1,3","A":"d"}"#.to_owned(),
            true => format!(r#"{second},{{"PK_ID":"1,3","A":"d"}}"#),
        };
        format!("{{\"Result\":[{rows}]}}")
    });
    let rows = rows.view::<Row>().query().page_size(2);
    rows.order_by(|r| r.a.asc()).collect().await
}

/// Reads the pages of a view in the order of a column whose values the service compares without case.
async fn pages(first: &'static str, second: &'static str) -> caspio::Result<Vec<Row>> {
    let client = client_of(ApiVersion::V3, move |url| {
        let rows = if url.contains("where") { second } else { first };
        format!("{{\"Result\":[{rows}]}}")
    });
    let rows = client.view::<Row>().query().page_size(2);
    rows.order_by(|r| r.a.asc()).collect().await
}

#[tokio::test]
async fn a_record_of_the_place_of_the_last_one_does_not_come_again_in_another_order() {
    let first = r#"{"PK_ID":"1,1","A":"x"},{"PK_ID":"1,1","A":"X"}"#;
    let second = r#"{"PK_ID":"1,1","A":"X"},{"PK_ID":"1,1","A":"x"}"#;

    let error = pages(first, second).await;

    let error = error.expect_err("one record was delivered already");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

#[tokio::test]
async fn another_record_of_the_place_of_the_last_one_is_read() {
    let first = r#"{"PK_ID":"1,0","A":"x"},{"PK_ID":"1,1","A":"X"}"#;
    let second = r#"{"PK_ID":"1,1","A":"X"},{"PK_ID":"1,1","A":"x"}"#;

    let rows = pages(first, second).await.expect("the rows");

    assert_eq!(texts(&rows), ["x", "X", "x"]);
}

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.a.as_str()).collect()
}

#[tokio::test]
async fn another_record_of_the_key_of_a_deleted_one_is_not_lost() {
    let rows = two_pages(r#"{"PK_ID":"1,2","A":"c"}"#).await;
    assert_eq!(texts(&rows.expect("the rows")), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn records_of_one_key_with_other_values_are_read_across_pages() {
    let rows = two_pages(r#"{"PK_ID":"1,2","A":"b"},{"PK_ID":"1,2","A":"c"}"#).await;
    assert_eq!(texts(&rows.expect("the rows")), ["a", "b", "c", "d"]);
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Weighed {
    a: String,
    b: f64,
}

/// After the first page, the record `b` is deleted. `c` has its key.
#[tokio::test]
async fn another_record_of_the_key_of_a_deleted_one_is_not_lost_behind_a_float() {
    let client = client_of(ApiVersion::V3, |url| {
        let row = |key, a| {
            format!(r#"{{"PK_ID":"{key}","A":"{a}","B":0.1234567890123456,"Order_1_Is_Null":0}}"#)
        };
        let condition = condition_of(url);
        let rows = if condition.is_empty() {
            vec![row("1,1", "a"), row("1,2", "b")]
        } else if condition.starts_with("PK_ID IN") {
            vec![row("1,1", "a"), row("1,2", "c")]
        } else if condition.starts_with("PK_ID") {
            vec![row("1,2", "c")]
        } else if condition.contains("N'a'") {
            vec![row("1,1", "a"), row("1,2", "c"), row("1,3", "d")]
        } else if condition.contains("N'b'") || condition.contains("N'c'") {
            vec![row("1,2", "c"), row("1,3", "d")]
        } else {
            vec![row("1,3", "d")]
        };
        format!("{{\"Result\":[{}]}}", rows.join(","))
    });
    let rows = client.view::<Weighed>().query().page_size(2);

    let read = rows.order_by(|r| (r.a.asc(), r.b.asc())).collect().await;

    match read {
        Ok(read) => assert!(
            read.iter().map(|row| &*row.a).eq(["a", "b", "c", "d"]),
            "{read:?}"
        ),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}"),
    }
}

/// Returns the condition of a call, decoded; empty if it has none.
fn condition_of(url: &str) -> String {
    let url = caspio::Url::parse(url).expect("a URL");
    let condition = url.query_pairs().find(|(name, _)| name == "q.where");
    condition.map_or_else(String::new, |(_, condition)| condition.into_owned())
}
