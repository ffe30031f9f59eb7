//! `RowLookup`: one record is that of one row, compared by all columns of the rows.

use caspio::advanced::RowLookup;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

async fn table(version: caspio::ApiVersion, records: &[Value]) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("T")
        .field(FieldDef::new("K", DataType::Text255))
        .field(FieldDef::new("U", DataType::Text255))
        .field(FieldDef::new("I", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    for record in records {
        env.emulator.insert("T", record.clone()).expect("a record");
    }
    env
}

on_every_version! {
    async fn a_record_that_two_reads_return_is_found_once(version) {
        let env = table(version, &[json!({ "K": "Ada@Example.com" })]).await;
        let row = |key: &str| RecordMap::from_iter([("K", key)]);
        let mut rows = vec![row("Ada@Example.com")];
        rows.extend((0..200).map(|at| row(&format!("Somebody.Number{at}@Example.com"))));
        rows.push(row("ada@example.com"));

        let lookup = RowLookup::new(&env.caspio.table_named("T"), "K");
        let found = lookup.find(&rows).await;

        let counts = [&found[0], &found[200], &found[201]];
        let counts = counts.map(|found| found.as_ref().expect("records").len());
        assert_eq!(counts, [1, 0, 1]);
    }

    async fn a_column_that_a_row_does_not_have_is_compared_as_empty(version) {
        let records = [json!({ "K": "a", "U": "foo", "I": 5 }), json!({ "K": "b" })];
        let env = table(version, &records).await;
        let mut whole = RecordMap::from_iter([("K", "a"), ("U", "foo")]);
        whole.insert("I", 5);
        let rows = [
            whole,
            RecordMap::from_iter([("K", "a")]),
            RecordMap::from_iter([("K", "b")]),
        ];

        let lookup = RowLookup::new(&env.caspio.table_named("T"), "K");
        let found = lookup.find(&rows).await;

        let differences = found.into_iter().map(|found| {
            let [record] = &found.expect("records")[..] else {
                panic!("one record");
            };
            record.difference.clone()
        });
        let differences: Vec<Option<String>> = differences.collect();
        assert_eq!(differences, [None, Some("I".to_owned()), None]);
    }
    async fn a_column_that_no_row_has_is_compared_as_empty(version) {
        let records = [json!({ "K": "a", "U": "foo" }), json!({ "K": "b" })];
        let env = table(version, &records).await;
        let rows = ["a", "b"].map(|key| RecordMap::from_iter([("K", key)]));

        let lookup = RowLookup::new(&env.caspio.table_named("T"), "K");
        let found = lookup.find(&rows).await;

        let differences = found.into_iter().map(|found| found.expect("records")[0].difference.clone());
        let differences: Vec<Option<String>> = differences.collect();
        assert_eq!(differences, [Some("U".to_owned()), None]);
    }
}
