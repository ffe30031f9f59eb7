//! Reads of tables that nobody changes, from a service that shows values in another way than it compares them.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    note: Option<String>,
    score: Option<f64>,
    long: Option<String>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct PerScore {
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct PerLong {
    long: Option<String>,
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

async fn client(version: ApiVersion, records: &[Value]) -> (TestEnv, Layer, Client) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let text = |name| FieldDef::new(name, DataType::Text255);
    let table = TableDef::new("T")
        .field(text("Note"))
        .field(text("Note_2"))
        .field(text("Note_3"))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Long", DataType::Text64000));
    env.emulator.create_table(table).expect("a table");
    for record in records {
        env.emulator.insert("T", record.clone()).expect("a record");
    }
    let layer = Layer::default();
    let client = layer.client(&env.emulator, version);
    (env, layer, client)
}

on_every_version! {
    async fn no_group_is_lost_behind_a_float_and_a_text_of_any_length(version) {
        let scores = [0.1234567890123452, 0.1234567890123454, 0.1234567890123456, 0.1234567890123458, 0.5];
        let (env, layer, caspio) = client(version, &[]).await;
        for length in (700..920).step_by(7) {
            env.emulator.delete("T", "PK_ID > 0").expect("a delete");
            let long = "x".repeat(length);
            for score in scores {
                let record = json!({"Long": long, "Score": score});
                env.emulator.insert("T", record).expect("a record");
            }
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
            let groups = caspio.table::<Row>().query().select::<PerLong>().group_by(|t| (t.long, t.score));

            let read = groups.page_size(3).collect().await;

            if let Ok(read) = read {
                assert_eq!(read.len(), scores.len(), "{length}: {read:?}");
            }
        }
    }

    async fn a_long_condition_leaves_room_for_the_group_at_which_a_page_begins(version) {
        let scores = [0.1234567890123452, 0.1234567890123454, 0.1234567890123456, 0.1234567890123458, 0.5];
        let (_env, layer, caspio) = client(version, &scores.map(|score| json!({"Score": score}))).await;
        for length in 1_400..1_800 {
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
            let rows = caspio.table::<Row>().filter(|t| t.note.is_null() | t.note.ne("x".repeat(length)));
            let groups = rows.select::<PerScore>().group_by(|t| t.score).page_size(3);

            match groups.collect().await {
                Ok(read) => assert_eq!(read.len(), scores.len(), "{length}: {read:?}"),
                // A page that would not fit is refused before any call.
                Err(error) if error.kind() == ErrorKind::Refused => {
                    assert_eq!(layer.calls(), 0, "{length}: {error}");
                    break;
                }
                Err(_) => {}
            }
        }
    }
}
