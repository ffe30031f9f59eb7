//! Lists that an untyped update sets to null, from a client that does not know the fields yet. v2 counts no record for
//! them.

use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

async fn lists(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Q")
        .field(FieldDef::new("L", DataType::ListText).list(["red", "blue"]))
        .field(FieldDef::new("T", DataType::Text255));
    env.emulator.create_table(table).expect("a table");
    for _ in 0..2 {
        let record = json!({ "L": [1], "T": "a" });
        env.emulator.insert("Q", record).expect("a record");
    }
    env
}

fn null() -> RecordMap {
    RecordMap::from([("L", Value::Null)])
}

on_every_version! {
    async fn update_many_finds_the_records_whose_lists_it_sets_to_null(version) {
        let env = lists(version).await;

        let rows = [(1, null()), (2, null()), (9, null())];
        let report = env.caspio.table_named("Q").update_many(rows).await.expect("a report");

        let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
        assert_eq!((report.updated, failed), (2, vec![Some(2)]), "{report:?}");
    }

    async fn update_where_does_not_count_no_record_for_lists_that_it_sets_to_null(version) {
        let env = lists(version).await;

        let update = env.caspio.table_named("Q").update_where_raw("T = ?", ("a",));
        let updated = update.set_row(&null()).await.expect("an update");

        let is_counted = updated.records == 2 && !updated.at_least;
        assert!(is_counted || updated.records == 0 && updated.at_least, "{updated:?}");
    }

    async fn a_null_of_another_column_is_counted(version) {
        let env = lists(version).await;

        let none = RecordMap::from([("T", Value::Null)]);
        let update = env.caspio.table_named("Q").update_where_raw("T = ?", ("b",));
        let updated = update.set_row(&none).await.expect("an update");

        assert_eq!((updated.records, updated.at_least), (0, false));
    }
}
