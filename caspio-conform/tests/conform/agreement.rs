//! The emulator agrees with every fact that has a probe.

use crate::server::{emulator, everything, run};
use caspio_conform::{Outcome, Plan, facts};
use caspio_emulator::{DataType, FieldDef, TableDef};

#[tokio::test]
async fn the_emulator_agrees_with_every_fact() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");

    let report = run(&emulator, &plan, |service| service).await;

    let differences: Vec<_> = report.differences().collect();
    assert!(differences.is_empty(), "{differences:#?}");
    let not_run: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| match &finding.outcome {
            Outcome::NotRun { reason } => !reason.starts_with("no probe: "),
            _ => false,
        })
        .collect();
    assert!(not_run.is_empty(), "{not_run:#?}");
    assert!(!report.records_left);
}

#[tokio::test]
async fn a_run_makes_no_more_calls_than_planned_and_leaves_no_record() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");

    let report = run(&emulator, &plan, |service| service).await;

    assert!(report.calls <= plan.calls(), "{} calls", report.calls);
    assert_eq!(report.calls, emulator.calls().total());
    assert_eq!(emulator.count("Probe_Types").expect("a table"), 0);
    assert_eq!(emulator.count("Probe_Unique").expect("a table"), 0);
}

#[tokio::test]
async fn a_second_run_uses_the_same_tables() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");
    run(&emulator, &plan, |service| service).await;

    let report = run(&emulator, &plan, |service| service).await;

    assert_eq!(report.differences().count(), 0);
    assert!(report.calls <= plan.calls());
}

#[tokio::test]
async fn a_table_of_somebody_else_is_not_written_to() {
    let emulator = emulator().await;
    let mut choice = everything();
    // `Probe_Types` exists, with other fields.
    let field = FieldDef::new("Name", DataType::Text255);
    let table = TableDef::new("Probe_Types").field(field);
    emulator.create_table(table).expect("a table");
    choice.only = vec!["omitted-values".to_owned()];
    let plan = Plan::new(choice).expect("a plan");

    let report = run(&emulator, &plan, |service| service).await;

    let not_run = |outcome: &Outcome| match outcome {
        Outcome::NotRun { reason } => reason.contains("other fields"),
        _ => false,
    };
    assert!(
        report
            .findings
            .iter()
            .all(|finding| not_run(&finding.outcome))
    );
    assert_eq!(emulator.count("Probe_Types").expect("a table"), 0);
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_no_difference_and_is_not_named() {
    let emulator = emulator().await;
    let mut choice = everything();
    choice.table = Some("Typo_Of_A_Name".to_owned());
    choice.scratch = None;
    let plan = Plan::new(choice).expect("a plan");

    let report = run(&emulator, &plan, |service| service).await;

    let mut differing = report.differences().map(|finding| finding.fact.as_str());
    assert_eq!(differing.next(), None);
    let json = serde_json::to_string(&report).expect("JSON");
    assert!(json.contains("was not found") && !json.contains("Typo_Of_A_Name"));
}

#[test]
fn every_fact_has_a_source() {
    for fact in facts().expect("no mistake") {
        assert!(fact.source.len() > 5, "{}", fact.id);
        assert!(fact.statement.ends_with(['.', '`']), "{}", fact.id);
    }
}
