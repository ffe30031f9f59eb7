//! Inserting many records while responses are lost.

use caspio::ApiVersion;
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::items::{Item, WithoutV4, codes, items, items_env, items_env_with, many};
use caspio_tests::on_every_version;
use std::collections::BTreeSet;

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
