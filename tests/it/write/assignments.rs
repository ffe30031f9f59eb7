//! What an assignment does to a column: values by reference, values that are absent, nulls that the struct cannot read.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, Patch};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Things")]
struct Thing {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    quantity: i32,
    active: bool,
}

async fn things(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Things")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Quantity", DataType::Integer))
        .field(FieldDef::new("Active", DataType::YesNo));
    env.emulator.create_table(table).expect("a table");
    for name in ["Ann", "Bob", "Cid"] {
        let thing = json!({ "Name": name, "Quantity": 1, "Active": true });
        env.emulator.insert("Things", thing).expect("a record");
    }
    env.emulator.reset_calls();
    env
}

fn absent() -> Patch<String> {
    Patch::Absent
}

on_every_version! {
    async fn a_value_that_is_absent_keeps_an_earlier_one(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let name = async |id: i64| things.get(id).await.expect("a read").expect("a record").name;

        let update = things.update(1).set(|t| (t.quantity.to(2), t.name.to("A")));
        update.set(|t| t.name.to(absent())).await.expect("an update");
        assert_eq!(name(1).await.as_deref(), Some("A"));

        things.update(1).set(|t| (t.name.to("B"), t.name.to(absent()))).await.expect("an update");
        assert_eq!(name(1).await.as_deref(), Some("B"));

        let columns = Thing::COLUMNS;
        let change = [columns.name.to("C"), columns.name.to(absent())];
        things.update_many([(1, change)]).await.expect("a report").into_result().expect("updated");
        assert_eq!(name(1).await.as_deref(), Some("C"));
    }

    async fn a_null_that_the_struct_cannot_read_is_refused_before_any_call(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let (none, columns) = (None::<i32>, Thing::COLUMNS);

        let one = things.update(1).set(|t| t.quantity.to(none)).await.expect_err("refused");
        let tuple = things.update(1).set(|t| (t.name.to("A"), t.quantity.to(Patch::<i32>::Null)));
        let tuple = tuple.await.expect_err("refused");
        let all = things.update_where(|t| t.name.eq("Ann")).set(|t| t.quantity.to(none));
        let all = all.await.expect_err("refused");
        let row = things.update(1).set_row(&columns.quantity.to(none)).await.expect_err("refused");
        for error in [one, tuple, all, row] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Quantity")), "{error}");
        }
        let report = things.update_many([(1, columns.quantity.to(none))]).await.expect("a report");
        assert_eq!(report.failed().len(), 1);
        let insert = things.insert(&(columns.name.to("x"), columns.quantity.to(none)));
        assert_eq!(insert.await.expect_err("refused").kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);

        // A later value takes its place, and a column that may be null takes null.
        let update = things.update(1).set(|t| t.quantity.to(none)).set(|t| (t.quantity.to(5), t.name.to(None::<&str>)));
        update.await.expect("an update");
        let thing = things.get(1).await.expect("a read").expect("a record");
        assert_eq!((thing.quantity, thing.name), (5, None));
    }

    async fn values_are_taken_by_reference(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        let (id, name, quantity) = (1, Some("Zoe".to_owned()), 9);
        let by_reference: &i32 = &quantity;

        let update = things.update(&id).set(|t| (t.name.to(&name), t.quantity.to(by_reference), t.active.to(false)));
        update.await.expect("an update");
        let text = "Zed".to_owned();
        things.update(2).set(|t| t.name.to(&text)).await.expect("an update");

        let thing = things.get(&id).await.expect("a read").expect("a record");
        assert_eq!(thing, Thing { pk_id: 1, name, quantity, active: false });
        assert_eq!(things.filter(|t| t.name.eq(&text)).count().await.expect("a count"), 1);
    }

    async fn what_is_refused_costs_no_count(version) {
        let env = things(version).await;
        let things = env.caspio.table::<Thing>();
        things.fields().await.expect("fields");
        env.emulator.reset_calls();

        let delete = things.delete_where(|t| t.pk_id.gt(0)).expect_count(3).await.expect_err("refused");
        let none = things.delete_where(|_| Filter::all([None])).await.expect_err("refused");
        assert_eq!(env.emulator.calls().total(), 0);
        let long = "x".repeat(300);
        let update = things.update_where(|t| t.pk_id.gt(1)).set(|t| t.name.to(&long)).expect_count(2);
        let update = update.await.expect_err("refused");

        assert!(delete.message().contains("every record"), "{delete}");
        assert_eq!((update.kind(), update.field()), (ErrorKind::Refused, Some("Name")), "{update}");
        assert!(none.message().contains("no condition is given"), "{none}");
        // The fields are read again, because they may have changed.
        assert_eq!(env.emulator.calls().total(), 1);
    }
}
