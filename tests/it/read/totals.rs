//! Totals that are not the numbers that the service documents.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::client_of;
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
}

/// A service that always returns the record 1, or none, and reports this total.
fn service(version: ApiVersion, records: &'static str, total: &'static str) -> Client {
    client_of(version, move |url| {
        if url.contains("/tables?") || url.ends_with("/tables") {
            return r#"{"data":[{"tableId":"aaaaaa","name":"T"}],"pagination":{"totalCount":1}}"#
                .into();
        }
        let member = if url.contains("/v4/") {
            "data"
        } else {
            "Result"
        };
        format!(r#"{{"{member}":{records},"Pagination":{{"TotalCount":{total}}}}}"#)
    })
}

#[tokio::test]
async fn a_total_in_quotes_is_a_total() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let one = service(version, r#"[{"PK_ID":1}]"#, r#""1""#).table::<Row>();
        let short = service(version, r#"[{"PK_ID":1}]"#, r#""3""#).table::<Row>();
        let none = service(version, "[]", r#""3""#).table::<Row>();

        assert_eq!(one.collect().await.expect("a record").len(), 1);
        let errors = [
            short.collect().await.err(),
            none.collect().await.err(),
            none.get(1).await.err(),
            none.query().first().await.err(),
        ];
        for error in errors {
            let error = error.expect("fewer records than reported");
            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        }
    }
}

#[tokio::test]
async fn a_total_that_is_not_understood_is_an_error() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        for total in ["-1", "1.5", r#""many""#, "true"] {
            let rows = service(version, r#"[{"PK_ID":1}]"#, total).table::<Row>();

            let error = rows.collect().await.expect_err("no total");

            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
            assert!(error.to_string().contains("total"), "{error}");
        }
        let rows = service(version, r#"[{"PK_ID":1}]"#, "null").table::<Row>();
        assert_eq!(rows.collect().await.expect("a record").len(), 1);
    }
}

/// A v4 service that returns two names of five at most, however many are requested.
#[tokio::test]
async fn a_list_of_names_is_read_to_its_total() {
    for last in [3, 2] {
        let caspio = client_of(ApiVersion::V4, move |url| {
            if url.contains("/records") {
                let id = url.contains("/tables/aaaaa5/");
                return format!(
                    r#"{{"data":[{{"PK_ID":{}}}],"pagination":{{"totalCount":1}}}}"#,
                    i32::from(id)
                );
            }
            let (_, number) = url.split_once("pageNumber=").expect("a page");
            let number: usize = number[..1].parse().expect("a number");
            let entries =
                (2 * number - 1..=2 * number).filter(|entry| *entry <= 5 && number <= last);
            let entry = |entry| format!(r#"{{"tableId":"aaaaa{entry}","name":"T{entry}"}}"#);
            let entries: Vec<String> = entries.map(entry).collect();
            format!(
                r#"{{"data":[{}],"pagination":{{"totalCount":5}}}}"#,
                entries.join(",")
            )
        });

        let read = caspio.table_named("T5").collect().await;

        match read {
            Ok(read) => assert_eq!((last, read[0].get("PK_ID")), (3, Some(&json!(1)))),
            Err(error) => assert_eq!((last, error.kind()), (2, ErrorKind::Protocol), "{error}"),
        }
    }
}
