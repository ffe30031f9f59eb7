//! Updating and deleting the records of a condition.

use caspio::ErrorKind;
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::{Order, TestEnv, on_every_version};

on_every_version! {
    async fn a_condition_updates_and_deletes_the_matching_records(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let new = orders.filter(|o| o.status.eq("New")).count().await.expect("a count");
        let all = orders.count().await.expect("a count");

        let updated = orders.update_where(|o| o.status.eq("New")).set(|o| o.quantity.to(77));
        assert_eq!(updated.await.expect("an update").records, new);
        let deleted = orders.delete_where(|o| o.quantity.eq(77)).await.expect("a delete");

        assert_eq!(deleted.records, new);
        assert!(!deleted.at_least);
        assert_eq!(orders.count().await.expect("a count"), all - new);
    }

    async fn a_delete_can_expect_a_count(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let some = || Order::COLUMNS.pk_id.le(7);

        let error = orders.delete_where_by(some()).expect_count(8).await.expect_err("not so many");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.message().contains('8') && error.message().contains('7'), "{error}");
        assert_eq!(orders.filter_by(some()).count().await.expect("a count"), 7);

        assert_eq!(orders.delete_where_by(some()).expect_count(7).await.expect("a delete").records, 7);
    }

    async fn a_delete_that_looks_at_other_records_is_not_repeated(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(100)).version(version).await;
        let orders = env.caspio.table::<Order>();
        for condition in [
            "PK_ID IN (SELECT TOP 10 PK_ID FROM Orders ORDER BY PK_ID)",
            "Quantity >= 0 AND PK_ID % 10 = 3 AND NEWID() IS NOT NULL",
        ] {
            let before = env.emulator.count("Orders").expect("a count");
            let lost = Rule::new(Fault::ResetAfterwards).operation("DeleteTableRecords").calls([1]);
            env.emulator.set_faults(Faults::none().rule(lost));
            env.emulator.reset_calls();

            let deleted = orders.delete_where_raw(condition, ()).await;

            let error = deleted.expect_err("its response was lost");
            assert!(error.maybe_applied(), "{error}");
            let left = env.emulator.count("Orders").expect("a count");
            assert!((before - 10..before).contains(&left), "{condition}: {left} of {before}");
            assert_eq!(env.emulator.calls().operation("DeleteTableRecords"), 1);
        }
    }

    async fn a_write_counts_its_records_without_writing_them(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let delete = orders.delete_where(|o| o.pk_id.le(7));
        let update = orders.update_where(|o| o.pk_id.le(7)).set(|o| o.status.to("Gone"));
        let before = env.emulator.count("Orders").expect("a count");

        assert_eq!(delete.count().await.expect("a count"), 7);
        assert_eq!(update.count().await.expect("a count"), 7);

        assert_eq!(orders.filter(|o| o.status.eq("Gone")).count().await.expect("a count"), 0);
        assert_eq!(env.emulator.count("Orders").expect("a count"), before);
        env.emulator.reset_calls();
        let all = orders.delete_where(|o| o.pk_id.gt(0)).count().await.expect_err("no condition");
        assert_eq!(all.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn all_records_are_written_if_requested(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.count().await.expect("a count");
        env.emulator.reset_calls();

        let updated = orders.update_all().set(|o| o.status.to("Gone")).await;
        assert_eq!(updated.expect("an update").records, all);
        assert_eq!(orders.delete_all().await.expect("a delete").records, all);
        assert_eq!(orders.delete_all().await.expect("nothing to delete").records, 0);
        assert_eq!(env.emulator.count("Orders").expect("a count"), 0);
    }

    async fn a_condition_that_always_holds_is_refused_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        env.emulator.reset_calls();

        for always in [
            "1=1",
            "PK_ID > 0",
            "Status = 'x' OR 'a' = 'a'",
            "Status = Status",
            "NOT (1=0)",
            "Status LIKE '%'",
            "PK_ID IS NOT NULL",
            "PK_ID BETWEEN 1 AND 2147483647",
            "PK_ID>5 OR PK_ID<=5",
            "ABS(PK_ID)>=0",
            "Quantity > 5 OR Quantity <= 5",
        ] {
            let error = orders.delete_where_raw(always, ()).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{always}");
            assert!(error.hint().is_some_and(|hint| hint.contains("_all()")), "{error}");
            let update = orders.update_where_raw(always, ()).set(|o| o.quantity.to(1));
            assert_eq!(update.await.expect_err("refused").kind(), ErrorKind::Refused);
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}
