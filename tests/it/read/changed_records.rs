//! Reads whose last record of a page is changed before the next page is read: no other record is lost or repeated.

use caspio::ErrorKind;
use caspio::filter::Order;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::rewriting::{Layer, Rewriting};
use caspio_tests::{insert_all, on_every_version};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    note: Option<String>,
    score: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "T_View")]
struct ViewRow {
    #[caspio(pk)]
    pk_id: String,
    score: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct ByScore {
    score: Option<f64>,
    #[caspio(count)]
    rows: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct ByNote {
    note: Option<String>,
    #[caspio(count)]
    rows: u64,
}

async fn table(records: &[Value]) -> Emulator {
    let emulator = Emulator::builder().empty().start().await;
    let emulator = emulator.expect("the emulator starts");
    let table = TableDef::new("T")
        .field(FieldDef::new("Note", DataType::Text255))
        .field(FieldDef::new("Score", DataType::Number));
    emulator.create_table(table).expect("a table");
    insert_all(&emulator, "T", records.iter().cloned());
    emulator
}

/// Reads a stream, and changes record `key` when so many records came.
async fn read<R: 'static>(
    mut stream: impl futures::Stream<Item = caspio::Result<R>> + Unpin,
    emulator: &Emulator,
    (after, key, change): (usize, i64, Value),
) -> caspio::Result<Vec<R>> {
    let mut records = Vec::new();
    while let Some(record) = stream.try_next().await? {
        records.push(record);
        if records.len() == after {
            let changed = emulator.update("T", &format!("PK_ID = {key}"), change.clone());
            changed.expect("a change");
        }
    }
    Ok(records)
}

/// Returns the keys of the records that came, without the changed one, which may come again.
fn others_once(mut keys: Vec<i64>, changed: i64) -> Vec<i64> {
    assert!(keys.contains(&changed), "{keys:?}");
    keys.retain(|key| *key != changed);
    keys.sort_unstable();
    keys
}

on_every_version! {
    async fn other_records_are_not_lost_whatever_the_service_shows(version) {
        let float = 0.8999999999999999;
        for (rewriting, column, (old, new, last)) in [
            (Rewriting::Unchanged, "Note", (json!(null), json!("a"), json!("z"))),
            (Rewriting::NullAsEmptyText, "Note", (json!(null), json!("a"), json!("z"))),
            (Rewriting::EmptyTextAsNull, "Note", (json!(""), json!("a"), json!("z"))),
            (Rewriting::Unchanged, "Score", (json!(float), json!(1.0), json!(5.0))),
            (Rewriting::FloatDigits(15), "Score", (json!(float), json!(1.0), json!(5.0))),
        ] {
            let mut records = vec![json!({column: old}); 6];
            records.push(json!({column: last}));
            let emulator = table(&records).await;
            let layer = Layer::default();
            let rows = layer.client(&emulator, version).table::<Row>();
            layer.rewrite(rewriting, 0, 100);
            let sorted = match column {
                "Note" => rows.order_by(|t| t.note.asc()),
                _ => rows.order_by(|t| t.score.asc()),
            };

            let read = read(sorted.page_size(3).stream(), &emulator, (3, 3, json!({column: new}))).await;

            match read {
                Ok(read) => {
                    // The changed record has a later place in the order, where it may come again.
                    let keys: Vec<i64> = read.iter().map(|row| row.pk_id).collect();
                    assert!(
                        [&[1, 2, 3, 4, 5, 6, 7][..], &[1, 2, 3, 4, 5, 6, 3, 7]].contains(&&*keys),
                        "{rewriting:?} {column}: {keys:?}"
                    );
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{rewriting:?} {column}: {error}"),
            }
        }
    }

    async fn a_changed_record_is_not_delivered_again_by_the_next_page(version) {
        // Note is shown as it is compared, so the read is complete.
        let notes = [json!(null), json!("b"), json!("c"), json!("d"), json!("e")];
        let emulator = table(&notes.map(|note| json!({"Note": note}))).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        layer.rewrite(Rewriting::Unchanged, 0, 100);
        let stream = rows.order_by(|t| t.note.asc()).page_size(1).stream();

        let read = read(stream, &emulator, (1, 1, json!({"Note": "a"}))).await;

        let keys: Vec<i64> = read.expect("the records").iter().map(|row| row.pk_id).collect();
        assert_eq!(keys, [1, 2, 3, 4, 5]);
    }

    async fn no_record_is_lost_behind_one_that_is_changed_to_a_value_that_is_shown_alike(version) {
        for (rewriting, old, new) in [
            (Rewriting::NullAsEmptyText, json!(null), json!("")),
            (Rewriting::NullAsEmptyText, json!(""), json!(null)),
            (Rewriting::EmptyTextAsNull, json!(null), json!("")),
            (Rewriting::EmptyTextAsNull, json!(""), json!(null)),
        ] {
            for descends in [false, true] {
                // Three of the old value, three of the other one, each before and after the changed record by its key.
                let notes = [&new, &old, &new, &old, &new, &old].map(|note| json!({"Note": note}));
                let emulator = table(&notes).await;
                let layer = Layer::default();
                let rows = layer.client(&emulator, version).table::<Row>();
                layer.rewrite(rewriting, 0, 100);
                let sorted = match descends {
                    false => rows.order_by(|t| t.note.asc()),
                    true => rows.order_by(|t| t.note.desc()),
                };
                let is_null_first = !descends;
                let after = if old.is_null() == is_null_first { 2 } else { 5 };
                let stream = sorted.page_size(after).stream();
                let change = (usize::from(after), 4, json!({"Note": new}));

                let read = read(stream, &emulator, change).await.expect("the records");

                let keys = read.iter().map(|row| row.pk_id).collect();
                assert_eq!(others_once(keys, 4), [1, 2, 3, 5, 6], "{rewriting:?} {descends}");
            }
        }
    }

    async fn a_map_does_not_have_the_column_that_shows_which_texts_are_null(version) {
        let notes = [json!(""), json!(null), json!(""), json!(null)];
        let emulator = table(&notes.map(|note| json!({"Note": note}))).await;
        let layer = Layer::default();
        let maps = layer.client(&emulator, version).table_named("T").query().columns(["Note"]);
        let sorted = maps.order_by(|_| Order::asc::<String>("Note")).page_size(1);
        for by_page in [false, true] {
            layer.rewrite(Rewriting::NullAsEmptyText, 0, 100);
            let change = (1, 2, json!({"Note": ""}));

            let read = match by_page {
                false => read(sorted.clone().stream(), &emulator, change).await,
                true => {
                    let pages = sorted.clone().pages().map_ok(|page| page.into_records().expect("records"));
                    let pages = pages.map_ok(|records| futures::stream::iter(records).map(Ok)).try_flatten();
                    read(pages, &emulator, change).await
                }
            };

            let read = read.expect("the records");
            let names = |map: &RecordMap| map.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
            assert!(read.iter().all(|map| names(map) == ["Note", "PK_ID"]), "{read:?}");
            let keys = read.iter().filter_map(RecordMap::key).map(|key| i64::try_from(key).expect("a number"));
            assert_eq!(others_once(keys.collect(), 2), [1, 3, 4]);
            emulator.update("T", "PK_ID = 2", json!({"Note": null})).expect("a change");
        }
    }

    async fn a_position_keeps_which_texts_are_null(version) {
        let notes = [json!(""), json!(null), json!(""), json!(null)];
        let emulator = table(&notes.map(|note| json!({"Note": note}))).await;
        let layer = Layer::default();
        let sorted = layer.client(&emulator, version).table::<Row>().order_by(|t| t.note.asc());
        layer.rewrite(Rewriting::NullAsEmptyText, 0, 3);
        let first = sorted.clone().page(1, None).await.expect("a page");
        emulator.update("T", "PK_ID = 2", json!({"Note": ""})).expect("a change");

        let next = sorted.page(3, first.next.as_ref()).await.expect("a page");

        let keys: Vec<i64> = next.records.iter().map(|row| row.pk_id).collect();
        assert_eq!((first.records[0].pk_id, keys), (2, vec![4, 1, 2]));
        // The record that the second page begins after is found by its key, to see that it was changed.
        assert_eq!(layer.calls(), 3);
    }

    async fn a_long_condition_leaves_no_room_to_select_which_texts_are_null(version) {
        let emulator = table(&[json!({"Note": null}), json!({"Note": ""}), json!({"Note": "a"})]).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        layer.rewrite(Rewriting::Unchanged, 0, 1_000);
        let mut shown = Vec::new();
        for length in (1_000..2_000).step_by(20) {
            let long = rows.filter(|t| t.note.ne("x".repeat(length)) | t.note.is_null());
            let sorted = long.order_by(|t| t.note.asc()).limit(3);
            let Ok(explained) = sorted.explain() else {
                break;
            };
            shown.push(explained.calls[0].select.contains("CASE"));

            let records = sorted.collect().await.expect("the records");

            let keys: Vec<i64> = records.iter().map(|row| row.pk_id).collect();
            assert_eq!(keys, [1, 2, 3], "{length}");
        }
        // There is room for shorter conditions only.
        assert!(shown.contains(&false) && shown.is_sorted_by(|a, b| a >= b), "{shown:?}");
        assert!(shown[0]);
    }

    async fn no_group_is_lost_behind_one_whose_text_is_changed_to_one_that_is_shown_alike(version) {
        let notes = [json!(null), json!(""), json!("a"), json!("b")];
        let emulator = table(&notes.map(|note| json!({"Note": note}))).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        for rewriting in [Rewriting::NullAsEmptyText, Rewriting::EmptyTextAsNull] {
            layer.rewrite(rewriting, 0, 100);
            let groups = rows.query().select::<ByNote>().group_by(|t| t.note);
            let stream = groups.page_size(2).stream();

            let read = read(stream, &emulator, (2, 2, json!({"Note": null}))).await;

            let read = read.expect("the groups");
            let notes: Vec<&str> = read.iter().map(|group| group.note.as_deref().unwrap_or_default()).collect();
            assert_eq!(notes, ["", "", "a", "b"], "{rewriting:?}");
            emulator.update("T", "PK_ID = 2", json!({"Note": ""})).expect("a change");
        }
    }

    async fn a_group_is_not_lost_with_the_record_of_another_one(version) {
        let notes = [json!(null), json!("a"), json!("a"), json!("b")];
        let emulator = table(&notes.map(|note| json!({"Note": note}))).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        layer.rewrite(Rewriting::Unchanged, 0, 100);
        let groups = rows.query().select::<ByNote>().group_by(|t| t.note);
        let stream = groups.page_size(1).stream();

        let read = read(stream, &emulator, (1, 1, json!({"Note": "a"}))).await;

        match read {
            Ok(groups) => {
                let notes: Vec<Option<&str>> = groups.iter().map(|group| group.note.as_deref()).collect();
                assert_eq!(notes, [None, Some("a"), Some("b")]);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}"),
        }
    }

    async fn a_group_that_took_over_the_record_of_a_delivered_one_is_not_lost(version) {
        let scores = [0.2, 0.3, 0.3, 0.4, 0.1];
        let emulator = table(&scores.map(|score| json!({"Score": score}))).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        layer.rewrite(Rewriting::Unchanged, 0, 100);
        let groups = rows.query().select::<ByScore>().group_by(|t| t.score);
        let stream = groups.page_size(2).stream();

        let read = read(stream, &emulator, (2, 1, json!({"Score": 0.3}))).await;

        match read {
            Ok(groups) => {
                let scores: Vec<Option<f64>> = groups.iter().map(|group| group.score).collect();
                assert_eq!(scores, [Some(0.1), Some(0.2), Some(0.3), Some(0.4)]);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}"),
        }
    }

    async fn a_read_of_a_view_continues_after_a_changed_record(version) {
        let mut records = vec![json!({"Score": 0.0}); 6];
        records.extend(vec![json!({"Score": 1.0}); 6]);
        let emulator = table(&records).await;
        let view = ViewDef::new("T_View", "T").field("T.Score");
        emulator.create_view(view).expect("a view");
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).view::<ViewRow>();
        layer.rewrite(Rewriting::Unchanged, 0, 100);
        let stream = rows.order_by(|t| t.score.asc()).page_size(3).stream();

        let read = read(stream, &emulator, (3, 3, json!({"Score": 0.5}))).await;

        // The key of a view is a text.
        let keys: Vec<String> = read.expect("the records").into_iter().map(|row| row.pk_id).collect();
        assert_eq!(keys, ["1", "2", "3", "4", "5", "6", "3", "10", "11", "12", "7", "8", "9"]);
    }

    async fn a_low_total_does_not_end_a_read_behind_a_changed_record(version) {
        let records: Vec<Value> = (0..2_500).map(|number| json!({"Score": f64::from(number) + 0.25})).collect();
        let emulator = table(&records).await;
        let layer = Layer::default();
        let rows = layer.client(&emulator, version).table::<Row>();
        layer.rewrite(Rewriting::WrongTotal(-1_000), 0, 1_000);
        let stream = rows.order_by(|t| t.score.asc()).stream();

        let read = read(stream, &emulator, (1_000, 1_000, json!({"Score": 1_005.5}))).await;

        let keys = read.expect("the records").iter().map(|row| row.pk_id).collect();
        let others: Vec<i64> = (1..=2_500).filter(|key| *key != 1_000).collect();
        assert_eq!(others_once(keys, 1_000), others);
    }
}
