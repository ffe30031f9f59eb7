//! Reads from a service that may show null as an empty text.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::{client_of, client_of_records};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    a: Option<String>,
    n: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct Group {
    a: Option<String>,
    n: Option<i32>,
    #[caspio(count)]
    count: i64,
}

fn decoded(uri: &str) -> String {
    let escapes = [
        ("%27", "'"),
        ("%28", "("),
        ("%29", ")"),
        ("%2A", "*"),
        ("%2C", ","),
        ("%3D", "="),
        ("%3E", ">"),
    ];
    let decoded = |uri: String, (escape, text)| uri.replace(escape, text);
    escapes.into_iter().fold(uri.to_owned(), decoded)
}

fn number_after(uri: &str, mark: &str) -> Option<i64> {
    let (_, rest) = uri.split_once(mark)?;
    let end = rest.find(|c: char| !c.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

/// How `A` of the records 1 to 6 is shown, which is null; that of 7 to 9 is a text.
fn row(key: i64, shown: &str) -> String {
    let text = format!("\"x{key}\"");
    let a = if key <= 6 { shown } else { &text };
    format!(r#"{{"PK_ID":{key},"Group_Key":{key},"A":{a},"N":{key},"Count":1}}"#)
}

/// The keys that a call returns. After the first page, the records from `deleted` to 3 do not exist.
fn keys(uri: &str, deleted: i64) -> Vec<i64> {
    let of_record = number_after(uri, "PK_ID = ");
    let mut keys: Vec<i64> = if let Some(key) = of_record {
        let is_null = !uri.contains("A = N''");
        (key..=key).filter(|key| is_null || *key > 6).collect()
    } else if let Some((_, list)) = uri.split_once("PK_ID IN (") {
        let (list, _) = list.split_once(')').expect("a list");
        list.split(',')
            .map(|key| key.trim().parse().expect("a key"))
            .collect()
    } else if uri.contains("A IS NULL AND") {
        let from =
            number_after(uri, "PK_ID >= ").or(number_after(uri, "PK_ID > ").map(|key| key + 1));
        (from.expect("a key")..=9).collect()
    } else if uri.contains("A = N'' OR A IS NULL") {
        (1..=6).collect()
    } else if uri.contains("A > N''") {
        (7..=9).collect()
    } else if uri.contains("A > N'x") {
        (number_after(uri, "A > N'x").expect("a text")..=9).collect()
    } else {
        return (1..=9).collect();
    };
    keys.retain(|key| !(deleted..=3).contains(key));
    keys
}

fn service(shown: &'static str, deleted: i64) -> Client {
    client_of(ApiVersion::V3, move |uri| {
        let uri = &decoded(uri);
        let keys = keys(uri, deleted);
        if uri.contains("COUNT(") {
            return format!(r#"{{"Result":[{{"Value":{}}}]}}"#, keys.len());
        }
        let size = number_after(uri, "q.limit=").map_or(100, |size| size as usize);
        let rows: Vec<String> = keys.iter().take(size).map(|key| row(*key, shown)).collect();
        let (rows, total) = (rows.join(","), keys.len());
        format!(
            r#"{{"Result":[{rows}],"Pagination":{{"TotalCount":{total},"PageNumber":1,"PageSize":{size}}}}}"#
        )
    })
}

/// From this one on no record is deleted.
const NONE: i64 = 4;

#[tokio::test]
async fn nulls_after_a_deleted_record_are_not_lost() {
    for shown in ["null", "\"\""] {
        for deleted in [NONE, 3, 2] {
            let caspio = service(shown, deleted);
            let query = caspio.table::<Row>().order_by(|t| t.a.asc());

            let read = query.page_size(3).collect().await.expect("all records");

            assert!(read.iter().map(|row| row.pk_id).eq(1..=9), "{read:?}");
        }
    }
}

#[tokio::test]
async fn which_nulls_follow_a_page_whose_records_were_deleted_is_an_error() {
    for shown in ["null", "\"\""] {
        let caspio = service(shown, 1);
        let query = caspio.table::<Row>().order_by(|t| t.a.asc());

        let error = query.page_size(3).collect().await.expect_err("not known");

        assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
        assert_eq!(error.key(), Some("PK_ID 3"));
    }
}

#[tokio::test]
async fn an_aggregate_begins_after_the_record_of_its_position() {
    for shown in ["null", "\"\""] {
        for deleted in [NONE, 3, 2] {
            let caspio = service(shown, deleted);
            let query = || caspio.table::<Row>().order_by(|t| t.a.asc());
            let mut stream = query().stream();
            for _ in 0..3 {
                stream
                    .try_next()
                    .await
                    .expect("a record")
                    .expect("a record");
            }
            let position = stream.position();

            let count = query().resume_from(&position).count().await;
            let exists = query().resume_from(&position).exists().await;

            // The position has the key of one record before its own.
            if deleted == 2 {
                let error = count.expect_err("which nulls follow is not known");
                assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
                assert_eq!(exists.expect_err("not known").kind(), ErrorKind::Incomplete);
            } else {
                assert_eq!(count.expect("a count"), 6);
                assert!(exists.expect("an answer"));
            }
        }
    }
}

#[tokio::test]
async fn groups_after_a_null_are_not_lost() {
    for shown in ["null", "\"\""] {
        let caspio = client_of(ApiVersion::V3, move |uri| {
            let uri = decoded(uri);
            let from = number_after(&uri, "N = ").or(number_after(&uri, "N > ").map(|n| n + 1));
            let keys: Vec<i64> = if !uri.contains("q.where") {
                (1..=9).collect()
            } else if uri.contains("A IS NULL AND") {
                (from.expect("a number")..=9).collect()
            } else if uri.contains("A > N'x") {
                (number_after(&uri, "A > N'x").expect("a text") + 1..=9).collect()
            } else {
                (7..=9).collect()
            };
            let size = number_after(&uri, "q.limit=").map_or(100, |size| size as usize);
            let rows: Vec<String> = keys.iter().take(size).map(|key| row(*key, shown)).collect();
            format!(r#"{{"Result":[{}]}}"#, rows.join(","))
        });
        let groups = caspio.table::<Row>().query().select::<Group>();
        let groups = groups.group_by(|t| (t.a, t.n)).page_size(3).collect().await;
        let groups = groups.expect("all groups");
        assert!(
            groups.iter().filter_map(|group| group.n).eq(1..=9),
            "{groups:?}"
        );
    }
}

/// A comparison ignores blanks at the end, and emoji: such a text equals an empty one, and the key decides.
#[tokio::test]
async fn texts_that_weigh_nothing_come_before_and_after_an_empty_text() {
    let texts = [r#""""#, r#"" ""#, r#""🟢""#, "null"];
    for (first, second) in texts.iter().flat_map(|one| texts.map(|other| (one, other))) {
        if [first, second].contains(&"null") && [first, second].contains(&r#""""#) {
            continue;
        }
        let records = format!(
            r#"[{{"PK_ID":1,"A":{first},"N":1}},{{"PK_ID":2,"A":{second},"N":2}},{{"PK_ID":3,"A":"x","N":3}}]"#
        );

        let rows = client_of_records(records).table::<Row>();
        let read = rows.order_by(|row| row.a.asc()).collect().await;

        let keys: Vec<i64> = read.expect("rows").iter().map(|row| row.pk_id).collect();
        assert_eq!(keys, [1, 2, 3], "{first}, {second}");
    }
}
