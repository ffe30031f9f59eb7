//! Conditions on a field of type `Date`, whose column has records with times.

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
        ] {
            assert_eq!(condition.count().await.expect("a count"), records, "{name}");
        }
    }
}
