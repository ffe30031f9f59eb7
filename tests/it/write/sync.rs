//! Synchronizing a table with rows.

use caspio::bulk::BulkReport;
use caspio::prelude::*;
use caspio::{CaspioInsert, ErrorKind};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::items::many;
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Items")]
struct Item {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    status: Option<String>,
    amount: Option<Decimal>,
    score: Option<f64>,
    seen: Option<DateTime>,
    active: bool,
    tags: List<String>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Item)]
struct Short {
    code: String,
    status: Option<String>,
}

fn short(code: impl Into<String>, status: &str) -> Short {
    Short {
        code: code.into(),
        status: Some(status.to_owned()),
    }
}

fn full(number: i64) -> Item {
    Item {
        pk_id: 0,
        code: format!("C-{number}"),
        status: (number % 3 != 0).then(|| "it's \"new\"; -- 東京".to_owned()),
        amount: Some(Decimal::new(number * 12_345, 4)),
        score: Some(number as f64 / 7.0),
        seen: "2022-01-24T20:30:51.607".parse().ok(),
        active: number % 2 == 0,
        tags: List::from(["red", "Blue"]),
    }
}

fn table(name: &str) -> TableDef {
    TableDef::new(name)
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Status", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Seen", DataType::DateTime))
        .field(FieldDef::new("Active", DataType::YesNo))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "green", "blue"]))
}

async fn items_env(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    env.emulator.create_table(table("Items")).expect("a table");
    env
}

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Measures")]
struct Measure {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    amount: Decimal,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Measure)]
struct NewMeasure {
    code: String,
    amount: Decimal,
}

/// A table whose amounts are floats.
async fn measures_env(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let measures = TableDef::new("Measures")
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Number));
    env.emulator.create_table(measures).expect("a table");
    env
}

/// The number of reads and of writes of records.
fn calls(env: &TestEnv) -> (u64, u64) {
    let meter = env.caspio.meter().snapshot();
    let of = |name: &str| meter.operations.get(name).map_or(0, |count| count.calls);
    let writes = [
        "records.insert",
        "records.insert_many",
        "records.update",
        "records.delete",
    ];
    (of("records.list"), writes.iter().map(|name| of(name)).sum())
}

async fn load(env: &TestEnv, rows: usize) -> Vec<Short> {
    let rows: Vec<Short> = (0..rows)
        .map(|number| short(format!("C-{number}"), "old"))
        .collect();
    let report = env
        .caspio
        .table::<Item>()
        .insert_many(&rows)
        .await
        .expect("a report");
    report.into_result().expect("every row");
    rows
}

on_every_version! {
    async fn a_second_run_writes_nothing(version) {
        let env = items_env(version).await;
        let items = env.caspio.table::<Item>();
        let rows: Vec<Item> = (0..300).map(full).collect();

        let first = items.sync_many(|i| i.code, &rows).await.expect("a report");
        let (_, written) = calls(&env);
        let second = items.sync_many(|i| i.code, &rows).await.expect("a report");

        assert!(first.is_complete(), "{first:?}");
        assert_eq!((first.inserted, first.updated, first.unchanged), (300, 0, 0));
        assert_eq!((second.inserted, second.updated, second.unchanged), (0, 0, 300));
        assert_eq!(calls(&env).1, written);
    }

    async fn numbers_of_more_than_four_places_are_written_to_a_number_column(version) {
        let env = measures_env(version).await;
        for (code, amount) in [("a", 0.00003), ("b", 1.23456), ("c", 12.00004), ("d", 0.0)] {
            let measure = json!({ "Code": code, "Amount": amount });
            env.emulator.insert("Measures", measure).expect("a record");
        }
        let measures = env.caspio.table::<Measure>();
        let rows = [("a", dec!(0)), ("b", dec!(1.2346)), ("c", dec!(12)), ("d", dec!(0.00003))];
        let rows = rows.map(|(code, amount)| NewMeasure { code: code.to_owned(), amount });

        let first = measures.sync_many(|m| m.code, &rows).await.expect("a report");
        let second = measures.sync_many(|m| m.code, &rows).await.expect("a report");

        assert_eq!((first.updated, first.unchanged), (4, 0));
        assert_eq!((second.updated, second.unchanged), (0, 4));
        let stored = measures.collect().await.expect("the measures");
        let stored: Vec<Decimal> = stored.into_iter().map(|measure| measure.amount).collect();
        assert_eq!(stored, [dec!(0), dec!(1.2346), dec!(12), dec!(0.00003)]);
    }

    async fn a_few_changes_in_many_rows_take_the_reads_and_one_write(version) {
        let env = items_env(version).await;
        let mut rows = load(&env, many()).await;
        let (read, written) = calls(&env);
        for row in rows.iter_mut().step_by(many() / 37).take(37) {
            row.status = Some("changed".to_owned());
        }

        let report = env.caspio.table::<Item>().sync_many(|i| i.code, &rows).await.expect("a report");

        assert_eq!((report.updated, report.inserted, report.failed().len()), (37, 0, 0));
        let (reads, writes) = calls(&env);
        assert!(reads - read <= many().div_ceil(1000) as u64, "{} reads", reads - read);
        assert_eq!(writes - written, 1);
        let changed = env.caspio.table::<Item>().filter(|i| i.status.eq("changed")).count();
        assert_eq!(changed.await.expect("a count"), 37);
    }

    async fn few_rows_are_looked_up_by_their_keys(version) {
        let env = items_env(version).await;
        load(&env, 5000).await;
        let (read, written) = calls(&env);

        let rows = [short("C-7", "old"), short("c-8", "new"), short("New", "new")];
        let report = env.caspio.table::<Item>().sync_many(|i| i.code, rows).await.expect("a report");

        // `c-8` equals `C-8` for Caspio, which compares text without case.
        assert_eq!((report.inserted, report.updated, report.unchanged, report.deleted), (1, 1, 1, 0));
        let (reads, writes) = calls(&env);
        assert_eq!((reads - read, writes - written), (1, 2));
        let named = env.caspio.table::<Item>().filter(|i| i.code.eq("c-8")).first().await;
        assert_eq!(named.expect("an item").expect("an item").code, "c-8");
    }

    async fn a_dry_run_reports_the_changes_it_would_make(version) {
        let env = items_env(version).await;
        load(&env, 10).await;
        let (_, written) = calls(&env);
        let rows = [short("C-1", "old"), short("C-2", "x"), short("N-1", "x")];

        let report = env.caspio.table::<Item>().replace_all(|i| i.code, rows).dry_run().await.expect("a report");

        assert!(report.dry_run);
        assert_eq!((report.inserted, report.updated, report.unchanged, report.deleted), (1, 1, 1, 8));
        assert_eq!(calls(&env).1, written);
    }

    async fn a_dry_run_reports_the_rows_that_a_sync_would_refuse(version) {
        let env = items_env(version).await;
        load(&env, 5).await;
        let items = env.caspio.table_named("Items");
        let row = |code: &str, amount: f64| RecordMap::from([("Code", json!(code)), ("Amount", json!(amount))]);
        let rows = [
            row("C-1", 1.234_567),
            row("C-2", 7.5),
            row("N-1", 1.234_567),
            row("N-2", 7.5),
        ];
        let sync = || items.replace_all(|_| "Code", &rows);

        let plan = sync().dry_run().await.expect("a report");
        let done = sync().await.expect("a report");

        let counts = |report: &BulkReport<i64>| {
            let failed: Vec<_> = report.failed().iter().map(|failure| (failure.index, failure.key, failure.error.to_string())).collect();
            (report.inserted, report.updated, report.unchanged, report.deleted, report.held_back, failed)
        };
        let (inserted, updated, _, deleted, held_back, failed) = counts(&plan);
        assert_eq!((inserted, updated, deleted, held_back), (1, 1, 0, 3));
        assert_eq!(failed.iter().map(|failed| failed.0).collect::<Vec<_>>(), [Some(0), Some(2)]);
        assert_eq!(counts(&plan), counts(&done));
    }

    async fn records_without_a_row_are_deleted_only_if_requested(version) {
        let env = items_env(version).await;
        load(&env, 10).await;
        let items = env.caspio.table::<Item>();
        let rows = [short("C-1", "old"), short("N-1", "x")];

        let kept = items.sync_many(|i| i.code, &rows).await.expect("a report");
        let replaced = items.replace_all(|i| i.code, &rows).await.expect("a report");

        assert_eq!((kept.inserted, kept.deleted), (1, 0));
        assert_eq!((replaced.inserted, replaced.unchanged, replaced.deleted), (0, 2, 9));
        assert_eq!(items.count().await.expect("a count"), 2);
    }

    async fn no_rows_do_not_empty_a_table(version) {
        let env = items_env(version).await;
        load(&env, 3).await;

        let error = env.caspio.table::<Item>().replace_all(|i| i.code, Vec::<Short>::new()).await;

        assert_eq!(error.expect_err("refused").kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.count("Items").expect("a count"), 3);
    }

    async fn repeated_keys_are_named_before_anything_is_written(version) {
        let env = items_env(version).await;
        let items = env.caspio.table::<Item>();
        load(&env, 3).await;
        env.emulator.insert("Items", serde_json::json!({ "Code": "c-1" })).expect("a double");
        let (_, written) = calls(&env);

        let input = items.sync_many(|i| i.code, [short("X", "a"), short("Y", "a"), short("x ", "b")]).await;
        let table = items.sync_many(|i| i.code, [short("N", "a"), short("C-1", "b")]).await;
        let none = items.sync_many(|i| i.status, [Short { code: "N".into(), status: None }]).await;

        let input = input.expect_err("two rows are the same");
        assert!(input.kind() == ErrorKind::Refused && input.to_string().contains("rows 0 and 2"), "{input}");
        let table = table.expect_err("two records are the same");
        assert!(table.kind() == ErrorKind::Refused && table.to_string().contains("records 2 and 4 have the same \"C-1\""), "{table}");
        assert_eq!(table.key(), Some("PK_ID 2"));
        let none = none.expect_err("no key");
        assert!(none.to_string().contains("row 0"), "{none}");
        assert_eq!(calls(&env).1, written);
    }

    async fn a_repeated_key_behind_the_last_record_of_a_row_is_not_read(version) {
        let env = items_env(version).await;
        let rows = load(&env, 300).await;
        let others = (0..900).map(|at| format!("F-{at}"));
        for code in others.chain([rows[5].code.clone()]) {
            env.emulator.insert("Items", json!({ "Code": code })).expect("a record");
        }
        let items = env.caspio.table::<Item>();

        let few = items.sync_many(|i| i.code, &rows[..10]).await;
        let (read, written) = calls(&env);
        let many = items.sync_many(|i| i.code, &rows).await.expect("a report");
        let (reads, writes) = calls(&env);
        let all = items.replace_all(|i| i.code, &rows).await;

        assert_eq!((many.unchanged, reads - read, writes - written), (300, 1, 0));
        for (name, report) in [("few", few), ("all", all)] {
            let error = report.expect_err(name);
            assert!(error.kind() == ErrorKind::Refused && error.to_string().contains("have the same \"C-5\""), "{error}");
        }
    }

    async fn untyped_rows_are_compared_by_the_types_of_their_fields(version) {
        let env = items_env(version).await;
        let items = env.caspio.table_named("Items");
        let row = |at: i64| {
            RecordMap::from([
                ("Code", serde_json::json!(format!("C-{at}"))),
                ("Amount", serde_json::json!(0.1 + 0.2)),
                ("Seen", serde_json::json!("2022-01-24")),
                ("Tags", serde_json::json!(["green"])),
            ])
        };
        let rows: Vec<RecordMap> = (0..5).map(row).collect();

        let first = items.sync_many(|_| "code", &rows).await.expect("a report");
        let second = items.sync_many(|_| "Code", &rows).await.expect("a report");

        assert!(first.is_complete(), "{first:?}");
        assert_eq!((first.inserted, second.unchanged, second.changed()), (5, 5, 0));
    }

    async fn a_failed_row_is_reported_and_prevents_deletes(version) {
        let env = items_env(version).await;
        load(&env, 5).await;
        let rows = [short("C-1", "new"), short("N-1", &"x".repeat(300)), short("N-2", "x")];

        let report = env.caspio.table::<Item>().replace_all(|i| i.code, rows).await.expect("a report");

        assert_eq!((report.updated, report.inserted, report.deleted, report.held_back), (1, 1, 0, 4));
        assert_eq!(report.failed().len(), 1);
        assert_eq!((report.failed()[0].index, report.failed()[0].key), (Some(1), None));
        assert!(!report.is_complete() && report.into_result().is_err());
    }

    async fn inserts_with_lost_responses_are_found_again(version) {
        let env = items_env(version).await;
        let fault = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords").calls([1]);
        env.emulator.set_faults(Faults::none().rule(fault));
        let rows: Vec<Short> = (0..1500).map(|number| short(format!("C-{number}"), "old")).collect();

        let report = env.caspio.table::<Item>().sync_many(|i| i.code, &rows).await.expect("a report");

        assert!(report.is_complete(), "{} failed", report.failed().len());
        assert_eq!(env.emulator.count("Items").expect("a count"), 1500);
    }

    async fn a_staging_table_finds_violations_before_the_table_is_touched(version) {
        let env = items_env(version).await;
        env.emulator.create_table(table("Items_staging")).expect("a table");
        load(&env, 5).await;
        let items = env.caspio.table::<Item>();
        let good = [short("C-1", "old"), short("N-1", "new")];
        let bad = [short("C-2", "new"), short("N-2", &"x".repeat(300))];

        let refused = items.replace_all(|i| i.code, bad).staging("Items_staging").await;
        let untouched = items.filter(|i| i.status.eq("old")).count().await.expect("a count");
        let report = items.replace_all(|i| i.code, good).staging("Items_staging").await.expect("a report");

        let refused = refused.expect_err("a row is too long");
        assert!(refused.to_string().contains("table \"Items\" was not touched"), "{refused}");
        assert_eq!(refused.resource(), Some("table \"Items_staging\""));
        assert_eq!(untouched, 5);
        assert_eq!((report.inserted, report.unchanged, report.deleted), (1, 1, 4));
        assert_eq!(env.emulator.count("Items_staging").expect("a count"), 2);
    }

    async fn a_stopped_replace_resumes(version) {
        let env = items_env(version).await;
        load(&env, 3000).await;
        let rows: Vec<Short> = (1000..4000).map(|number| short(format!("C-{number}"), "new")).collect();
        let fault = |operation: &str| Rule::new(Fault::InternalError).operation(operation).always();
        let items = env.caspio.table::<Item>();
        env.emulator.set_faults(Faults::none().rule(fault("CreateTableRecords")));

        let stopped = items.replace_all(|i| i.code, &rows).await.expect("a report");
        env.emulator.set_faults(Faults::none());
        let gone_on = items.replace_all(|i| i.code, &rows).await.expect("a report");

        assert_eq!((stopped.updated, stopped.inserted, stopped.deleted, stopped.held_back), (2000, 0, 0, 1000));
        assert_eq!((gone_on.updated, gone_on.inserted, gone_on.deleted, gone_on.unchanged), (0, 1000, 1000, 2000));
        assert_eq!(items.filter(|i| i.status.eq("new")).count().await.expect("a count"), 3000);
        assert_eq!(items.count().await.expect("a count"), 3000);
    }
}
