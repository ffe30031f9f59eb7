//! Inserts of one record whose responses are lost, with and without a unique column.

use caspio::ApiVersion;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::{TestEnv, on_every_version};

/// An emulator with a table whose column `Code` is unique or not.
async fn codes(version: ApiVersion, unique: bool) -> TestEnv {
    let code = FieldDef::new("Code", DataType::Text255);
    let code = if unique { code.unique() } else { code };
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Codes")
        .field(code)
        .field(FieldDef::new("Place", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    env
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Codes")]
struct Code {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    place: i32,
}

fn code(place: i32) -> Code {
    Code {
        pk_id: 0,
        code: format!("code {place}"),
        place,
    }
}

on_every_version! {
    async fn inserts_by_a_unique_column_happen_once_despite_lost_responses(version) {
        let runs: i32 = std::env::var("CASPIO_TEST_RUNS").map_or(300, |runs| runs.parse().expect("a number"));
        let env = codes(version, true).await;
        let codes = env.caspio.table::<Code>();
        let faults = Faults::none().rule(Rule::new(Fault::ResetAfterwards).rate(0.1));
        env.emulator.set_faults(faults);

        for place in 0..runs {
            codes.insert(&code(place)).unique_by(|c| c.code).await.expect("an insert");
        }

        env.emulator.set_faults(Faults::none());
        let mut places: Vec<i32> = codes.collect().await.expect("all").into_iter().map(|c| c.place).collect();
        places.sort_unstable();
        assert!(places.into_iter().eq(0..runs));
    }

    async fn without_a_unique_column_no_insert_is_sent_twice(version) {
        let env = codes(version, false).await;
        let codes = env.caspio.table::<Code>();
        codes.insert(&code(-1)).await.expect("an insert");
        env.emulator.set_faults(Faults::none().rule(Rule::new(Fault::ResetAfterwards).rate(0.1)));
        env.emulator.reset_calls();

        let mut lost = 0;
        for place in 0..200 {
            match codes.insert(&code(place)).await {
                Ok(_) => {}
                Err(error) if error.maybe_applied() => lost += 1,
                Err(error) => panic!("{error}"),
            }
        }

        assert!(lost > 0);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 200);
        assert_eq!(env.emulator.count("Codes").expect("a count"), 201);
    }

    async fn a_record_that_never_arrived_is_sent_again_if_the_column_is_unique(version) {
        let env = codes(version, true).await;
        let codes = env.caspio.table::<Code>();
        codes.insert(&code(-1)).await.expect("an insert");
        env.emulator.set_faults(
            Faults::none().rule(Rule::new(Fault::Reset).operation("CreateTableRecord").calls([1])),
        );

        codes.insert(&code(1)).unique_by(|c| c.code).await.expect("an insert");

        assert_eq!(env.emulator.count("Codes").expect("a count"), 2);
    }
}

#[tokio::test]
async fn an_outcome_that_cannot_be_resolved_stays_unresolved() {
    let env = codes(ApiVersion::V3, true).await;
    let codes = env.caspio.table::<Code>();
    let lost = |operation: &str| Rule::new(Fault::Reset).operation(operation).always();
    for unreachable in ["ListTableFields", "ListTableRecords"] {
        env.emulator.set_faults(
            Faults::none()
                .rule(lost("CreateTableRecord"))
                .rule(lost(unreachable)),
        );

        let error = codes.insert(&code(1)).unique_by(|c| c.code).await;

        let error = error.expect_err("nothing is known of it");
        assert!(error.maybe_applied(), "{unreachable}: {error}");
        assert!(error.sent().is_some_and(|sent| sent.contains("code 1")));
    }
}
