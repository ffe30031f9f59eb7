//! Reads of tables that nobody changes, from a service that shows values in another way than it compares them.

use super::blanks_and_floats::{Row, table};
use caspio::filter::Order;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef};
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{TestEnv, insert_all, on_every_version};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct PerScore {
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct PerLong {
    long: Option<String>,
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct PerScoreAndNote {
    score: Option<f64>,
    note: Option<String>,
    #[caspio(count)]
    rows: u64,
}

async fn client(version: ApiVersion, records: &[Value]) -> (TestEnv, Layer, Client) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = table()
        .field(FieldDef::new("Note_2", DataType::Text255))
        .field(FieldDef::new("Note_3", DataType::Text255));
    env.emulator.create_table(table).expect("a table");
    insert_all(&env.emulator, "T", records.iter().cloned());
    let layer = Layer::default();
    let client = layer.client(&env.emulator, version);
    (env, layer, client)
}

on_every_version! {
    async fn no_group_is_lost_behind_a_float_and_a_text_of_any_length(version) {
        let scores = [0.1234567890123452, 0.1234567890123454, 0.1234567890123456, 0.1234567890123458, 0.5];
        let (env, layer, caspio) = client(version, &[]).await;
        for length in (700..920).step_by(7) {
            env.emulator.delete("T", "PK_ID > 0").expect("a delete");
            let long = "x".repeat(length);
            for score in scores {
                let record = json!({"Long": long, "Score": score});
                env.emulator.insert("T", record).expect("a record");
            }
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
            let groups = caspio.table::<Row>().query().select::<PerLong>().group_by(|t| (t.long, t.score));

            let read = groups.page_size(3).collect().await;

            if let Ok(read) = read {
                assert_eq!(read.len(), scores.len(), "{length}: {read:?}");
            }
        }
    }

    async fn a_long_condition_leaves_room_for_the_group_at_which_a_page_begins(version) {
        let scores = [0.1234567890123452, 0.1234567890123454, 0.1234567890123456, 0.1234567890123458, 0.5];
        let (_env, layer, caspio) = client(version, &scores.map(|score| json!({"Score": score}))).await;
        for length in 1_400..1_800 {
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
            let rows = caspio.table::<Row>().filter(|t| t.note.is_null() | t.note.ne("x".repeat(length)));
            let groups = rows.select::<PerScore>().group_by(|t| t.score).page_size(3);

            match groups.collect().await {
                Ok(read) => assert_eq!(read.len(), scores.len(), "{length}: {read:?}"),
                // A page that would not fit is refused before any call.
                Err(error) if error.kind() == ErrorKind::Refused => {
                    assert_eq!(layer.calls(), 0, "{length}: {error}");
                    break;
                }
                Err(_) => {}
            }
        }
    }
}

on_every_version! {
    async fn a_map_has_a_place_whichever_of_its_blanks_are_null(version) {
        let blanks = [json!(null), json!(""), json!("a")];
        let mut records = Vec::new();
        for (first, second) in blanks.iter().flat_map(|first| blanks.iter().map(move |second| (first, second))) {
            for third in &blanks {
                records.extend(vec![json!({"Note": first, "Note_2": second, "Note_3": third}); 2]);
            }
        }
        let (_env, layer, caspio) = client(version, &records).await;
        let maps = caspio.table_named("T");
        for rewriting in [Rewriting::Unchanged, Rewriting::NullAsEmptyText, Rewriting::EmptyTextAsNull] {
            for descends in [false, true] {
                let order = |name| match descends {
                    true => Order::desc::<String>(name),
                    false => Order::asc::<String>(name),
                };
                let sorted = maps.order_by(|_| vec![order("Note"), Order::asc::<String>("Note_2"), order("Note_3")]);
                layer.rewrite(Rewriting::Unchanged, 0, 1_000);
                let expected = keys(&sorted.clone().collect().await.expect("one page"));
                layer.rewrite(rewriting, 0, 1_000);

                let read = sorted.clone().page_size(1).collect().await.expect("all records");

                assert_eq!(keys(&read), expected, "{rewriting:?} {descends}");
                // Three calls for a page at most.
                assert!(layer.calls() <= 3 * expected.len(), "{}", layer.calls());
                let mut paged = Vec::new();
                let mut next = None;
                loop {
                    let page = sorted.clone().page(7, next.as_ref()).await.expect("a page");
                    paged.extend(keys(&page.records));
                    next = page.next;
                    let Some(position) = &next else { break };
                    let rest = sorted.clone().resume_from(position).count().await.expect("a count");
                    assert_eq!(rest as usize, expected.len() - paged.len(), "{rewriting:?} {descends}");
                }
                assert_eq!(paged, expected, "{rewriting:?} {descends}");
            }
        }
    }

    async fn a_map_has_a_place_behind_a_deleted_record_whichever_of_its_blanks_are_null(version) {
        for rewriting in [Rewriting::NullAsEmptyText, Rewriting::EmptyTextAsNull] {
            let blank = json!({"Note": null, "Note_2": ""});
            let records = [vec![blank; 6], vec![json!({"Note": "", "Note_2": null}); 3]].concat();
            let (env, layer, caspio) = client(version, &records).await;
            layer.rewrite(rewriting, 0, 1_000);
            let orders = vec![Order::asc::<String>("Note"), Order::asc::<String>("Note_2")];
            let mut stream = caspio.table_named("T").order_by(|_| orders).page_size(3).stream();
            let mut read = Vec::new();
            while let Some(map) = stream.try_next().await.expect("a record") {
                read.push(map);
                if read.len() == 3 {
                    env.emulator.delete("T", "PK_ID = 3").expect("a delete");
                }
            }
            assert_eq!(keys(&read), [1, 2, 3, 4, 5, 6, 7, 8, 9], "{rewriting:?}");
        }
    }

    async fn a_map_with_a_long_text_has_a_place_whichever_of_its_blanks_are_null(version) {
        let long = "x".repeat(2_500);
        let blanks = [json!(null), json!(""), json!(null), json!("")];
        let records = blanks.map(|blank| json!({"Note": blank, "Long": long}));
        let (_env, layer, caspio) = client(version, &records).await;
        for rewriting in [Rewriting::Unchanged, Rewriting::NullAsEmptyText, Rewriting::EmptyTextAsNull] {
            layer.rewrite(rewriting, 0, 1_000);
            let orders = vec![Order::asc::<String>("Long"), Order::asc::<String>("Note")];

            let read = caspio.table_named("T").order_by(|_| orders).page_size(1).collect().await;

            assert_eq!(keys(&read.expect("all records")), [1, 3, 2, 4], "{rewriting:?}");
        }
    }
}

fn keys(maps: &[RecordMap]) -> Vec<i64> {
    let keys = maps.iter().filter_map(RecordMap::key);
    keys.map(|key| i64::try_from(key).expect("a number"))
        .collect()
}

on_every_version! {
    async fn a_place_behind_floats_is_found_whatever_digits_are_shown(version) {
        let long = "x".repeat(2_500);
        let scores = [0.1 + 0.2, 0.3, 1.0 / 3.0, 2.0 / 3.0, 1_234_567.890_123_456_7, 5.0 / 7.0];
        let records = scores.iter().flat_map(|score| {
            ["a", "b"].map(|note| json!({"Score": score, "Note": note, "Long": long}))
        });
        let records: Vec<Value> = records.collect();
        let (_env, layer, caspio) = client(version, &records).await;
        let rows = caspio.table::<Row>();
        let groups = rows.query().select::<PerScore>().group_by(|t| t.score);
        let pairs = rows.query().select::<PerScoreAndNote>().group_by(|t| (t.score, t.note));
        let long_pairs = rows.query().select::<PerLong>().group_by(|t| (t.long, t.score));
        let sorted = rows.order_by(|t| (t.score.desc(), t.note.asc()));
        let by_long = rows.order_by(|t| (t.long.asc(), t.score.asc()));
        for size in 1..=5 {
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);

            assert_eq!(groups.clone().page_size(size).collect().await.expect("groups").len(), 6, "{size}");
            assert_eq!(pairs.clone().page_size(size).collect().await.expect("groups").len(), 12, "{size}");
            assert_eq!(long_pairs.clone().page_size(size).collect().await.expect("groups").len(), 6, "{size}");
            let read = sorted.clone().page_size(size).collect().await.expect("records");
            let keys: Vec<i64> = read.iter().map(|row| row.pk_id).collect();
            assert_eq!(keys, [9, 10, 11, 12, 7, 8, 5, 6, 1, 2, 3, 4], "{size}");
            assert_eq!(by_long.clone().page_size(size).collect().await.expect("records").len(), 12, "{size}");
        }
    }

    async fn a_map_is_found_by_a_text_that_is_null_and_a_float(version) {
        let scores = [0.123_456_789_012_345_2, 0.123_456_789_012_345_8, 0.5, 1.0 / 3.0, 2.0 / 3.0];
        for note in [Value::Null, json!(""), json!("a")] {
            let records = scores.map(|score| json!({"Note": note, "Score": score}));
            let (_env, layer, caspio) = client(version, &records).await;
            layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
            let by_both = caspio.table_named("T").order_by(|_| {
                vec![Order::asc::<String>("Note"), Order::asc::<f64>("Score")]
            });
            for size in 1..=4 {
                let read = by_both.clone().page_size(size).collect().await.expect("records");
                let keys: Vec<_> = read.iter().map(|row| row.get("PK_ID").cloned()).collect();
                assert_eq!(keys, [1, 2, 4, 3, 5].map(|key| Some(json!(key))), "{note} {size}");
            }
        }
    }

    async fn a_place_behind_the_greatest_float_is_found(version) {
        let records = [f64::MAX, f64::MAX, 1.5, 1.25].map(|score| json!({"Score": score}));
        let (env, layer, caspio) = client(version, &records).await;
        layer.rewrite(Rewriting::FloatDigits(17), 0, 1_000);
        let mut stream = caspio.table::<Row>().order_by(|t| t.score.desc()).page_size(2).stream();
        let mut read = Vec::new();
        while let Some(row) = stream.try_next().await.expect("a record") {
            read.push(row.pk_id);
            if read.len() == 2 {
                env.emulator.delete("T", "PK_ID < 3").expect("a delete");
            }
        }
        assert_eq!(read, [1, 2, 3, 4]);
    }

    async fn a_float_before_a_deleted_record_has_a_place_whatever_digits_are_shown(version) {
        let scores = (1..=9).map(|number| f64::from(number) / 9.0);
        let records: Vec<Value> = scores.map(|score| json!({"Score": score})).collect();
        let (env, layer, caspio) = client(version, &records).await;
        layer.rewrite(Rewriting::FloatDigits(15), 0, 1_000);
        let mut stream = caspio.table::<Row>().order_by(|t| t.score.asc()).page_size(3).stream();
        let mut read = Vec::new();
        while let Some(row) = stream.try_next().await.expect("a record") {
            read.push(row.pk_id);
            if read.len() == 3 {
                env.emulator.delete("T", "PK_ID = 3").expect("a delete");
            }
        }
        assert_eq!(read, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
