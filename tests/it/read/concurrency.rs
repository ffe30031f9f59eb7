//! Reading several pages at once, stopping, and resuming.

use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::Emulator;
use caspio_tests::{Order, TestEnv, on_every_version};
use std::time::Duration;

on_every_version! {
    async fn concurrent_reads_return_the_same_records_in_the_same_order(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let expected = orders.collect().await.expect("all orders");

        for concurrency in [1, 2, 4, 16] {
            env.emulator.reset_calls();
            let read = orders
                .query()
                .concurrency(concurrency)
                .collect()
                .await
                .expect("all orders");

            assert!(read == expected, "concurrency {concurrency}");
            // A call for each page and one after the last; on v2 also one for the range of keys.
            let ranges = u64::from(version == ApiVersion::V2 && concurrency > 1);
            let calls = env.emulator.calls().records_reads();
            assert!(calls <= 11 + ranges, "concurrency {concurrency}: {calls}");
        }
    }

    async fn gaps_in_the_keys_cost_at_most_fifteen_percent_more_calls(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(30_000)).version(version).await;
        let orders = env.caspio.table::<Order>();
        for gap in ["PK_ID % 3 = 0", "PK_ID BETWEEN 4000 AND 9000"] {
            env.emulator.delete("Orders", gap).expect("a delete");
            env.emulator.reset_calls();
            let expected = orders.collect().await.expect("all orders");
            let sequential = env.emulator.calls().records_reads();
            env.emulator.reset_calls();

            let read = orders
                .query()
                .concurrency(8)
                .collect()
                .await
                .expect("all orders");

            let ahead = env.emulator.calls().records_reads();
            assert!(read == expected, "{gap}");
            assert!(
                ahead as f64 <= (sequential as f64 * 1.15).ceil() + 1.0,
                "{gap}: {ahead} for {sequential}"
            );
        }
    }

    async fn a_limit_holds_for_concurrent_reads(version) {
        let env = TestEnv::start().version(version).await;

        let orders = env.caspio.table::<Order>();
        let read = orders
            .limit(2_500)
            .concurrency(8)
            .collect()
            .await
            .expect("some orders");

        assert_eq!(read.len(), 2_500);
        assert!(env.emulator.calls().records_reads() <= 4);
    }

    async fn a_read_resumes_after_any_record_without_loss_or_repetition(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let by_total = || orders.order_by(|o| (o.total.desc(), o.status.asc()));
        let expected: Vec<i64> = keys(by_total().collect().await.expect("all orders"));

        for cut in [0, 1, 999, 1000, 1001, 4321, 10_000] {
            let mut stream = by_total().stream();
            let mut read = Vec::new();
            while read.len() < cut {
                read.push(
                    stream
                        .try_next()
                        .await
                        .expect("a record")
                        .expect("a record")
                        .pk_id,
                );
            }
            let kept = stream.position().to_string();
            drop(stream);

            let position: Position = kept.parse().expect("a position");
            read.extend(keys(
                by_total()
                    .resume_from(&position)
                    .collect()
                    .await
                    .expect("the rest"),
            ));

            assert!(read == expected, "cut at {cut}");
        }
    }

    async fn a_position_in_another_query_is_refused(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let position = orders.stream().position();

        let other = orders.filter(|o| o.quantity.gt(1)).resume_from(&position);
        let error = other.collect().await.expect_err("another query");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_spent_budget_returns_a_part_and_a_position(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let error = orders
            .query()
            .max_calls(3)
            .collect()
            .await
            .expect_err("a part is not the whole");
        assert_eq!(error.kind(), ErrorKind::Incomplete);

        let part = orders
            .query()
            .max_calls(3)
            .collect_partial()
            .await
            .expect("a part");
        let Collected::Partial(part) = part else {
            panic!("three calls are not enough")
        };
        assert_eq!(part.records.len(), 3_000);
        let rest = orders
            .query()
            .resume_from(&part.resume)
            .collect()
            .await
            .expect("the rest");
        assert_eq!(rest.len(), 7_000);
        assert_eq!(rest[0].pk_id, part.records[2_999].pk_id + 1);
    }

    async fn a_passed_deadline_is_an_error(version) {
        let slow = Emulator::builder().latency(Duration::from_millis(50));
        let env = TestEnv::with(slow).version(version).await;

        let orders = env.caspio.table::<Order>();
        let read = orders
            .query()
            .deadline(Duration::from_millis(200))
            .collect()
            .await;

        assert_eq!(read.expect_err("too late").kind(), ErrorKind::Incomplete);
    }
}

fn keys(orders: Vec<Order>) -> Vec<i64> {
    orders.into_iter().map(|order| order.pk_id).collect()
}
