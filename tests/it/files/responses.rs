//! Responses with null, missing, additional and wrong members, and lists that change.

use caspio::files::Upload;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::on_every_version;
use caspio_tests::scripted::client_of;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The list of files or folders in the form of a version.
fn list(version: ApiVersion, entries: &str, total: &str) -> String {
    match version {
        ApiVersion::V2 => format!(r#"{{"Result":{{"Folders":{entries},"Files":{entries}}}}}"#),
        ApiVersion::V4 => format!(r#"{{"data":{entries},"pagination":{{"totalCount":{total}}}}}"#),
        _ => format!(r#"{{"Result":{entries},"Pagination":{{"TotalCount":{total}}}}}"#),
    }
}

fn one(version: ApiVersion, object: &str) -> String {
    match version {
        ApiVersion::V4 => object.to_owned(),
        _ => format!(r#"{{"Result":{object}}}"#),
    }
}

const NULLS: &str = r#"{"ExternalKey":"k-1","Name":null,"Size":null,"ContentType":null,
    "DateCreated":null,"LastModified":null,"Extra":{"a":[1]}}"#;

on_every_version! {
    async fn null_members_fail_no_read(version) {
        let caspio = client_of(version, move |url| match url {
            url if url.contains("fileInfo") || url.contains("/folders/k-1") => one(version, NULLS),
            _ => list(version, &format!("[{NULLS}]"), "null"),
        });
        let files = caspio.files();

        for file in [
            files.list().await.expect("a list").remove(0),
            files.file("k-1").info().await.expect("info"),
            files.file_at("/a").info().await.expect("info"),
        ] {
            assert_eq!((file.id.as_str(), file.name.as_str()), ("k-1", ""));
            assert_eq!((file.size, file.content_type, file.path), (None, None, None));
            assert_eq!((file.created, file.modified), (None, None));
        }
        for folder in [
            files.folders().await.expect("a list").remove(0),
            files.folder("k-1").info().await.expect("info"),
        ] {
            assert_eq!((folder.id.as_str(), folder.name.as_str()), ("k-1", ""));
            assert_eq!(folder.created, None);
        }
    }

    async fn a_list_that_is_null_is_empty(version) {
        let caspio = client_of(version, move |_| list(version, "null", "0"));

        assert_eq!(caspio.files().list().await.expect("a list"), []);
        assert_eq!(caspio.files().folders().await.expect("a list"), []);
    }

    async fn an_answer_of_another_form_is_an_error(version) {
        for body in [r#"{"Other":[]}"#, r#"{"Result":7,"data":7}"#, "[]", "7", "\"x\""] {
            let caspio = client_of(version, move |_| body.to_owned());
            let files = caspio.files();
            for error in [
                files.list().await.err(),
                files.folders().await.err(),
                files.file("k-1").info().await.err(),
                files.folder("k-1").info().await.err(),
            ] {
                let error = error.expect(body);
                assert_eq!(error.kind(), ErrorKind::Protocol, "{body}: {error}");
                assert!(error.operation().is_some_and(|name| name.starts_with("files.")), "{error}");
                assert!(error.resource().is_some(), "{error}");
            }
        }
    }

    async fn an_entry_without_an_id_is_an_error_that_names_it(version) {
        for entry in [r#"{"Name":"a.png"}"#, r#"{"Name":"a.png","ExternalKey":null}"#] {
            let caspio = client_of(version, move |_| list(version, &format!("[{entry}]"), "1"));

            let error = caspio.files().list().await.expect_err("no id");

            assert_eq!(error.kind(), ErrorKind::Protocol);
            assert!(error.to_string().contains("a.png"), "{error}");
        }
    }
}

fn numbered(first: usize, count: usize) -> String {
    let numbers = first..first + count;
    let entry = |number: usize| format!(r#"{{"Name":"{number}","ExternalKey":"k-{number}"}}"#);
    let entries: Vec<_> = numbers.map(entry).collect();
    format!("[{}]", entries.join(","))
}

fn page(url: &str) -> usize {
    match url.contains("pageNumber=2") {
        true => 2,
        false => 1,
    }
}

#[tokio::test]
async fn a_list_that_changes_between_pages_is_read_again() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let calls = AtomicUsize::new(0);
        let caspio = client_of(version, move |url| {
            // During the first reading a file is added before the others, so that one comes twice.
            let (first, total) = match (calls.fetch_add(1, Ordering::Relaxed), page(url)) {
                (1, _) => (999, "1006"),
                (_, 1) => (0, "1005"),
                _ => (1000, "1005"),
            };
            let count = if page(url) == 1 { 1000 } else { 5 };
            list(version, &numbered(first, count), total)
        });

        let files = caspio.files().list().await.expect("a list");

        let names: Vec<_> = files
            .iter()
            .map(|file| file.name.parse::<usize>())
            .collect();
        assert_eq!(names, (0..1005).map(Ok).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_list_that_is_never_whole_is_an_error() {
    type Answer = fn(usize) -> (usize, usize, &'static str);
    let answers: [(&str, Answer); 4] = [
        ("the page number is ignored", |_| (0, 1000, "1500")),
        ("the second page is empty", |page| {
            (0, if page == 1 { 1000 } else { 0 }, "1500")
        }),
        ("the total changes", |page| match page {
            1 => (0, 1000, "1005"),
            _ => (1000, 5, "1004"),
        }),
        ("there are more than the total", |page| match page {
            1 => (0, 1000, "1003"),
            _ => (1000, 5, "1003"),
        }),
    ];
    for (what, answer) in answers {
        for version in [ApiVersion::V3, ApiVersion::V4] {
            let caspio = client_of(version, move |url| {
                let (first, count, total) = answer(page(url));
                list(version, &numbered(first, count), total)
            });

            let error = caspio.files().list().await.expect_err(what);

            assert_eq!(error.kind(), ErrorKind::Incomplete, "{what}: {error}");
        }
    }
}

#[tokio::test]
async fn pages_without_a_total_end_with_a_short_one() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let caspio = client_of(version, move |url| {
            let (first, count) = if page(url) == 1 { (0, 1000) } else { (1000, 3) };
            list(version, &numbered(first, count), "null")
        });

        assert_eq!(caspio.files().list().await.expect("a list").len(), 1003);
    }
}

#[test]
fn an_upload_shows_neither_its_content_nor_its_path() {
    let upload = Upload::bytes("a.txt", "secret").on_progress(|_, _| {});

    let shown = format!("{upload:?}");

    assert!(
        shown.contains("a.txt") && !shown.contains("secret"),
        "{shown}"
    );
}
