//! Conditions that hold for every record because of what a column can hold: Yes/No, keys, texts and dates.

use caspio::prelude::*;
use caspio::{ApiVersion, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Things")]
struct Thing {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    quantity: i32,
    active: bool,
    #[caspio(rename = "Done already")]
    done: Option<bool>,
    photo: Option<String>,
    seen: Option<DateTime>,
}

#[derive(Clone, Debug, CaspioView)]
#[caspio(view = "All_Things")]
struct ThingOfView {
    #[caspio(pk)]
    pk_id: String,
    name: Option<String>,
    active: bool,
    #[caspio(rename = "Done already")]
    done: Option<bool>,
}

async fn things(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Things")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Quantity", DataType::Integer))
        .field(FieldDef::new("Active", DataType::YesNo))
        .field(FieldDef::new("Done already", DataType::YesNo))
        .field(FieldDef::new("Photo", DataType::Attachment))
        .field(FieldDef::new("Seen", DataType::DateTime));
    let view = ViewDef::new("All_Things", "Things")
        .field("Things.Name")
        .field("Things.Active")
        .editable("Things");
    env.emulator.create_table(table).expect("a table");
    env.emulator.create_view(view).expect("a view");
    for (name, active) in [("Ann", true), ("Bob", false), ("Cid", true)] {
        let thing = json!({ "Name": name, "Quantity": 1, "Active": active });
        env.emulator.insert("Things", thing).expect("a record");
    }
    env.emulator.reset_calls();
    env
}

fn is_refused<T>(result: Result<T, Error>) -> bool {
    result.is_err_and(|error| error.kind() == ErrorKind::Refused)
}

/// Conditions on a Yes/No column that hold for Yes and for No.
const YES_OR_NO: [&str; 13] = [
    "Active IN (0,1)",
    "Active = 1 OR Active = 0",
    "[active] = 1 OR Things.ACTIVE <> 1",
    "Active NOT IN (1) OR Active = 1",
    "Active <> 2",
    "Active >= 0",
    "Active BETWEEN 0 AND 1",
    "Active IN ('true', 'false')",
    "Active = '1' OR Active = '0'",
    "Active IS NOT NULL",
    "NOT (Active IS NULL)",
    "ISNULL(Active, 0) IN (0, 1) OR Name = 'x'",
    "[Done already] IN (1, 0)",
];

on_every_version! {
    async fn both_values_of_a_yes_no_column_are_every_record(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let t = Thing::COLUMNS;
        let mut sent = Vec::new();
        for always in [
            t.active.is_true() | t.active.is_false(),
            t.active.in_([true, false]),
            t.active.is_not_null(),
            !t.active.is_null(),
            t.active.ne(true) | t.active.eq(true),
            t.active.not_in([true]) | t.active.is_true(),
            !(t.active.is_true() & t.active.is_false()),
            t.name.eq("x") | t.active.is_not_null(),
            (t.quantity.eq(5) & t.active.is_true()) | t.active.is_false() | t.active.is_true(),
            t.done.in_([true, false]),
            t.done.is_not_null(),
        ] {
            if !is_refused(things.delete_where_by(always.clone()).await) {
                sent.push(always.to_sql());
            }
        }
        for always in YES_OR_NO {
            if !is_refused(things.delete_where_raw(always, ()).await) {
                sent.push(always.to_owned());
            }
        }
        assert_eq!(sent, Vec::<String>::new());
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_empty_list_leaves_no_record_out(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let t = Thing::COLUMNS;
        let none: [&str; 0] = [];
        let numbers: [i32; 0] = [];
        for empty in [
            t.name.not_in(none),
            !t.name.in_(none),
            t.quantity.not_in(numbers),
            t.name.eq("Ann") & !t.quantity.in_(numbers),
            t.name.eq("Ann") | t.name.not_in(none),
            !(t.name.eq("Ann") & t.name.in_(none)),
        ] {
            let sql = empty.to_sql();
            let error = things.delete_where_by(empty.clone()).await.expect_err("a refusal");
            assert_eq!(error.kind(), ErrorKind::Refused, "{sql}");
            assert!(error.to_string().contains("list of the condition is empty"), "{error}");
            let files = things.attachments(|t| t.photo).filter_by(empty);
            assert!(is_refused(files.delete().await), "{sql}");
        }
        assert_eq!(env.emulator.calls().total(), 0);

        let nobody = things.delete_where(|t| t.name.in_(none) | t.quantity.in_(numbers)).await;
        assert_eq!(nobody.expect("a delete").records, 0);
        assert_eq!(things.filter(|t| t.name.not_in(none)).count().await.expect("a count"), 3);
    }

    async fn different_texts_and_dates_are_every_record(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let t = Thing::COLUMNS;
        let mut sent = Vec::new();
        for always in [
            t.name.ne("Ann") | t.name.ne("Bob"),
            !(t.name.eq("Ann") & t.name.eq("Bob")),
            t.name.in_(["a", "b"]) | t.name.not_in(["b", "a"]),
            t.name.in_(["a", "b"]) | (t.name.ne("a") & t.name.ne("b")),
            t.name.ge(""),
            t.seen.ne(datetime!("2024-01-01T10:00:00")) | t.seen.ne(datetime!("2024-01-02T10:00:00")),
            t.seen.lt(date!("2025-01-01")) | t.seen.ge(date!("2024-01-01")),
            t.name.gt("") | t.name.eq(""),
            t.name.ne("Ann") | t.name.ne("Bob") | t.name.eq("ann!"),
            t.name.ne("Ann") | t.name.ne("Bob") | t.photo.eq("ann!"),
            t.seen.lt(date!("2025-01-01")) | t.seen.ge(date!("2024-01-01")) | t.name.eq("10"),
            t.name.like("_%") | t.name.eq(""),
            t.name.starts_with("A") | t.name.ne("A"),
        ] {
            if !is_refused(things.delete_where_by(always.clone()).await) {
                sent.push(always.to_sql());
            }
        }
        for always in [
            "Name LIKE '%' + ? + '%'",
            "Name <> ? OR Name <> 'Ann'",
            "EXISTS (SELECT 1 FROM Things)",
        ] {
            let values = vec![""; always.matches('?').count()];
            if !is_refused(things.delete_where_raw(always, &values).await) {
                sent.push(always.to_owned());
            }
        }
        assert_eq!(sent, Vec::<String>::new());
        assert_eq!(env.emulator.calls().total(), 0);

        let apart = t.name.lt("Ann") | t.name.gt("Bob");
        assert_eq!(things.delete_where_by(apart).await.expect("a delete").records, 1);
    }

    async fn a_moment_of_any_millisecond_divides_every_record(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let t = Thing::COLUMNS;
        let second: DateTime = datetime!("2024-01-01T10:00:00");
        for milliseconds in 990_i64..1_010 {
            let at = second + milliseconds.milliseconds();
            for always in [
                t.seen.le(at) | t.seen.ge(at),
                t.seen.lt(at) | t.seen.ge(at),
                t.seen.le(at) | t.seen.gt(at),
                t.seen.lt(at) | t.seen.gt(at) | t.seen.eq(at),
            ] {
                let sql = always.to_sql();
                assert!(is_refused(things.delete_where_by(always).await), "{sql}");
            }
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn both_values_of_a_yes_no_column_are_every_file(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let photos = || things.attachments(|t| t.photo);
        for files in [
            photos().filter(|t| t.active.in_([true, false])),
            photos().filter_raw("Active = 1 OR Active = 0", ()),
            photos().filter_raw("Active IN (0,1)", ()).filter(|t| t.active.is_not_null()),
        ] {
            assert!(is_refused(files.delete().await));
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn columns_without_a_struct_are_known_by_the_condition(version) {
        let env = things(version).await;
        let things = env.caspio.table_named("Things");
        let active = Column::<RecordMap, bool>::new("Active");
        for always in [active.in_([true, false]), active.is_not_null()] {
            assert!(is_refused(things.delete_where_by(always).await));
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_views_key_is_not_blank(version) {
        let env = things(version).await;
        let view = env.caspio.view::<ThingOfView>().writable();
        let v = ThingOfView::COLUMNS;
        let mut sent = Vec::new();
        for always in [
            v.pk_id.ne(""),
            v.pk_id.ne("  "),
            v.pk_id.gt(""),
            v.pk_id.ge(""),
            !v.pk_id.eq(""),
            !v.pk_id.le(""),
            v.pk_id.not_in([""]),
            v.pk_id.like("_%"),
            v.pk_id.like("%_%"),
            v.pk_id.ne("0"),
            v.pk_id.is_not_null(),
            v.active.is_true() | v.active.is_false(),
            v.active.is_not_null(),
        ] {
            if !is_refused(view.delete_where_by(always.clone()).await) {
                sent.push(always.to_sql());
            }
        }
        for always in ["PK_ID > ''", "LEN(PK_ID) > 0", "PK_ID NOT LIKE ''", "PK_ID > 0", "Active IN (1,0)"] {
            if !is_refused(view.delete_where_raw(always, ()).await) {
                sent.push(always.to_owned());
            }
        }
        assert_eq!(sent, Vec::<String>::new());
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn conditions_that_leave_records_out_are_sent(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let view = env.caspio.view::<ThingOfView>().writable();
        let (t, v) = (Thing::COLUMNS, ThingOfView::COLUMNS);

        for (condition, deleted) in [
            (t.active.is_true() & t.active.is_false(), 0),
            (t.active.is_null(), 0),
            ((t.active.is_true() | t.active.is_false()) & t.name.eq("x"), 0),
            (t.quantity.in_([0, 2]), 0),
            (t.active.is_false(), 1),
        ] {
            let sql = condition.to_sql();
            let delete = things.delete_where_by(condition).await.expect("a delete");
            assert_eq!(delete.records, deleted, "{sql}");
        }
        for condition in [
            v.pk_id.le("0999"),
            v.pk_id.eq(""),
            v.pk_id.like("9%"),
            v.pk_id.ne("") & v.name.eq("x"),
        ] {
            let sql = condition.to_sql();
            let delete = view.delete_where_by(condition).await.expect("a delete");
            assert_eq!(delete.records, 0, "{sql}");
        }
        let delete = view.delete_where_raw("Active = 1 AND Name = 'Ann'", ()).await.expect("a delete");
        assert_eq!(delete.records, 1);
    }
}
