//! A sync of rows that are all in the table: it reads 1,000 records a call, and writes nothing.
//!
//! `CASPIO_TEST_ROWS` sets the number of rows.

use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

/// Milliseconds of a row, and what SQL Server's `datetime` stores for them.
const TIMES: [(&str, &str); 4] = [
    ("2022-01-24T20:30:51.001", "2022-01-24T20:30:51.000"),
    ("2022-01-24T20:30:51.005", "2022-01-24T20:30:51.007"),
    ("2022-01-24T20:30:51.999", "2022-01-24T20:30:52.000"),
    ("2022-01-24T20:30:51", "2022-01-24T20:30:51"),
];

fn rows() -> usize {
    let rows = std::env::var("CASPIO_TEST_ROWS");
    rows.map_or(4000, |rows| rows.parse().expect("a number"))
}

fn table() -> TableDef {
    let fields = [
        ("Short", DataType::Text255),
        ("Long", DataType::Text64000),
        ("Number", DataType::Number),
        ("Integer", DataType::Integer),
        ("Money", DataType::Currency),
        ("At", DataType::DateTime),
        ("Yes", DataType::YesNo),
    ];
    let table = TableDef::new("T").field(FieldDef::new("Code", DataType::Text255));
    let table = fields.into_iter().fold(table, |table, (name, ty)| {
        table.field(FieldDef::new(name, ty))
    });
    table
        .field(FieldDef::new("Words", DataType::ListText).list(["Cat", "Dog"]))
        .field(FieldDef::new("Numbers", DataType::ListNumber).list([1.5, 2.0]))
        .field(FieldDef::new("Days", DataType::ListDateTime).list(["2020-02-29"]))
}

/// A row, and the record that Caspio stores for it. Each cell is empty in some of them.
fn row(number: usize) -> (RecordMap, Value) {
    let time = TIMES[number % TIMES.len()];
    let cells = [
        ("Short", json!("a b"), json!("a b")),
        ("Long", json!("x\ny"), json!("x\ny")),
        ("Number", json!(0.1), json!(0.1)),
        ("Integer", json!(-7), json!(-7)),
        ("Money", json!(12.3456), json!(12.3456)),
        ("At", json!(time.0), json!(time.1)),
        ("Yes", json!(true), json!(true)),
        ("Words", json!(["Dog", "Cat"]), json!([1, 2])),
        ("Numbers", json!([2.0]), json!([2])),
        ("Days", json!(["2020-02-29"]), json!([1])),
    ];
    let code = json!(format!("C{number}"));
    let mut columns = vec![("Code".to_owned(), code.clone())];
    let mut stored = serde_json::Map::from_iter([("Code".to_owned(), code)]);
    stored.insert("PK_ID".to_owned(), json!(number + 1));
    for (at, (name, sent, kept)) in cells.into_iter().enumerate() {
        let empty = match name {
            "Short" | "Long" if number.is_multiple_of(2) => json!(""),
            _ => Value::Null,
        };
        let is_empty = (number + at).is_multiple_of(3);
        columns.push((name.to_owned(), if is_empty { empty } else { sent }));
        if !is_empty {
            stored.insert(name.to_owned(), kept);
        }
    }
    (columns.into_iter().collect(), Value::Object(stored))
}

on_every_version! {
    async fn three_runs_make_a_read_for_every_thousand_rows_and_no_write(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        env.emulator.create_table(table()).expect("a table");
        let (rows, records): (Vec<RecordMap>, Vec<Value>) = (0..rows()).map(row).unzip();
        env.emulator.restore("T", records).expect("the records");
        for run in 1..=3 {
            env.emulator.reset_calls();

            let report = env.caspio.table_named("T").sync_many(|_| "Code", &rows).await.expect("a report");

            assert_eq!((report.unchanged, report.changed()), (rows.len() as u64, 0), "run {run}");
            assert!(report.failed().is_empty(), "run {run}");
            let calls = env.emulator.calls();
            assert_eq!(calls.records_reads(), rows.len().div_ceil(1000) as u64, "run {run}: {calls:?}");
            for (operation, _, count) in calls.iter() {
                let is_read = ["Get", "List", "Token"].iter().any(|read| operation.starts_with(read));
                assert!(is_read, "run {run}: {count} calls of {operation}");
            }
        }
    }
}
