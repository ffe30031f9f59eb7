//! Files in records of tables and views: uploaded, downloaded, described, renamed and deleted.

use bytes::Bytes;
use caspio::attachment::Upload;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef, ViewDef};
use caspio_tests::TestEnv;
use futures::stream;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Debug, CaspioTable)]
#[caspio(table = "People")]
struct Person {
    #[caspio(pk)]
    pk_id: i64,
    name: String,
    #[caspio(read_only)]
    resume: Option<String>,
}

/// Visits, each with its person.
#[derive(Debug, CaspioView)]
#[caspio(view = "Visits_People")]
struct VisitPerson {
    #[caspio(pk)]
    pk_id: String,
    name: String,
    resume: Option<String>,
}

const UPLOAD: &str = "UploadFileToAttachmentTableField";
const DOWNLOAD: &str = "DownloadFileFromAttachmentTableField";

/// People 1, 2 and 3; visits 1 by person 3, 2 by 2 and 3 by 1.
async fn people(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let emulator = &env.emulator;
    let people = TableDef::new("People")
        .field(FieldDef::new("Person_ID", DataType::Integer))
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Resume", DataType::Attachment))
        .field(FieldDef::new("Photo", DataType::Attachment).permitted_file_types(["jpg", "png"]));
    let visits = TableDef::new("Visits").field(FieldDef::new("Person_ID", DataType::Integer));
    let both = ViewDef::new("Visits_People", "Visits")
        .join("People", "Visits.Person_ID", "Person_ID")
        .field("People.Name")
        .field("People.Resume")
        .editable("People");
    emulator.create_table(people).expect("a table");
    emulator.create_table(visits).expect("a table");
    emulator.create_view(both).expect("a view");
    for (id, name) in [(1, "Ann"), (2, "Bob"), (3, "Cid")] {
        let person = json!({ "Person_ID": id, "Name": name });
        emulator.insert("People", person).expect("a person");
    }
    for id in [3, 2, 1] {
        let visit = json!({ "Person_ID": id });
        emulator.insert("Visits", visit).expect("a visit");
    }
    emulator.reset_calls();
    env
}

/// Bytes that compress badly and do not repeat within a part of an upload.
fn content(length: usize) -> Bytes {
    let mut state = 1_u64;
    let bytes = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    });
    bytes.take(length).collect()
}

fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

macro_rules! on_v3_and_v4 {
    ($(async fn $name:ident($version:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn on($version: ApiVersion) $body

            #[tokio::test]
            async fn v3() {
                on(ApiVersion::V3).await;
            }

            #[tokio::test]
            async fn v4() {
                on(ApiVersion::V4).await;
            }
        }
    )*};
}

on_v3_and_v4! {
    async fn a_file_is_uploaded_described_renamed_and_deleted(version) {
        let env = people(version).await;
        let people = env.caspio.table::<Person>();
        let resume = people.attachment(2, |p| p.resume);
        assert_eq!(resume.info().await.expect("no file"), None);

        resume.upload(Upload::bytes("cv.pdf", "%PDF")).await.expect("an upload");

        let info = resume.info().await.expect("info").expect("a file");
        assert_eq!(info.key, Key::Id(2));
        assert_eq!((info.full_name().as_str(), info.file_type.as_str()), ("cv.pdf", "pdf"));
        assert_eq!(info.size, Some(4));
        assert!(info.created.is_some() && info.updated.is_some());
        let download = resume.download().await.expect("a download");
        assert_eq!(download.length(), Some(4));
        assert_eq!(download.bytes().await.expect("the bytes"), "%PDF");

        resume.rename("resume").await.expect("renamed");
        let info = resume.info().await.expect("info").expect("a file");
        assert_eq!(info.full_name(), "resume.pdf");
        let bob = people.get(2).await.expect("a read").expect("Bob");
        assert_eq!((bob.pk_id, bob.name.as_str()), (2, "Bob"));
        assert_eq!(bob.resume.as_deref(), Some("resume.pdf"));

        resume.delete().await.expect("deleted");
        assert_eq!(resume.info().await.expect("no file"), None);
    }

    async fn a_second_upload_replaces_the_first(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);

        resume.upload(Upload::bytes("old.txt", "old")).await.expect("an upload");
        resume.upload(Upload::bytes("new.md", "newer")).await.expect("an upload");

        let info = resume.info().await.expect("info").expect("a file");
        assert_eq!((info.full_name().as_str(), info.size), ("new.md", Some(5)));
    }

    async fn a_views_file_is_found_by_the_views_key(version) {
        let env = people(version).await;
        let visits = env.caspio.view::<VisitPerson>().writable();
        let first = visits.filter(|v| v.name.eq("Cid")).first().await.expect("a read");
        let first = first.expect("Cid's visit");
        assert_eq!((first.pk_id.as_str(), first.name.as_str()), ("1,3", "Cid"));
        assert_eq!(first.resume, None);
        let resume = visits.attachment(&first.pk_id, |v| v.resume);

        resume.upload(Upload::bytes("cid.txt", "Cid")).await.expect("an upload");

        let info = resume.info().await.expect("info").expect("a file");
        assert_eq!(info.key, Key::Text("1,3".to_owned()));
        let bytes = resume.download().await.expect("a download").bytes().await;
        assert_eq!(bytes.expect("the bytes"), "Cid");
        // The same file, seen in the table.
        let people = env.caspio.table::<Person>();
        let own = people.attachment(3, |p| p.resume).info().await.expect("info");
        assert_eq!(own.expect("a file").full_name(), "cid.txt");
        assert_eq!(people.attachment(1, |p| p.resume).info().await.expect("info"), None);

        resume.rename("c").await.expect("renamed");
        assert_eq!(resume.info().await.expect("info").expect("a file").file_name, "c");
        resume.delete().await.expect("deleted");
        assert_eq!(resume.info().await.expect("info"), None);
        let gone = resume.delete().await.expect_err("no file");
        assert_eq!((gone.kind(), gone.key()), (ErrorKind::NotFound, Some("PK_ID 1,3")));
    }

    async fn a_missing_record_is_not_found(version) {
        let env = people(version).await;
        let nobody = env.caspio.table_named("People").attachment(99, |_| "Resume");

        let errors = [
            ("attachments.upload", nobody.upload(Upload::bytes("a.txt", "a")).await.err()),
            ("attachments.download", nobody.download().await.err()),
            ("attachments.rename", nobody.rename("b").await.err()),
            ("attachments.delete", nobody.delete().await.err()),
        ];

        for (operation, error) in errors {
            let error = error.expect(operation);
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.operation(), Some(operation));
            assert_eq!(error.resource(), Some("table \"People\""));
            assert_eq!((error.field(), error.key()), (Some("Resume"), Some("PK_ID 99")));
        }
        assert_eq!(nobody.info().await.expect("info"), None);
    }

    async fn a_field_that_holds_no_files_is_named(version) {
        let env = people(version).await;
        let name = env.caspio.table::<Person>().attachment(1, |p| p.name);

        let error = name.download().await.expect_err("no attachment field");

        assert_eq!(error.field(), Some("Name"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }

    async fn five_megabytes_are_uploaded_and_downloaded(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("big.bin"), folder.path().join("copy.bin"));
        let whole = content(5 * 1024 * 1024);
        std::fs::write(&from, &whole).expect("a file");
        let chunks: Vec<_> = whole.chunks(100_000).map(Bytes::copy_from_slice).map(Ok).collect();

        for upload in [
            Upload::file(&from).await.expect("a file"),
            Upload::bytes("big.bin", whole.clone()),
            Upload::stream("big.bin", whole.len() as u64, stream::iter(chunks)),
        ] {
            assert_eq!(upload.file_name(), "big.bin");
            resume.upload(upload).await.expect("an upload");
            let download = resume.download().await.expect("a download");
            assert_eq!(download.save_to(&to).await.expect("saved"), whole.len() as u64);
            assert!(std::fs::read(&to).expect("the copy") == whole);
            resume.delete().await.expect("deleted");
        }

        assert_eq!(env.emulator.calls().operation(UPLOAD), 3);
        assert_eq!(files_in(folder.path()).len(), 2);
    }

    async fn a_download_reports_its_progress(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let whole = content(300_000);
        resume.upload(Upload::bytes("a", whole.clone())).await.expect("an upload");
        let received = Arc::new(AtomicU64::new(0));
        let last = Arc::clone(&received);

        let download = resume.download().await.expect("a download");
        let mut download = download.on_progress(move |received, length| {
            assert_eq!(length, Some(300_000));
            assert!(received > last.swap(received, Ordering::Relaxed));
        });
        let mut came = Vec::new();
        while let Some(chunk) = download.try_next().await.expect("a chunk") {
            came.extend_from_slice(&chunk);
            assert_eq!(download.received(), came.len() as u64);
        }

        assert!(came == whole);
        assert_eq!(received.load(Ordering::Relaxed), 300_000);
    }

    async fn an_empty_file_can_be_stored(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);

        resume.upload(Upload::bytes("empty.txt", "")).await.expect("an upload");

        assert_eq!(resume.info().await.expect("info").expect("a file").size, Some(0));
        let download = resume.download().await.expect("a download");
        assert_eq!(download.bytes().await.expect("nothing"), "");
    }

    async fn a_broken_download_is_an_error_and_leaves_no_file(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        resume.upload(Upload::bytes("a", content(1_000_000))).await.expect("an upload");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let breaking = Rule::new(Fault::CutShort).operation(DOWNLOAD).always();
        env.emulator.set_faults(Faults::none().rule(breaking));

        let download = resume.download().await.expect("a download");
        let error = download.bytes().await.expect_err("half of it");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(error.operation(), Some("attachments.download"));
        assert_eq!((error.field(), error.key()), (Some("Resume"), Some("PK_ID 1")));

        let download = resume.download().await.expect("a download");
        download.save_to(&path).await.expect_err("half of it");
        assert_eq!(files_in(folder.path()), Vec::<String>::new());

        std::fs::write(&path, "as it was").expect("a file");
        let download = resume.download().await.expect("a download");
        download.save_to(&path).await.expect_err("half of it");
        assert_eq!(std::fs::read(&path).expect("the file"), b"as it was");
        assert_eq!(files_in(folder.path()), ["a"]);
    }

    async fn a_download_that_breaks_once_is_continued(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let whole = content(1_000_000);
        resume.upload(Upload::bytes("a", whole.clone())).await.expect("an upload");
        let breaking = Rule::new(Fault::CutShort).operation(DOWNLOAD).calls([1]);
        env.emulator.set_faults(Faults::none().rule(breaking));

        let download = resume.download().await.expect("a download");

        assert!(download.bytes().await.expect("all of it") == whole);
        assert_eq!(env.emulator.calls().operation(DOWNLOAD), 2);
    }

    async fn a_dropped_download_leaves_no_file(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        resume.upload(Upload::bytes("a", content(1_000_000))).await.expect("an upload");
        let folder = tempfile::tempdir().expect("a folder");
        let dripping = Rule::new(Fault::SlowDrip).operation(DOWNLOAD).always();
        env.emulator.set_faults(Faults::none().rule(dripping).drip(Duration::from_millis(40)));

        let download = resume.download().await.expect("a download");
        let (begun, mut half) = tokio::sync::mpsc::unbounded_channel();
        let download = download.on_progress(move |received, _| {
            let _ = begun.send(received);
        });
        let looked = async {
            half.recv().await;
            files_in(folder.path()).len()
        };
        let meanwhile = tokio::select! {
            saved = download.save_to(folder.path().join("a")) => panic!("{saved:?}"),
            files = looked => files,
        };

        assert_eq!(meanwhile, 1);
        assert_eq!(files_in(folder.path()), Vec::<String>::new());
    }

    async fn a_missing_folder_is_named(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        resume.upload(Upload::bytes("a", "a")).await.expect("an upload");

        let download = resume.download().await.expect("a download");
        let error = download.save_to("/nowhere/a").await.expect_err("no folder");

        assert_eq!((error.kind(), error.key()), (ErrorKind::Cancelled, Some("PK_ID 1")));
        assert!(error.to_string().contains("/nowhere/a"), "{error}");
    }

    async fn unusual_names_are_stored_unchanged(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);

        for name in [
            "Łukasz's 履歴書; v=1 100%.pdf",
            "\u{1F600}.pdf",
            "a%22b%2F..pdf",
            ".pdf",
            "name=x; filename*=UTF-8''y.pdf",
            " spaces .pdf",
        ] {
            resume.upload(Upload::bytes(name, "x")).await.expect(name);
            let info = resume.info().await.expect("info").expect("a file");
            // Windows refuses names with an asterisk.
            assert_eq!(info.full_name(), name.replace('*', "_"));
            assert!(name.starts_with(&info.file_name), "{name}");
            assert_eq!(resume.download().await.expect("it").bytes().await.expect("it"), "x");
        }
    }

    async fn invalid_names_are_refused_before_any_call(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);

        for name in ["", "..", "../up.pdf", "C:\\cv.pdf", "a\"; name=\"x.pdf", "a\r\nX: y.pdf", "a\0.pdf"] {
            let error = resume.upload(Upload::bytes(name, "x")).await.expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!((error.field(), error.key()), (Some("Resume"), Some("PK_ID 1")));
        }
        for name in ["", "a/b", "a\nb"] {
            let error = resume.rename(name).await.expect_err(name);
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0), "{error}");
        }

        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn keys_that_traverse_paths_are_refused_before_any_call(version) {
        let env = people(version).await;
        let visits = env.caspio.view_named("Visits_People").writable();

        for key in ["", "..", "../../tables/People", "bulk", "fileInfo", "1' OR 1=1 --", "1?", ","] {
            let resume = visits.attachment(key, |_| "Resume");
            for error in [
                resume.upload(Upload::bytes("a.txt", "a")).await.err(),
                resume.download().await.err(),
                resume.delete().await.err(),
            ] {
                assert_eq!(error.expect(key).kind(), ErrorKind::Refused, "{key}");
            }
        }

        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn many_files_are_described_and_deleted_in_one_call(version) {
        let env = people(version).await;
        let people = env.caspio.table::<Person>();
        for id in [1, 3] {
            let resume = people.attachment(id, |p| p.resume);
            resume.upload(Upload::bytes(format!("{id}.txt"), "x")).await.expect("an upload");
        }
        env.emulator.reset_calls();

        let infos = people.attachments(|p| p.resume).info().await.expect("info");
        let names: Vec<_> = infos.iter().map(|info| (info.key.clone(), info.full_name())).collect();
        assert_eq!(names, [(Key::Id(1), "1.txt".to_owned()), (Key::Id(3), "3.txt".to_owned())]);

        let some = people.attachments(|p| p.resume).filter(|p| p.name.in_(["Ann", "Bob"]));
        let deleted = some.delete().await.expect("deleted");
        assert_eq!(deleted, Some(1));
        let left = people.attachments(|_| "resume").info().await.expect("info");
        assert_eq!(left.len(), 1);
        assert_eq!(env.emulator.calls().total(), 3);
    }

    async fn deleting_without_a_condition_is_refused_before_any_call(version) {
        let env = people(version).await;
        let people = env.caspio.table::<Person>();

        let resumes = || people.attachments(|p| p.resume);
        for files in [
            resumes(),
            resumes().filter(|p| p.pk_id.gt(0)),
            resumes().filter_raw("1=1", ()),
            resumes().filter_raw("1 IN (1)", ()).filter_raw("1 IN (1)", ()),
            resumes().filter_raw("EXISTS (SELECT 1)", ()).filter_raw("EXISTS (SELECT 1)", ()),
            resumes().filter_raw("EXISTS (SELECT 1) OR Name = 'x'", ()),
            resumes().filter_by(None),
        ] {
            let error = files.delete().await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused);
            assert_eq!(error.operation(), Some("attachments.delete"));
        }

        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_lost_response_is_requested_again(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let lost = |operation: &str| {
            let rule = Rule::new(Fault::ResetAfterwards).operation(operation).calls([1]);
            env.emulator.set_faults(Faults::none().rule(rule));
        };

        lost(UPLOAD);
        resume.upload(Upload::bytes("a.txt", content(100_000))).await.expect("an upload");
        assert_eq!(env.emulator.calls().operation(UPLOAD), 2);

        // The file is gone when the call is repeated, which is the requested outcome.
        lost(match version {
            ApiVersion::V4 => "DeleteFileFromAttachmentTableField",
            _ => "DeleteFileFromAttachmentTableFields",
        });
        resume.delete().await.expect("deleted");
        assert_eq!(resume.info().await.expect("info"), None);
    }

    async fn a_stream_of_another_length_stores_nothing(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let chunks = || stream::iter([Ok(content(70_000)), Ok(content(70_000))]);
        let broken = stream::iter([Ok(content(9)), Err(std::io::Error::other("the disk is gone"))]);

        for (upload, words) in [
            (Upload::stream("a.bin", 140_001, chunks()), "1 bytes short"),
            (Upload::stream("a.bin", 139_999, chunks()), "longer"),
            (Upload::stream("a.bin", 70_000, chunks()), "longer"),
            (Upload::stream("a.bin", 18, broken), "the disk is gone"),
        ] {
            let error = resume.upload(upload).await.expect_err(words);
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!((error.attempts(), error.maybe_applied()), (1, false), "{error}");
            assert_eq!(resume.info().await.expect("info"), None);
        }
    }

    async fn a_file_that_shrank_stores_nothing(version) {
        let env = people(version).await;
        let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.txt");
        std::fs::write(&path, content(1000)).expect("a file");
        let upload = Upload::file(&path).await.expect("a file");
        std::fs::write(&path, content(999)).expect("a file");

        let error = resume.upload(upload).await.expect_err("shorter");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(resume.info().await.expect("info"), None);
    }
}

#[tokio::test]
async fn a_file_type_that_is_not_permitted_is_refused_before_sending() {
    let env = people(ApiVersion::V3).await;
    let photo = env.caspio.table_named("People").attachment(1, |_| "Photo");

    for name in ["virus.exe", "cv.pdf", "photo"] {
        let error = photo.upload(Upload::bytes(name, "x")).await.err();
        let Some(error) = error else {
            panic!("{name} was uploaded")
        };
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
        assert!(error.to_string().contains("it permits jpg, png"), "{error}");
        assert_eq!(
            (error.field(), error.key()),
            (Some("Photo"), Some("PK_ID 1"))
        );
    }
    assert_eq!(env.emulator.calls().operation(UPLOAD), 0);

    for name in ["a.PNG", "b.jpeg"] {
        // The emulator compares file types by their text; that `jpeg` is not `jpg` is its own guess.
        let _ = photo.upload(Upload::bytes(name, "x")).await;
    }
    let calls = env.emulator.calls();
    assert_eq!(calls.operation(UPLOAD), 2);
    assert_eq!(calls.operation("ListTableFields"), 1);
}

#[tokio::test]
async fn every_operation_may_run_in_a_task() {
    let env = people(ApiVersion::V3).await;
    let resume = env.caspio.table::<Person>().attachment(1, |p| p.resume);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.txt");

    let task = tokio::spawn(async move {
        let chunks = stream::iter([Ok(Bytes::from_static(b"abc"))]);
        resume.upload(Upload::stream("a.txt", 3, chunks)).await?;
        resume.rename("b").await?;
        resume.download().await?.save_to(&path).await?;
        resume.delete().await?;
        resume.info().await
    });

    assert_eq!(task.await.expect("a task").expect("info"), None);
}

#[tokio::test]
async fn attachments_on_v2_are_refused_before_any_call() {
    let env = TestEnv::start().version(ApiVersion::V2).await;
    let contacts = env.caspio.table_named("Contacts");
    let resume = contacts.attachment(1, |_| "Resume");

    for error in [
        resume.upload(Upload::bytes("a.txt", "a")).await.err(),
        resume.download().await.err(),
        resume.info().await.err(),
        resume.rename("b").await.err(),
        resume.delete().await.err(),
        contacts.attachments(|_| "Resume").info().await.err(),
        contacts.attachments(|_| "Resume").delete().await.err(),
    ] {
        let error = error.expect("refused");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("v2 of the API"), "{error}");
        assert!(
            error.hint().is_some_and(|hint| hint.contains("v3 or v4")),
            "{error}"
        );
    }

    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_write_of_an_attachment_is_refused_with_the_remedy() {
    let env = people(ApiVersion::V3).await;
    let table = env.caspio.table_named("People");
    table.fields().await.expect("the fields");
    let row = RecordMap::from([("Name", json!("Eve")), ("Resume", json!(null))]);

    let error = table.insert(&row).await.expect_err("an attachment");

    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Refused, Some("Resume"))
    );
    for remedy in ["`attachment(..)`", "#[caspio(read_only)]"] {
        assert!(error.to_string().contains(remedy), "{error}");
    }
}
