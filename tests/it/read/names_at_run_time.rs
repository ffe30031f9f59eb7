//! Columns, tables and keys that are known only at run time.

use caspio::ErrorKind;
use caspio::filter::{Order, column_named};
use caspio::prelude::*;
use caspio_tests::{Contact, TestEnv, on_every_version};

#[derive(Clone, Debug, CaspioRecord)]
#[caspio(of = Contact)]
struct Ages {
    #[expect(dead_code, reason = "only counted")]
    age: Option<i32>,
}

#[derive(Clone, Debug, CaspioRecord)]
#[caspio(of = Contact)]
struct AgeAndName {
    #[expect(dead_code, reason = "only counted")]
    age: Option<i32>,
    #[expect(dead_code, reason = "only counted")]
    last_name: String,
}

on_every_version! {
    async fn an_order_is_given_by_names(version) {
        let env = TestEnv::start().version(version).await;
        let (name, age) = ("last_name".to_owned(), "Age".to_owned());
        let contacts = env.caspio.table_named("Contacts");

        let named = contacts.order_by(|_| (Order::asc::<String>(&name), Order::desc::<i32>(age.clone())));
        let named = named.collect().await.expect("a read");
        let typed = env.caspio.table::<Contact>().order_by(|c| (c.last_name.asc(), c.age.desc()));
        let typed = typed.collect().await.expect("a read");

        let keys: Vec<_> = named.iter().filter_map(RecordMap::key).collect();
        assert_eq!(keys, typed.iter().map(|contact| contact.pk_id.into()).collect::<Vec<_>>());

        let by_columns = contacts.order_by(|_| (column_named::<String>(name).asc(), column_named::<i32>(age).desc()));
        assert_eq!(by_columns.collect().await.expect("a read"), named);
    }

    async fn the_columns_of_maps_are_given_by_names_and_types(version) {
        let env = TestEnv::start().version(version).await;
        let (named, typed) = (env.caspio.table_named("Contacts"), env.caspio.table::<Contact>());

        let query = named.filter(|c| c.column::<i32>("age").between(20, 40) & c.column::<String>("Last_Name").contains("a"));
        let query = query.order_by(|c| (c.column::<Option<i32>>("Age").desc(), c.column::<String>("Last_Name").asc()));
        let same = typed.filter(|c| c.age.between(20, 40) & c.last_name.contains("a"));
        let same = same.order_by(|c| (c.age.desc(), c.last_name.asc())).collect().await.expect("a read");
        let keys: Vec<_> = query.collect().await.expect("a read").iter().filter_map(RecordMap::key).collect();
        assert_eq!(keys, same.iter().map(|contact| contact.pk_id.into()).collect::<Vec<_>>());
        assert!(!keys.is_empty());

        let least = named.min(|c| c.column::<i32>("Age")).await.expect("a minimum");
        let sum = named.sum(|c| c.column::<Decimal>("Balance")).await.expect("a sum");
        assert_eq!(least, typed.min(|c| c.age).await.expect("a minimum"));
        assert_eq!(sum, typed.sum(|c| c.balance).await.expect("a sum"));
        let groups = named.query().columns(["Age"]).group_by(|c| c.column::<i32>("Age"));
        let counted = typed.select::<Ages>().group_by(|c| c.age).collect().await.expect("groups").len();
        assert_eq!(groups.collect().await.expect("groups").len(), counted);

        let first = typed.first().await.expect("a read").expect("a record").pk_id;
        let update = named.update(first).set(|c| (c.column::<String>("Last_Name").to("By name"), c.column::<i32>("Age").to_null()));
        update.await.expect("an update");
        let set = typed.get(first).await.expect("a read").expect("a record");
        assert_eq!((set.age, set.last_name.as_str()), (None, "By name"));
        let renamed = named.update_where(|c| c.column::<String>("Last_Name").eq("By name"));
        renamed.set(|c| c.column::<String>("Last_Name").to("Renamed")).await.expect("an update");
        let row = RecordMap::from([("Email", "by-name@example.com"), ("First_Name", "A"), ("Last_Name", "Renamed")]);
        named.insert(&row).unique_by(|c| c.column::<String>("Email")).await.expect("an insert");
        let report = named.sync_many(|c| c.column::<String>("Email"), std::slice::from_ref(&row)).await.expect("a report");
        assert_eq!(report.unchanged, 1, "{report:?}");
        named.delete_where(|c| c.column::<String>("Email").eq("by-name@example.com")).expect_count(1).await.expect("a delete");
        named.delete_where(|c| c.column::<String>("Last_Name").eq("Renamed")).expect_count(1).await.expect("a delete");

        let injected = "1=1) OR (Age";
        let error = named.delete_where(|c| c.column::<i32>(injected).gt(0)).await.expect_err("no such column");
        assert!(error.to_string().contains(injected), "{error}");
        let error = named.delete_where(|c| c.column::<i32>("Age").ge(0) | c.column::<i32>("Age").lt(0) | c.column::<i32>("Age").is_null());
        assert_eq!(error.await.expect_err("all records").kind(), ErrorKind::Refused);
    }

    async fn dates_and_assignments_are_given_by_names(version) {
        let env = TestEnv::start().version(version).await;
        let (named, typed) = (env.caspio.table_named("Contacts"), env.caspio.table::<Contact>());
        let joined = || column_named::<DateTime>("joined");
        let day = typed.max(|c| c.joined).await.expect("a maximum").expect("a date").date();
        for (by_name, by_column) in [
            (named.filter(|_| joined().on(day)), typed.filter(|c| c.joined.on(day))),
            (named.filter(|_| joined().since(20.years())), typed.filter(|c| c.joined.since(20.years()))),
            (named.filter(|_| joined().in_the_next(5.days())), typed.filter(|c| c.joined.in_the_next(5.days()))),
            (named.filter(|_| joined().before_now()), typed.filter(|c| c.joined.before_now())),
        ] {
            assert_eq!(by_name.count().await.expect("a count"), by_column.count().await.expect("a count"));
        }

        let first = typed.query().first().await.expect("a read").expect("a record").pk_id;
        let name = "AGE".to_owned();
        typed.update(first).set(|c| (column_named::<i32>(&name).to(71), c.last_name.to("By name"))).await.expect("an update");
        let set = typed.get(first).await.expect("a read").expect("a record");
        assert_eq!((set.age, set.last_name.as_str()), (Some(71), "By name"));
        named.update(first).set(|_| column_named::<i32>(&name).to_null()).await.expect("an update");
        let set = typed.get(first).await.expect("a read").expect("a record");
        assert_eq!(set.age, None);
        let error = typed.update(first).set(|_| column_named::<i32>("Agee").to(5)).await.expect_err("no such column");
        assert!(error.to_string().contains("Agee"), "{error}");
    }

    async fn errors_name_no_struct_where_there_is_none(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let unknown = contacts.query().columns(["Last_Name", "Cty"]).collect().await.expect_err("no such column");
        let of_order = contacts.order_by(|_| column_named::<i32>("Last_Name").asc());
        let of_order = of_order.page_size(5).collect().await.expect_err("a text");
        let of_condition = contacts.filter(|_| column_named::<String>("Age").eq("x"));
        let of_condition = of_condition.collect().await.expect_err("a number");
        for error in [&unknown, &of_order, &of_condition] {
            assert!(!error.to_string().contains("struct"), "{error}");
            assert_eq!(error.operation(), Some("records.list"), "{error}");
        }
        for error in [&of_order, &of_condition] {
            assert!(error.to_string().contains("`column_named::<T>`"), "{error}");
        }

        let typed = env.caspio.table::<Contact>();
        let of_field = typed.order_by(|_| column_named::<i32>("Last_Name").desc());
        let error = of_field.page_size(5).collect().await.expect_err("a text");
        assert!(error.to_string().contains("`column_named::<T>`"), "{error}");
    }

    async fn refused_reads_and_writes_name_their_operation(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let calls = env.emulator.calls().total();
        for (refused, operation) in [
            (contacts.delete_where_raw("Age > ?", ()).await.expect_err("no value"), "records.delete"),
            (contacts.delete_where_raw("", ()).await.expect_err("no condition"), "records.delete"),
            (contacts.delete_where(|c| c.score.eq(f64::NAN)).await.expect_err("no number"), "records.delete"),
            (
                contacts.update_where_raw("Age > 5) OR (1=1", ()).set(|c| c.age.to(5)).await.expect_err("unbalanced"),
                "records.update",
            ),
            (env.caspio.view_named("Of_Contacts").get_many(["x".repeat(3_000)]).await.expect_err("too long"), "records.list"),
        ] {
            assert_eq!(refused.operation(), Some(operation), "{refused}");
            assert!(refused.to_string().contains("Contacts"), "{refused}");
        }
        assert_eq!(env.emulator.calls().total(), calls);
    }

    async fn aggregates_and_groups_are_given_by_names(version) {
        let env = TestEnv::start().version(version).await;
        let (age, name) = ("age".to_owned(), "Last_Name".to_owned());
        let named = env.caspio.table_named("Contacts");
        let typed = env.caspio.table::<Contact>();
        for sum in [
            named.sum(|_| column_named::<i32>(&age)).await,
            typed.sum(|_| column_named::<Option<i32>>(&age)).await,
        ] {
            assert_eq!(sum.expect("a sum"), typed.sum(|c| c.age).await.expect("a sum"));
        }
        let least = named.min(|_| column_named::<i32>(&age)).await.expect("a minimum");
        let most = named.max(|_| column_named::<String>(&name)).await.expect("a maximum");
        assert_eq!(least, typed.min(|c| c.age).await.expect("a minimum"));
        assert_eq!(most, typed.max(|c| c.last_name).await.expect("a maximum"));

        let (named, typed) = (named.query(), typed.query());
        let sum = named.clone().sum(|_| column_named::<i32>(&age)).await.expect("a sum");
        let least = named.clone().min(|_| column_named::<Option<i32>>(&age)).await.expect("a minimum");
        let most = named.clone().max(|_| column_named::<String>(&name)).await.expect("a maximum");
        assert_eq!(sum, typed.clone().sum(|c| c.age).await.expect("a sum"));
        assert_eq!(least, typed.clone().min(|c| c.age).await.expect("a minimum"));
        assert_eq!(most, typed.clone().max(|c| c.last_name).await.expect("a maximum"));

        let groups = named.clone().columns([&name, &age]);
        let groups = groups.group_by(|_| (column_named::<i32>(&age), column_named::<String>(&name)));
        let groups = groups.collect().await.expect("groups");
        let same = typed.select::<AgeAndName>().group_by(|c| (c.age, c.last_name));
        assert_eq!(groups.len(), same.collect().await.expect("groups").len());
        let names = named.columns([&name]).group_by(|_| vec![column_named::<String>(&name)]);
        assert!(names.collect().await.expect("groups").len() < groups.len());
    }

    async fn conditions_are_given_by_names(version) {
        let env = TestEnv::start().version(version).await;
        let (age, name) = ("age".to_owned(), "Last_Name".to_owned());
        let named = env.caspio.table_named("Contacts");
        let typed = env.caspio.table::<Contact>();
        for (by_name, by_column) in [
            (
                named.filter(|_| column_named::<i32>(&age).between(20, 40)),
                typed.filter(|c| c.age.between(20, 40)),
            ),
            (
                named.filter(|_| column_named::<i32>(&age).is_null() | column_named::<String>(&name).contains("a")),
                typed.filter(|c| c.age.is_null() | c.last_name.contains("a")),
            ),
            (
                named.filter(|_| !column_named::<i32>(&age).in_([30, 31]) & column_named::<i32>(&age).gt(25)),
                typed.filter(|c| !c.age.in_([30, 31]) & c.age.gt(25)),
            ),
        ] {
            let count = by_name.count().await.expect("a count");
            assert!(count > 0);
            assert_eq!(count, by_column.count().await.expect("a count"));
        }
        let injected = "1=1) OR (Age";
        let error = named.delete_where(|_| column_named::<i32>(injected).gt(0)).await.expect_err("no such column");
        assert!(error.to_string().contains(injected), "{error}");
    }

    async fn an_order_has_many_terms(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        let four = contacts.order_by(|c| (c.last_name.asc(), c.age.desc(), c.email.asc(), c.score.asc())).limit(9);
        let list = contacts.order_by(|c| vec![c.last_name.asc(), c.age.desc(), c.email.asc(), c.score.asc()]).limit(9);
        let one = contacts.order_by(|c| (c.age.asc(),)).limit(9);

        let keys = async |query: Query<Contact>| {
            let records = query.collect().await.expect("a read");
            records.iter().map(|contact| contact.pk_id).collect::<Vec<_>>()
        };
        assert_eq!(keys(four).await, keys(list).await);
        assert_eq!(keys(one).await.len(), 9);
    }

    async fn keys_and_conditions_are_built_from_what_is_there(version) {
        let env = TestEnv::start().version(version).await;
        let view = env.caspio.view_named("Active_Contacts");
        let key = view.first().await.expect("a read").expect("a record").key().expect("a key").to_string();

        let keys = [key.as_str(), "999999"];
        assert_eq!(view.get_many(&keys).await.expect("a read").len(), 1);
        assert!(view.get(&&*key).await.expect("a read").is_some());
        assert!(view.get(&key).await.expect("a read").is_some());

        let contacts = env.caspio.table::<Contact>();
        let ids = vec![1, 2, 3];
        assert_eq!(contacts.filter_raw("PK_ID IN (?, ?, ?)", &ids).count().await.expect("a count"), 3);
        let name: Option<&str> = None;
        let both = contacts.filter(|c| Filter::all([Some(c.pk_id.le(3)), name.map(|name| c.last_name.eq(name))]));
        assert_eq!(both.count().await.expect("a count"), 3);
        let mut either = !Filter::<Contact>::default();
        for id in &ids {
            either |= Contact::COLUMNS.pk_id.eq(id);
        }
        assert_eq!(contacts.filter_by(either).count().await.expect("a count"), 3);
    }
}
