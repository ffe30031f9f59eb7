//! Reads of groups that end, whatever the service returns again or reports as their total.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::client_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::Uuid;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Pets")]
#[allow(dead_code)]
struct Pet {
    #[caspio(pk)]
    pk_id: i64,
    active: bool,
    chip: Option<Uuid>,
    name: String,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Pet)]
#[allow(dead_code)]
struct ByActive {
    active: bool,
    #[caspio(count)]
    count: i64,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Pet)]
#[allow(dead_code)]
struct ByChip {
    chip: Option<Uuid>,
    #[caspio(count)]
    count: i64,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Pet)]
#[allow(dead_code)]
struct ByName {
    name: String,
    #[caspio(count)]
    pets: i64,
}

/// A service that ignores conditions, and how many calls it received.
fn always(version: ApiVersion, groups: &'static str) -> (Client, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let client = client_of(version, move |url| {
        if url.ends_with("/tables") || url.contains("/tables?") {
            return r#"{"data":[{"tableId":"abcdef","name":"Pets"}]}"#.to_owned();
        }
        assert!(counted.fetch_add(1, Ordering::Relaxed) < 50, "endless");
        let member = if url.contains("/v4/") {
            "data"
        } else {
            "Result"
        };
        format!("{{\"{member}\":{groups}}}")
    });
    (client, calls)
}

#[tokio::test]
async fn groups_that_come_again_are_an_error() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let two = r#"[{"Active":false,"Count":3},{"Active":true,"Count":5}]"#;
        let (caspio, _) = always(version, two);
        let groups = caspio.table::<Pet>().query().select::<ByActive>();
        let groups = groups.group_by(|p| p.active).page_size(2).collect().await;
        assert_eq!(groups.expect_err("again").kind(), ErrorKind::Protocol);

        let two = r#"[{"Chip":null,"Count":3},{"Chip":"7f000000-0000-0000-0000-000000000001","Count":5}]"#;
        let (caspio, _) = always(version, two);
        let groups = caspio.table::<Pet>().query().select::<ByChip>();
        let groups = groups.group_by(|p| p.chip).page_size(2).collect().await;
        assert_eq!(groups.expect_err("again").kind(), ErrorKind::Protocol);
    }
}

#[tokio::test]
async fn the_first_groups_by_a_count_take_one_call_whatever_their_total_counts() {
    for (version, total) in [
        (ApiVersion::V3, r#""Pagination":{"TotalCount":50}"#),
        (ApiVersion::V4, r#""pagination":{"totalCount":50}"#),
    ] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let caspio = client_of(version, move |url| {
            if url.ends_with("/tables") || url.contains("/tables?") {
                return r#"{"data":[{"tableId":"abcdef","name":"Pets"}]}"#.to_owned();
            }
            counted.fetch_add(1, Ordering::Relaxed);
            let member = if url.contains("/v4/") {
                "data"
            } else {
                "Result"
            };
            let groups = r#"[{"Name":"a","Pets":30},{"Name":"b","Pets":15},{"Name":"c","Pets":5}]"#;
            format!("{{\"{member}\":{groups},{total}}}")
        });
        let groups = caspio.table::<Pet>().query().select::<ByName>();
        let groups = groups.group_by(|p| p.name);
        let groups = groups.order_by(|_| caspio::filter::Order::desc::<i64>("Pets"));

        let groups = groups.limit(10).collect().await.expect("three groups");

        assert_eq!(groups.len(), 3);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }
}
