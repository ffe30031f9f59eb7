//! One round of mixed work.

use caspio::prelude::*;
use caspio_tests::items::{Item, NewItem};
use caspio_tests::{Contact, Order};
use futures::future::join_all;
use std::time::Duration;

/// The calls at once, each of which may leave a connection open for the next.
pub(crate) const MOST_CONNECTIONS: usize = 40;

const TASKS: u32 = 4;
const ROWS: u32 = 20;

/// Does every kind of work, and removes what it has written.
pub(crate) async fn round(caspio: &Client, number: u32) {
    reads(caspio).await;
    let tasks = (0..TASKS).map(|task| {
        let caspio = caspio.clone();
        tokio::spawn(async move { writes(&caspio, number * TASKS + task).await })
    });
    for done in join_all(tasks).await {
        done.expect("no panic");
    }
    failures(caspio).await;
    cancelled(caspio).await;
}

async fn reads(caspio: &Client) {
    let orders = caspio.table::<Order>();
    let all = orders.query().page_size(500).concurrency(4).collect().await;
    assert_eq!(all.expect("all orders").len(), 2_500);
    let (one, many, count, sum) = futures::join!(
        orders.get(17),
        orders.get_many(1..300),
        orders.filter(|o| o.status.eq("Open")).count(),
        orders.query().sum(|o| o.total),
    );
    assert!(one.expect("a read").is_some());
    assert_eq!(many.expect("orders").len(), 299);
    count.expect("a count");
    sum.expect("a sum");
    let page = orders.query().page(20, None).await.expect("a page");
    assert!(page.next.is_some());
    let loader = caspio.table::<Contact>().loader();
    let loaded = join_all((1..20).map(|key| loader.get(key))).await;
    assert!(loaded.into_iter().all(|contact| contact.is_ok()));
    caspio.tables().await.expect("the tables");
    caspio
        .table_named("Items")
        .fields()
        .await
        .expect("the fields");
}

async fn writes(caspio: &Client, number: u32) {
    let items = caspio.table::<Item>();
    let code = |row: u32| format!("S-{number}-{row}");
    let rows = (1..=ROWS).map(|row| NewItem {
        code: code(row),
        status: Some("new".to_owned()),
    });
    let report = items.insert_many(rows).unique_by(|i| i.code).await;
    let report = report.expect("a report");
    assert_eq!(report.inserted, u64::from(ROWS), "{:?}", report.failed());
    let keys: Vec<i64> = report.keys().copied().collect();
    let first = keys[0];
    let update = items
        .update(first)
        .set(|i| i.status.to("changed".to_owned()));
    update.await.expect("an update");
    let read = items.get(first).await.expect("a read");
    let status = read.and_then(|item| item.status);
    assert_eq!(status.as_deref(), Some("changed"));
    let deleted = items.delete_many(keys).await.expect("a report");
    assert_eq!(deleted.deleted, u64::from(ROWS));
}

async fn failures(caspio: &Client) {
    let missing = caspio.table_named("Nowhere").count().await;
    missing.expect_err("no such table");
    let unknown = caspio.table_named("Items");
    let unknown = unknown.filter(|c| c.column::<i32>("Nothing").eq(1)).count();
    unknown.await.expect_err("no such column");
    let too_long = NewItem {
        code: "x".repeat(300),
        status: None,
    };
    let invalid = caspio.table::<Item>().insert(&too_long);
    invalid.await.expect_err("the code is too long");
}

/// Starts work and drops it while its calls are in progress.
async fn cancelled(caspio: &Client) {
    for wait in [0, 1, 2, 5] {
        let orders = caspio.table::<Order>();
        let read = orders.query().page_size(200).concurrency(4).collect();
        let _ = tokio::time::timeout(Duration::from_millis(wait), read).await;
        let mut stream = orders.stream();
        stream.try_next().await.expect("a record");
        drop(stream);
        let count = tokio::spawn(orders.count());
        tokio::time::sleep(Duration::from_millis(wait)).await;
        count.abort();
        let _ = count.await;
    }
}
