//! Uploads: what happens to a file of the same name, and after a lost response.

use super::layer::{Layer, quick_retries};
use super::{content, files_of, on_every_version};
use bytes::Bytes;
use caspio::files::{Files, IfExists, Outcome, Upload};
use caspio::http::StatusCode;
use caspio::{ApiVersion, ErrorKind, RetryPolicy};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::TestEnv;
use futures::stream;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

async fn started(version: ApiVersion) -> (TestEnv, Layer, Files) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let layer = Layer::default();
    let files = layer.client(&env.emulator, version).files();
    (env, layer, files)
}

async fn bytes_at(files: &Files, path: &str) -> Bytes {
    let download = files.file_at(path).download().await.expect(path);
    download.bytes().await.expect(path)
}

/// Loses the responses to the first uploads.
fn lose(layer: &Layer, uploads: usize) {
    let left = AtomicUsize::new(uploads);
    layer.change(move |seen, answer| {
        let take = |left: usize| left.checked_sub(1);
        if seen.is_upload() {
            answer.is_lost = left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .is_ok();
        }
    });
}

on_every_version! {
    async fn the_policy_decides_about_a_file_of_the_same_name(version) {
        let (env, layer, files) = started(version).await;
        let key = env.emulator.create_folder("/In").expect("a folder");
        for (folder, at) in [(files.root(), ""), (files.folder(key.as_str()), "/In")] {
            let upload = |text: &'static str| Upload::bytes("cv.pdf", text);
            let path = format!("{at}/cv.pdf");
            let first = folder.upload(upload("one"), IfExists::Refuse).await.expect("an upload");
            layer.take();

            let error = folder.upload(upload("two"), IfExists::Refuse).await.expect_err("one");
            assert_eq!((error.kind(), error.status()), (ErrorKind::Conflict, Some(409)));
            assert!(!error.maybe_applied() && !error.is_retryable());
            let resource = error.resource().expect("a resource");
            assert!(resource.starts_with("file \"cv.pdf\" in "), "{error}");
            assert!(error.to_string().contains("IfExists::Replace"), "{error}");
            assert_eq!(layer.take().len(), 1);
            assert_eq!(bytes_at(&files, &path).await, "one");

            let kept = folder.upload(upload("two"), IfExists::Skip).await.expect("skipped");
            assert_eq!((&kept.id, kept.outcome), (&first.id, Outcome::Skipped));
            assert_eq!(layer.take().iter().filter(|seen| seen.is_upload()).count(), 0);
            assert_eq!(bytes_at(&files, &path).await, "one");

            let replaced = folder.upload(upload("two"), IfExists::Replace).await.expect("replaced");
            assert_eq!((&replaced.id, replaced.outcome), (&first.id, Outcome::Replaced));
            assert_eq!(bytes_at(&files, &path).await, "two");

            let other = folder.upload(upload("three"), IfExists::NewName).await.expect("another");
            assert_eq!((other.name.as_str(), other.outcome), ("cv_1.pdf", Outcome::Created));
            assert_eq!(bytes_at(&files, &format!("{at}/cv_1.pdf")).await, "three");
            assert_eq!(files_of(&folder).await, ["cv.pdf", "cv_1.pdf"]);

            for policy in [IfExists::Replace, IfExists::Skip, IfExists::NewName] {
                let name = format!("{policy:?}.txt");
                let new = folder.upload(Upload::bytes(&*name, "x"), policy).await.expect("new");
                assert_eq!((new.name, new.outcome), (name, Outcome::Created));
            }
        }
    }

    async fn the_length_is_announced_with_every_upload(version) {
        let (_env, layer, files) = started(version).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.bin");
        std::fs::write(&path, content(200_000)).expect("a file");
        let chunks = stream::iter([Ok(content(70_000)), Ok(content(70_000))]);

        for upload in [
            Upload::bytes("a.bin", content(200_000)),
            Upload::file(&path).await.expect("a file"),
            Upload::stream("a.bin", 140_000, chunks),
            Upload::bytes("a.bin", ""),
        ] {
            files.upload(upload, IfExists::Replace).await.expect("an upload");
        }
        files.upload(Upload::bytes("b.bin", ""), IfExists::Refuse).await.expect("an upload");

        let seen = layer.take();
        assert_eq!(seen.len(), 5);
        for seen in seen {
            assert_eq!(seen.length, Some(seen.body.len() as u64));
        }
        assert_eq!(bytes_at(&files, "/b.bin").await, "");
    }

    async fn an_upload_reports_its_progress(version) {
        let (_env, _layer, files) = started(version).await;
        let reports = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&reports);
        let upload = Upload::bytes("a.bin", content(300_000)).on_progress(move |sent, length| {
            assert_eq!(length, 300_000);
            own.lock().expect("a list").push(sent);
        });

        files.upload(upload, IfExists::Refuse).await.expect("an upload");

        let reports = reports.lock().expect("a list");
        assert!(reports.len() > 2 && reports.is_sorted(), "{reports:?}");
        assert_eq!(reports.last(), Some(&300_000));
    }

    async fn a_lost_response_neither_doubles_a_file_nor_blames_the_program(version) {
        let (_env, layer, files) = started(version).await;
        let whole = content(100_000);
        lose(&layer, 1);

        let stored = files.upload(Upload::bytes("a.bin", whole.clone()), IfExists::Refuse).await;

        let stored = stored.expect("an upload");
        assert_eq!(stored.outcome, Outcome::Created);
        let uploads = layer.take().iter().filter(|seen| seen.is_upload()).count();
        assert_eq!(uploads, 2);
        let list = files.list().await.expect("a list");
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].id, stored.id);
        assert_eq!(bytes_at(&files, "/a.bin").await, whole);
    }

    async fn a_file_that_was_there_is_a_conflict_also_after_a_lost_response(version) {
        let (_env, layer, files) = started(version).await;
        // Of the same length.
        files.upload(Upload::bytes("a.txt", "other"), IfExists::Refuse).await.expect("an upload");
        for mine in ["mine!", "longer than it"] {
            lose(&layer, 1);

            let upload = Upload::bytes("a.txt", mine);
            let error = files.upload(upload, IfExists::Refuse).await.expect_err("a conflict");

            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            assert!(!error.maybe_applied(), "{error}");
            assert_eq!(bytes_at(&files, "/a.txt").await, "other");
        }
    }

    async fn an_upload_whose_responses_are_all_lost_is_looked_for(version) {
        let (env, layer, _) = started(version).await;
        let files = layer.client_with(&env.emulator, version, RetryPolicy::none()).files();
        lose(&layer, 1);

        let stored = files.upload(Upload::bytes("a.txt", "a"), IfExists::Refuse).await;

        assert_eq!(stored.expect("it is there").outcome, Outcome::Created);
        assert_eq!(files_of(&files.root()).await, ["a.txt"]);
    }

    async fn a_lost_upload_of_a_new_name_is_not_stored_under_a_second_one(version) {
        let (_env, layer, files) = started(version).await;
        files.upload(Upload::bytes("a.txt", "one"), IfExists::Refuse).await.expect("an upload");
        lose(&layer, 1);

        let stored = files.upload(Upload::bytes("a.txt", "two"), IfExists::NewName).await;

        assert_eq!(stored.expect("an upload").name, "a_1.txt");
        assert_eq!(files_of(&files.root()).await, ["a.txt", "a_1.txt"]);
    }

    async fn a_lost_upload_of_a_stream_is_not_repeated(version) {
        let (_env, layer, files) = started(version).await;
        lose(&layer, 1);
        let upload = Upload::stream("a.txt", 3, stream::iter([Ok(Bytes::from_static(b"abc"))]));

        let error = files.upload(upload, IfExists::Refuse).await.expect_err("lost");

        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert!(error.maybe_applied() && !error.is_retryable(), "{error}");
        assert_eq!(layer.take().len(), 1);
    }

    async fn a_lost_replacement_is_repeated(version) {
        let (_env, layer, files) = started(version).await;
        files.upload(Upload::bytes("a.txt", "one"), IfExists::Refuse).await.expect("an upload");
        lose(&layer, 2);

        let stored = files.upload(Upload::bytes("a.txt", "two"), IfExists::Replace).await;

        assert_eq!(stored.expect("an upload").outcome, Outcome::Replaced);
        assert_eq!(bytes_at(&files, "/a.txt").await, "two");
    }

    async fn a_file_that_a_reset_upload_did_not_store_is_sent_again(version) {
        let (env, _layer, files) = started(version).await;
        let lost = Rule::new(Fault::Reset).operation("UploadFiles").calls([1]);
        env.emulator.set_faults(Faults::none().rule(lost));

        files.upload(Upload::bytes("a.txt", "a"), IfExists::Refuse).await.expect("an upload");

        assert_eq!(files_of(&files.root()).await, ["a.txt"]);
        assert_eq!(env.emulator.calls().operation("UploadFiles"), 2);
    }

    async fn a_stream_of_another_length_stores_nothing(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let files = env.caspio.files();
        let chunks = || stream::iter([Ok(content(70_000)), Ok(content(70_000))]);

        for (upload, words) in [
            (Upload::stream("a.bin", 140_001, chunks()), "1 bytes short"),
            (Upload::stream("a.bin", 139_999, chunks()), "longer"),
        ] {
            let error = files.upload(upload, IfExists::Refuse).await.expect_err(words);
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.to_string().contains(words), "{error}");
            assert!(!error.maybe_applied(), "{error}");
            assert_eq!(files.list().await.expect("a list"), []);
        }
    }

    async fn a_file_that_is_too_large_is_named_with_its_length(version) {
        let (_env, layer, files) = started(version).await;
        layer.change(|seen, answer| {
            if seen.is_upload() {
                answer.status = StatusCode::PAYLOAD_TOO_LARGE;
                answer.body = Bytes::new();
            }
        });

        for policy in [IfExists::Refuse, IfExists::Replace] {
            let upload = Upload::bytes("a.bin", content(1000));
            let error = files.upload(upload, policy).await.expect_err("too large");
            assert_eq!((error.kind(), error.status()), (ErrorKind::Invalid, Some(413)));
            let text = error.to_string();
            assert!(text.contains("a.bin") && text.contains("1000 bytes"), "{text}");
        }
    }

    async fn a_confirmation_without_an_id_is_completed_by_the_list(version) {
        let (env, layer, files) = started(version).await;
        let key = env.emulator.create_folder("/In").expect("a folder");
        for body in ["", "{}", r#"{"Result":null}"#, r#"{"data":[{"name":null,"fileId":null}]}"#] {
            layer.change(move |seen, answer| {
                if seen.is_upload() && answer.status.is_success() {
                    answer.body = body.into();
                }
            });
            for folder in [files.root(), files.folder(key.as_str())] {
                let upload = || Upload::bytes("a.txt", "a");
                for policy in [IfExists::Refuse, IfExists::Replace] {
                    let stored = folder.upload(upload(), policy).await.expect(body);
                    let found = folder.find("a.txt").await.expect("a list").expect("a file");
                    assert_eq!((stored.id, stored.name.as_str()), (found.id.clone(), "a.txt"));
                    if policy == IfExists::Replace {
                        files.file(found.id).delete().await.expect("deleted");
                    }
                }
            }
        }
    }

    async fn a_deletion_is_done_although_its_response_is_lost(version) {
        let (_env, layer, files) = started(version).await;
        let stored = files.upload(Upload::bytes("a.txt", "a"), IfExists::Refuse).await.expect("a");
        files.upload(Upload::bytes("b.txt", "b"), IfExists::Refuse).await.expect("b");
        let lost = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&lost);
        layer.change(move |seen, answer| {
            if seen.method == "DELETE" {
                answer.is_lost = count.fetch_add(1, Ordering::Relaxed) == 0;
            }
        });
        layer.take();

        files.file(stored.id).delete().await.expect("deleted");
        let deletions = layer.take();
        assert_eq!(deletions.len(), 2);
        lost.store(0, Ordering::Relaxed);
        files.file_at("/b.txt").delete().await.expect("deleted");

        // By path it is not repeated: another file may be there by then.
        let methods: Vec<_> = layer.take().into_iter().map(|seen| seen.method).collect();
        assert_eq!(methods, ["DELETE", "GET"]);
        assert_eq!(files.list().await.expect("a list"), []);
    }
}

#[tokio::test]
async fn a_file_that_v4_stores_in_the_root_instead_is_reported() {
    let (env, layer, files) = started(ApiVersion::V4).await;
    let key = env.emulator.create_folder("/In").expect("a folder");
    layer.change(|seen, answer| {
        if seen.is_upload() {
            let text = String::from_utf8_lossy(&answer.body).replace("/In/", "/");
            answer.body = text.into();
        }
    });

    let folder = files.folder(key.as_str());
    for policy in [IfExists::Refuse, IfExists::Replace] {
        let upload = Upload::bytes(format!("{policy:?}.txt"), "a");
        let error = folder.upload(upload, policy).await.expect_err("elsewhere");

        assert_eq!(error.kind(), ErrorKind::Protocol);
        let path = format!("\"/{policy:?}.txt\"");
        assert!(
            error.maybe_applied() && error.to_string().contains(&path),
            "{error}"
        );
        // It may be the only copy of a file that was replaced.
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("before you delete it"), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_v4_rejects_in_its_response_is_an_error() {
    let (_env, layer, files) = started(ApiVersion::V4).await;
    for (item, kind) in [
        (
            r#"{"name":"a.txt","status":409,"error":"there is one"}"#,
            ErrorKind::Conflict,
        ),
        (
            r#"{"name":"a.txt","status":400,"error":{"code":1}}"#,
            ErrorKind::Invalid,
        ),
        (r#"{"name":"a.txt","error":"no room"}"#, ErrorKind::Invalid),
    ] {
        layer.change(move |seen, answer| {
            if seen.is_upload() {
                answer.status = StatusCode::MULTI_STATUS;
                answer.body = format!(r#"{{"data":[{item}]}}"#).into();
            }
        });

        let error = files
            .upload(Upload::bytes("a.txt", "a"), IfExists::Refuse)
            .await;

        assert_eq!(error.expect_err(item).kind(), kind, "{item}");
    }
}

#[tokio::test]
async fn the_policy_of_retries_bounds_the_attempts() {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let layer = Layer::default();
    let retry = quick_retries().max_attempts(2);
    let files = layer
        .client_with(&env.emulator, ApiVersion::V3, retry)
        .files();
    layer.change(|seen, answer| answer.is_lost = !seen.is_download());

    let upload = files
        .upload(Upload::bytes("a.txt", "a"), IfExists::Refuse)
        .await;

    let error = upload.expect_err("lost");
    assert!(error.maybe_applied() && !error.is_retryable(), "{error}");
    let uploads = layer.take().iter().filter(|seen| seen.is_upload()).count();
    assert_eq!(uploads, 2);
}
