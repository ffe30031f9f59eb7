//! Caspio ignores the case of names, also that of letters outside ASCII.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "büros")]
struct Office {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "übung")]
    exercise: Option<String>,
    #[caspio(rename = "ÉTÉ")]
    summer: Option<i32>,
}

async fn offices(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("BÜROS")
        .field(FieldDef::new("ÜBUNG", DataType::Text255))
        .field(FieldDef::new("été", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    let office = json!({ "ÜBUNG": "a", "été": 1 });
    env.emulator.insert("BÜROS", office).expect("a record");
    env
}

on_every_version! {
    async fn a_struct_may_spell_names_in_another_case(version) {
        let env = offices(version).await;
        let offices = env.caspio.table::<Office>();
        offices.fields().await.expect("fields");
        if version != ApiVersion::V2 {
            env.caspio.verify::<Office>().await.expect("it fits");
        }

        let mut read = offices.filter(|o| o.exercise.eq("a")).collect().await.expect("a read");
        let office = read.pop().expect("a record");
        assert_eq!((office.exercise.as_deref(), office.summer), (Some("a"), Some(1)));

        offices.update(office.pk_id).set(|o| o.exercise.to("b")).await.expect("an update");
        offices.insert(&(Office::COLUMNS.exercise.to("c"), Office::COLUMNS.summer.to(2))).await.expect("an insert");
        let rows = [RecordMap::from([("übung", json!("b")), ("Été", json!(7))])];
        let report = env.caspio.table_named("Büros").sync_many(|_| "ÜBUNG", &rows).await.expect("a report");
        assert_eq!((report.inserted, report.updated), (0, 1), "{report:?}");

        let all = offices.order_by(|o| o.exercise.asc()).collect().await.expect("a read");
        let all: Vec<_> = all.iter().map(|office| (office.exercise.as_deref(), office.summer)).collect();
        assert_eq!(all, [(Some("b"), Some(7)), (Some("c"), Some(2))]);
    }

    async fn a_column_in_two_spellings_is_refused(version) {
        let env = offices(version).await;
        let offices = env.caspio.table_named("BÜROS");
        let row = RecordMap::from([("übung", "a"), ("ÜBUNG", "b")]);

        let insert = offices.insert(&row).await.expect_err("refused");
        let update = offices.update(1).set_row(&row).await.expect_err("refused");

        assert_eq!((insert.kind(), update.kind()), (ErrorKind::Refused, ErrorKind::Refused));
    }
}

#[test]
fn a_map_finds_its_columns_in_any_case() {
    let map = RecordMap::from([("Übung", "x")]);

    assert_eq!(map.get("übung"), Some(&json!("x")));
    assert_eq!(map.get("UBUNG"), None);
}
