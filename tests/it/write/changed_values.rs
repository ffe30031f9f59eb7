//! Values that a column would store as others, from a client that does not know the fields yet.

use caspio::prelude::*;
use caspio::{CaspioInsert, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

async fn values(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let fields = [
        ("C", DataType::Currency),
        ("N", DataType::Number),
        ("D", DataType::DateTime),
        ("I", DataType::Integer),
        ("T", DataType::Text255),
    ];
    let table = TableDef::new("P");
    let table = fields.into_iter().fold(table, |table, (name, ty)| {
        table.field(FieldDef::new(name, ty))
    });
    env.emulator.create_table(table).expect("a table");
    env
}

on_every_version! {
    async fn a_value_that_its_column_would_change_is_refused_by_a_new_client(version) {
        for (column, value) in [
            ("C", json!("1.23456")),
            ("C", json!(" 1.23456 ")),
            ("C", json!(1.23456)),
            ("N", json!("9007199254740993")),
            ("N", json!("0.12345678901234567890")),
            ("N", json!(9_007_199_254_740_993_i64)),
            ("D", json!("2022-01-24T10:00:00+02:00")),
            ("D", json!("2022-01-24T10:00:00Z")),
            ("D", json!("2022-01-24 10:00:00 +02:00")),
            ("I", json!(1.5)),
        ] {
            let map = RecordMap::from([(column, value.clone())]);
            let env = values(version).await;
            let table = env.caspio.table_named("P");
            let insert = table.insert(&map).await.map(drop);
            let env = values(version).await;
            let table = env.caspio.table_named("P");
            let many = table.insert_many([&map]).await.and_then(|report| report.into_result());
            let env = values(version).await;
            let table = env.caspio.table_named("P");
            let update = table.update(1).set_row(&map).await;

            for (how, result) in [("insert", insert), ("insert_many", many.map(drop)), ("update", update)] {
                let error = result.expect_err("refused");
                assert_eq!(error.kind(), ErrorKind::Refused, "{how} {value}: {error}");
            }
            assert_eq!(env.emulator.count("P").expect("a table"), 0);
        }
    }

    async fn a_text_column_takes_each_of_these_as_it_is(version) {
        let env = values(version).await;
        let table = env.caspio.table_named("P");
        for text in ["1.23456", "9007199254740993", "2022-01-24T10:00:00+02:00", "1e-7"] {
            let id = table.insert(&RecordMap::from([("T", text)])).await.expect("an insert");
            let record = table.get(id).await.expect("a read").expect("a record");
            assert_eq!(record.get("T").and_then(Value::as_str), Some(text));
        }
    }

    async fn a_fraction_of_a_struct_needs_no_definitions(version) {
        #[derive(Debug, CaspioInsert)]
        #[caspio(table = Priced)]
        struct NewPriced {
            n: f64,
            c: Decimal,
        }
        #[derive(Debug, CaspioTable)]
        #[caspio(table = "P", rename_all = "PascalCase")]
        #[allow(dead_code, reason = "only its columns are used")]
        struct Priced {
            #[caspio(pk)]
            pk_id: i64,
            n: f64,
            c: Decimal,
        }
        let env = values(version).await;
        env.emulator.reset_calls();

        let row = NewPriced { n: 1.5, c: dec!(2.5) };
        env.caspio.table::<Priced>().insert(&row).await.expect("an insert");

        let calls = env.emulator.calls();
        let of_fields = calls.iter().filter(|(operation, ..)| operation.contains("Field"));
        assert_eq!(of_fields.count(), 0, "{calls:?}");
    }
}
