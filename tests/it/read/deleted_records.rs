//! Reads whose last records of a page are deleted before the next page is read: no other record is lost or repeated.

use super::blanks_and_floats::{self, Row};
use caspio::filter::Order;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, Result};
use caspio_emulator::Emulator;
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{TestEnv, insert_all, on_every_version};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct Group {
    note: Option<String>,
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

/// Nulls, empty texts, floats that 15 digits do not hold, and texts that are longer than a URL, with many ties.
fn record(number: usize) -> Value {
    let note = match number % 7 {
        0..3 => Value::Null,
        3..5 => json!(""),
        _ => json!("text"),
    };
    let score = match number % 5 {
        0 => Value::Null,
        1 => json!(0.3),
        2 => json!(0.1 + 0.2),
        _ => json!(5),
    };
    let long = "x".repeat(2_500);
    json!({ "Note": note, "Score": score, "Long": format!("{long}{}", number % 3) })
}

async fn table(version: ApiVersion, records: usize) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = blanks_and_floats::table();
    env.emulator.create_table(table).expect("a table");
    insert_all(&env.emulator, "T", (0..records).map(record));
    env.emulator.reset_calls();
    env
}

fn orders() -> Vec<(&'static str, Vec<Order<Row>>)> {
    let t = Row::COLUMNS;
    vec![
        ("note", vec![t.note.asc()]),
        ("note, descending", vec![t.note.desc()]),
        ("score", vec![t.score.asc()]),
        ("score, descending", vec![t.score.desc()]),
        (
            "score and note",
            vec![t.score.asc(), t.note.desc(), t.pk_id.desc()],
        ),
        ("long", vec![t.long.asc()]),
        ("long and note", vec![t.long.desc(), t.note.asc()]),
    ]
}

fn delete(env: &TestEnv, rows: &[Row]) {
    let keys: Vec<String> = rows.iter().map(|row| row.pk_id.to_string()).collect();
    let condition = format!("PK_ID IN ({})", keys.join(","));
    env.emulator.delete("T", &condition).expect("a delete");
}

on_every_version! {
    async fn a_stream_continues_after_deleted_records(version) {
        let env = table(version, 160).await;
        let rows = env.caspio.table::<Row>();
        for (name, order) in orders() {
            for (page, deleted) in [(1, 1), (1, 4), (3, 2), (10, 1), (10, 8)] {
                let query = || rows.order_by(|_| order.clone()).page_size(page);
                let all = query().page_size(1_000).collect().await.expect("all records");
                let mut stream = query().stream();
                let taken = 2 * usize::from(page).max(5);
                for _ in 0..taken {
                    stream.try_next().await.expect("a record").expect("a record");
                }
                delete(&env, &all[taken - deleted..taken]);
                env.emulator.reset_calls();

                let rest: Vec<Row> = stream.try_collect().await.unwrap_or_else(|error| {
                    panic!("by {name}, {deleted} deleted, pages of {page}: {error}")
                });

                assert_eq!(rest, all[taken..], "by {name}, {deleted} deleted, pages of {page}");
                let pages = (rest.len() as u64).div_ceil(page.into());
                assert!(env.emulator.calls().records_reads() <= pages + 5);
            }
        }
    }

    async fn a_read_is_resumed_after_a_deleted_record(version) {
        let env = table(version, 100).await;
        let rows = env.caspio.table::<Row>();
        for (name, order) in orders().into_iter().take(5) {
            for taken in [2, 7] {
                let query = || rows.order_by(|_| order.clone());
                let all = query().collect().await.expect("all records");
                let page = query().page(taken, None).await.expect("a page");
                let taken = usize::from(taken);
                delete(&env, &all[taken - 1..taken]);

                let next = query().page(20, page.next.as_ref()).await;

                let next = next.unwrap_or_else(|error| panic!("by {name}: {error}"));
                assert_eq!(next.records, all[taken..taken + 20], "by {name} after {taken}");
                let position = page.next.as_ref().expect("a position");
                let count = query().resume_from(position).count().await;
                assert_eq!(count.expect("a count"), (all.len() - taken) as u64, "by {name}");
            }
        }
    }

    async fn groups_continue_after_a_deleted_one(version) {
        for descending in [false, true] {
            let env = table(version, 70).await;
            let groups = || {
                let groups = env.caspio.table::<Row>().query().select::<Group>();
                let groups = groups.group_by(|t| (t.note, t.score));
                if descending {
                    groups.order_by(|t| (t.note.desc(), t.score.desc()))
                } else {
                    groups
                }
            };
            let all = groups().collect().await.expect("all groups");
            let mut stream = groups().page_size(2).stream();
            for _ in 0..4 {
                stream.try_next().await.expect("a group").expect("a group");
            }
            let note = all[3].note.as_ref().map_or("Note IS NULL".to_owned(), |note| format!("Note = '{note}'"));
            let score = all[3].score.map_or("Score IS NULL".to_owned(), |score| format!("Score = {score:e}"));
            env.emulator.delete("T", &format!("{note} AND {score}")).expect("a delete");

            let rest: Vec<Group> = stream.try_collect().await.expect("the other groups");

            assert_eq!(rest, all[4..]);
        }
    }

    async fn a_read_whose_place_is_lost_is_an_error(version) {
        let env = table(version, 60).await;
        let rows = env.caspio.table::<Row>();
        let query = || rows.order_by(|t| t.score.desc()).page_size(10);
        let all = query().collect().await.expect("all records");
        let mut stream = query().stream();
        for _ in 0..10 {
            stream.try_next().await.expect("a record").expect("a record");
        }
        delete(&env, &all[..10]);

        let error = stream.try_next().await.expect_err("the place is not certain");

        assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("read again")), "{error}");
    }
}

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Exact {
    #[caspio(pk)]
    pk_id: i64,
    score: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Exact)]
struct PerScore {
    score: Option<Decimal>,
    #[caspio(count)]
    rows: u64,
}

/// Six records whose score 15 digits show as 0.9, and one more.
async fn shown_with_fifteen_digits(version: ApiVersion) -> (TestEnv, Client) {
    let env = table(version, 0).await;
    for _ in 0..6 {
        let record = json!({ "Score": 0.899_999_999_999_999_9 });
        env.emulator.insert("T", record).expect("a record");
    }
    let record = json!({ "Score": 2.5 });
    env.emulator.insert("T", record).expect("a record");
    let layer = Layer::default();
    let caspio = layer.client(&env.emulator, version);
    layer.rewrite(Rewriting::FloatDigits(15), 0, 100);
    (env, caspio)
}

on_every_version! {
    async fn floats_that_a_struct_has_as_decimals_are_not_lost(version) {
        let (env, caspio) = shown_with_fifteen_digits(version).await;
        let rows = caspio.table::<Exact>();
        let mut stream = rows.order_by(|row| row.score.asc()).page_size(2).stream();
        for _ in 0..2 {
            stream.try_next().await.expect("a record").expect("a record");
        }
        env.emulator.delete("T", "PK_ID = 2").expect("a delete");

        let rest: Result<Vec<Exact>> = stream.try_collect().await;

        match rest {
            Ok(rest) => assert_eq!(rest.iter().map(|row| row.pk_id).collect::<Vec<_>>(), [3, 4, 5, 6, 7]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}"),
        }
    }

    async fn groups_of_floats_that_a_struct_has_as_decimals_are_not_lost(version) {
        let (env, caspio) = shown_with_fifteen_digits(version).await;
        env.emulator.insert("T", json!({ "Score": 0.900_000_000_000_000_1 })).expect("a record");
        let groups = caspio.table::<Exact>().query().select::<PerScore>().group_by(|row| row.score);

        let read = groups.page_size(1).collect().await;

        match read {
            Ok(read) => assert_eq!(read.iter().map(|group| group.rows).collect::<Vec<_>>(), [6, 1, 1]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}"),
        }
    }
}
