//! Keys of a sync that a lookup cannot ask for.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

/// A table `T` with a column of keys, and its view of the records with yes in `Y`.
async fn keyed(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("T")
        .field(FieldDef::new("K", DataType::Text255))
        .field(FieldDef::new("Y", DataType::YesNo));
    let view = ViewDef::new("V", "T")
        .field("T.K")
        .field("T.Y")
        .filter("Y = 1")
        .editable("T");
    env.emulator.create_table(table).expect("a table");
    env.emulator.create_view(view).expect("a view");
    env
}

fn row(key: &str) -> RecordMap {
    RecordMap::from([("K", key)])
}

/// A key of fewer than 255 characters that does not fit a URL.
fn long(end: &str) -> String {
    "日".repeat(230) + end
}

on_every_version! {
    async fn a_sync_finds_a_key_that_does_not_fit_a_url(version) {
        let env = keyed(version).await;
        let table = env.caspio.table_named("T");
        let rows = [row("short"), row(&long(""))];
        let first = table.sync_many(|_| "K", &rows).await.expect("a report");
        assert_eq!((first.inserted, first.failed().len()), (2, 0), "{first:?}");

        let second = table.sync_many(|_| "K", &rows).await.expect("a report");

        assert_eq!((second.unchanged, second.changed()), (2, 0), "{second:?}");
        assert_eq!(env.emulator.count("T").expect("a table"), 2);
    }

    async fn a_long_key_that_resembles_that_of_a_record_is_named(version) {
        let env = keyed(version).await;
        env.emulator.insert("T", json!({ "K": long("Ａ") })).expect("a record");
        let table = env.caspio.table_named("T");
        let rows = [row("short"), row(&long("A"))];

        let error = table.sync_many(|_| "K", &rows).await.expect_err("refused");

        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("K")));
        let text = error.to_string();
        for part in ["row 1", "日日日", "too long", "nothing was written"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(env.emulator.count("T").expect("a table"), 1);
    }
}

#[tokio::test]
async fn a_sync_through_a_view_finds_the_hidden_record_of_a_long_key() {
    let env = keyed(ApiVersion::V3).await;
    for key in [long(""), "short".to_owned()] {
        let hidden = json!({ "K": key, "Y": false });
        env.emulator.insert("T", hidden).expect("a record");
    }
    let view = env.caspio.view_named("V").writable();
    let rows = [row(&long("")), row("short")];

    let report = view.sync_many(|_| "K", &rows).await.expect("a report");

    assert_eq!(
        (report.inserted, report.failed().len()),
        (0, 2),
        "{report:?}"
    );
    let text = report.failed()[0].error.to_string();
    assert!(text.contains("does not show"), "{text}");
    assert_eq!(env.emulator.count("T").expect("a table"), 2);
}

on_every_version! {
    async fn a_key_that_only_the_service_takes_for_another_is_refused_however_the_records_are_read(version) {
        // Characters of a surrogate pair have no weight for the service.
        let number = |at: usize| row(&format!("{} {at}", "k".repeat(100)));
        for (there, new) in [("𠮷野家", "𠮟野家"), ("𐐨x", "x")] {
            for others in [0, 100] {
                let env = keyed(version).await;
                env.emulator.insert("T", json!({ "K": there })).expect("a record");
                for at in 0..others / 2 {
                    let key = json!({ "K": format!("{} {at}", "k".repeat(100)) });
                    env.emulator.insert("T", key).expect("a record");
                }
                let mut rows: Vec<RecordMap> = (0..others).map(number).collect();
                rows.push(row(new));

                let error = env.caspio.table_named("T").sync_many(|_| "K", &rows).await;

                let error = error.expect_err("the service takes the keys for equal");
                assert_eq!(error.kind(), ErrorKind::Refused, "{others} others: {error}");
                assert_eq!(env.emulator.count("T").expect("a table"), 1 + others as u64 / 2);
            }
        }
    }
}

on_every_version! {
    async fn a_row_whose_key_the_service_takes_for_that_of_another_rows_record_is_refused(version) {
        for (there, new) in [("STRASSE", "straße"), ("ａ", "a"), ("b🟢", "b")] {
            for (others, all) in [(0, false), (0, true), (100, false)] {
                let env = keyed(version).await;
                env.emulator.insert("T", json!({ "K": there })).expect("a record");
                let mut rows: Vec<RecordMap> = (0..others).map(|at| row(&format!("other {at}"))).collect();
                rows.extend([row(new), row(there)]);
                let sync = env.caspio.table_named("T").sync_many(|_| "K", &rows);
                let sync = if all { sync.delete_missing() } else { sync };

                let error = sync.await.expect_err("the service takes the keys for equal");

                assert_eq!(error.kind(), ErrorKind::Refused, "{new}: {error}");
                let text = error.to_string();
                assert!(text.contains(there) && text.contains(&format!("row {others}, \"{new}\"")), "{text}");
                assert_eq!(env.emulator.count("T").expect("a table"), 1);
            }
        }
    }

    async fn rows_that_the_service_takes_for_each_other_are_both_kept_once_both_are_there(version) {
        let env = keyed(version).await;
        for there in ["STRASSE", "straße"] {
            env.emulator.insert("T", json!({ "K": there })).expect("a record");
        }
        let rows = [row("straße"), row("STRASSE"), row("new")];

        let report = env.caspio.table_named("T").sync_many(|_| "K", &rows).await.expect("a report");

        assert_eq!((report.inserted, report.unchanged), (1, 2), "{report:?}");
    }

    async fn the_hidden_record_of_another_row_is_not_doubled(version) {
        for (there, new) in [("STRASSE", "straße"), ("ａ", "a"), ("b🟢", "b")] {
            let env = keyed(version).await;
            env.emulator.insert("T", json!({ "K": there, "Y": false })).expect("a record");
            let rows = [there, new].map(|key| RecordMap::from([("K", json!(key)), ("Y", json!(true))]));

            let view = env.caspio.view_named("V").writable();
            let error = view.sync_many(|_| "K", &rows).await.expect_err("refused");

            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(env.emulator.count("T").expect("a table"), 1, "{new}");
        }
    }
}

on_every_version! {
    async fn a_hidden_record_that_only_the_service_takes_for_a_rows_is_not_doubled(version) {
        // Only v3 reports the table of a view.
        for (there, new) in [("Straße", "strasse"), ("🟢Open", "🔴Open")] {
            let env = keyed(version).await;
            env.emulator.insert("T", json!({ "K": there, "Y": false })).expect("a record");
            let rows = [("other", true), (new, true)].map(|(key, yes)| {
                RecordMap::from([("K", json!(key)), ("Y", json!(yes))])
            });

            let view = env.caspio.view_named("V").writable();
            let error = view.sync_many(|_| "K", &rows).await.expect_err("refused");

            assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Refused, false), "{error}");
            assert!(error.to_string().contains(there) && error.to_string().contains(new), "{error}");
            assert_eq!(env.emulator.count("T").expect("a table"), 1);
        }
    }

    async fn a_key_that_begins_with_a_date_is_compared_as_text_too(version) {
        for new in ["２０２４-01-05", "2024-01-05\u{FE0F}"] {
            let env = keyed(version).await;
            env.emulator.insert("T", json!({ "K": "2024-01-05" })).expect("a record");
            let rows = [row(new), row("other")];

            let error = env.caspio.table_named("T").replace_all(|_| "K", &rows).await;

            let error = error.expect_err("the service takes the keys for equal");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(env.emulator.count("T").expect("a table"), 1);
        }
    }
}
