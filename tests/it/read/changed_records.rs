//! Reads whose last record of a page is changed before the next page is read: no other record is lost or repeated.

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::on_every_version;
use caspio_tests::rewriting::{Layer, Rewriting};
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
    for record in records {
        emulator.insert("T", record.clone()).expect("a record");
    }
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
}
