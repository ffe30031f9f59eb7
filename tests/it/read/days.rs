//! Conditions on a field of type `Date`, whose column has records with times.

use caspio::filter::column_named;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Tasks")]
struct Task {
    #[caspio(pk)]
    pk_id: i64,
    due: Date,
    done: Option<Date>,
}

/// The same records, with their times.
#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Tasks")]
struct Timed {
    #[caspio(pk)]
    pk_id: i64,
    due: DateTime,
}

on_every_version! {
    async fn a_day_is_compared_with_all_its_times(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Tasks")
            .field(FieldDef::new("Due", DataType::DateTime))
            .field(FieldDef::new("Done", DataType::DateTime));
        env.emulator.create_table(table).expect("a table");
        for at in ["2024-01-01T23:59:59", "2024-01-02T00:00:00", "2024-01-02T10:00:00", "2024-01-03T00:00:00"] {
            env.emulator.insert("Tasks", json!({ "Due": at, "Done": at })).expect("a record");
        }
        let tasks = env.caspio.table::<Task>();
        let day = date!("2024-01-02");

        for (name, condition, records) in [
            ("eq", tasks.filter(|t| t.due.eq(day)), 2),
            ("ne", tasks.filter(|t| t.due.ne(day)), 2),
            ("lt", tasks.filter(|t| t.due.lt(day)), 1),
            ("le", tasks.filter(|t| t.due.le(day)), 3),
            ("gt", tasks.filter(|t| t.due.gt(day)), 1),
            ("ge", tasks.filter(|t| t.due.ge(day)), 3),
            ("between", tasks.filter(|t| t.due.between(day, day)), 2),
            ("eq of an Option", tasks.filter(|t| t.done.eq(day)), 2),
            ("gt of an Option", tasks.filter(|t| t.done.gt(day)), 1),
            ("in", tasks.filter(|t| t.due.in_([day])), 2),
            ("in, of days in turn", tasks.filter(|t| t.due.in_([day, date!("2024-01-03")])), 3),
            ("in, of days apart", tasks.filter(|t| t.due.in_([date!("2024-01-03"), date!("2024-01-01")])), 2),
            ("in and another condition", tasks.filter(|t| t.due.in_([date!("2024-01-03"), date!("2024-01-01")]) & t.pk_id.gt(1)), 1),
            ("in of nothing", tasks.filter(|t| t.due.in_([] as [Date; 0])), 0),
            ("not in", tasks.filter(|t| t.due.not_in([day])), 2),
            ("not in, of days apart", tasks.filter(|t| t.due.not_in([date!("2024-01-03"), date!("2024-01-01")])), 2),
            ("in of an Option", tasks.filter(|t| t.done.in_([day])), 2),
            ("not in of an Option", tasks.filter(|t| t.done.not_in([day])), 2),
            ("in of a name", tasks.filter(|_| column_named::<Date>("Due").in_([day])), 2),
        ] {
            assert_eq!(condition.count().await.expect("a count"), records, "{name}");
        }
    }

    async fn a_list_of_days_too_long_for_a_url_is_read_in_parts(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Tasks")
            .field(FieldDef::new("Due", DataType::DateTime))
            .field(FieldDef::new("Done", DataType::DateTime));
        env.emulator.create_table(table).expect("a table");
        let first = date!("2024-01-01");
        let day = |index: i64| first.saturating_add(caspio::Span::new().days(index));
        for index in 0..400 {
            let at = format!("{}T{:02}:00:00", day(index * 7 % 400), index % 24);
            env.emulator.insert("Tasks", json!({ "Due": at, "Done": null })).expect("a record");
        }
        let all = env.caspio.table::<Timed>().collect().await.expect("all records");
        // Every second day, some twice, and a few in turn.
        let wanted: Vec<Date> = [2, 0].into_iter().chain(101..110).chain((0..400).step_by(2)).map(day).collect();
        let expected: Vec<Timed> = all.into_iter().filter(|t| wanted.contains(&t.due.date())).collect();
        assert_eq!(expected.len(), 205);
        let timed = env.caspio.table::<Timed>();

        let read = timed.filter(|t| t.due.in_(&wanted)).collect().await.expect("the records");
        let some = timed.filter(|t| t.due.in_(&wanted)).limit(7).collect().await.expect("the records");
        let two_lists = timed.filter(|t| t.due.in_(&wanted) & t.pk_id.in_(1..=300_i64)).collect().await;

        assert_eq!(read, expected);
        assert_eq!(some, expected[..7]);
        let of_first_keys: Vec<_> = expected.iter().filter(|t| t.pk_id <= 300).map(|t| t.pk_id).collect();
        let two_lists: Vec<_> = two_lists.expect("the records").iter().map(|t| t.pk_id).collect();
        assert_eq!(two_lists, of_first_keys);
    }

    async fn days_of_a_list_are_whole_in_the_condition_of_a_write(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Tasks")
            .field(FieldDef::new("Due", DataType::DateTime))
            .field(FieldDef::new("Done", DataType::DateTime));
        env.emulator.create_table(table).expect("a table");
        for at in ["2024-01-01T23:59:59", "2024-01-02T00:00:00", "2024-01-02T10:00:00", "2024-01-03T00:00:00"] {
            env.emulator.insert("Tasks", json!({ "Due": at, "Done": at })).expect("a record");
        }
        let tasks = env.caspio.table::<Task>();

        let deleted = tasks.delete_where(|t| t.due.not_in([date!("2024-01-02"), date!("2024-01-03")])).await.expect("a delete");

        assert_eq!(deleted.records, 1);
        assert_eq!(tasks.count().await.expect("a count"), 3);
        let days = [date!("2024-01-01"), date!("2024-01-03")];
        let always = tasks.delete_where(|t| t.due.in_(days) | t.due.not_in(days)).await.expect_err("every record");
        assert_eq!(always.kind(), caspio::ErrorKind::Refused);
    }
}
