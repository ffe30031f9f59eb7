//! A service that responds to every page with the first one.

use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::client_of;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    note: String,
}

/// Only its pages have an order. The last record of the page is deleted, so that the call for it has no result.
fn client() -> Client {
    client_of(ApiVersion::V3, |url| {
        let row = |key, note| format!(r#"{{"PK_ID":{key},"Note":"{note}","Order_1_Is_Null":0}}"#);
        let rows = match url.contains("q.orderBy") {
            true => [row(3, "delta"), row(9, "charlie"), row(4, "bravo")].join(","),
            false => String::new(),
        };
        format!("{{\"Result\":[{rows}]}}")
    })
}

fn query(caspio: &Client) -> Query<Row> {
    let rows = caspio.table::<Row>();
    rows.order_by(|row| row.note.desc()).page_size(3)
}

#[tokio::test]
async fn a_resumed_read_recognizes_the_first_record_of_the_read_before() {
    let first = query(&client()).max_calls(1).collect_partial().await;
    let Collected::Partial(first) = first.expect("a page") else {
        panic!("the read is not complete");
    };
    assert_eq!(first.records.len(), 3);
    let position: Position = first.resume.to_string().parse().expect("a position");

    let again = query(&client()).resume_from(&position).max_calls(2);
    let error = again.collect_partial().await.expect_err("the same page");

    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains("record 3 came twice"), "{error}");
}

#[tokio::test]
async fn a_stream_that_stops_within_its_page_has_a_position_with_the_first_record() {
    let caspio = client();
    let mut stream = query(&caspio).stream();
    for _ in 0..2 {
        stream.try_next().await.expect("a page").expect("a record");
    }
    let position = stream.position();

    let mut rest = query(&client()).resume_from(&position).stream();
    let error = rest.try_next().await.expect_err("the same page");

    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains("record 3 came twice"), "{error}");
}
