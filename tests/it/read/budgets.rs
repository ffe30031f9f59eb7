//! Reads within a number of calls and a time, and the calls that short reads take.

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio::read::Collected;
use caspio_emulator::Emulator;
use caspio_tests::{Order, TestEnv, on_every_version};
use std::time::{Duration, Instant};

on_every_version! {
    async fn a_short_read_takes_one_call_also_with_concurrency(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let first = orders.query().concurrency(8).first().await;
        assert!(first.expect("an order").is_some());
        assert_eq!(env.emulator.calls().records_reads(), 1);

        let ten = orders.limit(10).concurrency(8).collect().await;
        assert_eq!(ten.expect("ten orders").len(), 10);
        assert_eq!(env.emulator.calls().records_reads(), 2);
    }

    async fn a_limit_of_nothing_takes_no_call(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let keys: Vec<i64> = (1..3000).filter(|key| key % 3 == 0).collect();
        let listed = || orders.filter(|o| o.pk_id.in_(&keys)).limit(0);

        assert!(listed().collect().await.expect("nothing").is_empty());
        assert!(listed().pages().next().await.is_none());
        assert!(listed().first().await.expect("nothing").is_none());
        assert!(orders.limit(0).concurrency(4).collect().await.expect("nothing").is_empty());

        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn one_call_reads_a_page_also_with_concurrency(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let part = orders.query().max_calls(1).concurrency(2).collect_partial().await;

        let Collected::Partial(part) = part.expect("a page") else {
            panic!("one call is not enough")
        };
        assert_eq!(part.records.len(), 1000);
        assert_eq!(env.emulator.calls().records_reads(), 1);
    }

    async fn no_call_is_made_once_the_calls_or_the_time_are_spent(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let spent = [
            orders.query().max_calls(0),
            orders.query().deadline(Duration::ZERO),
        ];

        for query in spent {
            let errors = [
                query.clone().collect().await.err(),
                query.clone().concurrency(4).collect().await.err(),
                query.clone().first().await.err(),
                query.clone().count().await.err(),
                query.clone().exists().await.err(),
                query.clone().sum(|o| o.total).await.err(),
                query.clone().max(|o| o.quantity).await.err(),
                query.pages().try_next().await.err(),
            ];
            for error in errors {
                assert_eq!(error.expect("no call is left").kind(), ErrorKind::Incomplete);
            }
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_read_ends_at_its_deadline_in_any_call(version) {
        let slow = Emulator::builder().latency(Duration::from_secs(3));
        let env = TestEnv::with(slow).version(version).await;
        let orders = env.caspio.table::<Order>();
        let query = || orders.query().deadline(Duration::from_millis(100));
        let start = Instant::now();

        let errors = [
            query().concurrency(4).collect().await.err(),
            query().count().await.err(),
            query().exists().await.err(),
            query().min(|o| o.total).await.err(),
        ];

        for error in errors {
            assert_eq!(error.expect("too late").kind(), ErrorKind::Incomplete);
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }

    async fn a_read_of_a_long_list_of_keys_resumes(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let keys: Vec<i64> = (1..3000).filter(|key| key % 3 != 0).collect();
        let query = || orders.filter(|o| o.pk_id.in_(&keys));
        let all = query().collect().await.expect("all orders");

        for taken in [1, 500, 1000, 1500] {
            let mut stream = query().stream();
            let mut read = Vec::new();
            while read.len() < taken {
                read.push(stream.try_next().await.expect("an order").expect("an order"));
            }
            let rest = query().resume_from(&stream.position()).collect().await;
            read.extend(rest.expect("the rest"));
            assert!(read == all, "after {taken}");
        }
        let mut stream = query().stream();
        while stream.try_next().await.expect("an order").is_some() {}
        env.emulator.reset_calls();
        let rest = query().resume_from(&stream.position()).collect().await;
        assert!(rest.expect("nothing").is_empty());
        assert_eq!(env.emulator.calls().records_reads(), 1, "parts before the position are not read");
        let part = query().max_calls(2).collect_partial().await.expect("a part");
        let Collected::Partial(mut part) = part else { panic!("two calls are not enough") };
        let rest = query().resume_from(&part.resume).collect().await;
        part.records.extend(rest.expect("the rest"));
        assert!(part.records == all);
    }
}

#[tokio::test]
async fn any_number_of_calls_at_once_is_accepted() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table::<Order>();

    for concurrency in [0, usize::MAX] {
        let read = orders.query().concurrency(concurrency).collect().await;
        assert_eq!(read.expect("all orders").len(), 10_000);
    }
}

#[tokio::test]
async fn a_deadline_beyond_the_clock_never_comes() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table::<Order>();

    let read = orders.query().deadline(Duration::MAX).first().await;

    assert!(read.expect("an order").is_some());
}
