//! A service that shows floats with fifteen digits: a read finds that out once, and then takes a call for a page.

use caspio::filter::Order;
use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{TestEnv, insert_all, on_every_version};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    note: Option<String>,
    score: Option<f64>,
    long: Option<String>,
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Shown {
    #[caspio(pk)]
    pk_id: String,
    score: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct Group {
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

const RECORDS: usize = 60;

/// What it takes to find out that floats are shown with fewer digits, in addition to the call for the page.
const FINDING_OUT: u64 = 2;

fn record(number: usize) -> Value {
    let note = match number % 3 {
        0 => Value::Null,
        1 => json!(""),
        _ => json!("text"),
    };
    let long = format!("{}{}", "x".repeat(2_500), number % 2);
    json!({ "Note": note, "Score": number as f64 / 997.0, "Long": long })
}

async fn table(version: ApiVersion) -> (TestEnv, Client) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("T")
        .field(FieldDef::new("Note", DataType::Text255))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Long", DataType::Text64000));
    env.emulator.create_table(table).expect("a table");
    let view = ViewDef::new("V", "T").field("T.Score");
    env.emulator.create_view(view).expect("a view");
    insert_all(&env.emulator, "T", (1..=RECORDS).map(record));
    env.emulator.reset_calls();
    let client = client(&env, version);
    (env, client)
}

/// Returns another client, which has seen nothing yet.
fn client(env: &TestEnv, version: ApiVersion) -> Client {
    let layer = Layer::default();
    let client = layer.client(&env.emulator, version);
    layer.rewrite(Rewriting::FloatDigits(15), 0, 10_000);
    client
}

type Orders = Vec<(&'static str, Vec<Order<Row>>)>;

fn orders() -> Orders {
    let t = Row::COLUMNS;
    vec![
        ("score", vec![t.score.asc()]),
        ("score, descending", vec![t.score.desc()]),
        ("note and score", vec![t.note.asc(), t.score.desc()]),
        ("score and note", vec![t.score.desc(), t.note.desc()]),
        ("long and score", vec![t.long.asc(), t.score.asc()]),
    ]
}

fn keys(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| row.pk_id).collect()
}

on_every_version! {
    async fn aggregates_after_a_position_are_of_the_records_after_it(version) {
        let (env, client) = table(version).await;
        let alike = [0.3, 0.1 + 0.2, 0.3 - 5e-17].map(|score| json!({ "Score": score }));
        insert_all(&env.emulator, "T", alike);
        for (name, order) in orders() {
            let query = || client.table::<Row>().order_by(|_| order.clone());
            let all = query().collect().await.expect("one page");
            for size in (1..all.len()).step_by(3) {
                let page = query().page(size as u16, None).await.expect("a page");
                let position = page.next.expect("more");
                let rest = || query().resume_from(&position);
                let left = &all[size..];
                env.emulator.reset_calls();

                assert_eq!(rest().count().await.expect("a count"), left.len() as u64, "{size} by {name}");
                assert!(env.emulator.calls().records_reads() <= 1 + FINDING_OUT);
                assert!(rest().exists().await.expect("whether there are more"));
                let sum = rest().sum(|r| r.pk_id).await.expect("a sum");
                assert_eq!(sum, Some(left.iter().map(|row| row.pk_id).sum()), "{size} by {name}");
                let least = rest().min(|r| r.pk_id).await.expect("a minimum");
                assert_eq!(least, left.iter().map(|row| row.pk_id).min());
                let most = rest().max(|r| r.pk_id).await.expect("a maximum");
                assert_eq!(most, left.iter().map(|row| row.pk_id).max());
            }
        }
    }

    async fn an_aggregate_after_a_read_that_saw_cut_floats_takes_one_more_call(version) {
        let (env, client) = table(version).await;
        let query = || client.table::<Row>().order_by(|r| (r.note.asc(), r.score.asc())).page_size(2);
        let mut stream = query().stream();
        for _ in 0..20 {
            stream.try_next().await.expect("a record");
        }
        let rest = query().resume_from(&stream.position());
        env.emulator.reset_calls();

        assert_eq!(rest.count().await.expect("a count"), RECORDS as u64 - 20);
        assert_eq!(env.emulator.calls().records_reads(), 2);
    }

    async fn an_aggregate_after_a_record_that_is_gone_is_right_or_incomplete(version) {
        for act in ["delete", "change"] {
            let (env, client) = table(version).await;
            let query = || client.table::<Row>().order_by(|r| (r.note.asc(), r.score.asc()));
            let page = query().page(10, None).await.expect("a page");
            let last = page.records[9].pk_id;
            let condition = format!("PK_ID = {last}");
            match act {
                "delete" => env.emulator.delete("T", &condition).expect("a delete"),
                _ => env.emulator.update("T", &condition, json!({ "Score": 0.7 })).expect("a change"),
            };

            let rest = query().resume_from(&page.next.expect("more"));
            let error = rest.count().await.expect_err("the place is not known");

            assert_eq!(error.kind(), ErrorKind::Incomplete, "{act}: {error}");
        }
    }

    async fn groups_after_a_position_are_found(version) {
        let (_env, client) = table(version).await;
        let groups = || {
            let groups = client.table::<Row>().query().select::<Group>();
            groups.group_by(|t| t.score)
        };
        for size in [1, 30, RECORDS - 1] {
            let page = groups().page(size as u16, None).await.expect("a page");
            let rest = groups().resume_from(&page.next.expect("more"));
            assert!(rest.exists().await.expect("whether there are more"), "after {size}");
        }
        let mut stream = groups().stream();
        while stream.try_next().await.expect("a group").is_some() {}
        let rest = groups().resume_from(&stream.position());
        assert!(!rest.exists().await.expect("whether there are more"));
    }

    async fn a_page_takes_one_call(version) {
        let (env, caspio) = table(version).await;
        for (name, order) in orders() {
            for size in [1_u16, 7] {
                let query = || caspio.table::<Row>().order_by(|_| order.clone());
                let all = query().collect().await.expect("one page");
                env.emulator.reset_calls();

                let read = query().page_size(size).collect().await.expect("all records");

                assert_eq!(keys(&read), keys(&all), "by {name}");
                let pages = (RECORDS as u64).div_ceil(size.into()) + 1;
                let calls = env.emulator.calls().records_reads();
                assert!(calls <= pages + FINDING_OUT, "{calls} calls by {name}, {pages} pages");
            }
        }
    }

    async fn a_page_of_groups_or_of_a_view_takes_one_call(version) {
        let (env, caspio) = table(version).await;
        let most = (RECORDS as u64).div_ceil(7) + 1 + FINDING_OUT;

        let groups = caspio.table::<Row>().query().select::<Group>().group_by(|t| t.score);
        let groups = groups.page_size(7).collect().await.expect("all groups");

        assert_eq!(groups.len(), RECORDS);
        assert!(env.emulator.calls().records_reads() <= most);
        env.emulator.reset_calls();

        let rows = caspio.view::<Shown>().query().order_by(|v| v.score.desc());
        let rows = rows.page_size(7).collect().await.expect("all records");

        assert_eq!(rows.len(), RECORDS);
        assert!(env.emulator.calls().records_reads() <= most);
    }

    async fn pages_of_an_endpoint_take_one_call(version) {
        let (env, _) = table(version).await;
        for (name, order) in orders() {
            let mut after: Option<Position> = None;
            let (mut read, mut calls) = (Vec::new(), Vec::new());
            loop {
                let caspio = client(&env, version);
                let query = caspio.table::<Row>().order_by(|_| order.clone());
                env.emulator.reset_calls();
                let page = query.page(7, after.as_ref()).await.expect("a page");
                calls.push(env.emulator.calls().records_reads());
                read.extend(page.records);
                after = match page.next {
                    Some(next) => Some(next.to_string().parse().expect("a position")),
                    None => break,
                };
            }
            let caspio = client(&env, version);
            let all = caspio.table::<Row>().order_by(|_| order).collect().await;

            assert_eq!(keys(&read), keys(&all.expect("one page")), "by {name}");
            let more: u64 = calls.iter().map(|calls| calls - 1).sum();
            assert!(more <= FINDING_OUT, "{calls:?} calls by {name}");
        }
    }

    async fn a_read_gets_on_with_one_or_two_calls_at_once(version) {
        let (env, _) = table(version).await;
        for (name, order) in orders() {
            for most in [1, 2] {
                let caspio = client(&env, version);
                let query = || {
                    let query = caspio.table::<Row>().order_by(|_| order.clone());
                    query.page_size(7)
                };
                let all = query().page_size(1_000).collect().await.expect("one page");
                let mut read = Vec::new();
                let mut position: Option<Position> = None;
                for _ in 0..RECORDS {
                    let query = match &position {
                        Some(position) => query().resume_from(position),
                        None => query(),
                    };
                    match query.max_calls(most).collect_partial().await {
                        Ok(Collected::Complete(rows)) => {
                            read.extend(rows);
                            break;
                        }
                        Ok(Collected::Partial(part)) => {
                            read.extend(part.records);
                            position = Some(part.resume);
                        }
                        Err(error) => panic!("by {name} with {most} calls: {error}"),
                    }
                }
                assert_eq!(keys(&read), keys(&all), "by {name} with {most} calls");
            }
        }
    }

    async fn maps_get_on_with_two_calls_or_learn_that_they_need_them(version) {
        let (env, caspio) = table(version).await;
        let query = || {
            let rows = caspio.table_named("T");
            let order = vec![Order::asc::<String>("Note"), Order::desc::<f64>("Score")];
            rows.order_by(|_| order).page_size(1)
        };
        let all = query().page_size(1_000).collect().await.expect("one page");
        let mut read = Vec::new();
        let mut position: Option<Position> = None;
        while read.len() < RECORDS {
            let resumed = || match &position {
                Some(position) => query().resume_from(position),
                None => query(),
            };
            if let Err(error) = resumed().max_calls(1).collect_partial().await {
                assert_eq!(error.kind(), ErrorKind::Incomplete);
                let hint = error.hint().unwrap_or_default().to_owned();
                assert!(hint.contains("allow more calls"), "{error} {hint}");
            }
            match resumed().max_calls(2).collect_partial().await.expect("records") {
                Collected::Complete(rows) => {
                    read.extend(rows);
                    break;
                }
                Collected::Partial(part) => {
                    assert!(!part.records.is_empty());
                    read.extend(part.records);
                    position = Some(part.resume);
                }
            }
        }

        assert_eq!(read, all);
        drop(env);
    }

    async fn a_long_condition_is_read_or_refused_before_the_first_call(version) {
        let (env, caspio) = table(version).await;
        let mut refused = 0;
        for length in (900..1_700).step_by(10) {
            env.emulator.reset_calls();
            let rows = caspio.table::<Row>().filter(|t| t.note.is_null() | t.note.ne("x".repeat(length)));
            let rows = rows.order_by(|t| (t.note.asc(), t.score.asc())).page_size(7);

            match rows.collect().await {
                Ok(read) => assert_eq!(read.len(), RECORDS, "{length} letters"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Refused, "{length} letters: {error}");
                    assert_eq!(env.emulator.calls().records_reads(), 0, "{length} letters");
                    refused += 1;
                }
            }
        }
        assert!((1..40).contains(&refused), "{refused} conditions are refused");
    }
}
