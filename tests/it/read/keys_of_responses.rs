//! Keys of responses: in the other form than documented, missing, doubled, or not requested.

use caspio::prelude::*;
use caspio::{ApiVersion, Error, ErrorKind};
use caspio_tests::scripted::{client_of, client_of_records};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Notes")]
struct Note {
    text: String,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "Notes")]
struct NoteView {
    text: String,
}

/// A client of v4, whose bulk responses have a table's keys as text.
fn client_of_text_keys() -> Client {
    client_of(ApiVersion::V4, |url| match url.contains("/records") {
        true => r#"{"data":[{"Text":"a","PK_ID":"7"},{"Text":"b","PK_ID":"8"}]}"#.to_owned(),
        false => r#"{"data":[{"tableId":"abcdef","name":"Notes"}]}"#.to_owned(),
    })
}

fn texts<K>(notes: impl IntoIterator<Item = (K, Note)>) -> Vec<(K, String)> {
    notes
        .into_iter()
        .map(|(key, note)| (key, note.text))
        .collect()
}

async fn error_of(records: &'static str) -> Error {
    let notes = client_of_records(records).table::<Note>();
    notes.get_many([7, 8]).await.expect_err("a wrong key")
}

#[tokio::test]
async fn a_table_takes_keys_that_come_as_text() {
    let notes = client_of_text_keys().table::<Note>();

    let found = notes.get_many([7, 8]).await.expect("the notes");

    assert_eq!(texts(found), [(7, "a".to_owned()), (8, "b".to_owned())]);
}

#[tokio::test]
async fn a_key_that_comes_as_a_float_is_a_whole_number_for_every_kind_of_record() {
    for (came, key) in [("7", 7), ("7.0", 7), ("1e3", 1000)] {
        let records = format!(r#"[{{"PK_ID":{came},"Text":"a"}}]"#);
        let client = client_of_records(records);

        let maps = client.table_named("Notes").collect().await.expect(came);
        let keyed = client.table::<KeyedNote>().collect().await.expect(came);
        let notes = client.table::<Note>().get_many([key]).await.expect(came);

        assert_eq!(maps[0].key(), Some(key.into()), "{came}");
        assert_eq!(keyed[0].pk_id, key, "{came}");
        assert_eq!(texts(notes), [(key, "a".to_owned())]);
    }
}

#[tokio::test]
async fn a_map_reports_what_came_instead_of_a_key() {
    for came in ["7.5", "true", "9223372036854775808", "[1]"] {
        let client = client_of_records(format!(r#"[{{"PK_ID":{came},"Text":"a"}}]"#));

        let error = client.table_named("Notes").collect().await.expect_err(came);

        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.field(), Some("PK_ID"));
        let got = format!("a whole number or text for PK_ID, got {came}");
        assert!(error.to_string().contains(&got), "{error}");
    }
}

/// Structs with a field for the key; a table's key is a number, and a view's a text.
#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Notes")]
struct KeyedNote {
    #[caspio(pk)]
    pk_id: i64,
    text: String,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = KeyedNote)]
struct NoteKey {
    #[caspio(pk)]
    pk_id: i64,
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "Notes")]
struct KeyedNoteView {
    #[caspio(pk)]
    pk_id: String,
    text: String,
}

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Notes")]
struct ShortKeyNote {
    #[caspio(pk)]
    id: i32,
}

#[tokio::test]
async fn a_key_is_read_into_its_field_from_a_number_or_a_text() {
    for keys in [["7", "8"], [r#""7""#, r#""8""#], ["7", r#""8""#]] {
        let [first, second] = keys;
        let records =
            format!(r#"[{{"PK_ID":{first},"Text":"a"}},{{"PK_ID":{second},"Text":"b"}}]"#);
        let caspio = client_of_records(records);

        let notes = caspio.table::<KeyedNote>().collect().await.expect("notes");
        let keys = caspio.table::<KeyedNote>().query().select::<NoteKey>();
        let keys = keys.collect().await.expect("keys");
        let short = caspio.table::<ShortKeyNote>().collect().await;
        let views = caspio.view::<KeyedNoteView>().collect().await;

        assert!(notes.iter().map(|note| note.pk_id).eq([7, 8]));
        assert!(keys.iter().map(|note| note.pk_id).eq([7, 8]));
        assert!(short.expect("notes").iter().map(|note| note.id).eq([7, 8]));
        let views = views.expect("notes");
        assert!(views.iter().map(|note| note.pk_id.as_str()).eq(["7", "8"]));
    }
}

#[tokio::test]
async fn a_text_that_is_not_a_number_is_not_a_table_key() {
    for key in [
        r#""""#, r#""8,1""#, r#""08""#, r#"" 8""#, r#""8.0""#, "true", "null",
    ] {
        let records = format!(r#"[{{"PK_ID":{key},"Text":"a"}}]"#);
        let notes = client_of_records(records).table::<KeyedNote>();

        let error = notes.collect().await.expect_err("no key");

        assert_eq!(error.kind(), ErrorKind::Decode, "{key}: {error}");
        assert_eq!(error.field(), Some("PK_ID"), "{key}: {error}");
    }
}

#[tokio::test]
async fn another_number_is_not_read_from_a_text() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Notes")]
    #[allow(dead_code, reason = "never read")]
    struct Counted {
        #[caspio(pk)]
        pk_id: i64,
        count: i64,
    }

    let notes = client_of_records(r#"[{"PK_ID":7,"Count":"8"}]"#).table::<Counted>();

    let error = notes.collect().await.expect_err("a text");

    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(error.field(), Some("Count"));
}

#[tokio::test]
async fn a_loader_takes_keys_that_come_as_text() {
    let loader = client_of_text_keys().table::<Note>().loader();

    let found = tokio::try_join!(loader.get(7), loader.get(8)).expect("the notes");

    let texts = [found.0, found.1].map(|note| note.expect("a note").text.clone());
    assert_eq!(texts, ["a", "b"]);
}

#[tokio::test]
async fn a_view_takes_keys_that_come_as_numbers() {
    let caspio = client_of_records(r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":8}]"#);

    let found = caspio.view::<NoteView>().get_many(["7", "8"]).await;

    let found = found.expect("the notes");
    assert_eq!(found["7"].text, "a");
    assert_eq!(found["8"].text, "b");
}

#[tokio::test]
async fn a_key_that_is_not_a_table_key_is_an_error() {
    for records in [
        r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":"8,1"}]"#,
        r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":"08"}]"#,
        r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":8.5}]"#,
        r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":true}]"#,
        r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":null}]"#,
        r#"[{"Text":"a","PK_ID":7},{"Text":"b"}]"#,
    ] {
        let error = error_of(records).await;
        assert_eq!(error.field(), Some("PK_ID"), "{records}: {error}");
        let is_named = error.key().is_some() || error.message().contains("record 2 of its page");
        assert!(is_named, "{records}: {error}");
        assert_eq!(error.resource(), Some("table \"Notes\""));
    }
}

#[tokio::test]
async fn a_record_that_was_not_requested_is_an_error() {
    let error = error_of(r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":9}]"#).await;

    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.key(), Some("PK_ID 9"));
}

#[tokio::test]
async fn two_records_with_one_key_are_an_error() {
    let error = error_of(r#"[{"Text":"a","PK_ID":7},{"Text":"b","PK_ID":"7"}]"#).await;

    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.key(), Some("PK_ID 7"));
}

#[tokio::test]
async fn a_full_page_whose_last_record_lacks_its_key_is_an_error() {
    let caspio = client_of(ApiVersion::V3, |url| match url.contains("PK_ID >") {
        true => r#"{"Result":[]}"#.to_owned(),
        false => r#"{"Result":[{"Text":"a","PK_ID":1},{"Text":"b"}]}"#.to_owned(),
    });

    let read = caspio.table::<Note>().query().page_size(2).collect().await;

    let error = read.expect_err("a record without its key");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Ends after the time in which a lookup would have ended long ago.
async fn soon<T>(lookup: impl Future<Output = T>) -> T {
    let lookup = tokio::time::timeout(Duration::from_secs(10), lookup);
    lookup.await.expect("the lookup ends")
}

#[test]
fn a_loader_outlives_the_runtime_of_its_first_lookup() {
    let loader = client_of_records(r#"[{"Text":"a","PK_ID":7}]"#)
        .table::<Note>()
        .loader();
    let first = runtime();
    first.block_on(async {
        let lookup = tokio::time::timeout(Duration::from_micros(1), loader.get(7));
        assert!(lookup.await.is_err());
    });
    drop(first);

    let found = runtime().block_on(soon(loader.get(7)));

    assert_eq!(found.expect("the note").expect("a note").text, "a");
}

#[test]
fn a_lookup_does_not_wait_for_a_runtime_that_is_idle() {
    let loader = client_of_records(r#"[{"Text":"a","PK_ID":7}]"#)
        .table::<Note>()
        .loader();
    let idle = runtime();
    idle.block_on(async {
        let lookup = tokio::time::timeout(Duration::from_micros(1), loader.get(7));
        assert!(lookup.await.is_err());
    });

    let found = runtime().block_on(soon(loader.get(7)));

    assert_eq!(found.expect("the note").expect("a note").text, "a");
}

#[test]
fn a_lookup_whose_task_panics_is_an_error_and_the_next_one_succeeds() {
    let loader = client_of_records(r#"[{"Text":"a","PK_ID":7}]"#)
        .table::<Note>()
        .loader();
    let without_time = Builder::new_current_thread().build().expect("a runtime");

    for _ in 0..2 {
        let error = without_time.block_on(loader.get(7)).expect_err("no timer");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
    let found = runtime().block_on(soon(loader.get(7)));

    assert!(found.expect("the note").is_some());
}

#[test]
fn a_lookup_outside_a_runtime_is_an_error() {
    let loader = client_of_records("[]").table::<Note>().loader();

    let mut lookup = pin!(loader.get(7));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = lookup.as_mut().poll(&mut context) else {
        panic!("no error");
    };

    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_reference_to_a_key_is_a_key() {
    let notes = client_of_text_keys().table::<Note>();
    let keys: Vec<i64> = vec![7, 8];

    let found = notes.get_many(&keys).await.expect("the notes");
    let loader = notes.loader();

    assert_eq!(found.len(), 2);
    drop(loader.get(&keys[0]));
    drop(notes.get(&keys[0]));
    drop(notes.get(&7_i32));
    drop(notes.delete(&keys[0]));
    drop(notes.delete_many(&keys));
    drop(notes.update(&keys[0]).set(|c| c.text.to("b")));
    let view = client_of_text_keys().view::<NoteView>();
    let key = "7,8".to_owned();
    drop(view.get(&key));
    drop(view.get(&*key));
    drop(view.writable().delete(&key));
}

#[tokio::test]
async fn a_position_after_records_without_a_key_is_refused() {
    let caspio = client_of_records(r#"[{"Text":"a"},{"Text":"b"},{"Text":"c"}]"#);
    let notes = || caspio.table_named("Notes").query();
    let mut stream = notes().stream();
    let start = stream.position();
    let mut positions = Vec::new();
    while stream.try_next().await.expect("a note").is_some() {
        positions.push(stream.position());
    }
    let mut pages = notes().pages();
    let page = pages.try_next().await.expect("a page").expect("a page");
    positions.extend([page.position_after(2), page.position_after(3)]);

    assert_eq!(positions.len(), 5);
    for position in positions {
        let error = notes().resume_from(&position).collect().await;
        let error = error.expect_err("the place of the record is not known");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("PK_ID"), "{error}");
    }
    // Before the first record, no key is needed.
    for position in [start, page.position_after(0)] {
        let all = notes().resume_from(&position).collect().await;
        assert_eq!(all.expect("all notes").len(), 3);
    }
}

#[tokio::test]
async fn records_without_a_key_are_an_error_if_more_follow() {
    let caspio = client_of(ApiVersion::V3, |_| {
        r#"{"Result":[{"Text":"a"},{"Text":"b"}],"Pagination":{"TotalCount":5}}"#.to_owned()
    });

    let read = caspio.table_named("Notes").query().max_calls(9).collect();

    let error = read.await.expect_err("the next page is not known");
    assert_eq!(error.kind(), ErrorKind::Protocol);
}
