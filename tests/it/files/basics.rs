//! Files and folders: listed, described, downloaded, deleted, searched.

use super::layer::Layer;
use super::{content, files_of, on_every_version};
use caspio::files::{FileId, IfExists, Outcome, Upload};
use caspio::http::StatusCode;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{Emulator, EmulatorBuilder};
use caspio_tests::TestEnv;
use std::sync::atomic::{AtomicBool, Ordering};

fn empty() -> EmulatorBuilder {
    Emulator::builder().empty()
}

on_every_version! {
    async fn a_file_is_uploaded_described_downloaded_and_deleted(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();

        let stored = files.upload(Upload::bytes("cv.pdf", "%PDF"), IfExists::Refuse).await;

        let stored = stored.expect("an upload");
        assert_eq!((stored.name.as_str(), stored.outcome), ("cv.pdf", Outcome::Created));
        let is_v4 = version == ApiVersion::V4;
        assert_eq!(stored.path.as_deref(), is_v4.then_some("/cv.pdf"));
        for file in [files.file(&stored.id), files.file_at("/cv.pdf"), files.file_at("cv.pdf")] {
            let info = file.info().await.expect("info");
            assert_eq!((&info.id, info.name.as_str()), (&stored.id, "cv.pdf"));
            assert_eq!(info.size, Some(4));
            assert_eq!(info.content_type.as_deref(), Some("application/pdf"));
            assert!(info.created.is_some() && info.modified.is_some());
            let download = file.download().await.expect("a download");
            assert_eq!(download.length(), Some(4));
            assert_eq!(download.bytes().await.expect("the bytes"), "%PDF");
        }
        files.file(&stored.id).delete().await.expect("deleted");
        assert_eq!(files.list().await.expect("a list"), []);
        files.upload(Upload::bytes("b.txt", "b"), IfExists::Refuse).await.expect("an upload");
        files.file_at("/b.txt").delete().await.expect("deleted");
        assert_eq!(files.root().find("b.txt").await.expect("a search"), None);
    }

    async fn a_gateway_that_knows_no_path_does_not_confirm_a_deletion(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let layer = Layer::default();
        let files = layer.client(&env.emulator, version).files();
        for (code, is_gone) in [(None, false), (Some("FileNotFound"), true)] {
            let upload = Upload::bytes("a.txt", "a");
            let stored = files.upload(upload, IfExists::Refuse).await.expect("an upload");
            let is_first = AtomicBool::new(true);
            layer.change(move |seen, answer| {
                if seen.method == "DELETE" && is_first.swap(false, Ordering::Relaxed) {
                    answer.is_lost = true;
                } else if let Some(code) = code {
                    answer.fail(404, code);
                } else {
                    answer.status = StatusCode::NOT_FOUND;
                    answer.headers.clear();
                    answer.body = "no such page".into();
                }
            });

            let deleted = files.file(&stored.id).delete().await;

            assert_eq!(deleted.is_ok(), is_gone, "{deleted:?}");
            if let Err(error) = deleted {
                assert!(error.is_not_found() && error.maybe_applied(), "{error}");
            }
            layer.change(|_, _| {});
        }
    }

    async fn folders_are_found_by_path_and_list_their_own_files(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let key = env.emulator.create_folder("/Photos/2026").expect("a folder");
        let files = env.caspio.files();

        let root = files.folders().await.expect("folders");
        assert_eq!(root.len(), 1);
        assert_eq!(root[0].name, "Photos");
        assert!(root[0].created.is_some());
        let year = files.folder_at("/Photos/2026").await.expect("a folder");
        assert_eq!(year.id().map(ToString::to_string), Some(key));
        let info = year.info().await.expect("info");
        assert_eq!((Some(&info.id), info.name.as_str()), (year.id(), "2026"));

        let stored = year.upload(Upload::bytes("a.png", "A"), IfExists::Refuse).await;
        let stored = stored.expect("an upload");
        assert_eq!(files_of(&year).await, ["a.png"]);
        assert_eq!(files.list().await.expect("a list"), []);
        assert_eq!(year.folders().await.expect("folders"), []);
        let found = year.find("a.png").await.expect("a search").expect("a file");
        assert_eq!(found.id, stored.id);
        assert_eq!(year.find("A.png").await.expect("a search"), None);
        let by_path = files.file_at("/Photos/2026/a.png").info().await.expect("info");
        assert_eq!(by_path.id, stored.id);
        assert_eq!(files.folder_at("/").await.expect("the root").id(), None);
    }

    async fn a_missing_folder_of_a_path_is_named(version) {
        let env = TestEnv::with(empty()).version(version).await;
        env.emulator.create_folder("/Photos/2026").expect("a folder");

        let error = env.caspio.files().folder_at("/Photos/2062/Rome").await.expect_err("none");

        assert!(error.is_not_found(), "{error}");
        let text = error.to_string();
        for part in ["no folder \"2062\"", "/Photos/2062/Rome", "did you mean \"2026\"?"] {
            assert!(text.contains(part), "{text}");
        }
    }

    async fn a_missing_file_is_named_with_a_remedy(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();
        let id = "00000000-0000-4000-8000-000000000000";

        for (file, name) in [(files.file(id), id), (files.file_at("/a/b.pdf"), "/a/b.pdf")] {
            for (operation, error) in [
                ("files.info", file.info().await.err()),
                ("files.download", file.download().await.err()),
                ("files.delete", file.delete().await.err()),
            ] {
                let error = error.expect(operation);
                assert!(error.is_not_found(), "{error}");
                assert_eq!(error.operation(), Some(operation));
                assert_eq!(error.resource(), Some(format!("file {name:?}").as_str()));
                assert!(error.hint().is_some_and(|hint| hint.contains("`list()`")), "{error}");
            }
        }
    }

    async fn an_unknown_folder_is_named_with_a_remedy(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let folder = env.caspio.files().folder("00000000-0000-4000-8000-000000000000");
        let upload = || Upload::bytes("a.txt", "a");
        let mut many = folder.upload_many([upload(), Upload::bytes("b", "b")], IfExists::Refuse).await;

        for (operation, error) in [
            ("files.list", folder.list().await.err()),
            ("files.folders", folder.folders().await.err()),
            ("files.folder_info", folder.info().await.err()),
            ("files.upload", folder.upload(upload(), IfExists::Refuse).await.err()),
            ("files.upload", folder.upload(upload(), IfExists::Replace).await.err()),
            ("files.list", many.pop().expect("a result").err()),
        ] {
            let error = error.expect(operation);
            assert!(error.is_not_found(), "{operation}: {error}");
            assert_eq!(error.operation(), Some(operation));
            let resource = error.resource().expect("a resource");
            assert!(resource.contains("folder \"00000000-"), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("folder_at")), "{error}");
        }
    }

    async fn hostile_ids_paths_and_names_are_refused_before_any_call(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();

        for id in ["", "..", "path", "folders", "search", "bulk", "../tables", "1/fileInfo", "1?a=b", "1\n"] {
            let (file, folder) = (files.file(id), files.folder(id));
            for error in [
                file.info().await.err(),
                file.download().await.err(),
                file.delete().await.err(),
                folder.list().await.err(),
                folder.folders().await.err(),
                folder.info().await.err(),
                folder.create_folder("a").await.err(),
                folder.upload(Upload::bytes("a", "a"), IfExists::Replace).await.err(),
            ] {
                assert_eq!(error.expect(id).kind(), ErrorKind::Refused, "{id:?}");
            }
        }
        for path in ["", "/", "/a/../b", "..", "/a//b", "/a/", "\\a", "/a\nb", "/a\0b"] {
            let file = files.file_at(path);
            for error in [file.info().await.err(), file.download().await.err(), file.delete().await.err()] {
                assert_eq!(error.expect(path).kind(), ErrorKind::Refused, "{path:?}");
            }
        }
        for path in ["/a/../b", "//", "/a\nb"] {
            let error = files.folder_at(path).await.expect_err(path);
            assert_eq!(error.kind(), ErrorKind::Refused, "{path:?}");
        }
        for name in ["", ".", "..", "../up.txt", "C:\\a.txt", "a\"; name=\"x", "a\r\nX: y", "a\0"] {
            for policy in [IfExists::Refuse, IfExists::Replace, IfExists::Skip, IfExists::NewName] {
                let error = files.upload(Upload::bytes(name, "x"), policy).await.expect_err(name);
                assert_eq!((error.kind(), error.operation()), (ErrorKind::Refused, Some("files.upload")));
            }
            let many = files.root().upload_many([Upload::bytes(name, "x")], IfExists::Refuse).await;
            assert_eq!(many[0].as_ref().expect_err(name).kind(), ErrorKind::Refused);
        }
        assert_eq!(files.root().info().await.expect_err("no id").kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn unusual_names_are_stored_and_found_unchanged(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();

        for name in [
            "Łukasz's 履歴書; v=1 100%.pdf",
            "\u{1F600}.pdf",
            "a%22b%2F..pdf",
            ".pdf",
            "name=x; filename*=UTF-8''y.pdf",
            "a&filePath=+b#c?d.pdf",
            " spaces .pdf",
        ] {
            let stored = files.upload(Upload::bytes(name, "x"), IfExists::Refuse).await.expect(name);
            assert_eq!(stored.name, name);
            let file = files.file_at(format!("/{name}"));
            assert_eq!(file.info().await.expect(name).id, stored.id);
            assert_eq!(file.download().await.expect(name).bytes().await.expect("it"), "x");
            file.delete().await.expect(name);
        }
        assert_eq!(files.list().await.expect("a list"), []);
    }

    async fn lists_of_more_than_one_page_are_whole_and_in_order(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let layer = Layer::default();
        let root = layer.client(&env.emulator, version).files().root();
        let names: Vec<_> = (0..1005).map(|number| format!("{number:04}.txt")).collect();
        let uploads = names.iter().map(|name| Upload::bytes(name.as_str(), name.clone()));

        let stored = root.upload_many(uploads, IfExists::Refuse).await;

        assert!(stored.iter().all(Result::is_ok));
        let calls = layer.take();
        assert_eq!(calls.len(), 1 + 1005_usize.div_ceil(50));
        assert_eq!(files_of(&root).await, names);
        let pages = if version == ApiVersion::V2 { 1 } else { 2 };
        assert_eq!(layer.take().len(), pages);
    }

    async fn five_megabytes_are_uploaded_and_downloaded(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("big.bin"), folder.path().join("copy.bin"));
        let whole = content(5 * 1024 * 1024);
        std::fs::write(&from, &whole).expect("a file");
        let chunks: Vec<_> = whole.chunks(100_000).map(bytes::Bytes::copy_from_slice).map(Ok).collect();

        for upload in [
            Upload::file(&from).await.expect("a file"),
            Upload::bytes("big.bin", whole.clone()),
            Upload::stream("big.bin", whole.len() as u64, futures::stream::iter(chunks)),
        ] {
            let stored = files.upload(upload, IfExists::Refuse).await.expect("an upload");
            let download = files.file(&stored.id).download().await.expect("a download");
            assert_eq!(download.save_to(&to).await.expect("saved"), whole.len() as u64);
            assert!(std::fs::read(&to).expect("the copy") == whole);
            files.file(stored.id).delete().await.expect("deleted");
        }
    }

    async fn only_v4_searches_and_creates_folders(version) {
        let env = TestEnv::with(empty()).version(version).await;
        let files = env.caspio.files();
        if version == ApiVersion::V4 {
            return;
        }

        for error in [
            files.search("a").await.err(),
            files.search_folders("a").await.err(),
            files.root().create_folder("a").await.err(),
        ] {
            let error = error.expect("refused");
            assert_eq!(error.kind(), ErrorKind::Refused);
            assert!(error.hint().is_some_and(|hint| hint.contains("v4")), "{error}");
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn files_and_folders_are_searched_on_v4() {
    let env = TestEnv::with(empty()).version(ApiVersion::V4).await;
    let files = env.caspio.files();
    let photos = files
        .root()
        .create_folder("Photos")
        .await
        .expect("a folder");
    let photos = files.folder(&photos.id);
    for name in ["sun.png", "Sunset.png", "rain.png"] {
        let upload = Upload::bytes(name, name);
        photos.upload(upload, IfExists::Refuse).await.expect(name);
    }

    let found = files.search("sun").await.expect("a search");
    let mut names: Vec<_> = found.iter().map(|file| file.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Sunset.png", "sun.png"]);
    assert_eq!(files.search("snow").await.expect("a search"), []);
    let found = files.search_folders("photo").await.expect("a search");
    assert_eq!(found.len(), 1);
    assert_eq!(Some(&found[0].id), photos.id());
    let error = files.search(" ").await.expect_err("empty");
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn a_new_folder_is_in_the_folder_that_was_meant() {
    let env = TestEnv::with(empty()).version(ApiVersion::V4).await;
    let layer = Layer::default();
    let files = layer.client(&env.emulator, ApiVersion::V4).files();
    let outer = files.root().create_folder("Outer").await.expect("a folder");
    let outer = files.folder(&outer.id);

    let inner = outer.create_folder("Inner").await.expect("a folder");
    assert_eq!(outer.folders().await.expect("folders"), [inner]);
    let again = outer
        .create_folder("Inner")
        .await
        .expect_err("there is one");
    assert_eq!(again.kind(), ErrorKind::Conflict, "{again}");
    for name in ["", "..", "a/b", "a\nb"] {
        let error = outer.create_folder(name).await.expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Refused, "{name:?}");
    }

    // After a lost response the folder is looked for, and not created again.
    layer.change(|seen, answer| answer.is_lost = seen.method == "POST");
    layer.take();
    outer.create_folder("Lost").await.expect("it is there");
    let posts = layer
        .take()
        .iter()
        .filter(|seen| seen.method == "POST")
        .count();
    assert_eq!(posts, 1);

    // A service that ignores the parameter creates the folder elsewhere.
    layer.change(|seen, answer| {
        if seen.target.starts_with("fileAssets/folders?folderId") && seen.method == "GET" {
            answer.body = r#"{"data":[],"pagination":{"totalCount":0}}"#.into();
        }
    });
    let error = outer
        .create_folder("Elsewhere")
        .await
        .expect_err("not in the list");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(
        error.maybe_applied() && error.to_string().contains("Elsewhere"),
        "{error}"
    );
}

#[tokio::test]
async fn every_operation_may_run_in_a_task() {
    let env = TestEnv::with(empty()).await;
    let files = env.caspio.files();

    let task = tokio::spawn(async move {
        let stored = files
            .upload(Upload::bytes("a.txt", "a"), IfExists::NewName)
            .await?;
        let id: FileId = stored.id;
        files.file(&id).download().await?.bytes().await?;
        files
            .root()
            .upload_many(vec![Upload::bytes("b.txt", "b")], IfExists::Skip)
            .await;
        files.folder_at("/").await?.list().await?;
        files.file(id).delete().await
    });

    task.await.expect("a task").expect("every operation");
}
