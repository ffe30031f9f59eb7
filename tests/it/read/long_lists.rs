//! Conditions and lookups too long for one URL.

use caspio::prelude::*;
use caspio::{Column, ErrorKind};
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use caspio_tests::items::{Item, Watched, items, items_env_with};
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{Contact, Order, TestEnv, on_every_version};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

on_every_version! {
    async fn a_long_list_of_keys_is_split_and_read_in_order(version) {
        let env = TestEnv::start().version(version).await;
        let wanted: Vec<i64> = (1..=10_000).rev().step_by(7).collect();

        let orders = env.caspio.table::<Order>();
        let read = orders.filter(|o| o.pk_id.in_(&wanted)).collect().await.expect("the orders");

        let mut expected = wanted;
        expected.sort_unstable();
        assert_eq!(keys(&read), expected);
    }

    async fn parts_of_a_list_of_keys_that_return_the_same_records_are_an_error(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(40)).version(version).await;
        let layer = Layer::default();
        let orders = layer.client(&env.emulator, version).table::<Order>();
        for rewriting in [Rewriting::ConditionIgnored, Rewriting::SamePage] {
            layer.rewrite(rewriting, 0, 300);

            let read = orders.filter(|o| o.pk_id.in_(1..=1_200)).collect().await;

            let error = read.map(|read| read.len()).expect_err("records come again");
            assert_eq!(error.kind(), ErrorKind::Protocol, "{rewriting:?}: {error}");
        }
    }

    async fn a_long_list_of_values_is_merged_by_key_without_repetition(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let all = contacts.collect().await.expect("all contacts");
        let emails: Vec<String> = all.iter().filter_map(|c| c.email.clone()).collect();
        // The same e-mail addresses in another case belong to the same contacts.
        let repeated: Vec<String> = emails.iter().cloned().chain(emails.iter().map(|e| e.to_uppercase())).collect();

        let read = contacts.filter(|c| c.email.in_(&repeated)).collect().await.expect("the contacts");

        let expected: Vec<Contact> = all.into_iter().filter(|c| c.email.is_some()).collect();
        assert_eq!(read, expected);
        let some = contacts.filter(|c| c.email.in_(&repeated)).limit(7).collect().await;
        assert_eq!(some.expect("seven contacts"), expected[..7]);
    }

    async fn parts_that_are_merged_are_read_a_few_at_once(version) {
        let most = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&most);
        let env = items_env_with(version, move |service| Watched::new(service, true, most)).await;
        let rows = items(40);
        let report = env.caspio.table::<Item>().insert_many(&rows).await.expect("a report");
        assert!(report.is_complete());
        env.emulator.set_faults(Faults::none().latency(Duration::from_millis(20)));
        // Every part has one of the codes that are there.
        let codes = rows.iter().map(|row| row.code.clone());
        let wanted: Vec<String> = codes.flat_map(|code| texts(&code, 60).into_iter().chain([code])).collect();
        for (calls, expected) in [(1, 8), (12, 12)] {
            seen.store(0, Ordering::Relaxed);
            let query = env.caspio.table::<Item>().filter(|i| i.code.in_(&wanted));

            let read = query.concurrency(calls).collect().await.expect("the items");

            assert_eq!(read.len(), rows.len());
            assert_eq!(seen.load(Ordering::Relaxed), expected);
        }
    }

    async fn a_merged_read_resumes_with_the_rest_of_its_limit(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let all = contacts.collect().await.expect("all contacts");
        let emails: Vec<String> = all.iter().filter_map(|c| c.email.clone()).collect();
        let query = || contacts.filter(|c| c.email.in_(&emails));
        let expected = query().limit(100).collect().await.expect("a hundred contacts");
        let mut stream = query().limit(100).stream();
        let mut read = Vec::new();
        while read.len() < 60 {
            read.push(stream.try_next().await.expect("a contact").expect("a contact"));
        }

        let rest = query().limit(40).resume_from(&stream.position()).collect().await;

        read.extend(rest.expect("forty contacts"));
        assert_eq!(read, expected);
    }

    async fn the_parts_of_a_list_share_one_budget_of_calls(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.collect().await.expect("all orders");
        let statuses: BTreeSet<String> = all.iter().map(|order| order.status.clone()).collect();
        // Each list has one status and many unknown ones, so that several parts have several pages.
        let unused = statuses.iter().flat_map(|status| (0..60).map(move |n| format!("{status} {n:020}")));
        let wanted: Vec<String> = statuses.iter().cloned().chain(unused).collect();
        let query = || orders.filter(|o| o.status.in_(&wanted));
        env.emulator.reset_calls();
        assert_eq!(query().collect().await.expect("all orders"), all);
        let calls = env.emulator.calls().records_reads();

        env.emulator.reset_calls();
        let error = query().max_calls(calls - 1).collect().await.expect_err("one call is missing");
        assert_eq!(error.kind(), ErrorKind::Incomplete);
        assert!(env.emulator.calls().records_reads() < calls);

        assert_eq!(query().max_calls(calls).collect().await.expect("all orders"), all);
    }

    async fn a_list_of_more_parts_than_the_budget_fails_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let names: Vec<String> = (0..500).map(|n| format!("Name {n}")).collect();

        let read = contacts.filter(|c| c.last_name.in_(&names)).max_calls(2);
        let error = read.collect().await.expect_err("it takes more parts");

        assert_eq!(error.kind(), ErrorKind::Incomplete);
        assert!(error.to_string().contains("calls") && error.hint().is_some(), "{error}");
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn parts_of_a_list_need_no_call_for_their_key_range(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let wanted: Vec<i64> = (1..=10_000).step_by(7).collect();
        orders.filter(|o| o.pk_id.in_(&wanted)).collect().await.expect("the orders");
        let one_by_one = env.emulator.calls().records_reads();
        env.emulator.reset_calls();

        let ahead = orders.filter(|o| o.pk_id.in_(&wanted)).concurrency(8);
        ahead.collect().await.expect("the orders");

        assert_eq!(env.emulator.calls().records_reads(), one_by_one);
    }

    async fn a_long_list_in_another_order_is_refused_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let names: Vec<String> = (0..500).map(|n| format!("Name {n}")).collect();
        let contacts = env.caspio.table::<Contact>();

        let sorted = contacts.filter(|c| c.last_name.in_(&names)).order_by(|c| c.last_name.asc());
        let error = sorted.collect().await.expect_err("it cannot be merged exactly");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.hint().is_some_and(|hint| hint.contains("read the records without `order_by`")), "{error:?}");
        assert!(error.to_string().contains("2047") && error.hint().is_some(), "{error}");
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_read_of_one_page_may_fill_its_url(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let mut longest = (0, 0);
        for count in 240..300 {
            let query = || contacts.filter(|c| c.age.in_((0..count).map(|age| 1000 + age))).limit(5);
            if query().order_by(|c| c.email.asc()).collect().await.is_ok() {
                longest.0 = count;
            }
            env.emulator.reset_calls();
            let pages = query().pages().try_collect::<Vec<_>>().await;
            if pages.is_ok() && env.emulator.calls().records_reads() == 1 {
                longest.1 = count;
            }
        }

        // One more value is longer than the URL may be.
        let in_order = contacts.filter(|c| c.age.in_((0..=longest.0).map(|age| 1000 + age)));
        let error = in_order.order_by(|c| c.email.asc()).limit(5).collect().await.expect_err("too long");
        let message = error.to_string();
        let words = message.split_whitespace().filter_map(|word| word.parse::<usize>().ok());
        assert!(words.clone().any(|length| length > 2047 && length <= 2047 + 7), "{message}");
        assert!(longest.1 >= longest.0, "{longest:?}");
    }

    async fn a_list_with_room_for_a_key_is_read_page_by_page(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.collect().await.expect("all orders");
        let statuses: BTreeSet<String> = all.iter().map(|order| order.status.clone()).collect();
        let unused = |count: usize| (0..count).map(|n| format!("Unused {n:04}"));
        let query = |count| orders.filter(|o| o.status.in_(statuses.iter().cloned().chain(unused(count))));
        let mut count = 60;
        while query(count + 1).pages().try_next().await.is_ok() {
            count += 1;
        }

        let pages: Vec<_> = query(count).pages().try_collect().await.expect("all pages");

        let read: usize = pages.iter().map(|page| page.len()).sum();
        assert!(pages.len() > 1 && count > 60, "{count} values");
        assert_eq!(read, all.len());
        assert_eq!(query(count + 1).collect().await.expect("all orders"), all);
    }

    async fn parts_of_a_list_of_a_long_column_have_room_for_a_key(version) {
        let name = "A_column_with_a_name_that_takes_a_good_part_of_the_room_for_values";
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let field = FieldDef::new(name, DataType::Integer);
        env.emulator.create_table(TableDef::new("Long").field(field)).expect("a table");
        let long = env.caspio.table_named("Long");
        let rows = (0..2500).map(|number| RecordMap::from([(name, json!(number % 2 * 1000))]));
        long.insert_many(rows).await.expect("a report").into_result().expect("keys");
        let values: Vec<i64> = (0..1500).collect();

        let column = Column::<RecordMap, i64>::new(name);
        let read = long.filter(|_| column.in_(&values)).collect().await;

        assert_eq!(read.expect("all records").len(), 2500);
    }

    async fn two_lists_of_one_length_keep_their_own_values(version) {
        let env = pairs(version).await;
        let table = env.caspio.table::<Pair>();
        let all = table.collect().await.expect("all pairs");
        for (some, other) in [(45, 45), (46, 45), (45, 46), (3, 90), (60, 1), (60, 90)] {
            let lefts = texts("left-value", some);
            let rights = texts("right-value", other);
            let expected: Vec<&Pair> = all.iter().filter(|p| lefts.contains(&p.left) && rights.contains(&p.right)).collect();

            let read = table.filter(|p| p.left.in_(&lefts) & p.right.in_(&rights)).collect().await;

            assert!(read.expect("the pairs").iter().eq(expected), "{some} and {other}");
        }
    }

    async fn several_lists_that_are_each_too_long_are_split(version) {
        let env = pairs(version).await;
        let table = env.caspio.table::<Pair>();
        let all = table.collect().await.expect("all pairs");
        let lefts: Vec<String> = texts("left-value", 50).into_iter().chain(texts("none", 150)).collect();
        let rights: Vec<String> = texts("right-value", 80).into_iter().chain(texts("nobody", 50)).collect();
        let keys: Vec<i64> = all.iter().map(|pair| pair.pk_id).filter(|key| key % 3 > 0).rev().collect();
        let wanted = |p: &&Pair| lefts.contains(&p.left) && rights.contains(&p.right) && keys.contains(&p.pk_id);
        let expected: Vec<&Pair> = all.iter().filter(wanted).collect();
        let c = Pair::COLUMNS;

        for condition in [
            c.left.in_(&lefts) & c.right.in_(&rights) & c.pk_id.in_(&keys),
            c.left.in_(&lefts) & (c.right.in_(&rights) & (c.left.ne("x") & c.pk_id.in_(&keys))),
            Filter::all([c.pk_id.in_(&keys) & c.right.in_(&rights), c.left.in_(&lefts)]),
        ] {
            let read = table.filter_by(condition).collect().await.expect("the pairs");

            assert!(read.iter().eq(expected.iter().copied()));
        }
    }

    async fn the_list_with_the_most_characters_is_split(version) {
        let env = pairs(version).await;
        let table = env.caspio.table::<Pair>();
        let lefts = texts("left-value", 60);
        let keys = 1..=200_i64;
        env.emulator.reset_calls();

        let read = table.filter(|p| p.pk_id.in_(keys) & p.left.in_(&lefts)).collect().await;

        assert_eq!(read.expect("the pairs").len(), 200);
        assert!(env.emulator.calls().records_reads() <= 5);
    }

    async fn keys_of_a_view_are_merged_in_order_without_repetition(version) {
        #[derive(Debug, Clone, PartialEq, CaspioView)]
        #[caspio(view = "Order_Details")]
        struct Detail {
            #[caspio(pk)]
            pk_id: String,
            total: Decimal,
        }
        let env = TestEnv::with(Emulator::builder().sample_orders(600)).version(version).await;
        let details = env.caspio.view::<Detail>();
        let all = details.collect().await.expect("all details");
        let wanted = all.iter().map(|detail| detail.pk_id.clone()).rev().step_by(2);
        let repeated = wanted.clone().chain(wanted.clone().skip(40).take(100));
        let read = details.filter(|d| d.pk_id.in_(repeated)).collect().await.expect("the details");

        let wanted: BTreeSet<String> = wanted.collect();
        let expected: Vec<&Detail> = all.iter().filter(|d| wanted.contains(&d.pk_id)).collect();
        assert!(read.iter().eq(expected));
    }

    async fn a_long_condition_leaves_no_read_unfinished(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(250)).version(version).await;
        let orders = env.caspio.table::<Order>();
        for length in 1_600..2_000 {
            let text = "x".repeat(length);
            if length % 8 > 0 && !(1_780..1_850).contains(&length) {
                continue;
            }
            for concurrency in [1, 4] {
                env.emulator.reset_calls();
                let read = orders.filter(|o| o.status.ne(&text)).page_size(100).concurrency(concurrency).collect().await;
                match read {
                    Ok(all) => assert_eq!(all.len(), 250, "{length} x {concurrency}"),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
                        assert_eq!(env.emulator.calls().total(), 0, "{length} x {concurrency}: {error}");
                    }
                }
            }
        }
    }

    async fn any_number_of_keys_is_looked_up_in_few_calls(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let some = orders.get_many([9, 3, 3, 1_000_000]).await.expect("two orders");
        assert_eq!(some.keys().copied().collect::<Vec<_>>(), [3, 9]);
        assert_eq!(env.emulator.calls().records_reads(), 1);

        env.emulator.reset_calls();
        let run = orders.get_many(2_001..=4_000).await.expect("two thousand orders");
        assert_eq!(run.len(), 2_000);
        assert_eq!(env.emulator.calls().records_reads(), 2);
    }

    async fn five_hundred_lookups_at_once_take_four_calls_at_most(version) {
        let env = TestEnv::start().version(version).await;
        let loader = env.caspio.table::<Order>().loader();
        let wanted: BTreeSet<i64> = (0..500).map(|n| 1 + n * 19).collect();

        let lookups = wanted.iter().map(|key| loader.get(*key));
        let found = futures::future::try_join_all(lookups).await.expect("all lookups");

        for (key, order) in wanted.iter().zip(found) {
            assert_eq!(order.map(|order| order.pk_id), Some(*key));
        }
        assert!(env.emulator.calls().records_reads() <= 4);
        assert!(loader.get(-5).await.expect("a lookup").is_none());
    }
}

fn keys(orders: &[Order]) -> Vec<i64> {
    orders.iter().map(|order| order.pk_id).collect()
}

#[derive(Debug, Clone, PartialEq, CaspioTable)]
#[caspio(table = "Pairs")]
struct Pair {
    #[caspio(pk)]
    pk_id: i64,
    left: String,
    right: String,
}

/// Four hundred pairs of 60 and 90 texts.
async fn pairs(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Pairs")
        .field(FieldDef::new("Left", DataType::Text255))
        .field(FieldDef::new("Right", DataType::Text255));
    env.emulator.create_table(table).expect("a table");
    for number in 0..400 {
        let left = format!("left-value-{:04}", number % 60);
        let right = format!("right-value-{:04}", number % 90);
        env.emulator
            .insert("Pairs", json!({ "Left": left, "Right": right }))
            .expect("an insert");
    }
    env
}

fn texts(name: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{name}-{number:04}"))
        .collect()
}
