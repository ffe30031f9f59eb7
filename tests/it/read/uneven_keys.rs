//! Reading ahead where keys are dense in one part of a table and sparse in another.

use caspio::ApiVersion;
use caspio::prelude::*;
use caspio_emulator::Emulator;
use caspio_tests::scripted::client_of;
use caspio_tests::{Order, TestEnv};

/// The deletions that make each table.
const TABLES: &[&[&str]] = &[
    // Old records were purged, the new ones are dense.
    &["PK_ID <= 6900 AND PK_ID % 50 <> 0"],
    // A dense middle.
    &[
        "PK_ID <= 5000 AND PK_ID % 50 <> 0",
        "PK_ID > 7000 AND PK_ID % 50 <> 0",
    ],
    // Dense, then sparse.
    &["PK_ID > 3000 AND PK_ID % 40 <> 0"],
    // Clusters with wide gaps.
    &["PK_ID % 700 > 90"],
    // Far single keys.
    &["PK_ID % 1700 <> 3"],
    // Three densities, and a gap in the middle.
    &[
        "PK_ID % 3 = 1",
        "PK_ID BETWEEN 4000 AND 5200",
        "PK_ID > 8000 AND PK_ID % 11 <> 0",
    ],
];

const PAGE: u16 = 100;

async fn env(deletions: &[&str]) -> (TestEnv, Vec<i64>) {
    let env = TestEnv::with(Emulator::builder().sample_orders(10_900)).await;
    for condition in deletions {
        env.emulator.delete("Orders", condition).expect("a delete");
    }
    let all = keys(env.caspio.table::<Order>().query()).await;
    (env, all)
}

async fn keys(query: Query<Order>) -> Vec<i64> {
    let orders = query.collect().await.expect("all orders");
    orders.into_iter().map(|order| order.pk_id).collect()
}

#[tokio::test]
async fn uneven_tables_are_read_ahead_completely_and_within_their_calls() {
    for deletions in TABLES {
        let (env, all) = env(deletions).await;
        let orders = env.caspio.table::<Order>();
        for concurrency in [2, 3, 4, 8, 16] {
            let before = env.caspio.meter().snapshot().calls;
            let query = orders.query().page_size(PAGE).concurrency(concurrency);

            let read = keys(query.clone()).await;

            let case = format!("{deletions:?}, {concurrency} at once");
            assert!(read == all, "{case}: {} of {}", read.len(), all.len());
            let calls = env.caspio.meter().snapshot().calls - before;
            let pages = all.len().div_ceil(PAGE.into());
            assert!(
                calls as f64 <= 1.15 * pages as f64 + 1.0,
                "{case}: {calls} calls for {pages} pages"
            );

            let pages = query
                .pages()
                .map(|page| page.expect("a page").into_records());
            let read: Vec<Vec<Order>> = pages.map(|page| page.expect("records")).collect().await;
            let read = read.into_iter().flatten().map(|order| order.pk_id);
            assert!(read.eq(all.iter().copied()), "{case}: by pages");
        }
    }
}

#[tokio::test]
async fn a_read_ahead_resumes_after_any_record() {
    for deletions in TABLES {
        let (env, all) = env(deletions).await;
        let orders = env.caspio.table::<Order>();
        for concurrency in [1, 2, 5] {
            let query = || orders.query().page_size(PAGE).concurrency(concurrency);
            for cut in [
                1,
                99,
                100,
                101,
                all.len() / 3,
                all.len() / 2,
                all.len() - 1,
                all.len(),
            ] {
                let cut = cut.min(all.len());
                let mut stream = query().stream();
                let mut read = Vec::new();
                while read.len() < cut {
                    let order = stream.try_next().await.expect("a record");
                    read.push(order.expect("a record").pk_id);
                }
                let position = stream.position();
                drop(stream);

                read.extend(keys(query().resume_from(&position)).await);

                let case = format!("{deletions:?}, {concurrency} at once, cut at {cut}");
                assert!(read == all, "{case}: {} of {}", read.len(), all.len());
            }
        }
    }
}

#[tokio::test]
async fn a_limit_returns_the_first_records_and_a_position_after_them() {
    for deletions in TABLES {
        let (env, all) = env(deletions).await;
        let orders = env.caspio.table::<Order>();
        for (limit, page, concurrency) in [(13, 5, 4), (22, 10, 2), (10, 100, 8), (777, 30, 6)] {
            let query = || orders.query().page_size(page).concurrency(concurrency);
            let limit = limit.min(all.len());
            let mut stream = query().limit(limit as u64).stream();
            let mut read = Vec::new();
            while let Some(order) = stream.try_next().await.expect("a record") {
                read.push(order.pk_id);
            }
            let case = format!("{deletions:?}, {limit} in pages of {page}");
            assert!(read == all[..limit], "{case}");

            let rest = keys(query().resume_from(&stream.position())).await;
            assert!(rest == all[limit..], "{case}: the rest");

            let mut pages = query().limit(limit as u64).pages();
            let mut position = None;
            while let Some(page) = pages.try_next().await.expect("a page") {
                position = Some(page.position_after(page.len()));
            }
            let position = position.expect("a page");
            let rest = keys(query().resume_from(&position)).await;
            assert!(rest == all[limit..], "{case}: the rest after pages");
        }
    }
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Notes")]
struct Note {
    #[caspio(pk)]
    pk_id: i64,
}

/// Returns the number after a text.
fn number(url: &str, after: &str) -> Option<i64> {
    let (_, rest) = url.split_once(after)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[tokio::test]
async fn a_range_of_keys_that_is_out_of_date_ends_no_read() {
    let caspio = client_of(ApiVersion::V3, |url| {
        if url.contains("COUNT") {
            return r#"{"Result":[{"Low":1,"High":20,"Records":20}]}"#.to_owned();
        }
        let after = number(url, "PK_ID %3E ").unwrap_or(0);
        let until = number(url, "PK_ID %3C%3D ").unwrap_or(50).min(50);
        let size = number(url, "q.limit=").expect("a limit");
        let keys = after + 1..=until.min(after + size);
        let rows: Vec<String> = keys.map(|key| format!(r#"{{"PK_ID":{key}}}"#)).collect();
        let (rows, total) = (rows.join(","), until - after);
        format!(r#"{{"Result":[{rows}],"Pagination":{{"TotalCount":{total}}}}}"#)
    });

    let notes = caspio.table::<Note>().query().page_size(10).concurrency(3);
    let notes = notes.collect().await.expect("the notes");

    let keys: Vec<i64> = notes.iter().map(|note| note.pk_id).collect();
    assert!(keys.into_iter().eq(1..=50));
}
