//! Reading tables that are known only at run time: chosen columns, positions in pages, stored tokens.

use caspio::prelude::*;
use caspio::token::MemoryStore;
use caspio_tests::TestEnv;
use std::sync::Arc;

caspio_tests::on_every_version! {
    async fn only_the_named_columns_and_the_key_are_read(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table_named("Orders");

        let first = orders.query().columns(["Status", "Total"]).first().await;

        let first = first.expect("a call").expect("a record");
        let names: Vec<&str> = first.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Status", "Total", "PK_ID"]);
    }

    async fn a_column_that_is_named_twice_is_read_once(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table_named("Orders");

        let first = orders.query().columns(["Status", "STATUS", "pk_id", "PK_ID"]).first().await;

        let first = first.expect("a call").expect("a record");
        let names: Vec<&str> = first.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(first.get("Status").is_some() && first.get("PK_ID").is_some());
    }
}

#[tokio::test]
async fn a_read_resumes_after_any_record_of_a_page() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table_named("Orders");
    let all = orders.query().limit(2500).collect().await.expect("records");
    let mut pages = orders.query().limit(2500).pages();
    let mut before = 0;
    while let Some(page) = pages.try_next().await.expect("a page") {
        for taken in [0, 1, 700, page.len(), page.len() + 1] {
            let position = page.position_after(taken);
            let taken = taken.min(page.len());
            let left = 2500 - (before + taken) as u64;
            let query = orders.query().limit(left).resume_from(&position);
            let rest = query.collect().await.expect("the rest");
            assert!(rest == all[before + taken..], "after {before} and {taken}");
        }
        before += page.len();
    }
    assert_eq!(before, 2500);
}

#[tokio::test]
async fn a_resumed_read_is_concurrent_as_well() {
    let env = TestEnv::with(caspio_emulator::Emulator::builder())
        .version(caspio::ApiVersion::V3)
        .await;
    // Gaps, so that ranges of keys and pages differ.
    env.emulator
        .delete("Orders", "Order_ID % 3 = 0")
        .expect("deleted");
    let orders = env.caspio.table_named("Orders");
    let all = orders.collect().await.expect("records");
    for taken in [1, 999, 1000, 4321, all.len() - 1, all.len()] {
        let mut stream = orders.query().stream();
        for _ in 0..taken {
            stream.try_next().await.expect("a call").expect("a record");
        }
        let position = stream.position();
        let before = env.caspio.meter().snapshot().calls;

        let query = orders.query().concurrency(6).resume_from(&position);
        let rest = query.collect().await.expect("the rest");

        assert!(rest == all[taken..], "after {taken}");
        let calls = env.caspio.meter().snapshot().calls - before;
        let least = (all.len() - taken).div_ceil(1000) as u64;
        assert!(
            calls <= least + 4,
            "{calls} calls for {} records",
            all.len() - taken
        );
    }
}

#[tokio::test]
async fn a_stored_token_is_used_by_the_next_client() {
    let env = TestEnv::start().await;
    let store = Arc::new(MemoryStore::new());
    for _ in 0..3 {
        let client = Client::builder()
            .account(env.emulator.url())
            .credentials(env.emulator.client_id(), env.emulator.client_secret())
            .token_store(store.clone())
            .build()
            .expect("a client");
        client.tables().await.expect("tables");
    }
    assert_eq!(env.emulator.calls().total(), 3 + 1);
}
