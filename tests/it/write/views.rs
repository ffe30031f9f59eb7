//! Writes through a view whose condition leaves records out.

use caspio::bulk::BulkReport;
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, ErrorKind};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef, ViewDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Debug, CaspioView)]
#[caspio(view = "Open_Notes")]
struct OpenNote {
    #[caspio(pk)]
    pk_id: String,
    code: String,
    status: String,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(view = OpenNote)]
struct NewNote {
    code: String,
    status: String,
}

/// Five open notes, and a view of the open ones.
async fn open_notes(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Notes")
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Status", DataType::Text255));
    let view = ViewDef::new("Open_Notes", "Notes")
        .field("Notes.Code")
        .field("Notes.Status")
        .filter("Status = 'open'")
        .editable("Notes");
    env.emulator.create_table(table).expect("a table");
    env.emulator.create_view(view).expect("a view");
    for code in ["a", "b", "c", "d", "e"] {
        let note = json!({ "Code": code, "Status": "open" });
        env.emulator.insert("Notes", note).expect("a note");
    }
    env
}

fn lose_first(env: &TestEnv) {
    let rule = |operation: &str| {
        Rule::new(Fault::ResetAfterwards)
            .operation(operation)
            .calls([1])
    };
    let operations = ["UpdateViewRecords", "UpdateViewRecord"];
    let faults = operations
        .into_iter()
        .fold(Faults::none(), |faults, operation| {
            faults.rule(rule(operation))
        });
    env.emulator.reset_calls();
    env.emulator.set_faults(faults);
}

on_every_version! {
    async fn an_update_may_move_the_record_out_of_the_view(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();

        notes.update("1").set(|n| n.status.to("done")).await.expect("an update");
        let returned = notes.update("2").set(|n| n.status.to("done")).returning().await;

        let error = returned.expect_err("the view does not show it");
        assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Incomplete, true), "{error}");
        let missing = notes.update("1").set(|n| n.status.to("open")).await.expect_err("not in the view");
        assert_eq!((missing.kind(), missing.maybe_applied()), (ErrorKind::NotFound, false), "{missing}");
    }

    async fn a_repeated_update_may_have_moved_the_record_out_of_the_view(version) {
        let env = open_notes(version).await;
        lose_first(&env);
        let notes = env.caspio.view::<OpenNote>().writable();

        let update = notes.update("1").set(|n| n.status.to("done")).await;

        let error = update.expect_err("the second attempt finds no record");
        assert!(error.maybe_applied(), "{error}");
    }

    async fn updates_of_many_may_move_the_records_out_of_the_view(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();
        let done = |keys: &[&str]| -> Vec<(String, _)> {
            keys.iter().map(|key| ((*key).to_owned(), OpenNote::COLUMNS.status.to("done"))).collect()
        };

        let all = notes.update_many(done(&["1", "2"])).await.expect("a report");
        assert_eq!(all.updated, 2, "{all:?}");
        let some = notes.update_many(done(&["3", "4", "99"])).await.expect("a report");
        for failure in some.failed() {
            assert!(failure.error.maybe_applied(), "{}", failure.error);
        }
        let none = notes.update_many(done(&["1", "2"])).await.expect("a report");
        assert_eq!(none.failed().len(), 2);
        for failure in none.failed() {
            assert!(failure.error.is_not_found() && !failure.error.maybe_applied(), "{}", failure.error);
        }
    }

    async fn a_sync_reports_rows_that_the_view_does_not_show(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();
        let row = |code: &str, status: &str| NewNote { code: code.to_owned(), status: status.to_owned() };
        let rows = [row("a", "open"), row("x", "open"), row("y", "done")];

        let report = notes.sync_many(|n| n.code, &rows).await.expect("a report");

        assert_eq!((report.inserted, report.unchanged, report.failed().len()), (2, 1, 1), "{report:?}");
        let failure = &report.failed()[0];
        assert_eq!(failure.index, Some(2));
        assert!(failure.error.maybe_applied() && failure.error.to_string().contains("view"), "{}", failure.error);
    }

    async fn a_row_whose_record_the_view_hides_is_never_inserted_again(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();
        let row = |code: &str, status: &str| NewNote { code: code.to_owned(), status: status.to_owned() };
        let rows = [row("a", "open"), row("x", "open"), row("y", "done"), row("z", "done")];
        let first = notes.sync_many(|n| n.code, &rows).await.expect("a report");
        assert_eq!((first.inserted, first.failed().len()), (3, 2), "{first:?}");
        let before = env.emulator.count("Notes").expect("a count");

        for run in 2..=3 {
            let report = notes.sync_many(|n| n.code, &rows).await.expect("a report");

            assert_eq!((report.changed(), report.unchanged), (0, 2), "run {run}: {report:?}");
            let failed: Vec<_> = report.failed().iter().map(|failure| failure.index).collect();
            assert_eq!(failed, [Some(2), Some(3)]);
            let error = &report.failed()[0].error;
            assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Refused, false), "{error}");
            let text = error.to_string();
            assert!(text.contains("table \"Notes\"") && text.contains("PK_ID 7"), "{text}");
            assert_eq!(env.emulator.count("Notes").expect("a count"), before);
        }
    }

    async fn a_dry_run_and_a_check_see_the_rows_whose_record_the_view_hides(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();
        notes.update("1").set(|n| n.status.to("done")).await.expect("it leaves the view");
        let row = |code: &str| NewNote { code: code.to_owned(), status: "open".to_owned() };
        let rows = [row("a"), row("b"), row("x")];
        let checked = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&checked);

        let plan = notes.replace_all(|n| n.code, &rows).dry_run().await.expect("a plan");
        let sync = notes.replace_all(|n| n.code, &rows).check_first(move |counts| {
            seen.store(counts.inserted, Ordering::Relaxed);
            Ok(())
        });
        let report = sync.await.expect("a report");

        let counts = |report: &BulkReport<String>| {
            let failed: Vec<_> = report.failed().iter().map(|failure| (failure.index, failure.error.to_string())).collect();
            (report.inserted, report.unchanged, report.deleted, report.held_back, failed)
        };
        assert_eq!((report.inserted, report.held_back, report.failed().len()), (1, 3, 1), "{report:?}");
        assert_eq!(counts(&plan), counts(&report));
        assert_eq!(checked.load(Ordering::Relaxed), 1);
    }

    async fn nothing_is_written_if_a_hidden_record_is_that_of_a_row_for_the_service_only(version) {
        let env = open_notes(version).await;
        let notes = env.caspio.view::<OpenNote>().writable();
        let row = |code: &str, status: &str| RecordMap::from([("Code", json!(code)), ("Status", json!(status))]);
        let rows = [row("a", "open "), row("x", "open")];
        env.emulator.insert("Notes", json!({ "Code": "ｘ", "Status": "done" })).expect("a hidden record");
        let before = env.emulator.count("Notes").expect("a count");

        let sync = env.caspio.view_named("Open_Notes").writable().sync_many(|_| "Code", &rows);
        let error = sync.await.expect_err("for the service, the record is that of a row");

        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(env.emulator.count("Notes").expect("a count"), before);
        let first = notes.get("1").await.expect("a read").expect("a note");
        assert_eq!(first.status, "open");
    }

    async fn an_older_record_that_the_view_shows_is_not_mistaken_for_a_hidden_one(version) {
        let env = open_notes(version).await;
        let lost = |operation: &str| Rule::new(Fault::ResetAfterwards).operation(operation).calls([1]);
        let faults = Faults::none().rule(lost("CreateViewRecord")).rule(lost("CreateViewRecords"));
        env.emulator.set_faults(faults);
        let notes = env.caspio.view_named("Open_Notes").writable();
        // The table gives it another status than the view shows.
        let row = |code: &str| RecordMap::from([("Code", json!(code))]);

        let one = notes.insert(&row("a")).unique_by(|_| "Code").await;
        let many = notes.insert_many(&[row("b"), row("c")]).unique_by(|_| "Code").await.expect("a report");

        let one = one.expect_err("two records may be the row's");
        let errors = many.failed().iter().map(|failure| &failure.error).chain([&one]);
        let errors: Vec<_> = errors.collect();
        assert!(errors.len() > 1, "{many:?}");
        for error in errors {
            assert!(error.maybe_applied() && error.sent().is_some(), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("the view may hide")), "{error}");
        }
        assert_eq!(env.emulator.count("Notes").expect("a count"), 8);
    }

    async fn a_row_of_a_sync_is_found_in_the_view_after_a_lost_response(version) {
        let env = open_notes(version).await;
        let lost = |operation: &str| Rule::new(Fault::ResetAfterwards).operation(operation).calls([1]);
        let faults = Faults::none().rule(lost("CreateViewRecord")).rule(lost("CreateViewRecords"));
        env.emulator.set_faults(faults);
        let notes = env.caspio.view::<OpenNote>().writable();
        let row = NewNote { code: "x".to_owned(), status: "open".to_owned() };

        let report = notes.sync_many(|n| n.code, [row]).await.expect("a report");

        assert_eq!((report.inserted, report.failed().len()), (1, 0), "{report:?}");
        assert_eq!(env.emulator.count("Notes").expect("a count"), 6);
    }
}
