//! A read that ends is complete, also if the table changes during the read.

use caspio::Result;
use caspio::prelude::*;
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::{Order, TestEnv};
use futures::stream::{self, BoxStream};
use std::collections::HashSet;

/// How often the test of reads during changes runs; `CASPIO_TEST_RUNS` changes it.
const RUNS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn records_present_throughout_are_read_exactly_once() {
    let runs = std::env::var("CASPIO_TEST_RUNS").map_or(RUNS, |runs| {
        runs.parse().expect("CASPIO_TEST_RUNS is a number")
    });
    let env = TestEnv::with(Emulator::builder().sample_orders(1_500)).await;
    let orders = env.caspio.table::<Order>();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;

    for run in 0..runs {
        let before: HashSet<i64> = keys(&orders).await.into_iter().collect();
        let mut seen = Vec::new();
        let mut deleted = HashSet::new();
        let mut stream = read_in_mode(&orders, run);
        while let Some(order) = stream.try_next().await.expect("a complete read") {
            seen.push(order.pk_id);
            if seen.len() % 37 == 0 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(run as u64 | 1);
                let victim = before.iter().nth((random >> 33) as usize % before.len());
                let victim = *victim.expect("an order");
                if deleted.len() < 20 && deleted.insert(victim) {
                    env.emulator
                        .delete("Orders", &format!("PK_ID={victim}"))
                        .expect("a delete");
                    insert(&env.emulator);
                }
            }
        }

        let unique: HashSet<i64> = seen.iter().copied().collect();
        assert_eq!(unique.len(), seen.len(), "run {run}: a record came twice");
        let throughout: HashSet<i64> = before.difference(&deleted).copied().collect();
        let missed: Vec<&i64> = throughout.difference(&unique).collect();
        assert!(missed.is_empty(), "run {run}: missed {missed:?}");
    }
}

/// By key, one and several pages at once, and in custom orders.
fn read_in_mode(orders: &caspio::Table<Order>, run: usize) -> BoxStream<'static, Result<Order>> {
    let query = orders.query().page_size(100);
    match run % 6 {
        0 => query.stream().boxed(),
        1 => query.concurrency(4).stream().boxed(),
        2 => query.concurrency(16).stream().boxed(),
        3 => query
            .order_by(|o| (o.status.desc(), o.total.asc()))
            .stream()
            .boxed(),
        4 => query
            .order_by(|o| o.pk_id.desc())
            .concurrency(4)
            .stream()
            .boxed(),
        _ => {
            let pages = query.order_by(|o| o.placed.asc()).pages();
            let records = pages.map(|page| page.and_then(|page| page.into_records()));
            records
                .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
                .try_flatten()
                .boxed()
        }
    }
}

#[tokio::test]
async fn pages_without_an_order_would_lose_records() {
    let env = TestEnv::with(Emulator::builder().sample_orders(1_500)).await;

    let mut seen = HashSet::new();
    for page in 1..=15 {
        let query = format!("q.select=PK_ID&q.pageNumber={page}&q.pageSize=100");
        seen.extend(raw_keys(&env.emulator, &query).await);
    }

    assert!(
        seen.len() < 1_500,
        "the emulator keeps the trap that the SDK avoids"
    );
}

async fn keys(orders: &caspio::Table<Order>) -> Vec<i64> {
    let orders = orders.collect().await.expect("all orders");
    orders.into_iter().map(|order| order.pk_id).collect()
}

fn insert(emulator: &Emulator) {
    let record = serde_json::json!({
        "Quantity": 1, "Total": 9.5, "Placed": "2026-01-02T03:04:05", "Status": "New",
    });
    emulator.insert("Orders", record).expect("an insert");
}

/// The keys of one page, requested without an order.
async fn raw_keys(emulator: &Emulator, query: &str) -> Vec<i64> {
    let http = reqwest::Client::new();
    let credentials = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        emulator.client_id(),
        emulator.client_secret()
    );
    let token = http
        .post(format!("{}/oauth/token", emulator.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(credentials);
    let token = json(token).await["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let path = "integrations/rest/v3/tables/Orders/records";
    let page = http
        .get(format!("{}/{path}?{query}", emulator.url()))
        .bearer_auth(token);
    let page = json(page).await;
    let rows = page["Result"].as_array().expect("rows");
    rows.iter()
        .map(|row| row["PK_ID"].as_i64().expect("a key"))
        .collect()
}

async fn json(request: reqwest::RequestBuilder) -> serde_json::Value {
    let text = request
        .send()
        .await
        .expect("a response")
        .text()
        .await
        .expect("text");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn counting_a_stream_does_not_count_an_error() {
    let env = TestEnv::with(Emulator::builder().sample_orders(1_500)).await;
    let orders = env.caspio.table::<Order>();

    assert_eq!(orders.stream().count().await.expect("a count"), 1_500);

    let mut stream = orders.stream();
    stream.try_next().await.expect("the first page");
    let failing = Rule::new(Fault::InternalError).always();
    env.emulator.set_faults(Faults::none().rule(failing));
    let failed = stream.count().await;

    assert!(failed.is_err(), "{failed:?}");
}
