//! Saving what changed only if the record still has the values that were read.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Things")]
struct Thing {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    score: Option<f64>,
    amount: Option<Decimal>,
    seen: Option<DateTime>,
    active: bool,
    note: Option<String>,
    tags: List<String>,
}

async fn thing(version: ApiVersion) -> (TestEnv, Thing) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Things")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Seen", DataType::DateTime))
        .field(FieldDef::new("Active", DataType::YesNo))
        .field(FieldDef::new("Note", DataType::Text64000))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "blue"]));
    env.emulator.create_table(table).expect("a table");
    let record = json!({
        "Name": "O'Brien", "Score": 0.1, "Amount": 12.3456, "Seen": "2022-01-24T20:30:51.607", "Active": true,
        "Note": "",
    });
    let key = env.emulator.insert("Things", record).expect("a record");
    let things = env.caspio.table::<Thing>();
    let thing = things.get(key).await.expect("a read").expect("the record");
    env.emulator.reset_calls();
    (env, thing)
}

fn changed(thing: &Thing) -> Thing {
    Thing {
        name: None,
        score: Some(0.2),
        amount: Some(dec!(1)),
        seen: None,
        active: false,
        note: Some("new".to_owned()),
        ..thing.clone()
    }
}

on_every_version! {
    async fn an_unchanged_record_is_written_in_one_call(version) {
        let (env, before) = thing(version).await;
        let things = env.caspio.table::<Thing>();
        let after = changed(&before);

        assert!(things.save(&before, &after).if_unchanged().await.expect("a save"));
        assert_eq!(env.emulator.calls().total(), 1);
        assert_eq!(things.get(1).await.expect("a read"), Some(after.clone()));
        // Nothing is null or no by now, and is written back.
        assert!(things.save(&after, &before).if_unchanged().await.expect("a save"));
        assert_eq!(things.get(1).await.expect("a read"), Some(before.clone()));
        env.emulator.reset_calls();
        assert!(!things.save(&before, &before).if_unchanged().await.expect("a save"));
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_difference_that_a_date_does_not_store_makes_no_call(version) {
        let (env, before) = thing(version).await;
        let things = env.caspio.table::<Thing>();
        // Those from .605 to .608 are stored as .607.
        for (milliseconds, is_saved) in [("605", false), ("606", false), ("608", false), ("609", true)] {
            let seen = format!("2022-01-24T20:30:51.{milliseconds}").parse().expect("a date");
            let after = Thing { seen: Some(seen), ..before.clone() };
            env.emulator.reset_calls();

            let saved = things.save(&before, &after).if_unchanged().await.expect("a save");
            let calls = env.emulator.calls().total();

            assert_eq!((saved, calls), (is_saved, u64::from(is_saved)), "{milliseconds}");
        }
    }

    async fn null_and_blank_text_are_the_same_old_value(version) {
        for (read, now) in [(json!(null), json!("")), (json!(""), json!(null))] {
            let (env, _) = thing(version).await;
            env.emulator.update("Things", "PK_ID = 1", json!({ "Name": read })).expect("an update");
            let things = env.caspio.table::<Thing>();
            let before = things.get(1).await.expect("a read").expect("the record");
            let maps = env.caspio.table_named("Things");
            let map = maps.get(1).await.expect("a read").expect("the record");
            env.emulator.update("Things", "PK_ID = 1", json!({ "Name": now })).expect("an update");
            let after = Thing { name: Some("new".to_owned()), ..before.clone() };

            let saved = things.save(&before, &after).if_unchanged().await;
            assert!(saved.expect("a save"), "{read} and {now}");

            env.emulator.update("Things", "PK_ID = 1", json!({ "Name": now })).expect("an update");
            let mut changed = map.clone();
            changed.insert("Name".to_owned(), json!("newer"));
            maps.fields().await.expect("the fields");
            let saved = maps.save(&map, &changed).if_unchanged().await;
            assert!(saved.expect("a save"), "{read} and {now}");
        }
    }

    async fn a_changed_record_is_a_conflict_and_is_not_written(version) {
        for other in [
            json!({ "Name": "x" }),
            json!({ "Score": 0.3 }),
            json!({ "Amount": 12.3455 }),
            json!({ "Seen": "2022-01-24T20:30:51" }),
            json!({ "Active": false }),
            json!({ "Note": "x" }),
            json!({ "Name": null }),
        ] {
            let (env, before) = thing(version).await;
            env.emulator.update("Things", "PK_ID = 1", other.clone()).expect("an update");
            let things = env.caspio.table::<Thing>();
            let now = things.get(1).await.expect("a read");
            env.emulator.reset_calls();

            let error = things.save(&before, &changed(&before)).if_unchanged().await.expect_err("it changed");

            assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Conflict, false), "{other} {error}");
            assert_eq!((error.key(), env.emulator.calls().total()), (Some("PK_ID 1"), 2));
            assert_eq!(things.get(1).await.expect("a read"), now);
        }
    }

    async fn other_columns_may_have_changed(version) {
        let (env, before) = thing(version).await;
        env.emulator.update("Things", "PK_ID = 1", json!({ "Score": 9.0 })).expect("an update");
        let things = env.caspio.table::<Thing>();
        let after = Thing { name: Some("new".to_owned()), ..before.clone() };

        assert!(things.save(&before, &after).if_unchanged().await.expect("a save"));

        let now = things.get(1).await.expect("a read").expect("the record");
        assert_eq!((now.name.as_deref(), now.score), (Some("new"), Some(9.0)));
    }

    async fn a_deleted_record_is_not_found_and_a_list_is_refused(version) {
        let (env, before) = thing(version).await;
        let things = env.caspio.table::<Thing>();
        let tagged = Thing { tags: List::from(["red"]), ..before.clone() };

        let error = things.save(&before, &tagged).if_unchanged().await.expect_err("a list");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Tags")), "{error}");
        env.emulator.delete("Things", "PK_ID = 1").expect("a delete");
        let error = things.save(&before, &changed(&before)).if_unchanged().await.expect_err("it is gone");
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }

    async fn old_values_too_long_for_a_url_are_refused_or_sent_in_the_body(version) {
        let (env, before) = thing(version).await;
        let long = "x".repeat(3000);
        env.emulator.update("Things", "PK_ID = 1", json!({ "Note": long.clone() })).expect("an update");
        let before = Thing { note: Some(long), ..before };

        let saved = env.caspio.table::<Thing>().save(&before, &changed(&before)).if_unchanged().await;

        match version {
            ApiVersion::V4 => assert!(saved.expect("a save")),
            _ => assert_eq!(saved.expect_err("too long").kind(), ErrorKind::Refused),
        }
    }

    async fn an_amount_is_refused_for_currency_whether_or_not_the_fields_were_read(version) {
        for known in [false, true] {
            let (env, before) = thing(version).await;
            let things = env.caspio.table::<Thing>();
            if known {
                things.check(&before).await.expect("a valid row");
            }
            let row = Thing { amount: Some(dec!(1.23456)), ..before };

            let error = things.insert(&row).await.expect_err("too many places");
            let report = things.insert_many([&row]).await.expect("a report");

            for error in [&error, &report.failed()[0].error] {
                assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{error}");
            }
            assert_eq!(env.emulator.count("Things").expect("a count"), 1);
        }
    }

    async fn numbers_that_are_not_finite_are_refused(version) {
        let (env, before) = thing(version).await;
        let things = env.caspio.table::<Thing>();
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let row = Thing { score: Some(number), name: Some("n".to_owned()), ..before.clone() };

            let insert = things.insert(&row).await.expect_err("not finite");
            let many = things.insert_many([&row]).await.expect("a report").into_result().expect_err("not finite");
            let updates = [(1, Thing::COLUMNS.score.to(number))];
            let updates = things.update_many(updates).await.expect("a report").into_result().expect_err("not finite");
            let sync = things.sync_many(|t| t.name, [&row]).await.expect("a report").into_result().expect_err("not finite");
            let key = things.sync_many(|t| t.score, [&row]).await.expect_err("not finite");

            for error in [insert, many, updates, sync, key] {
                assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Score")), "{error}");
            }
        }
        assert_eq!(env.emulator.count("Things").expect("a count"), 1);
    }

    async fn only_rows_with_a_field_that_is_not_there_fail(version) {
        let (env, _) = thing(version).await;
        let rows = [json!("a"), json!("b"), json!("c")].map(|name| RecordMap::from([("Name", name)]));
        let mut rows = rows.to_vec();
        rows.insert(1, RecordMap::from([("Name", json!("x")), ("Nowhere", json!(1))]));
        rows.push(RecordMap::from([("Name", json!("y")), ("Nowhere", json!(1))]));

        let report = env.caspio.table_named("Things").insert_many(&rows).await.expect("a report");

        let failed: Vec<Option<usize>> = report.failed().iter().map(|failure| failure.index).collect();
        assert_eq!((report.inserted, failed), (3, vec![Some(1), Some(4)]), "{report:?}");
        assert_eq!(env.emulator.count("Things").expect("a count"), 4);
    }

    async fn conditions_with_comments_or_without_columns_write_nothing(version) {
        let (env, _) = thing(version).await;
        let things = env.caspio.table::<Thing>();
        for condition in ["/* x */ 1=1", "1 IN (1)", "EXISTS(SELECT 1)", "LEN('x')=1", "NULL IS NULL", "Name = 'x' OR 1=1 -- y", "Name = 'zz' -- y", "Name = 'zz' /* y */"] {
            let delete = things.delete_where_raw(condition, ()).await.expect_err("refused");
            let update = things.update_where_raw(condition, ()).set(|t| t.active.to(false)).await.expect_err("refused");
            assert_eq!((delete.kind(), update.kind()), (ErrorKind::Refused, ErrorKind::Refused), "{condition}");
        }
        assert_eq!(env.emulator.count("Things").expect("a count"), 1);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_error_about_another_field_lets_emoji_through(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let refused = RecordMap::from([("First_Name", json!("😀")), ("Full_Name", json!("x"))]);

        contacts.insert(&refused).await.expect_err("a formula is read-only");

        let row = RecordMap::from([("First_Name", json!("ok 😀")), ("Last_Name", json!("x"))]);
        contacts.insert(&row).await.expect("a record");
    }
}
