//! Whose record a lookup finds after a lost response.

use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, Error, Patch};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;
use std::collections::BTreeSet;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Notes")]
struct Note {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    status: Option<String>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Note)]
struct NewNote {
    code: String,
    status: Option<String>,
}

fn note(code: impl Into<String>, status: &str) -> NewNote {
    NewNote {
        code: code.into(),
        status: Some(status.to_owned()),
    }
}

/// Starts an emulator with notes of these codes and states, in which the first insert has this fault.
async fn notes(
    version: ApiVersion,
    code: FieldDef,
    fault: Fault,
    there: &[(&str, &str)],
) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Notes")
        .field(code)
        .field(FieldDef::new("Status", DataType::Text255));
    env.emulator.create_table(table).expect("a table");
    for (code, status) in there {
        let note = json!({ "Code": code, "Status": status });
        env.emulator.insert("Notes", note).expect("a note");
    }
    let rule = Rule::new(fault).calls([1]);
    let single = rule.clone().operation("CreateTableRecord");
    let bulk = rule.operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(single).rule(bulk));
    env
}

fn code() -> FieldDef {
    FieldDef::new("Code", DataType::Text255)
}

fn assert_unresolved(error: &Error, reason: &str) {
    assert!(error.maybe_applied() && error.sent().is_some(), "{error}");
    assert!(
        error.hint().is_some_and(|hint| hint.contains(reason)),
        "{error}"
    );
}

on_every_version! {
    async fn a_record_with_other_values_is_not_the_rows(version) {
        for field in [code(), code().unique()] {
            let env = notes(version, field, Fault::Reset, &[("a", "old")]).await;

            let insert = env.caspio.table::<Note>().insert(&note("a", "new")).unique_by(|n| n.code);

            assert_unresolved(&insert.await.expect_err("another's record"), "another Status");
            assert_eq!(env.emulator.count("Notes").expect("a count"), 1);
        }
    }

    async fn a_record_with_a_value_that_the_row_does_not_have_is_not_the_rows(version) {
        for field in [code(), code().unique()] {
            let env = notes(version, field, Fault::Reset, &[("a", "old"), ("b", "")]).await;
            let notes = env.caspio.table_named("Notes");
            let rows = ["a", "b"].map(|code| RecordMap::from([("Code", json!(code))]));

            let one = notes.insert(&rows[0]).unique_by(|_| "Code");
            assert_unresolved(&one.await.expect_err("another's record"), "another Status");

            let rule = Rule::new(Fault::Reset).calls([1]);
            let faults = Faults::none().rule(rule.clone().operation("CreateTableRecord"));
            env.emulator.set_faults(faults.rule(rule.operation("CreateTableRecords")));
            let many = notes.insert_many(&rows).unique_by(|_| "Code").await.expect("a report");

            assert_unresolved(&many.failed()[0].error, "another Status");
            assert_eq!(many.failed()[0].index, Some(0));
            assert_eq!(env.emulator.count("Notes").expect("a count"), 2);
        }
    }

    async fn a_field_that_was_deleted_meanwhile_does_not_prevent_the_lookup(version) {
        let env = notes(version, code().unique(), Fault::ResetAfterwards, &[]).await;
        let notes = env.caspio.table_named("Notes");
        notes.fields().await.expect("the fields");
        env.new_client().table_named("Notes").delete_field("Status").await.expect("deleted");
        let rows: Vec<RecordMap> = (0..5).map(|at| RecordMap::from([("Code", json!(format!("C-{at}")))])).collect();

        let report = notes.insert_many(&rows).unique_by(|_| "Code").await.expect("a report");

        assert_eq!(report.inserted, 5, "{report:?}");
        assert_eq!(env.emulator.count("Notes").expect("a count"), 5);
    }

    async fn of_two_records_neither_is_known_to_be_the_rows(version) {
        let env = notes(version, code(), Fault::ResetAfterwards, &[("a", "old")]).await;

        let insert = env.caspio.table::<Note>().insert(&note("A", "new")).unique_by(|n| n.code);

        assert_unresolved(&insert.await.expect_err("two records"), "1 and 2");
    }

    async fn the_one_record_with_the_rows_values_is_the_rows(version) {
        let env = notes(version, code(), Fault::ResetAfterwards, &[("b", "old")]).await;

        let insert = env.caspio.table::<Note>().insert(&note("a", "new")).unique_by(|n| n.code);

        assert_eq!(insert.await.expect("a key"), 2);
    }

    async fn the_record_of_another_call_is_not_a_rows(version) {
        for (concurrency, fault) in [(1, Fault::Reset), (4, Fault::Reset), (4, Fault::ResetAfterwards)] {
            let env = notes(version, code(), fault, &[]).await;
            let mut rows: Vec<NewNote> = (0..2000).map(|at| note(format!("C-{at}"), "new")).collect();
            rows[5].code = "C-1005".to_owned();

            let insert = env.caspio.table::<Note>().insert_many(&rows).unique_by(|n| n.code);
            let report = insert.concurrency(concurrency).await.expect("a report");

            let keys: Vec<i64> = report.keys().copied().collect();
            let distinct: BTreeSet<&i64> = keys.iter().collect();
            assert_eq!(distinct.len(), keys.len());
            let there = env.caspio.table::<Note>().collect().await.expect("the notes");
            for (row, result) in rows.iter().zip(report.results()) {
                match result {
                    Ok(key) => {
                        let record = there.iter().find(|record| record.pk_id == *key);
                        assert_eq!(record.map(|record| &record.code), Some(&row.code));
                    }
                    Err(error) => assert!(error.maybe_applied(), "{error}"),
                }
            }
            assert!(keys.len() as u64 <= env.emulator.count("Notes").expect("a count"));
        }
    }
}

on_every_version! {
    async fn rows_without_the_column_are_not_sent(version) {
        let env = notes(version, code(), Fault::ResetAfterwards, &[]).await;
        let rows = [note("A1", "new"), note("A2", "new")];
        let table = env.caspio.table::<Note>();

        let report = table.insert_many(&rows).unique_by(|_| "Coed").await;

        let report = report.expect("a report");
        assert_eq!((report.inserted, report.failed().len()), (0, 2), "{report:?}");
        let error = &report.failed()[0].error;
        assert_eq!(error.field(), Some("Coed"), "{error}");
        assert!(!error.maybe_applied(), "{error}");
        assert_eq!(table.count().await.expect("a count"), 0);
    }
}

on_every_version! {
    async fn a_row_without_the_column_is_sent_whichever_rows_share_its_call(version) {
        for count in [1000, 1001, 1002] {
            let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
            let table = TableDef::new("Notes")
                .field(code())
                .field(FieldDef::new("Status", DataType::Text255));
            env.emulator.create_table(table).expect("a table");
            let mut rows: Vec<RecordMap> = (1..count)
                .map(|at| RecordMap::from([("Code", format!("C-{at}"))]))
                .collect();
            rows.push(RecordMap::from([("Status", "new")]));

            let report = env.caspio.table_named("Notes").insert_many(&rows).unique_by(|_| "Code").await;

            let report = report.expect("a report");
            assert_eq!((report.inserted, report.failed().len()), (count, 0), "{count}");
        }
    }
}

#[tokio::test]
async fn an_absent_value_leaves_an_earlier_one() {
    let env = notes(ApiVersion::V3, code(), Fault::Reset, &[("A1", "old")]).await;
    let table = env.caspio.table::<Note>();
    let absent = Patch::<String>::Absent;

    let update = table.update(1).set(|c| c.status.to("new"));
    update
        .set(|c| c.status.to(absent))
        .await
        .expect("an update");

    let note = table.get(1).await.expect("a read").expect("a note");
    assert_eq!(note.status.as_deref(), Some("new"));
}
