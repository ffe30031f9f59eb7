//! Reports of writes of many records: each row or key has its own result.

use caspio::ErrorKind;
use caspio::bulk::BulkReport;
use caspio_tests::items::{Item, NewItem, items, items_env};
use caspio_tests::on_every_version;

fn row(code: &str, status: &str) -> NewItem {
    NewItem {
        code: code.to_owned(),
        status: Some(status.to_owned()),
    }
}

/// The key of each row or key, or the kind of its error.
fn results(report: &BulkReport<i64>) -> Vec<Result<i64, ErrorKind>> {
    let results = report.results();
    results
        .map(|result| result.copied().map_err(caspio::Error::kind))
        .collect()
}

on_every_version! {
    async fn every_row_of_a_sync_has_its_result(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(4)).await.expect("a report").into_result().expect("keys");
        let long = "x".repeat(300);
        let rows = [row(&long, "a"), row("C-2", "b"), row("C-1", &long), row("C-3", "new 3"), row("N", "c"), row("C-0", "d")];

        let plan = table.sync_many(|i| i.code, &rows).dry_run().await.expect("a plan");
        let report = table.sync_many(|i| i.code, &rows).await.expect("a report");

        assert_eq!(plan.results().count(), 0);
        assert_eq!((report.inserted, report.updated, report.unchanged), (1, 2, 1));
        let [first, updated, refused, unchanged, inserted, last] = results(&report)[..] else {
            panic!("{report:?}")
        };
        assert!(first.is_err() && refused.is_err(), "{report:?}");
        assert_eq!((updated, unchanged, last), (Ok(3), Ok(4), Ok(1)));
        let new = table.filter(|i| i.code.eq("N")).first().await.expect("a record").expect("a record");
        assert_eq!(inserted, Ok(new.pk_id));
        assert_eq!(report.keys().copied().collect::<Vec<_>>(), [3, new.pk_id, 1]);
        assert_eq!(report.failed().iter().map(|failure| failure.index).collect::<Vec<_>>(), [Some(0), Some(2)]);
        let error = report.into_result().expect_err("two rows failed");
        assert!(error.to_string().contains("2 of 6 rows failed, row 0 first"), "{error}");
    }

    async fn a_key_that_comes_twice_in_an_update_has_its_result_twice(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");

        let changes = [1, 1, 999, 3, 999].map(|key| (key, Item::COLUMNS.status.to("x")));
        let report = table.update_many(changes).await.expect("a report");

        let missing = Err(ErrorKind::NotFound);
        assert_eq!(results(&report), [Ok(1), Ok(1), missing, Ok(3), missing]);
        assert_eq!((report.len(), report.updated), (3, 2));
        assert_eq!(report.failed().iter().map(|failure| failure.index).collect::<Vec<_>>(), [Some(2)]);
        assert_eq!(report.into_result().expect_err("a failure").kind(), ErrorKind::NotFound);
    }

    async fn every_key_of_a_delete_has_its_result(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(3)).await.expect("a report").into_result().expect("keys");

        let report = table.delete_many([3, 999, 1, 3]).await.expect("a report");
        let named = table.delete_many([999, 2]).find_missing().await.expect("a report");

        assert_eq!(results(&report), [Ok(3), Ok(999), Ok(1), Ok(3)]);
        assert_eq!((report.len(), report.deleted, report.missing), (3, 2, 1));
        assert_eq!(results(&named), [Ok(999), Ok(2)]);
        assert_eq!(named.missing_keys(), [999]);
    }
}
