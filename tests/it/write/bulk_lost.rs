//! Inserting many records while responses are lost.

use caspio::ApiVersion;
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::items::{Item, WithoutV4, codes, item, items, items_env, items_env_with, many};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;
use std::collections::BTreeSet;

/// Inserts records with these codes. Their status is that of the item with this number.
fn older_records(env: &TestEnv, codes: impl Iterator<Item = String>) {
    for (number, code) in codes.enumerate() {
        let record = json!({ "Code": code, "Status": item(number).status });
        env.emulator.insert("Items", record).expect("a record");
    }
}

on_every_version! {
    async fn without_v4_lost_rows_are_found_by_a_unique_column(version) {
        if version == ApiVersion::V4 {
            return;
        }
        let env = items_env_with(version, WithoutV4).await;
        let fault = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord").calls([3, 20]);
        env.emulator.set_faults(Faults::none().rule(fault));
        let rows = items(50);

        let report = env.caspio.table::<Item>().insert_many(&rows).unique_by(|_| "code").await.expect("a report");

        let keys = report.into_result().expect("every row");
        let there = codes(&env).await;
        assert_eq!(there.len(), 50);
        for (key, row) in keys.iter().zip(&rows) {
            assert_eq!(there[key], row.code);
        }
    }

    async fn a_lost_response_is_reported_for_every_row_and_nothing_is_repeated(version) {
        let env = items_env(version).await;
        let fault = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords").calls([2]);
        env.emulator.set_faults(Faults::none().rule(fault));

        let report = env.caspio.table::<Item>().insert_many(items(3000)).concurrency(1).await.expect("a report");

        let failed = report.failed();
        assert_eq!(failed.len(), 1000);
        for failure in failed {
            let (index, error) = (failure.index.expect("a row"), &failure.error);
            assert!((1000..2000).contains(&index) && error.maybe_applied(), "{index} {error}");
            let sent = error.sent().expect("the row");
            assert!(sent.contains(&format!("\"C-{index}\"")), "{sent}");
        }
        assert_eq!(env.emulator.count("Items").expect("a count"), 3000);
    }

    async fn rows_with_lost_responses_are_found_by_a_unique_column(version) {
        let env = items_env(version).await;
        let rule = |fault, calls: &[u64]| Rule::new(fault).operation("CreateTableRecords").calls(calls.to_vec());
        let faults = Faults::none()
            .rule(rule(Fault::ResetAfterwards, &[1, 4]))
            .rule(rule(Fault::Reset, &[6]));
        env.emulator.set_faults(faults);
        let rows = items(5000);

        let report = env.caspio.table::<Item>().insert_many(&rows).unique_by(|i| i.code).await.expect("a report");

        let keys = report.into_result().expect("every row");
        let there = codes(&env).await;
        assert_eq!(there.len(), 5000);
        for (key, row) in keys.iter().zip(&rows) {
            assert_eq!(there[key], row.code);
        }
    }

    async fn rows_with_lost_responses_take_few_lookups(version) {
        // Rows that are there take one for the sample and one for its range of 1,000 keys. Others are looked up three
        // times.
        for (fault, most) in [(Fault::ResetAfterwards, 2), (Fault::Reset, 3)] {
            for lost in [1, 3] {
                let env = items_env(version).await;
                older_records(&env, (0..2_500).map(|number| format!("old {number}")));
                let rule = Rule::new(fault).operation("CreateTableRecords").calls([lost]);
                env.emulator.set_faults(Faults::none().rule(rule));

                let insert = env.caspio.table::<Item>().insert_many(items(5000)).unique_by(|i| i.code);
                let report = insert.concurrency(1).await.expect("a report");

                report.into_result().expect("every row");
                assert_eq!(codes(&env).await.len(), 7_500);
                let lookups = env.emulator.calls().operation("ListTableRecords") - 8;
                assert!(lookups <= most, "{fault:?} of call {lost}: {lookups} lookups");
            }
        }
    }

    async fn rows_that_are_among_older_records_are_found_by_their_values(version) {
        let env = items_env(version).await;
        let same = items(5).into_iter().map(|item| item.code);
        older_records(&env, same.chain((0..1_500).map(|number| format!("other {number}"))));
        let rule = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords").calls([1]);
        env.emulator.set_faults(Faults::none().rule(rule));

        let insert = env.caspio.table::<Item>().insert_many(items(1000)).unique_by(|i| i.code);
        let report = insert.concurrency(1).await.expect("a report");

        let keys = report.into_result().expect("every row");
        assert_eq!(keys[..5], [1, 2, 3, 4, 5]);
        assert_eq!(codes(&env).await.len(), 1_500 + 1_000);
    }

    async fn rows_that_only_older_records_have_are_found_after_they_were_refused(version) {
        let env = items_env(version).await;
        let same = items(1000).into_iter().map(|item| item.code);
        older_records(&env, same.chain((0..4_500).map(|number| format!("other {number}"))));
        let rule = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords").calls([1]);
        env.emulator.set_faults(Faults::none().rule(rule));

        let report = env.caspio.table::<Item>().insert_many(items(1000)).unique_by(|i| i.code).await.expect("a report");

        let keys = report.into_result().expect("every row");
        assert!(keys.into_iter().eq(1..=1000));
        assert_eq!(codes(&env).await.len(), 5_500);
    }

    async fn with_one_reset_in_ten_no_row_is_repeated(version) {
        let env = items_env(version).await;
        let rule = |fault, operation: &str| Rule::new(fault).operation(operation).rate(0.1);
        let faults = Faults::none()
            .rule(rule(Fault::ResetAfterwards, "CreateTableRecords"))
            .rule(rule(Fault::Reset, "ListTableRecords"));
        env.emulator.set_faults(faults);
        let rows = items(many());

        let report = env.caspio.table::<Item>().insert_many(&rows).unique_by(|i| i.code).await.expect("a report");

        env.emulator.set_faults(Faults::none());
        let there = codes(&env).await;
        let distinct: BTreeSet<&String> = there.values().collect();
        assert_eq!(distinct.len(), there.len());
        for (row, outcome) in rows.iter().zip(report.results()) {
            match outcome {
                Ok(key) => assert_eq!(there[key], row.code),
                Err(error) => assert!(error.maybe_applied(), "{error}"),
            }
        }
        assert!(report.is_complete(), "{} rows are unresolved", report.failed().len());
    }
}
