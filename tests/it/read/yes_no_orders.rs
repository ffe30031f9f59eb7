//! Orders by a Yes/No column.

use caspio::filter::{Order, column_named};
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    #[caspio(pk)]
    pk_id: i64,
    active: bool,
    age: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "Joined")]
struct Joined {
    #[caspio(pk)]
    pk_id: String,
    active: Option<bool>,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Member)]
struct PerActive {
    active: bool,
    age: Option<i32>,
    #[caspio(count)]
    members: u64,
}

async fn members(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Members")
        .field(FieldDef::new("Active", DataType::YesNo))
        .field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    for number in 1..=12 {
        let age = (number % 4 > 0).then_some(number % 4);
        let member = json!({"Active": number % 3 == 0, "Age": age});
        env.emulator.insert("Members", member).expect("a record");
    }
    env
}

/// The keys of the records for which `Active` is true, and of the others.
const ACTIVE: [i64; 4] = [3, 6, 9, 12];
const OTHERS: [i64; 8] = [1, 2, 4, 5, 7, 8, 10, 11];

fn keys(members: &[Member]) -> Vec<i64> {
    members.iter().map(|member| member.pk_id).collect()
}

on_every_version! {
    async fn the_records_for_which_it_is_true_come_first_or_last(version) {
        let env = members(version).await;
        let members = env.caspio.table::<Member>();
        let maps = env.caspio.table_named("Members");
        for size in [1, 2, 3, 4, 5, 8, 1_000] {
            let first = members.order_by(|m| m.active.desc()).page_size(size).concurrency(2);
            assert_eq!(keys(&first.collect().await.expect("all")), [&ACTIVE[..], &OTHERS].concat(), "{size}");
            let last = members.order_by(|m| m.active.asc()).page_size(size);
            assert_eq!(keys(&last.collect().await.expect("all")), [&OTHERS[..], &ACTIVE].concat(), "{size}");
            let by_age = members.order_by(|m| (m.active.desc(), m.age.desc())).page_size(size);
            let by_age = keys(&by_age.collect().await.expect("all"));
            assert_eq!(by_age, [3, 6, 9, 12, 7, 11, 2, 10, 1, 5, 4, 8], "{size}");
            let named = maps.order_by(|_| column_named::<bool>("Active").desc()).page_size(size);
            assert_eq!(named.collect().await.expect("all").len(), 12, "{size}");
        }
    }

    async fn a_page_continues_within_the_same_value_and_after_it(version) {
        let env = members(version).await;
        let sorted = env.caspio.table::<Member>().order_by(|_| Order::desc::<bool>("Active"));
        let mut next = None;
        let mut read = Vec::new();
        loop {
            let page = sorted.clone().page(4, next.as_ref()).await.expect("a page");
            read.extend(keys(&page.records));
            next = page.next;
            let Some(position) = &next else { break };
            let rest = sorted.clone().resume_from(position).count().await.expect("a count");
            assert_eq!(rest as usize, 12 - read.len());
        }
        assert_eq!(read, [&ACTIVE[..], &OTHERS].concat());
    }

    async fn a_record_that_is_deleted_or_changed_meanwhile_causes_no_loss(version) {
        for change in ["delete", "update"] {
            let env = members(version).await;
            let mut stream = env.caspio.table::<Member>().order_by(|m| m.active.desc()).page_size(4).stream();
            let mut read = Vec::new();
            while let Some(member) = stream.try_next().await.expect("a record") {
                read.push(member.pk_id);
                if read.len() == 4 {
                    match change {
                        "delete" => env.emulator.delete("Members", "PK_ID = 12").expect("a delete"),
                        _ => env.emulator.update("Members", "PK_ID = 12", json!({"Active": false})).expect("an update"),
                    };
                }
            }
            let again: &[i64] = if change == "delete" { &[] } else { &[12] };
            assert_eq!(read, [&ACTIVE[..], &OTHERS, again].concat(), "{change}");
        }
    }

    async fn groups_are_sorted_by_it(version) {
        let env = members(version).await;
        let groups = env.caspio.table::<Member>().query().select::<PerActive>().group_by(|m| (m.active, m.age));
        for size in 1..=4 {
            let read = groups.clone().order_by(|m| m.active.desc()).page_size(size).collect().await.expect("groups");
            let pairs: Vec<(bool, Option<i32>)> = read.iter().map(|group| (group.active, group.age)).collect();
            let ages = [None, Some(1), Some(2), Some(3)];
            let expected = [true, false].map(|active| ages.map(|age| (active, age))).concat();
            assert_eq!(pairs, expected, "{size}");
            assert_eq!(read.iter().map(|group| group.members).sum::<u64>(), 12);
        }
    }

    async fn a_view_may_have_null_in_it(version) {
        let env = members(version).await;
        let bookings = TableDef::new("Bookings").field(FieldDef::new("Member", DataType::Integer));
        env.emulator.create_table(bookings).expect("a table");
        for member in [3, 99, 1, 98, 6] {
            env.emulator.insert("Bookings", json!({"Member": member})).expect("a record");
        }
        let view = ViewDef::new("Joined", "Bookings").field("Members.Active");
        let view = view.left_join("Members", "Bookings.Member", "PK_ID");
        env.emulator.create_view(view).expect("a view");
        let rows = env.caspio.view::<Joined>().query();
        for size in 1..=4 {
            let down = rows.clone().order_by(|r| r.active.desc()).page_size(size).collect().await.expect("all");
            let down: Vec<_> = down.iter().map(|row| row.active).collect();
            assert_eq!(down, [Some(true), Some(true), Some(false), None, None], "{size}");
            let up = rows.clone().order_by(|r| r.active.asc()).page_size(size).collect().await.expect("all");
            let up: Vec<_> = up.iter().map(|row| row.active).collect();
            assert_eq!(up, [None, None, Some(false), Some(true), Some(true)], "{size}");
        }
    }
}
