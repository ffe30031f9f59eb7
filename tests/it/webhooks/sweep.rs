//! A sweep finds the changes of which no message came, and passes each once.

use caspio::prelude::*;
use caspio::{ApiVersion, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Items")]
struct Item {
    #[caspio(pk)]
    pk_id: i64,
    name: String,
    #[caspio(read_only)]
    changed: Option<DateTime>,
}

/// An empty table with the time of the last change, and the time of the emulator stopped.
async fn items(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let changed = FieldDef::new("Changed", DataType::Timestamp)
        .on_insert()
        .on_update();
    let items = TableDef::new("Items")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(changed.time_zone("UTC"));
    env.emulator.create_table(items).expect("a table");
    env
}

fn insert(env: &TestEnv, name: &str) {
    env.emulator
        .insert("Items", json!({ "Name": name }))
        .expect("an item");
}

const SINCE: DateTime = datetime!("2020-01-01T00:00:00");

on_every_version! {
    async fn what_was_not_seen_is_passed_once(version) {
        let env = items(version).await;
        let items = env.caspio.table::<Item>();
        let sweep = items.sweep(SINCE, |c| c.changed, |item| item.changed);
        for name in ["a", "b", "c"] {
            insert(&env, name);
        }
        sweep.saw(&items.get(2).await.expect("a read").expect("an item"));

        assert_eq!(run(&sweep).await, ["a", "c"]);
        assert_eq!(run(&sweep).await, [""; 0]);
        assert!(sweep.position() > SINCE);

        env.emulator.advance_time(Duration::from_secs(10));
        env.emulator.update("Items", "PK_ID = 1", json!({ "Name": "changed" })).expect("updated");
        insert(&env, "d");
        assert_eq!(run(&sweep).await, ["changed", "d"]);
        assert_eq!(run(&sweep).await, [""; 0]);
    }

    async fn a_failed_handler_ends_the_sweep_and_the_record_comes_again(version) {
        let env = items(version).await;
        let sweep = env.caspio.table::<Item>().sweep(SINCE, |c| c.changed, |item| item.changed);
        for name in ["a", "b", "c"] {
            insert(&env, name);
            env.emulator.advance_time(Duration::from_secs(1));
        }
        let mut passed = Vec::new();

        let failed = sweep.run(|item| {
            passed.push(item.name.clone());
            let failed = item.name == "b";
            async move {
                match failed {
                    true => Err(Error::new(ErrorKind::Cancelled, "stopped")),
                    false => Ok(()),
                }
            }
        });
        assert!(failed.await.is_err());

        assert_eq!(passed, ["a", "b"]);
        assert_eq!(run(&sweep).await, ["b", "c"]);
    }

    async fn a_position_of_an_earlier_program_is_swept_from(version) {
        let env = items(version).await;
        let items = env.caspio.table::<Item>();
        insert(&env, "old");
        env.emulator.advance_time(Duration::from_secs(7_200));
        insert(&env, "late");
        let first = items.sweep(SINCE, |c| c.changed, |item| item.changed);
        assert_eq!(run(&first).await, ["old", "late"]);
        env.emulator.advance_time(Duration::from_secs(60));
        insert(&env, "new");

        // What was handled since the overlap is passed again: it is not known in this program.
        let second = items.sweep(first.position(), |c| c.changed, |item| item.changed);
        assert_eq!(run(&second).await, ["late", "new"]);
        let exact = items.sweep(first.position(), |c| c.changed, |item| item.changed);
        let exact = exact.overlap(Duration::from_secs(30));
        assert_eq!(run(&exact).await, ["late", "new"]);
    }

    async fn a_change_after_the_clock_was_set_back_is_passed_once(version) {
        let env = items(version).await;
        let sweep = env.caspio.table::<Item>().sweep(SINCE, |c| c.changed, |item| item.changed);
        insert(&env, "a");
        assert_eq!(run(&sweep).await, ["a"]);

        let earlier = env.emulator.time() - Duration::from_secs(40 * 60);
        env.emulator.set_time(earlier);
        env.emulator.update("Items", "PK_ID = 1", json!({ "Name": "changed" })).expect("updated");

        assert_eq!(run(&sweep).await, ["changed"]);
        assert_eq!(run(&sweep).await, [""; 0]);
    }

    async fn inserts_are_swept_by_key(version) {
        let env = items(version).await;
        let items = env.caspio.table::<Item>();
        let sweep = items.sweep_by_key(0);
        for number in 0..1_203 {
            insert(&env, &number.to_string());
        }
        sweep.saw(&items.get(1_000).await.expect("a read").expect("an item"));

        let passed = run(&sweep).await;
        assert_eq!((passed.len(), sweep.position()), (1_202, 1_203));
        assert!(!passed.contains(&"999".to_owned()));
        insert(&env, "new");
        assert_eq!(run(&sweep).await, ["new"]);

        // Before the record at the position, a whole write of 1,000 records may be committed after it.
        let late = items.sweep_by_key(1_002);
        assert_eq!(run(&late).await.len(), 1_203);
    }
}

/// Runs a sweep, and returns the names of what it passed.
async fn run<P: Copy + Ord + Send>(
    sweep: &caspio::webhooks::Sweep<Item, caspio::advanced::TableAccess, P>,
) -> Vec<String> {
    let mut passed = Vec::new();
    let count = sweep
        .run(|item| {
            passed.push(item.name);
            async { Ok::<(), Error>(()) }
        })
        .await
        .expect("a sweep");
    assert_eq!(count, passed.len() as u64);
    passed
}

#[tokio::test]
async fn a_struct_without_a_key_is_refused() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Items")]
    struct Keyless {
        #[caspio(read_only)]
        changed: Option<DateTime>,
    }
    let env = items(ApiVersion::V3).await;
    insert(&env, "a");
    let sweep = env
        .caspio
        .table::<Keyless>()
        .sweep(SINCE, |c| c.changed, |item| item.changed);

    let refused = sweep.run(async |_| Ok::<(), Error>(())).await;

    assert_eq!(refused.expect_err("no key").kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn records_as_maps_are_swept_by_names() {
    let env = items(ApiVersion::V3).await;
    insert(&env, "a");
    let items = env.caspio.table_named("Items");
    let sweep = items.sweep(SINCE, |_| "Changed", |item| item.get_as("Changed").ok());

    for passed in [1, 0] {
        let run = sweep.run(async |_| Ok::<(), Error>(())).await;
        assert_eq!(run.expect("a sweep"), passed);
    }
}
