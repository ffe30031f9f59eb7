//! Tasks are listed, found, read and run, over HTTP against the emulator.

use caspio::tasks::{TaskId, TaskStatus};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::{TestEnv, on_every_version};
use std::time::Duration;

const IMPORT: &str = "Orders Import";
const RUN: &str = "RunDataImportExportTask";

async fn account(version: ApiVersion) -> TestEnv {
    let emulator = Emulator::builder().sample_orders(1);
    TestEnv::with(emulator).version(version).await
}

on_every_version! {
    async fn tasks_are_listed_and_read(version) {
        let env = account(version).await;

        let tasks = env.caspio.tasks().list().await.expect("a list");
        let id = tasks[0].id.clone().expect("an id");
        let one = env.caspio.tasks().task(&id).info().await.expect("a task");

        let names: Vec<_> = tasks.iter().map(|task| task.name.as_deref()).collect();
        assert_eq!(names, [Some("Contacts Export"), Some(IMPORT)]);
        assert_eq!(one, tasks[0]);
        assert_eq!(one.status, Some(TaskStatus::Ready));
        assert_eq!(one.frequency.as_deref(), Some("1 of the month"));
        assert_eq!(one.time_zone.as_deref(), Some("UTC"));
        assert_eq!((one.note, one.last_run, one.succeeded), (None, None, None));
    }

    async fn a_task_is_found_by_its_name_and_run(version) {
        let env = account(version).await;
        let task = env.caspio.tasks().named(IMPORT).await.expect("a task");
        env.emulator.reset_calls();

        task.run().await.expect("a run");

        assert_eq!(env.emulator.calls().operation(RUN), 1);
        assert_eq!(env.emulator.calls().total(), 2);
        let now = task.info().await.expect("a task");
        assert_eq!(now.name.as_deref(), Some(IMPORT));
        let reported = version == ApiVersion::V2;
        assert_eq!(now.last_run.is_some(), reported);
        assert_eq!(now.last_run_utc.is_some(), reported);
        assert_eq!(now.succeeded, reported.then_some(true));
    }

    async fn the_end_of_a_run_is_waited_for(version) {
        let env = account(version).await;
        let task = env.caspio.tasks().named(IMPORT).await.expect("a task");
        env.emulator.reset_calls();

        let run = task.run_and_wait().first_wait(Duration::from_millis(1));
        let ended = run.await.expect("the end");

        assert_eq!(ended.status, Some(TaskStatus::Ready));
        // v3 and v4 report only that the task is ready, which is believed the second time.
        let reads = if version == ApiVersion::V2 { 1 } else { 2 };
        assert_eq!(env.emulator.calls().operation(RUN), 1);
        assert_eq!(env.emulator.calls().total(), 2 + reads);
    }

    async fn a_task_that_runs_is_not_started_again(version) {
        let env = account(version).await;
        let task = env.caspio.tasks().named(IMPORT).await.expect("a task");
        env.emulator.set_task_status(IMPORT, "Processing").expect("a task");
        env.emulator.reset_calls();

        let errors = [
            task.run().await.expect_err("it runs"),
            task.run_and_wait().await.expect_err("it runs"),
        ];

        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            assert_eq!(error.operation(), Some("tasks.run"));
            assert!(error.hint().is_some_and(|hint| hint.contains("wait()")), "{error}");
            assert!(!error.maybe_applied());
        }
        assert_eq!(env.emulator.calls().operation(RUN), 0);
    }

    async fn an_unknown_task_is_not_found(version) {
        let env = account(version).await;
        let tasks = env.caspio.tasks();

        let by_id = tasks.task("00000000-0000-4000-8000-000000000000");
        let errors = [by_id.info().await.err(), by_id.run().await.err()];
        let by_name = tasks.named("Order Import").await.expect_err("no such task");

        for error in errors {
            let error = error.expect("no such task");
            assert!(error.is_not_found(), "{error}");
            assert!(error.resource().is_some_and(|task| task.contains("0000-4000")));
            assert!(error.hint().is_some_and(|hint| hint.contains("tasks().list()")));
        }
        assert!(by_name.is_not_found(), "{by_name}");
        assert!(by_name.hint().is_some_and(|hint| hint.contains("`Orders Import`")));
        assert_eq!(env.emulator.calls().operation(RUN), 0);
    }

    async fn an_id_that_would_reach_another_operation_costs_no_call(version) {
        let env = account(version).await;

        for id in ["", " ", ".", "..", "a/run", "a\\run", "a%2Frun", "a?b", "a#b", "a\nb"] {
            let task = env.caspio.tasks().task(id);
            let errors = [task.info().await.err(), task.run().await.err(), task.wait().await.err()];
            for error in errors {
                let error = error.expect("no id");
                assert_eq!(error.kind(), ErrorKind::Refused, "{id:?}: {error}");
            }
            assert_eq!(task.id(), &TaskId::from(id));
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_lost_list_is_read_again(version) {
        let env = account(version).await;
        let lost = Rule::new(Fault::ResetAfterwards).operation("ListDataImportExportTasks");
        env.emulator.set_faults(Faults::none().rule(lost.calls([1])));

        let tasks = env.caspio.tasks().list().await.expect("the list");

        assert_eq!(tasks.len(), 2);
        assert_eq!(env.emulator.calls().operation("ListDataImportExportTasks"), 2);
    }
}

#[tokio::test]
async fn an_unknown_task_does_not_make_the_ids_of_tables_be_read_again() {
    let env = account(ApiVersion::V4).await;
    let orders = env.caspio.table_named("Orders");
    orders.count().await.expect("a count");

    let unknown = env.caspio.tasks().task("nobody").info().await;
    orders.count().await.expect("a count");

    assert!(unknown.expect_err("no such task").is_not_found());
    assert_eq!(env.emulator.calls().operation("ListTables"), 1);
}

#[tokio::test]
async fn a_run_whose_response_is_lost_is_recognized_by_the_time_of_the_last_run() {
    let env = account(ApiVersion::V2).await;
    let task = env.caspio.tasks().named(IMPORT).await.expect("a task");
    let lost = Rule::new(Fault::ResetAfterwards).operation(RUN);
    env.emulator
        .set_faults(Faults::none().rule(lost.calls([1])));

    task.run().await.expect("it has run");

    assert_eq!(env.emulator.calls().operation(RUN), 1);
}
